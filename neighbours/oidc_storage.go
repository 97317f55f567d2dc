package main

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// session is a person who is known in a browser.
type session struct {
	person string
	proved time.Time // when he said who he is
	group  string    // that he said to be in; "" none
}

// storage is what the provider remembers, in memory: after a restart everybody is asked again.
type storage struct {
	key    signingKey
	people people

	mu       sync.Mutex
	requests map[string]signIn
	codes    map[string]string // request by code
	sessions map[string]session
}

var (
	_ op.Storage                   = &storage{}
	_ op.CanSetUserinfoFromRequest = &storage{}
)

func newStorage(key signingKey, all people) *storage {
	return &storage{key: key, people: all, requests: map[string]signIn{}, codes: map[string]string{}, sessions: map[string]session{}}
}

var errOver = errors.New("there is no such sign-in, or it is over")

// CreateAuthRequest refuses who has no PKCE with S256; the library has looked at everything else.
func (s *storage) CreateAuthRequest(_ context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("a code_challenge with code_challenge_method=S256 is needed")
	}
	r := signIn{id: rand.Text(), asked: *asked, begun: time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.requests, func(_ string, old signIn) bool { return time.Since(old.begun) > requestGood })
	maps.DeleteFunc(s.codes, func(_, id string) bool { return s.requests[id].id == "" })
	s.requests[r.id] = r
	return r, nil
}

func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	return s.request(id)
}

// request returns one that is not over.
func (s *storage) request(id string) (signIn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.requests[id]
	if !known || time.Since(r.begun) > requestGood {
		return signIn{}, errOver
	}
	return r, nil
}

// AuthRequestByCode takes the code: whatever becomes of it, it is never good again (RFC 6749, section 4.1.2).
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.requests[s.codes[code]]
	delete(s.codes, code)
	if !known || time.Since(r.coded) > codeGood {
		return nil, errOver
	}
	delete(s.requests, r.id)
	return r, nil
}

func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.requests[id]
	if !known || !r.coded.IsZero() {
		return errOver
	}
	r.coded = time.Now()
	s.requests[id], s.codes[code] = r, id
	return nil
}

func (s *storage) DeleteAuthRequest(context.Context, string) error { return nil } // its code has taken it already

// finish says who somebody is who signs in.
func (s *storage) finish(id string, who session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.requests[id]
	if !known || r.Done() {
		return errOver
	}
	r.session = who
	s.requests[id] = r
	return nil
}

// remember begins a session and returns its secret.
func (s *storage) remember(known session) (secret string) {
	secret = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.sessions, func(_ string, old session) bool { return time.Since(old.proved) > sessionGood })
	s.sessions[secret] = known
	return secret
}

// remembered returns the session of a secret whose person can still sign in.
func (s *storage) remembered(secret string) (session, bool) {
	s.mu.Lock()
	known, found := s.sessions[secret]
	s.mu.Unlock()
	if !found || time.Since(known.proved) > sessionGood {
		return session{}, false
	}
	_, err := s.people.one(known.person)
	return known, err == nil
}

func (s *storage) forget(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, secret)
}

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{publicKey{s.key}}, nil }

func (s *storage) Health(context.Context) error { return nil }

// afterwards is the key under which a request's context holds client.afterwards.
type afterwards struct{}

func (s *storage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	if id != clientID {
		return nil, errors.New("there is no such client")
	}
	after, _ := ctx.Value(afterwards{}).(string)
	return client{after}, nil
}
