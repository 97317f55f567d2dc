package test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// coordinators follows two who steer one step: Rosa manages changes and is accountable for the plan, Olga coordinates a team.
func coordinators(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[1], usm.PlanChange)
	number := view.Number
	require.Equal(t, "change-manager", view.WaitingFor.Accountable)
	rosa, olga, linh := w.As("rosa"), w.As("olga"), w.As("linh")

	_, err := olga.Reassign(t.Context(), number, []string{"engineer"}, "Engineers plan it")
	require.NoError(t, err, "what nobody has decided she decides")
	view, err = rosa.Reassign(t.Context(), number, []string{"operations"}, "Operations know it better")
	require.NoError(t, err, "and the workflow coordinator undoes it")
	require.Equal(t, "change-manager", view.WaitingFor.Steered)

	_, err = olga.Reassign(t.Context(), number, []string{"engineer"}, "No, engineers")
	require.Equal(t, usm.CodeForbidden, client.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "ask who holds the profile change-manager")
	_, err = linh.Claim(t.Context(), number, "")
	require.NoError(t, err)
	_, err = olga.Release(t.Context(), number, "She has enough to do")
	require.Equal(t, usm.CodeForbidden, client.CodeOf(err), "%v", err)
	view, err = olga.Call(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, "linh", view.WaitingFor.Claimed)
	require.NotContains(t, view.AllowedActions, "release")
	require.NotContains(t, view.AllowedActions, "reassign")
	view, err = rosa.Release(t.Context(), number, "Somebody else is free")
	require.NoError(t, err)
	require.Equal(t, []string{"operations"}, view.WaitingFor.Profiles)

	plan := rides[1].plan()
	plan.Until = usm.PrepareChange
	view, err = w.Drive(t.Context(), number, plan)
	require.NoError(t, err)
	require.Empty(t, view.WaitingFor.Steered, "it was about the step before")
	_, err = olga.Reassign(t.Context(), number, []string{"engineer", "operations"}, "Both may")
	require.NoError(t, err)

	var steered [][]string
	for _, e := range w.Trail(t, number) {
		if slices.Contains([]usm.EventKind{usm.EventClaimed, usm.EventReleased, usm.EventReassigned}, e.Kind) {
			steered = append(steered, []string{string(e.Kind), e.By, e.Profile, e.Rule})
		}
	}
	require.Equal(t, [][]string{
		{"reassigned", "olga", "risk-coordinator", usm.RuleCoordinator},
		{"reassigned", "rosa", "change-manager", usm.RuleWorkflowCoordinator},
		{"claimed", "linh", "operations", usm.RuleResponsible},
		{"released", "rosa", "change-manager", usm.RuleWorkflowCoordinator},
		{"reassigned", "olga", "risk-coordinator", usm.RuleCoordinator},
	}, steered)
}
