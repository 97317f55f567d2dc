package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// door is a gateway at which terminals are let in.
type door struct {
	*httptest.Server
	asked  url.Values // of the page that a browser has to open
	polls  int        // how often it was asked who a token stands for
	admits int        // which of these is the first that is answered
	polled func()     // called at each
	shown  []string   // bearer tokens, with what they were for
	status int        // of signing out
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{admits: 1, polled: func() {}, status: http.StatusNoContent}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-in/terminal", func(w http.ResponseWriter, r *http.Request) {
		d.asked = r.URL.Query()
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /api/v1/me", func(w http.ResponseWriter, r *http.Request) {
		d.polls++
		d.polled()
		sum := sha256.Sum256([]byte(bearerOf(r)))
		if d.polls < d.admits || base64.RawURLEncoding.EncodeToString(sum[:]) != d.asked.Get("token") {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"code": "unauthenticated"}`)
			return
		}
		_, _ = io.WriteString(w, `{"person": "anna", "name": "Anna Berg", "session": {"expires_at": "2026-11-23T22:00:00Z"}}`)
	})
	mux.HandleFunc("GET /api/v1/calls/INC-000001", func(w http.ResponseWriter, r *http.Request) {
		d.shown = append(d.shown, bearerOf(r))
		_ = json.NewEncoder(w).Encode(incident())
	})
	mux.HandleFunc("POST /sign-out", func(w http.ResponseWriter, r *http.Request) {
		d.shown = append(d.shown, "out "+bearerOf(r))
		w.WriteHeader(d.status)
	})
	d.Server = httptest.NewServer(mux)
	t.Cleanup(d.Close)
	return d
}

func bearerOf(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// terminal is one below a dev folder of this gateway, whose user has signed in nowhere.
func (d *door) terminal(t *testing.T) *terminal {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".usm"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".usm", urlFile), []byte(d.URL), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".usm", tokensFile), []byte(`{"admin": "t-admin", "olaf": "t-olaf"}`), 0o600))
	return &terminal{dir: dir, config: t.TempDir()}
}

// kept are the files of the user's folder with what is in them.
func (x *terminal) kept(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(x.config, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), path)
		content, err := os.ReadFile(path)
		files[path] = strings.TrimSpace(string(content))
		return err
	}))
	return files
}

func TestATerminalSignsInAndOut(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.admits = 2
	x := d.terminal(t)
	require.Zero(t, x.run(t, "sign-in", "--no-browser"), x.err)
	require.Contains(t, x.out, "signed in as Anna Berg (anna) at "+d.URL+", until ")
	require.Contains(t, x.err, d.URL+"/sign-in/terminal?")
	require.Regexp(t, `shows the code [A-Z2-7]{4}-[A-Z2-7]{4}:\n`, x.err)
	require.Empty(t, d.asked.Get("max_age"))
	require.Equal(t, 2, d.polls)
	files := x.kept(t)
	require.Len(t, files, 1)
	var token string
	for _, token = range files {
		require.Regexp(t, `^usm_[A-Za-z0-9_-]{43}$`, token)
	}
	require.NotContains(t, x.out+x.err, token, "nobody sees the token")
	require.NotContains(t, fmt.Sprint(d.asked), token)

	show := []string{"call", "show", "INC-000001"}
	require.Zero(t, x.run(t, show...), x.err)
	require.Zero(t, x.run(t, append(show, "--as", "olaf")...), x.err)
	x.env = []string{"USM_TOKEN=t-given"}
	require.Zero(t, x.run(t, show...), x.err)
	x.env = nil
	require.Equal(t, []string{token, "t-olaf", "t-given"}, d.shown)
	other := newDoor(t)
	require.Zero(t, x.run(t, append(show, "--url", other.URL)...), x.err)
	require.Equal(t, []string{"t-admin"}, other.shown, "a sign-in is for one gateway")

	d.shown, d.polls = nil, 0
	require.Zero(t, x.run(t, "sign-in", "--no-browser"), x.err)
	require.Equal(t, []string{"out " + token}, d.shown, "the session before is over")
	require.Len(t, x.kept(t), 1)
	for _, token = range x.kept(t) {
		require.NotContains(t, d.shown[0], token)
	}

	d.shown, d.status = nil, http.StatusInternalServerError
	require.Equal(t, exitRefused, x.run(t, "sign-out"))
	require.Contains(t, x.err, "you are still signed in")
	require.Len(t, x.kept(t), 1)
	d.status = http.StatusUnauthorized // the session is over
	require.Zero(t, x.run(t, "sign-out"), x.err)
	require.Contains(t, x.out, "signed out at "+d.URL)
	require.Empty(t, x.kept(t))
	require.Zero(t, x.run(t, "sign-out"), x.err)
	require.Contains(t, x.out, "nobody is signed in at "+d.URL)
	require.Zero(t, x.run(t, show...), x.err)
	require.Equal(t, []string{"out " + token, "out " + token, "t-admin"}, d.shown)
}

func TestTheCodeIsThatOfThePage(t *testing.T) {
	t.Parallel()
	p, other := newPass(), newPass()
	require.NotEqual(t, p.token, other.token)
	raw, err := base64.RawURLEncoding.DecodeString(p.hash)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(p.token))
	require.Equal(t, sum[:], raw)
	require.Equal(t, "AAAQEAYE", strings.ReplaceAll(codeOf([]byte{0, 1, 2, 3, 4}), "-", ""), "base32 of the first five bytes")
	require.Equal(t, codeOf(sum[:]), p.code)
}

func TestASignInThatIsNotToBeHad(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	x := d.terminal(t)
	none := newGateway(t, nil)
	require.Equal(t, exitRefused, x.run(t, "sign-in", "--url", none.URL))
	require.Contains(t, x.err, "nobody signs in at "+none.URL)
	none.Close()
	for _, command := range []string{"sign-in", "sign-out"} {
		if command == "sign-out" {
			require.NoError(t, (&app{config: x.config}).keepSignIn(none.URL, "usm_x"))
		}
		require.Equal(t, exitUnreachable, x.run(t, command, "--url", none.URL))
	}
	homeless := &terminal{dir: x.dir}
	require.Equal(t, exitRefused, homeless.run(t, "sign-in"))
	require.Contains(t, homeless.err, "set HOME")
	require.Zero(t, homeless.run(t, "call", "show", "INC-000001"), homeless.err)

	// Ctrl-C while it waits.
	ctx, cancel := context.WithCancel(t.Context())
	d.admits, d.polled = 1000, cancel
	var errs strings.Builder
	a := &app{in: strings.NewReader(""), out: io.Discard, err: &errs, dir: x.dir, config: t.TempDir(), env: func() []string { return nil }}
	require.Equal(t, exitRefused, a.run(ctx, []string{"sign-in", "--fresh"}))
	require.Contains(t, errs.String(), "usm: interrupted")
	require.Equal(t, "30", d.asked.Get("max_age"))
	token, err := a.signedIn(d.URL)
	require.NoError(t, err)
	require.Empty(t, token)
}

func TestADecisionThatNeedsAFreshSignInSaysHow(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{
		"GET /approvals/RFC-000001.1": map[string]any{"id": "RFC-000001.1", "digest": "d"},
		"POST /approvals/RFC-000001.1/decisions": map[string]any{
			"status": 401, "code": "step_up", "detail": "this decision needs a sign-in of the last 15m0s: sign in again",
		},
	})
	x := &terminal{dir: t.TempDir(), env: []string{"USM_URL=" + g.URL, "USM_TOKEN=x"}}
	require.Equal(t, exitRefused, x.run(t, "approve", "RFC-000001.1"))
	require.Equal(t, "usm: this decision needs a sign-in of the last 15m0s: sign in again\n"+
		"  run `usm sign-in --fresh`, then this again, without --as or USM_TOKEN\n", x.err)
}
