package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAListOfTokens(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	past, later := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	session := w.good(w.signIn(olga, "")).ID
	for _, token := range []usm.Token{
		{ID: "laptop", Person: "olga", Name: "laptop", ExpiresAt: &later, Scopes: []string{"read"}},
		{ID: "old", Person: "olga", ExpiresAt: &past},
		{ID: "lost", Person: "omar"},
		{ID: "sensor", Name: "Sensor", Admin: true},
	} {
		_, err := w.IssueToken(w.ctx(), token)
		require.NoError(t, err)
	}
	_, err := w.RevokeToken(w.ctx(), "lost")
	require.NoError(t, err)
	// list returns all that a filter leaves, read in pages of a length.
	list := func(f usm.TokenFilter, limit int) (ids []string) {
		t.Helper()
		for f.Limit = limit; ; {
			tokens, next, err := w.Tokens(w.ctx(), f)
			require.NoError(t, err)
			for _, token := range tokens {
				require.True(t, f.State == "" || (f.State == "good") == token.GoodAt(time.Now()), token.ID)
				require.True(t, f.Kind == "" || f.Kind == token.Kind(), token.ID)
				ids = append(ids, token.ID)
			}
			if f.Cursor = next; next == "" {
				return ids
			}
		}
	}

	// All, the latest first.
	all := []string{"sensor", "lost", "old", "laptop", session}
	for _, limit := range []int{1, 2, 200} {
		require.Equal(t, all, list(usm.TokenFilter{}, limit))
	}
	require.NoError(t, w.exec(`UPDATE tokens SET created_at = '2026-01-01'`))
	require.ElementsMatch(t, all, list(usm.TokenFilter{}, 2), "of one moment none is left out")

	// Narrowed.
	for want, f := range map[string]usm.TokenFilter{
		session:  {Kind: usm.TokenOfSession},
		"sensor": {Kind: usm.TokenOfMachine},
		"laptop": {Kind: usm.TokenOfPerson, State: "good"},
		"lost":   {Person: "omar"},
		"old":    {Person: "olga", State: "over"},
	} {
		require.Equal(t, []string{want}, list(f, 50))
	}
	w.pass("2 hours") // nobody has used the session
	require.Equal(t, []string{session}, list(usm.TokenFilter{Kind: usm.TokenOfSession, State: "over"}, 50))

	// No cursor of another list.
	for _, cursor := range []string{"x", "WyJhIl0", "WyJhIiwiYiJd"} {
		_, _, err := w.Tokens(w.ctx(), usm.TokenFilter{Page: usm.Page{Cursor: cursor}})
		requireCode(t, usm.CodeInvalid, err)
	}
}
