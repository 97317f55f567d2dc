package domains_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

func TestAgreementDifferences(t *testing.T) {
	t.Parallel()
	before := usm.Agreement{
		ID: "sa", Version: 1, State: usm.AgreementEnded, Services: []string{"mail"}, ValidUntil: "2026-12-31",
		Norms: []usm.Norm{
			{Type: usm.Incident, Handling: "8h", Named: []usm.NamedNorm{{Name: "first answer", Target: "1h"}}},
			{Type: usm.Incident, Priority: usm.PriorityCritical, Handling: "4h"},
		},
	}
	after := before
	after.Version, after.State, after.Call, after.ValidUntil = 2, usm.AgreementInForce, "WSH-000001", "2027-12-31"
	after.Norms = []usm.Norm{
		{Type: usm.Wish, Reaction: "2h"},
		{Type: usm.Incident, Handling: "8h", Named: []usm.NamedNorm{{Name: "first answer", Target: "30m"}}},
	}

	t.Run("NameEachNormByWhatItIsFor", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []domains.Difference{
			{
				Path: "norms[incident/critical]", Action: domains.Remove,
				Before: map[string]any{"type": "incident", "priority": "critical", "handling": "4h"},
			},
			{Path: "norms[incident].named[first answer].target", Action: domains.Change, Before: "1h", After: "30m"},
			{Path: "norms[wish]", Action: domains.Add, After: map[string]any{"type": "wish", "reaction": "2h"}},
			{Path: "valid_until", Action: domains.Change, Before: "2026-12-31", After: "2027-12-31"},
		}, domains.AgreementDifferences(before, after))
	})

	t.Run("CountRowsForTheSame", func(t *testing.T) {
		t.Parallel()
		split := before
		split.Norms = append(slices.Clone(before.Norms), usm.Norm{Type: usm.Incident, Reaction: "1h", Calendar: usm.AroundTheClock})
		sooner := split
		sooner.Norms = slices.Clone(split.Norms)
		sooner.Norms[2].Reaction = "30m"
		require.Equal(t, []domains.Difference{
			{Path: "norms[incident#2].reaction", Action: domains.Change, Before: "1h", After: "30m"},
		}, domains.AgreementDifferences(split, sooner))
	})

	t.Run("LeaveOutWhatTellsVersionsApart", func(t *testing.T) {
		t.Parallel()
		same := before
		same.Version, same.State, same.Call = 2, usm.AgreementInForce, "WSH-000001"
		require.Empty(t, domains.AgreementDifferences(before, same))
	})
}
