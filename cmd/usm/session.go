package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// What `usm dev` leaves in its data folder for the commands.
const (
	tokensFile = "tokens.json" // bearer token by person, mode 0600
	urlFile    = "url"         // address of the gateway
)

// adminToken is the entry of tokens.json that is no person: it reads everything and applies domains.
const adminToken = "admin"

const defaultURL = "http://127.0.0.1:8080"

// session is who gives a command, and to which gateway.
type session struct {
	*client.Client
	person string            // that was chosen with --as; "" when nobody was
	tokens map[string]string // of the dev folder; empty when there is none
}

// session finds gateway and token: flags and variables first, then who has signed in there, else what `usm dev` left in this
// folder or one above.
func (a *app) session() (*session, error) {
	dev := a.devFolder()
	address := a.address(dev)
	s := &session{Client: client.New(address, a.settings.get("token"))}
	if a.as == "" && a.settings.given["token"] {
		return s, nil
	}
	if a.as == "" {
		if token, err := a.signedIn(address); err != nil || token != "" {
			s.Client = s.As(token)
			return s, err
		}
	}
	tokens, err := readTokens(dev)
	if err != nil {
		return nil, err
	}
	s.tokens = tokens
	if a.as != "" {
		token, known := s.tokens[a.as]
		if !known {
			return nil, usagef("there is no token of %q; tokens.json has %s", a.as, join(s.names()))
		}
		s.person, s.Client = a.as, s.As(token)
		return s, nil
	}
	if !ours(address, dev) {
		s.tokens = nil // tokens of this machine are not for others
	}
	s.Client = s.As(s.tokens[adminToken])
	return s, nil
}

// address is the gateway's.
func (a *app) address(dev string) string {
	if address := a.settings.get("url"); address != "" {
		return address
	}
	if left, err := os.ReadFile(filepath.Join(dev, urlFile)); err == nil && dev != "" {
		return strings.TrimSpace(string(left))
	}
	return defaultURL
}

// ours reports whether a gateway is the one that the dev folder belongs to, or at least on this machine.
func ours(address, dev string) bool {
	left, err := os.ReadFile(filepath.Join(dev, urlFile))
	if err == nil && strings.TrimSpace(string(left)) == address {
		return true
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(parsed.Hostname())
	return parsed.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// devFolder is the data folder of `usm dev`, looked for from the working folder upwards; "" when there is none.
func (a *app) devFolder() string {
	data := a.settings.get("data")
	if filepath.IsAbs(data) {
		return data
	}
	for dir := a.dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, data, tokensFile)); err == nil {
			return filepath.Join(dir, data)
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// readTokens reads tokens.json of a dev folder; there are none without one.
func readTokens(dev string) (map[string]string, error) {
	if dev == "" {
		return map[string]string{}, nil
	}
	path := filepath.Join(dev, tokensFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	var tokens map[string]string
	if err = json.Unmarshal(raw, &tokens); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return tokens, nil
}

func (s *session) names() []string { return slices.Sorted(maps.Keys(s.tokens)) }

// people are the names that stand for a person.
func (s *session) people() []string {
	return slices.DeleteFunc(s.names(), func(name string) bool { return name == adminToken })
}

// chosen reports whether it is settled who acts: by a token, or with --as.
func (s *session) chosen() bool { return s.person != "" || len(s.tokens) == 0 }

// actor returns a client that may do an action (as in allowed_actions) on a call. Without --as, in dev, that is the first
// person who may, those for whom the call waits before the others.
func (s *session) actor(ctx context.Context, number, action string) (c *client.Client, person string, err error) {
	if s.chosen() {
		return s.Client, s.person, nil
	}
	view, err := s.Call(ctx, number)
	if err != nil {
		return nil, "", err
	}
	candidates := append(slices.Clone(view.WaitingFor.People), view.Requester)
	for _, person := range append(candidates, s.people()...) {
		token, known := s.tokens[person]
		if !known {
			continue
		}
		as := s.As(token)
		seen, err := as.Call(ctx, number)
		if err == nil && slices.Contains(seen.AllowedActions, action) {
			return as, person, nil
		}
		if err != nil && client.CodeOf(err) != usm.CodeNotFound {
			return nil, "", err
		}
	}
	return s.Client, "", nil // the gateway says why not
}
