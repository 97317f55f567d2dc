package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

// attemptLasts is how long somebody may take to sign in at the provider.
const attemptLasts = 10 * time.Minute

// returnLimit is how long an address may be that people come back to; it travels in an address itself.
const returnLimit = 1000

// attempt is what a sign-in is for.
type attempt struct {
	Return string `json:"return"` // local path
	MaxAge int    `json:"max_age,omitempty"`
	Begun  int64  `json:"begun"` // Unix time
}

// attemptOf reads what was asked for; usm.CodeInvalid for an address that is not ours, or a time that is none.
func attemptOf(back, maxAge string) (a attempt, err error) {
	a.Begun, a.Return = time.Now().Unix(), "/"
	if back != "" {
		if a.Return, err = local(back); err != nil {
			return attempt{}, err
		}
	}
	if maxAge != "" {
		seconds, err := strconv.ParseUint(maxAge, 10, 31)
		if err != nil {
			return attempt{}, usm.Invalid("/max_age", "is no number of seconds")
		}
		a.MaxAge = max(1, int(seconds)) // 0 is now, and the clocks may differ by more than a second
	}
	return a, nil
}

// local returns an address as it is sent to browsers, if it leads to a page of ours whatever a browser makes of it.
func local(address string) (string, error) {
	parsed, err := url.Parse(address)
	odd := func(r rune) bool { return r == '\\' || unicode.IsControl(r) || r == unicode.ReplacementChar }
	if err != nil || len(address) > returnLimit || strings.ContainsFunc(address, odd) || parsed.Scheme != "" || parsed.Host != "" ||
		parsed.User != nil || !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
		return "", usm.Invalid("/return", "is no address of a page here")
	}
	return parsed.String(), nil
}

// seed is a secret of 256 bits that a browser keeps for as long as its sign-ins take. All that protects a sign-in follows from
// it, so that gateways share no key: whoever has not the cookie can neither make nor read what comes back from the provider.
type seed [32]byte

// seed returns that of the browser, else a new one: tabs that sign in at once have the same.
func (g *gateway) seed(c *gin.Context) seed {
	known, ok := parseSeed(g.cookie(c.Request, seedCookie))
	if !ok {
		_, _ = rand.Read(known[:]) // never fails: crypto/rand ends the program instead
	}
	return known
}

func parseSeed(text string) (s seed, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != len(s) {
		return seed{}, false
	}
	copy(s[:], raw)
	return s, true
}

// String is how a cookie holds it.
func (s seed) String() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

// derive returns 256 bits for one purpose.
func (s seed) derive(purpose string) []byte {
	mac := hmac.New(sha256.New, s[:])
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

func (s seed) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.derive("state"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// signIn is what belongs to a state: no other state has the same nonce and verifier.
func (s seed) signIn(state string, a attempt) usm.SignIn {
	return usm.SignIn{
		State: state, MaxAge: a.MaxAge, Nonce: base64.RawURLEncoding.EncodeToString(s.derive("nonce " + state)),
		Verifier: base64.RawURLEncoding.EncodeToString(s.derive("verifier " + state)),
	}
}

// seal makes the state of an attempt. Where it leads to may be a secret (a link in a mail), so the provider cannot read it.
func (s seed) seal(a attempt) (usm.SignIn, error) {
	aead, err := s.cipher()
	if err != nil {
		return usm.SignIn{}, err
	}
	plain, err := json.Marshal(a)
	if err != nil {
		return usm.SignIn{}, err
	}
	sealed := aead.Seal(nil, nil, plain, nil) //nolint:gosec // this cipher makes a random nonce itself
	return s.signIn(base64.RawURLEncoding.EncodeToString(sealed), a), nil
}

// open takes a state back; usm.CodeUnauthenticated for one that is foreign, changed or old.
func (s seed) open(state string, now time.Time) (usm.SignIn, attempt, error) {
	foreign := usm.Errorf(usm.CodeUnauthenticated, "the state is missing, or of another browser")
	sealed, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil {
		return usm.SignIn{}, attempt{}, foreign
	}
	aead, err := s.cipher()
	if err != nil {
		return usm.SignIn{}, attempt{}, err
	}
	plain, err := aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return usm.SignIn{}, attempt{}, foreign
	}
	var a attempt
	if err := json.Unmarshal(plain, &a); err != nil {
		return usm.SignIn{}, attempt{}, foreign
	}
	if now.Sub(time.Unix(a.Begun, 0)) > attemptLasts {
		return usm.SignIn{}, attempt{}, usm.Errorf(usm.CodeUnauthenticated, "the sign-in was begun more than %s ago", attemptLasts)
	}
	if a.Return, err = local(a.Return); err != nil {
		return usm.SignIn{}, attempt{}, err
	}
	return s.signIn(state, a), a, nil
}
