package store_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestWhoSignsIn(t *testing.T) {
	t.Parallel()
	mail := usm.Identity{Email: "OLGA@example.org"}
	for name, c := range map[string]struct {
		who    usm.Identity
		before string
		person string // "" nobody
	}{
		"IsFoundByMail":                   {mail, "", "olga"},
		"IsNamedByAClaim":                 {usm.Identity{Person: "omar", Email: mail.Email}, "", "omar"},
		"IsNobodyWithoutEither":           {usm.Identity{}, `UPDATE people SET email = '' WHERE id = 'olga'`, ""},
		"IsNobodyWhenUnknown":             {usm.Identity{Email: "stranger@example.org"}, "", ""},
		"IsNobodyWhenNotKnownByThatName":  {usm.Identity{Person: "Olga"}, "", ""},
		"IsNobodyByAPattern":              {usm.Identity{Email: "o%@example.org"}, "", ""},
		"IsNobodyWhoHasLeft":              {mail, `UPDATE people SET inactive = true WHERE id = 'olga'`, ""},
		"IsNobodyWhoHasLeftByNameEither":  {usm.Identity{Person: "olga"}, `UPDATE people SET inactive = true WHERE id = 'olga'`, ""},
		"IsNobodyWhereSeveralHaveTheMail": {mail, `UPDATE people SET email = 'OLGA@EXAMPLE.ORG' WHERE id = 'omar'`, ""},
		"IsHeWhoIsLeftOfThoseWhoHadTheMail": {
			mail, `UPDATE people SET email = 'olga@example.org', inactive = true WHERE id = 'omar'`, "olga",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := withMail(t)
			require.NoError(t, w.exec(c.before))
			secret, person, err := w.StartSession(w.ctx(), usm.Session{Who: c.who, Idle: time.Hour, Max: time.Hour})
			if c.person == "" {
				requireCode(t, usm.CodeForbidden, err)
				require.Zero(t, read[int](w, `SELECT count(*) FROM tokens`))
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.person, person)
			require.Equal(t, c.person, w.good(secret).Person)
		})
	}
}

func TestSomebodyOfTwoDomainsIsOnePerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	another := storetest.Domain()
	another.ID = "hr"
	_, err := w.ApplyDomain(w.ctx(), another, "test")
	require.NoError(t, err)
	require.NoError(t, w.exec(`UPDATE people SET email = id || '@example.org'`))
	require.Len(t, w.caller(w.signIn(olga, "")).Domains, 2)
	require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'olga' AND domain = 'it'`))
	require.Len(t, w.caller(w.signIn(olga, "")).Domains, 1)
}

func TestATerminal(t *testing.T) {
	t.Parallel()
	const token = "usm_made-by-the-terminal-itself"
	sum := sha256.Sum256([]byte(token))
	add := func(w world, session string) error {
		return w.AddTerminal(w.ctx(), usm.Terminal{Session: session, Hash: sum[:], Name: "terminal", Idle: time.Hour})
	}

	t.Run("IsGoodAsLongAsTheSession", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		browser := w.good(w.signIn(olga, ""))
		w.over(token)
		require.NoError(t, add(w, browser.ID))
		require.NoError(t, add(w, browser.ID), "the same again")
		terminal := w.good(token)
		require.Equal(t, "olga", terminal.Person)
		require.Equal(t, "terminal", terminal.Name)
		require.True(t, terminal.Session)
		require.Equal(t, browser.SignedIn, terminal.SignedIn)
		require.Equal(t, browser.ExpiresAt, terminal.ExpiresAt)
		w.pass("61 minutes")
		w.over(token)
	})

	t.Run("OfAnotherIsNotTakenOver", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		require.NoError(t, add(w, w.good(w.signIn(olga, "")).ID))
		requireCode(t, usm.CodeConflict, add(w, w.good(w.signIn(usm.Identity{Person: "omar"}, "")).ID))
		require.Equal(t, "olga", w.good(token).Person)
	})

	t.Run("IsNotLetInByASessionThatIsOver", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		browser := w.good(w.signIn(olga, ""))
		w.pass("61 minutes")
		requireCode(t, usm.CodeUnauthenticated, add(w, browser.ID))
		later := time.Now().Add(time.Hour)
		bearer, err := w.IssueToken(w.ctx(), usm.Token{Person: "olga", ExpiresAt: &later})
		require.NoError(t, err)
		requireCode(t, usm.CodeUnauthenticated, add(w, w.good(bearer).ID))
		w.over(token)
	})
}
