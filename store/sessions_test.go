package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// olga is how a provider names Olga.
var olga = usm.Identity{Subject: "account-7", Email: "Olga@Example.ORG", SignedIn: time.Now().Truncate(time.Second)}

// withMail is a store whose people have mail addresses.
func withMail(t *testing.T) world {
	t.Helper()
	w := setup(t)
	require.NoError(t, w.exec(`UPDATE people SET email = id || '@example.org'`))
	return w
}

// signIn keeps a sign-in of an hour without use, and twelve at most.
func (w world) signIn(who usm.Identity, replaces string) string {
	w.t.Helper()
	secret, _, err := w.StartSession(w.ctx(), usm.Session{Who: who, Idle: time.Hour, Max: 12 * time.Hour, Replaces: replaces})
	require.NoError(w.t, err)
	return secret
}

// pass lets time pass for all tokens.
func (w world) pass(interval string) {
	w.t.Helper()
	require.NoError(w.t, w.exec(`
		UPDATE tokens SET expires_at = expires_at - $1::interval, idle_until = idle_until - $1::interval, signed_in = signed_in - $1::interval`,
		interval))
}

func (w world) caller(secret string) usm.Caller {
	w.t.Helper()
	caller, err := w.Caller(w.ctx(), secret)
	require.NoError(w.t, err)
	return caller
}

func (w world) good(secret string) usm.Token {
	w.t.Helper()
	return w.caller(secret).Token
}

func (w world) over(secret string) {
	w.t.Helper()
	_, err := w.Caller(w.ctx(), secret)
	requireCode(w.t, usm.CodeUnauthenticated, err)
}

func TestASession(t *testing.T) {
	t.Parallel()

	t.Run("IsATokenOfWhoSignedIn", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret, person, err := w.StartSession(w.ctx(), usm.Session{Who: olga, Idle: time.Hour, Max: 12 * time.Hour})
		require.NoError(t, err)
		require.Equal(t, "olga", person)
		caller, err := w.Caller(w.ctx(), secret)
		require.NoError(t, err)
		require.Equal(t, "Olga", caller.Name)
		require.Equal(t, map[string][]string{"it": {"operator"}}, caller.Domains)
		require.True(t, caller.Token.Session)
		require.False(t, caller.Token.Admin)
		require.True(t, olga.SignedIn.Equal(*caller.Token.SignedIn))
		require.WithinDuration(t, time.Now().Add(time.Hour), *caller.Token.IdleUntil, time.Minute)
		require.WithinDuration(t, time.Now().Add(12*time.Hour), *caller.Token.ExpiresAt, time.Minute)
		require.Zero(t, read[int](w, `SELECT count(*) FROM tokens t WHERE t::text LIKE '%' || $1 || '%'`, secret), "only a hash is kept")
	})

	t.Run("IsAnAdministratorsWhereTheProviderSaysSo", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		who := olga
		who.Admin = true
		session := w.good(w.signIn(who, ""))
		require.True(t, session.Admin)
		require.Equal(t, "olga", session.Person)
		terminal := usm.Terminal{Session: session.ID, Hash: []byte("a hash of thirty-two bytes, no le"), Name: "laptop", Idle: time.Hour}
		require.NoError(t, w.AddTerminal(w.ctx(), terminal))
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM tokens WHERE session AND admin`), "his terminal's too")
		require.False(t, w.good(w.signIn(olga, "")).Admin, "the next time she is none")
	})

	t.Run("LastsWhileItIsUsedAndAtMostSoLong", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret := w.signIn(olga, "")
		id := w.good(secret).ID
		for range 14 {
			w.pass("50 minutes")
			w.good(secret)
			require.NoError(t, w.UseSession(w.ctx(), id, time.Hour))
		}
		now := w.good(secret)
		require.Equal(t, *now.ExpiresAt, *now.IdleUntil, "never longer than at most")
		w.pass("21 minutes")
		require.NoError(t, w.UseSession(w.ctx(), id, time.Hour))
		w.over(secret)
	})

	t.Run("EndsWithoutBeingUsed", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret := w.signIn(olga, "")
		id := w.good(secret).ID
		w.pass("59 minutes")
		w.good(secret)
		w.pass("2 minutes")
		w.over(secret)
		require.NoError(t, w.UseSession(w.ctx(), id, time.Hour))
		w.over(secret)
	})

	t.Run("IsNotedAsUsedOnceAMinute", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret := w.signIn(olga, "")
		first := w.good(secret)
		require.NoError(t, w.UseSession(w.ctx(), first.ID, time.Hour))
		require.Equal(t, first, w.good(secret))
		w.pass("61 seconds")
		require.NoError(t, w.UseSession(w.ctx(), first.ID, time.Hour))
		require.WithinDuration(t, time.Now().Add(time.Hour), *w.good(secret).IdleUntil, 5*time.Second)
	})

	t.Run("OfAShortTimeIsNotedAsOftenAsItNeeds", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret, _, err := w.StartSession(w.ctx(), usm.Session{Who: olga, Idle: 40 * time.Second, Max: time.Hour})
		require.NoError(t, err)
		w.pass("30 seconds")
		require.NoError(t, w.UseSession(w.ctx(), w.good(secret).ID, 40*time.Second))
		w.pass("30 seconds")
		w.good(secret)
	})

	t.Run("EndsAtOnceWhenItsPersonLeavesOrItIsRevoked", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret, other := w.signIn(olga, ""), w.signIn(usm.Identity{Person: "omar"}, "")
		_, err := w.RevokeToken(w.ctx(), w.good(other).ID)
		require.NoError(t, err)
		w.over(other)
		require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'olga'`))
		w.over(secret)
	})

	t.Run("EndsBySigningOutAndNoOtherDoes", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		secret, other := w.signIn(olga, ""), w.signIn(olga, "")
		bearer, err := w.IssueToken(w.ctx(), usm.Token{Person: "olga"})
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, w.EndSession(w.ctx(), secret))
		}
		require.NoError(t, w.EndSession(w.ctx(), bearer))
		require.NoError(t, w.EndSession(w.ctx(), ""))
		w.over(secret)
		w.good(other)
		w.good(bearer)
	})

	t.Run("EndsWithTheOneThatReplacesIt", func(t *testing.T) {
		t.Parallel()
		w := withMail(t)
		first := w.signIn(olga, "")
		bearer, err := w.IssueToken(w.ctx(), usm.Token{Person: "olga"})
		require.NoError(t, err)
		second := w.signIn(olga, first)
		third := w.signIn(usm.Identity{Person: "omar"}, bearer)
		w.over(first)
		w.good(second)
		w.good(third)
		w.good(bearer)
	})
}

func TestSessionsThatAreOver(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	past := time.Now().Add(-time.Hour)
	_, err := w.IssueToken(w.ctx(), usm.Token{ID: "machine", Name: "m", ExpiresAt: &past})
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 110 {
		group.Go(func() { w.signIn(olga, "") })
	}
	group.Wait()
	w.pass("13 hours")
	w.signIn(olga, "")
	require.Equal(t, 11, read[int](w, `SELECT count(*) FROM tokens WHERE session`), "a hundred at a time")
	w.signIn(olga, "")
	require.Equal(t, 2, read[int](w, `SELECT count(*) FROM tokens WHERE session`))
	require.Equal(t, 1, read[int](w, `SELECT count(*) FROM tokens WHERE id = 'machine'`), "other tokens stay on record")
}
