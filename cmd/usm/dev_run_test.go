package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// output collects what a command writes while it runs, and tells when a text has been written.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// startDev runs `usm dev` and returns when it is ready; stop ends it as Ctrl-C does and returns the exit code.
func startDev(tb testing.TB, x *terminal) (stop func() int) {
	tb.Helper()
	out := &output{changed: make(chan struct{}, 1)}
	a := &app{in: strings.NewReader(""), out: out, err: out, dir: x.dir, env: func() []string { return x.env }}
	ctx, cancel := context.WithCancel(tb.Context())
	code := make(chan int, 1)
	go func() { code <- a.run(ctx, []string{"dev"}) }()
	deadline := time.After(time.Minute)
	for !strings.Contains(out.String(), "Ctrl-C stops everything") {
		select {
		case <-out.changed:
		case c := <-code:
			tb.Fatalf("usm dev ended with %d:\n%s", c, out)
		case <-deadline:
			tb.Fatalf("usm dev is not ready:\n%s", out)
		}
	}
	require.Regexp(tb, `neighbours +ready .*mail 127\.0\.0\.1:\d+, sign-in http://127\.0\.0\.1:\d+\n`, out.String())
	require.Regexp(tb, `Sign in +http://127\.0\.0\.1:\d+/sign-in\n`, out.String())
	require.Regexp(tb, `Mail +http://127\.0\.0\.1:\d+`, out.String())
	return func() int {
		cancel()
		ended := <-code
		if ended != 0 {
			tb.Logf("usm dev ended with %d:\n%s", ended, out)
		}
		return ended
	}
}

// requireDoor looks for the demo people where one signs in.
func requireDoor(t *testing.T, address, dir string) {
	t.Helper()
	response, err := http.Get(address + "/sign-in")
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	page, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, "/login", response.Request.URL.Path, "that of the provider")
	require.Contains(t, string(page), "Anna Kowalska")
	info, err := os.Stat(filepath.Join(dir, ".usm", peopleFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// devTerminal is one in a folder of its own, where `usm dev` takes ports that are free; address is that of the product.
func devTerminal(tb testing.TB) (x *terminal, address string) {
	tb.Helper()
	dir, err := os.MkdirTemp("", "usm-dev-") //nolint:usetesting // Postgres runs as another user and must reach it
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(tb, os.Chmod(dir, 0o711))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	require.NoError(tb, free.Close())
	return &terminal{dir: dir, env: []string{
		"USM_ADDRESS=" + free.Addr().String(), "USM_DEV_TEMPORAL_ADDRESS=127.0.0.1:0", "USM_DEV_TEMPORAL_UI_ADDRESS=127.0.0.1:0",
		"USM_DEV_SMTP_ADDRESS=127.0.0.1:0", "USM_DEV_MAIL_ADDRESS=127.0.0.1:0", "USM_DEV_OIDC_ADDRESS=127.0.0.1:0",
	}}, free.Addr().String()
}

func TestDevIsTheWholeProductAndKeepsItsState(t *testing.T) {
	t.Parallel()
	x, address := devTerminal(t)
	dir := x.dir
	here := &terminal{dir: dir} // another terminal, with no settings at all
	log, err := filepath.Abs("../../testdata/uci_incident_200.csv.gz")
	require.NoError(t, err)

	stop := startDev(t, x)
	requireDoor(t, "http://"+address, dir)
	require.Equal(t, exitRefused, x.run(t, "dev"))
	require.Contains(t, x.err, "another `usm dev` runs on")
	require.Zero(t, here.run(t, "call", "open", "--domain", "facilities", "--type", "service_request", "--subject", "A lamp"), here.err)
	require.Zero(t, here.run(t, "call", "finish", "SRQ-000001", "--example"), here.err)
	require.Zero(t, here.run(t, "replay", log, "--limit", "2"), here.err)
	require.Contains(t, here.out, "2 cases in 4 calls, 0 resumed, 0 refused")
	tokens, err := os.ReadFile(filepath.Join(dir, ".usm", tokensFile))
	require.NoError(t, err)
	require.Zero(t, stop())

	stop = startDev(t, x)
	require.Zero(t, here.run(t, "call", "show", "SRQ-000001", "--json"), here.err)
	var call usm.CallView
	require.NoError(t, json.Unmarshal([]byte(here.out), &call))
	require.Equal(t, "A lamp", call.Subject)
	require.Zero(t, here.run(t, "replay", log, "--limit", "3"), here.err)
	require.Contains(t, here.out, "3 cases in 6 calls, 2 resumed, 0 refused")
	again, err := os.ReadFile(filepath.Join(dir, ".usm", tokensFile))
	require.NoError(t, err)
	require.Equal(t, string(tokens), string(again))
	require.Zero(t, stop())
}
