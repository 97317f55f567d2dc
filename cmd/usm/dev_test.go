package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// fakeChild is a server that dies when told to.
type fakeChild struct{ done chan struct{} }

func (c *fakeChild) Done() <-chan struct{}      { return c.done }
func (c *fakeChild) Stop(context.Context) error { return nil }

// keeping starts a kept child and returns what hands over each one that is started.
func keeping(t *testing.T) (d *dev, kept *kept[*fakeChild], started chan *fakeChild) {
	t.Helper()
	started = make(chan *fakeChild, 1)
	d = &dev{app: &app{}, progress: newSteps(&bytes.Buffer{})}
	group, running := errgroup.WithContext(t.Context())
	d.group = group
	kept, err := keep(t.Context(), running, d, "child", func(context.Context) (*fakeChild, error) {
		c := &fakeChild{make(chan struct{})}
		started <- c
		return c, nil
	})
	require.NoError(t, err)
	return d, kept, started
}

func TestAChildThatDiesIsStartedAgain(t *testing.T) {
	t.Parallel()
	d, kept, started := keeping(t)
	for range 3 {
		close((<-started).done)
	}
	<-started
	require.NoError(t, kept.stop(t.Context()))
	require.NoError(t, d.group.Wait())
}

func TestAChildThatDiesAgainAndAgainEndsEverything(t *testing.T) {
	t.Parallel()
	d, _, started := keeping(t)
	for range deathsAllowed + 1 {
		close((<-started).done)
	}
	require.ErrorContains(t, d.group.Wait(), "the child ended: it died 6 times within 1m0s")
}

func TestOneDevAtATimeUsesAFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	unlock, err := lockData(dir)
	require.NoError(t, err)
	_, err = lockData(dir)
	require.ErrorContains(t, err, "another `usm dev` runs on "+dir)
	unlock()
	unlock, err = lockData(dir)
	require.NoError(t, err)
	unlock()
}

func TestPrivateFilesAreWrittenWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.json")
	for _, content := range []string{"one", "two"} {
		require.NoError(t, writePrivate(path, []byte(content)))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, content, string(got))
	}
}

func TestStepsTellHowLongEachPartTook(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newSteps(&out)
	require.NoError(t, s.run("Postgres", func() (string, error) { return "process 1", nil }))
	failure := errors.New("no")
	require.ErrorIs(t, s.run("Temporal", func() (string, error) { return "", failure }), failure)
	require.Regexp(t, `^ +0\.0 s  Postgres   ready +0\.0 s  process 1\n +0\.0 s  Temporal   failed +0\.0 s\n$`, out.String())
}

func TestATakenPortNamesItsOverride(t *testing.T) {
	t.Parallel()
	settings, err := load(t, []string{"USM_ADDRESS=127.0.0.1:0"})
	require.NoError(t, err)
	a := &app{settings: settings}
	l, err := a.listen(t.Context())
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // the test ends
	settings.values["address"] = l.Addr().String()
	_, err = a.listen(t.Context())
	require.ErrorContains(t, err, "choose another with USM_ADDRESS=host:port")
}
