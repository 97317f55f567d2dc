package main

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// load reads the settings of a command that uses every one of them.
func load(t *testing.T, env []string, flags ...string) (*settings, error) {
	t.Helper()
	cmd := &cobra.Command{}
	for _, row := range configuration {
		useSettings(cmd, row.name)
	}
	require.NoError(t, cmd.ParseFlags(flags))
	return loadSettings(cmd, func() []string { return env })
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s, err := load(t, nil)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", s.get("address"))
	require.Equal(t, "other", s.or("address", "other"))

	s, err = load(t, []string{"USM_ADDRESS=:1", "USM_LOG_LEVEL=", "USM_TEST_DATABASE_URL=x", "USM_SECRET_KEY=x", "PATH=/"})
	require.NoError(t, err)
	require.Equal(t, ":1", s.or("address", "other"))
	require.Equal(t, "info", s.get("log-level"), "an empty variable is one that is not set")

	s, err = load(t, []string{"USM_ADDRESS=:1"}, "--address", ":2")
	require.NoError(t, err)
	require.Equal(t, ":2", s.get("address"))
}

func TestHelpConfigListsEverySetting(t *testing.T) {
	t.Parallel()
	x := &terminal{dir: t.TempDir()}
	require.Zero(t, x.run(t, "help", "config"))
	for _, row := range configuration {
		require.Contains(t, x.out, "\n"+row.variable())
		require.Contains(t, x.out, row.doc)
		require.True(t, strings.HasSuffix(row.doc, ".") || strings.HasSuffix(row.doc, "8080."), row.doc)
	}
}

func TestClosestVariable(t *testing.T) {
	t.Parallel()
	require.Equal(t, "USM_DATABASE_URL", closest("USM_DATABASEURL"))
	require.Equal(t, "USM_LOG_LEVEL", closest("USM_LOGLEVEL"))
	require.Equal(t, 3, edits("kitten", "sitting"))
	require.Equal(t, 4, edits("", "four"))
}

func TestColourIsForTerminalsOnly(t *testing.T) {
	t.Parallel()
	s, err := load(t, []string{"NO_COLOR=1"})
	require.NoError(t, err)
	require.Equal(t, "1", s.noColour)
	require.Equal(t, "closed", (&app{}).status("closed"))
	require.Equal(t, text.FgGreen.Sprint("closed"), (&app{colour: true}).status("closed"))
	require.False(t, isTerminal(&strings.Builder{}))
}

func TestTextsAreCutToOneLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a b", cut(" a\n\tb ", 3))
	require.Equal(t, "äb…", cut("äbcd", 3))
}
