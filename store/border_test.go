package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestTokens(t *testing.T) {
	t.Parallel()

	t.Run("SayWhoCallsWithWhichProfiles", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		secret, err := w.IssueToken(w.ctx(), usm.Token{Person: "olga", Name: "laptop"})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(secret, "usm_"))
		require.Len(t, secret, len("usm_")+43, "256 bits")
		caller, err := w.Caller(w.ctx(), secret)
		require.NoError(t, err)
		require.Equal(t, "Olga", caller.Name)
		require.Equal(t, "olga", caller.Token.Person)
		require.Equal(t, map[string][]string{"it": {"operator"}}, caller.Domains)
		require.Zero(t, read[int](w, `SELECT count(*) FROM tokens WHERE position(convert_to($1, 'UTF8') IN secret) > 0`, secret))

		asker, err := w.IssueToken(w.ctx(), usm.Token{Person: "eve"})
		require.NoError(t, err)
		caller, err = w.Caller(w.ctx(), asker)
		require.NoError(t, err)
		require.Equal(t, map[string][]string{"it": {}}, caller.Domains)
		require.Empty(t, caller.Steers)
	})

	t.Run("SayWhomTheClassesOfProfilesLetSteer", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, func(d *usm.Domain) {
			i := slices.IndexFunc(d.People, func(p usm.Person) bool { return p.ID == "max" })
			d.People[i].Profiles = []string{"coordinator", "manager"}
		})
		for person, want := range map[string]struct {
			steers  map[string][]string
			manages map[string]bool
		}{
			"olga": {map[string][]string{}, map[string]bool{}},
			"cora": {map[string][]string{"it": {"coordinator"}}, map[string]bool{}},
			"mia":  {map[string][]string{"it": {"manager"}}, map[string]bool{"it": true}},
			"max":  {map[string][]string{"it": {"manager", "coordinator"}}, map[string]bool{"it": true}}, // the manager's first
		} {
			secret, err := w.IssueToken(w.ctx(), usm.Token{Person: person})
			require.NoError(t, err)
			caller, err := w.Caller(w.ctx(), secret)
			require.NoError(t, err)
			require.Equal(t, want.steers, caller.Steers, person)
			require.Equal(t, want.manages, caller.Manages, person)
		}
	})

	t.Run("KeepTheirScopes", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, scopes := range [][]string{nil, {}, {"read", "scim:it"}} {
			secret, err := w.IssueToken(w.ctx(), usm.Token{Person: "olga", Scopes: scopes})
			require.NoError(t, err)
			caller, err := w.Caller(w.ctx(), secret)
			require.NoError(t, err)
			require.Equal(t, scopes, caller.Token.Scopes, "none narrows to nothing, nil narrows nothing")
		}
	})

	t.Run("OfAMachineHaveNoPerson", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		secret, err := w.IssueToken(w.ctx(), usm.Token{ID: "deploy", Name: "Deployer", Admin: true})
		require.NoError(t, err)
		caller, err := w.Caller(w.ctx(), secret)
		require.NoError(t, err)
		require.Equal(t, "Deployer", caller.Name)
		require.True(t, caller.Token.Admin)
		require.Empty(t, caller.Domains)
		_, err = w.IssueToken(w.ctx(), usm.Token{ID: "deploy"})
		requireCode(t, usm.CodeConflict, err)
		_, err = w.IssueToken(w.ctx(), usm.Token{Person: "nobody"})
		requireCode(t, usm.CodeInvalid, err)
	})

	t.Run("AreRefusedWhenUnknownExpiredRevokedOrOfNobodyActive", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		refused := func(secret string) {
			t.Helper()
			_, err := w.Caller(w.ctx(), secret)
			requireCode(t, usm.CodeUnauthenticated, err)
		}
		refused("")
		refused("usm_unknown")
		past := time.Now().Add(-time.Second)
		expired, err := w.IssueToken(w.ctx(), usm.Token{Person: "olga", ExpiresAt: &past})
		require.NoError(t, err)
		refused(expired)
		revoked, err := w.IssueToken(w.ctx(), usm.Token{ID: "r", Person: "omar"})
		require.NoError(t, err)
		_, err = w.Caller(w.ctx(), revoked)
		require.NoError(t, err)
		ended, err := w.RevokeToken(w.ctx(), "r")
		require.NoError(t, err)
		require.NotNil(t, ended.RevokedAt)
		again, err := w.RevokeToken(w.ctx(), "r")
		require.NoError(t, err)
		require.Equal(t, ended, again, "the first moment stays")
		refused(revoked)
		_, err = w.RevokeToken(w.ctx(), "unknown")
		requireCode(t, usm.CodeNotFound, err)
		gone, err := w.IssueToken(w.ctx(), usm.Token{Person: "carl"})
		require.NoError(t, err)
		require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'carl'`))
		refused(gone)
	})
}

func TestCallback(t *testing.T) {
	t.Parallel()

	t.Run("IsGoodForItsStepAndAttemptOnly", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		secret, err := w.Callback(w.ctx(), call.Number, usm.AcceptIncident, 1)
		require.NoError(t, err)
		again, err := w.Callback(w.ctx(), call.Number, usm.AcceptIncident, 1)
		require.NoError(t, err)
		later, err := w.Callback(w.ctx(), call.Number, usm.AcceptIncident, 2)
		require.NoError(t, err)
		for _, good := range []string{secret, again} {
			number, step, attempt, err := w.Reader().Callback(w.ctx(), good)
			require.NoError(t, err)
			require.Equal(t, call.Number, number)
			require.Equal(t, usm.AcceptIncident, step)
			require.Equal(t, 1, attempt)
		}
		w.through(call, usm.AcceptIncident)
		for _, bad := range []string{secret, again, later, "", "guess"} {
			_, _, _, err = w.Reader().Callback(w.ctx(), bad)
			requireCode(t, usm.CodeNotFound, err)
		}
		_, err = w.Callback(w.ctx(), "INC-999999", usm.AcceptIncident, 1)
		requireCode(t, usm.CodeNotFound, err)
	})
}

func TestDeadLetters(t *testing.T) {
	t.Parallel()

	t.Run("AreKeptOnceForEachCallAndListedNewestFirst", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		one, two := usm.SignalOf("deployed", "one"), usm.SignalOf("deployed", "two")
		for range 2 {
			require.NoError(t, w.DeadLetter(w.ctx(), "INC-000009", one, "there is no such call"))
		}
		require.NoError(t, w.DeadLetter(w.ctx(), "INC-000009", two, "there is no such call"))
		require.NoError(t, w.DeadLetter(w.ctx(), "INC-000010", one, "there is no such call"))
		first, next, err := w.DeadLetters(w.ctx(), usm.Page{Limit: 2})
		require.NoError(t, err)
		require.Equal(t, "INC-000010", first[0].Call)
		second, next, err := w.DeadLetters(w.ctx(), usm.Page{Limit: 2, Cursor: next})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, "one", second[0].Signal.Data)
		require.Equal(t, "deployed", second[0].Name)

		require.NoError(t, w.DeadLetterReplayed(w.ctx(), first[0].ID))
		letter, err := w.FindDeadLetter(w.ctx(), first[0].ID)
		require.NoError(t, err)
		require.NotNil(t, letter.ReplayedAt)
		_, err = w.FindDeadLetter(w.ctx(), 99)
		requireCode(t, usm.CodeNotFound, err)
		requireCode(t, usm.CodeNotFound, w.DeadLetterReplayed(w.ctx(), 99))
	})
}
