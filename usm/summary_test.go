package usm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	require.Equal(t, "The printer is on fire", usm.Summary("The printer is on fire"))
	require.Equal(t, strings.Repeat("é", 98)+"…", usm.Summary(strings.Repeat("é", 500)))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") + strings.Repeat(rapid.StringN(1, 4, -1).Draw(t, "unit"), 100)
		line := usm.Summary(text)
		require.LessOrEqual(t, len(line), 200)
		require.True(t, utf8.ValidString(line))
		require.True(t, strings.HasPrefix(text, strings.TrimSuffix(line, "…")))
	})
}
