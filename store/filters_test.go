package store_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestFilters(t *testing.T) {
	t.Parallel()

	t.Run("AreKeptByNameForEachPersonAndRegister", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		mine := usm.SavedFilter{Register: usm.Incident, Name: "Mail", Query: "service=mail"}
		first, err := w.SaveFilter(w.ctx(), "olga", mine)
		require.NoError(t, err)
		mine.ID = first.ID
		require.Equal(t, mine, first)
		again, err := w.SaveFilter(w.ctx(), "olga", usm.SavedFilter{Register: usm.Incident, Name: "Mail", Query: "service=web"})
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID, "the same name is the same filter")
		other, err := w.SaveFilter(w.ctx(), "olga", usm.SavedFilter{Register: usm.Risk, Name: "Mail"})
		require.NoError(t, err)
		_, err = w.SaveFilter(w.ctx(), "omar", mine)
		require.NoError(t, err)

		all, err := w.Filters(w.ctx(), "olga", "")
		require.NoError(t, err)
		require.Equal(t, []usm.SavedFilter{again, other}, all)
		incidents, err := w.Filters(w.ctx(), "olga", usm.Incident)
		require.NoError(t, err)
		require.Equal(t, []usm.SavedFilter{again}, incidents)
	})

	t.Run("AreForgottenByWhoKeepsThemOnly", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		kept, err := w.SaveFilter(w.ctx(), "olga", usm.SavedFilter{Register: usm.Incident, Name: "Mail"})
		require.NoError(t, err)
		requireCode(t, usm.CodeNotFound, w.DeleteFilter(w.ctx(), "omar", kept.ID))
		require.NoError(t, w.DeleteFilter(w.ctx(), "olga", kept.ID))
		requireCode(t, usm.CodeNotFound, w.DeleteFilter(w.ctx(), "olga", kept.ID))
	})

	t.Run("AreNoMoreThanAHundred", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		refused := 0
		for _, err := range atOnce(103, func(i int) error {
			_, err := w.SaveFilter(w.ctx(), "olga", usm.SavedFilter{Register: usm.Incident, Name: strconv.Itoa(i)})
			return err
		}) {
			if err != nil {
				requireCode(t, usm.CodeConflict, err)
				refused++
			}
		}
		require.Equal(t, 3, refused)
		all, err := w.Filters(w.ctx(), "olga", "")
		require.NoError(t, err)
		require.Len(t, all, 100)
		all[0].Query = "q=x"
		changed, err := w.SaveFilter(w.ctx(), "olga", all[0])
		require.NoError(t, err, "one that is there may be changed")
		require.Equal(t, all[0], changed)
	})
}

func TestCountRisks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	risk := func(effect, likelihood usm.Level, service string) usm.Call {
		return w.open(asked(usm.Risk, func(c *usm.NewCall) { c.Impact, c.Urgency, c.Service = effect, likelihood, service }))
	}
	risk(usm.High, usm.Low, "mail")
	risk(usm.High, usm.Low, "web")
	risk("", "", "web")
	over := risk(usm.Medium, usm.High, "mail")
	w.through(over, over.Type.Process().Steps()...)
	w.open(asked(usm.Incident, func(c *usm.NewCall) { c.Impact, c.Urgency = usm.High, usm.Low }))

	for name, tc := range map[string]struct {
		filter usm.RiskFilter
		want   []usm.RiskCount
	}{
		"OpenOnesByEffectAndLikelihood": {usm.RiskFilter{}, []usm.RiskCount{{Count: 1}, {Effect: usm.High, Likelihood: usm.Low, Count: 2}}},
		"OfAService":                    {usm.RiskFilter{Service: "mail"}, []usm.RiskCount{{Effect: usm.High, Likelihood: usm.Low, Count: 1}}},
		"OfADomain":                     {usm.RiskFilter{Domain: "hr"}, []usm.RiskCount{}},
		"ThatOneMaySee":                 {usm.RiskFilter{Visible: &usm.Sight{Person: "joe", Domains: []string{"hr"}}}, []usm.RiskCount{}},
		"OnesOwn": {
			usm.RiskFilter{Visible: &usm.Sight{Person: "eve"}}, []usm.RiskCount{{Count: 1}, {Effect: usm.High, Likelihood: usm.Low, Count: 2}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts, err := w.CountRisks(t.Context(), tc.filter)
			require.NoError(t, err)
			require.Equal(t, tc.want, counts)
			listed := 0
			for _, effect := range []usm.Level{usm.High, usm.Medium, usm.Low, usm.Nil} {
				calls, _, err := w.Calls(t.Context(), usm.CallFilter{
					Open: true, Effect: effect, Domain: tc.filter.Domain, Service: tc.filter.Service, Visible: tc.filter.Visible,
				})
				require.NoError(t, err)
				listed += len(calls)
			}
			for _, c := range counts {
				if c.Effect != "" {
					listed -= c.Count
				}
			}
			require.Zero(t, listed, "the list has as many")
		})
	}
}
