package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// stands is a delegation of the domain that stands for a day; change narrows it.
func stands(person, to string, change ...func(*usm.Delegation)) usm.Delegation {
	now := time.Now()
	d := usm.Delegation{Domain: "it", Person: person, To: to, From: now.Add(-time.Hour), Until: now.Add(24 * time.Hour), By: person}
	for _, c := range change {
		c(&d)
	}
	return d
}

func (w world) delegate(d usm.Delegation) usm.Delegation {
	w.t.Helper()
	made, err := w.Delegate(w.ctx(), d)
	require.NoError(w.t, err)
	return made
}

func TestDelegate(t *testing.T) {
	t.Parallel()

	t.Run("KeepsEverythingToTheMicrosecond", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		wanted := stands("olga", "omar", func(d *usm.Delegation) {
			d.From, d.Until = time.Date(2030, 1, 1, 8, 0, 0, 1999, time.UTC), time.Date(2030, 2, 1, 0, 0, 0, 2999, time.UTC)
			d.Process, d.Service, d.Amount, d.When, d.Reason = usm.Change, "mail", 99.5, "amount < 50", "holiday"
		})
		made := w.delegate(wanted)
		wanted.ID, wanted.CreatedAt = made.ID, made.CreatedAt
		wanted.From, wanted.Until = wanted.From.Truncate(time.Microsecond), wanted.Until.Truncate(time.Microsecond)
		require.Equal(t, wanted, made)
		kept, err := w.Delegation(w.ctx(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, kept)
		_, err = w.Delegation(w.ctx(), 99)
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("RefusesAnEndThatIsNotAfterItsBeginning", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Delegate(w.ctx(), stands("olga", "omar", func(d *usm.Delegation) { d.Until = d.From.Add(time.Nanosecond) }))
		require.Equal(t, "/until", refusal(t, usm.CodeInvalid, err).Fields[0].Pointer)
	})

	t.Run("RefusesACircleAndNamesIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.delegate(stands("olga", "omar"))
		last := w.delegate(stands("omar", "carl"))
		_, err := w.Delegate(w.ctx(), stands("carl", "olga"))
		refused := refusal(t, usm.CodeInvalid, err)
		require.Equal(t, "/to", refused.Fields[0].Pointer)
		require.Contains(t, refused.Fields[0].Detail, "carl → olga → omar → carl")
		_, err = w.Delegate(w.ctx(), stands("carl", "olga", func(d *usm.Delegation) {
			d.From = last.Until
			d.Until = last.Until.Add(time.Hour)
		}))
		require.NoError(t, err, "the others have ended by then")
		require.NoError(t, w.RevokeDelegation(w.ctx(), last.ID, "omar"))
		_, err = w.Delegate(w.ctx(), stands("carl", "olga"))
		require.NoError(t, err, "the circle is open")
	})

	t.Run("LetsOnlyOneOfTwoHalvesOfACircleBe", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		people := []string{"olga", "omar", "carl", "cora", "mia", "max", "joe", "eve"}
		refused := 0
		for _, err := range atOnce(len(people), func(i int) error {
			_, err := w.Delegate(w.ctx(), stands(people[i], people[(i+1)%len(people)]))
			return err
		}) {
			if err != nil {
				requireCode(t, usm.CodeInvalid, err)
				refused++
			}
		}
		require.Equal(t, 1, refused)
	})
}

func TestRevokeDelegation(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made := w.delegate(stands("olga", "omar"))
	require.NoError(t, w.RevokeDelegation(t.Context(), made.ID, "cora"))
	ended, err := w.Delegation(t.Context(), made.ID)
	require.NoError(t, err)
	require.NotNil(t, ended.RevokedAt)
	require.NoError(t, w.RevokeDelegation(t.Context(), made.ID, "mia"))
	again, err := w.Delegation(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, ended, again)
	require.Equal(t, "cora", read[string](w, `SELECT revoked_by FROM delegations`))
	requireCode(t, usm.CodeNotFound, w.RevokeDelegation(t.Context(), 99, "mia"))
}

func TestDelegations(t *testing.T) {
	t.Parallel()
	w := setup(t)
	other := storetest.Domain()
	other.ID = "hr"
	w.apply(other)
	first := w.delegate(stands("olga", "omar"))
	second := w.delegate(stands("omar", "carl"))
	third := w.delegate(stands("mia", "max"))
	fourth := w.delegate(stands("olga", "zoe", func(d *usm.Delegation) { d.Domain = "hr" }))

	for name, tc := range map[string]struct {
		filter usm.DelegationFilter
		want   []usm.Delegation
	}{
		"TheLatestFirst":   {usm.DelegationFilter{}, []usm.Delegation{fourth, third, second, first}},
		"OfADomain":        {usm.DelegationFilter{Domain: "it"}, []usm.Delegation{third, second, first}},
		"OfBothItsPeople":  {usm.DelegationFilter{Person: "omar"}, []usm.Delegation{second, first}},
		"OfDomainsAndOwn":  {usm.DelegationFilter{Sight: &usm.Sight{Person: "max", Domains: []string{"hr"}}}, []usm.Delegation{fourth, third}},
		"NothingForNobody": {usm.DelegationFilter{Sight: &usm.Sight{Person: "joe"}}, []usm.Delegation{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, next, err := w.Delegations(t.Context(), tc.filter)
			require.NoError(t, err)
			require.Empty(t, next)
			require.Equal(t, tc.want, found)
		})
	}

	t.Run("PageByPage", func(t *testing.T) {
		t.Parallel()
		var all []usm.Delegation
		page := usm.Page{Limit: 3}
		for {
			found, next, err := w.Delegations(t.Context(), usm.DelegationFilter{Page: page})
			require.NoError(t, err)
			all = append(all, found...)
			if page.Cursor = next; next == "" {
				break
			}
		}
		require.Equal(t, []usm.Delegation{fourth, third, second, first}, all)
		_, _, err := w.Delegations(t.Context(), usm.DelegationFilter{Page: usm.Page{Cursor: "x"}})
		requireCode(t, usm.CodeInvalid, err)
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	call := w.open(asked(usm.Incident))
	first := usm.Refusal{Call: call.Number, Person: "eve", For: "ed", What: "steps/plan_change", Why: "you have asked for it"}
	require.NoError(t, w.Refuse(t.Context(), first))
	require.NoError(t, w.Refuse(t.Context(), usm.Refusal{Call: call.Number, Person: "olga", What: "approvals/1/decisions", Why: "why"}))
	kept, err := w.Refusals(t.Context(), call.Number)
	require.NoError(t, err)
	require.Len(t, kept, 2)
	require.WithinDuration(t, time.Now(), kept[0].At, time.Minute)
	first.At = kept[0].At
	require.Equal(t, first, kept[0])
	require.Equal(t, "olga", kept[1].Person)
	requireCode(t, usm.CodeNotFound, w.Refuse(t.Context(), usm.Refusal{Call: "INC-999999", Person: "eve"}))
	require.ErrorContains(t, w.exec(`DELETE FROM refusals`), "written once")
}
