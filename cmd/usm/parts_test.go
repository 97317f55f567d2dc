package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDatabasePasswordStandsInAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte("a/b@c %\n"), 0o600))
	with := func(address, file string) (string, error) {
		s, err := load(t, []string{"USM_DATABASE_PASSWORD_FILE=" + file})
		require.NoError(t, err)
		return (&app{settings: s}).withPassword(address)
	}
	address, err := with("postgres://usm@host:5432/usm?sslmode=disable", file)
	require.NoError(t, err)
	require.Equal(t, "postgres://usm:a%2Fb%40c%20%25@host:5432/usm?sslmode=disable", address)
	address, err = with("postgres://usm:own@host/usm", "")
	require.NoError(t, err)
	require.Equal(t, "postgres://usm:own@host/usm", address)
}

func TestProbe(t *testing.T) {
	t.Parallel()
	code := http.StatusOK
	part := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(`{"status":"away"}`))
	}))
	x := &terminal{dir: t.TempDir()}
	require.Zero(t, x.run(t, "probe", part.URL+"/readyz"))
	require.Empty(t, x.out)
	code = http.StatusServiceUnavailable
	require.Equal(t, exitRefused, x.run(t, "probe", part.URL+"/readyz"))
	require.Contains(t, x.err, `503 Service Unavailable: {"status":"away"}`)
	part.Close()
	require.Equal(t, exitUnreachable, x.run(t, "probe", part.URL+"/readyz"))
	require.Equal(t, exitUsage, x.run(t, "probe", "://"))
	require.Equal(t, exitUsage, x.run(t, "probe"))
}
