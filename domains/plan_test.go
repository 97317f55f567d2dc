package domains_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// lab returns the small domain, with its source changed as a strings.Replacer would.
func lab(t *testing.T, oldnew ...string) usm.Domain {
	t.Helper()
	source := strings.NewReplacer(oldnew...).Replace(small)
	require.True(t, len(oldnew) == 0 || source != small, "the replacement does something")
	domain, err := domains.Parse("lab.yaml", []byte(source))
	require.NoError(t, err)
	return domain
}

func TestPlan(t *testing.T) {
	t.Parallel()

	t.Run("SaysNothingAboutTheSameDomain", func(t *testing.T) {
		t.Parallel()
		applied := lab(t)
		applied.Version = 4
		require.Empty(t, domains.Plan(applied, lab(t)))
	})

	t.Run("NamesWhatIsAddedChangedAndRemoved", func(t *testing.T) {
		t.Parallel()
		next := lab(t,
			"name: Laboratory", "name: Laboratories",
			"{id: ben, name: Ben, profiles: [desk]}", "{id: cem, name: Cem, profiles: [desk]}",
			"{id: ada, name: Ada,", "{id: ada, name: Ada, inactive: true,",
			"step: analyse_incident, responsible: [desk, lead]", "step: analyse_incident, responsible: [desk]",
		)
		require.Equal(t, []domains.Difference{
			{Path: "name", Action: domains.Change, Before: "Laboratory", After: "Laboratories"},
			{Path: "people[ada].inactive", Action: domains.Add, After: true},
			{Path: "people[ben]", Action: domains.Remove, Before: map[string]any{"id": "ben", "name": "Ben", "profiles": []any{"desk"}}},
			{Path: "people[cem]", Action: domains.Add, After: map[string]any{"id": "cem", "name": "Cem", "profiles": []any{"desk"}}},
			{
				Path: "procedures[recover].steps[analyse_incident].responsible", Action: domains.Change,
				Before: []any{"desk", "lead"}, After: []any{"desk"},
			},
		}, domains.Plan(lab(t), next))
	})

	t.Run("NamesAnotherOrder", func(t *testing.T) {
		t.Parallel()
		const crew, maker = "  - {id: crew, name: Crew}\n", "  - {id: maker, name: Maker, external: true}\n"
		require.Equal(t, []domains.Difference{
			{Path: "teams", Action: domains.Change, Before: []any{"crew", "maker"}, After: []any{"maker", "crew"}},
		}, domains.Plan(lab(t), lab(t, crew+maker, maker+crew)))
	})

	t.Run("AddsEveryItemOfANewDomain", func(t *testing.T) {
		t.Parallel()
		plan := domains.Plan(usm.Domain{}, lab(t))
		paths := map[string]domains.Action{}
		for _, difference := range plan {
			paths[difference.Path] = difference.Action
			require.Equal(t, domains.Add, difference.Action, "the first version writes components and agreements too")
		}
		require.Contains(t, paths, "components[saw]")
		require.Contains(t, paths, "agreements[sa]")
		require.Contains(t, paths, "procedures[operate]")
		require.Contains(t, paths, "time_zone")
	})
}

func TestPlanKeeps(t *testing.T) {
	t.Parallel()

	t.Run("ComponentsAndAgreementsAsTheRegistersHaveThem", func(t *testing.T) {
		t.Parallel()
		next := lab(t, "name: Saw,", "name: Big saw,", "handling: 8h", "handling: 4h",
			"solutions:", "  - {id: drill, name: Drill, type: tool}\nsolutions:")
		plan := domains.Plan(lab(t), next)
		var paths []string
		for _, difference := range plan {
			require.Equal(t, domains.Kept, difference.Action)
			paths = append(paths, difference.Path)
		}
		require.Equal(t, []string{"agreements[uc].norms", "components[drill]", "components[saw].name"}, paths)
	})

	t.Run("SilenceAboutWhatTheRegistersAdd", func(t *testing.T) {
		t.Parallel()
		current := lab(t)
		for i := range current.Components {
			current.Components[i].Version, current.Components[i].Status = 1, "in_use"
		}
		for i := range current.Agreements {
			current.Agreements[i].Version, current.Agreements[i].State, current.Agreements[i].ValidFrom = 1, "in_force", "2026-01-01"
		}
		current.Agreements[0].Provider, current.Agreements[1].Customer = "lab", "lab"
		current.Components[0], current.Components[1] = current.Components[1], current.Components[0]
		require.Empty(t, domains.Plan(current, lab(t)))
	})

	t.Run("WhatAChangeAdded", func(t *testing.T) {
		t.Parallel()
		current := lab(t)
		current.Components = append(current.Components, usm.Component{ID: "vice", Name: "Vice", Type: "tool", Version: 1})
		plan := domains.Plan(current, lab(t))
		require.Len(t, plan, 1)
		require.Equal(t, "components[vice]", plan[0].Path)
		require.Equal(t, domains.Kept, plan[0].Action)
		require.Nil(t, plan[0].After)
	})

	t.Run("AServiceThatAWishBroughtOrAnAgreementCovers", func(t *testing.T) {
		t.Parallel()
		current := lab(t)
		current.Services = append(current.Services, usm.Service{ID: "brought", Name: "Brought"}, usm.Service{ID: "covered", Name: "Covered"},
			usm.Service{ID: "free", Name: "Free"})
		current.Agreements = append(current.Agreements, usm.Agreement{ID: "a1", Services: []string{"brought"}, Call: "WSH-000001"},
			usm.Agreement{ID: "a2", Services: []string{"covered"}})
		actions := map[string]domains.Action{}
		for _, difference := range domains.Plan(current, lab(t)) {
			actions[difference.Path] = difference.Action
		}
		require.Equal(t, domains.Kept, actions["services[brought]"])
		require.Equal(t, domains.Kept, actions["services[covered]"])
		require.Equal(t, domains.Remove, actions["services[free]"])
	})
}
