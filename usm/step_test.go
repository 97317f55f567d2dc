package usm_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestActionAs(t *testing.T) {
	t.Parallel()
	actor := usm.Actor{Person: "rita", Rule: usm.RuleRequester}
	for name, c := range map[string]struct {
		as   usm.ActionName
		in   usm.Action
		want usm.Action
	}{
		"ConfirmDecidesConfirmed": {
			usm.ActionConfirm,
			usm.Action{Actor: actor},
			usm.Action{Name: usm.ActionConfirm, Actor: actor, Outcome: usm.Confirmed},
		},
		"ConfirmKeepsRemarks": {
			usm.ActionConfirm,
			usm.Action{Fields: map[string]any{"remarks": "thanks"}, Text: "a note"},
			usm.Action{Name: usm.ActionConfirm, Outcome: usm.Confirmed, Fields: map[string]any{"remarks": "thanks"}, Text: "a note"},
		},
		"DisputeTakesItsTextAsReason": {
			usm.ActionDispute,
			usm.Action{Actor: actor, Text: "still broken"},
			usm.Action{Name: usm.ActionDispute, Actor: actor, Outcome: usm.Disputed, Fields: map[string]any{"reason": "still broken"}},
		},
		"DisputeKeepsFieldsThatAreGiven": {
			usm.ActionDispute,
			usm.Action{Fields: map[string]any{"reason": "broken"}, Text: "a note"},
			usm.Action{Name: usm.ActionDispute, Outcome: usm.Disputed, Fields: map[string]any{"reason": "broken"}, Text: "a note"},
		},
		"DisputeWithoutAReasonIsLeftToTheSchema": {
			usm.ActionDispute, usm.Action{}, usm.Action{Name: usm.ActionDispute, Outcome: usm.Disputed},
		},
		"TheNameOfTheUpdateWins": {
			usm.ActionAbort,
			usm.Action{Name: usm.ActionNote, Text: "no longer needed"},
			usm.Action{Name: usm.ActionAbort, Text: "no longer needed"},
		},
		"FinishKeepsItsOutcome": {
			usm.ActionFinish,
			usm.Action{Step: usm.NegotiateOffer, Outcome: usm.NotAgreed},
			usm.Action{Name: usm.ActionFinish, Step: usm.NegotiateOffer, Outcome: usm.NotAgreed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.in.As(c.as))
		})
	}
}

func TestActorIsPerson(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		actor usm.Actor
		want  bool
	}{
		"WhoActs":              {usm.Actor{Person: "omar", Rule: usm.RuleResponsible}, true},
		"WhoActsForAnother":    {usm.Actor{Person: "omar", For: "lena", Rule: usm.RuleResponsible}, true},
		"NotNobody":            {usm.Actor{}, false},
		"NotAnAutomaticStep":   {usm.Automatic, false},
		"NotAnInheritedStep":   {usm.Inherited, false},
		"NotTimeThatRanOut":    {usm.Unattended, false},
		"NotTheEngine":         {usm.Engine, false},
		"NotASystem":           {usm.SystemActor("/pipeline"), false},
		"NotASystemNamedSoToo": {usm.SystemActor("omar"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.actor.IsPerson())
		})
	}
}

// The payload of an update is written by people with Temporal's own tools too, so its names are part of the contract.
func TestActionPayload(t *testing.T) {
	t.Parallel()
	var action usm.Action
	require.NoError(t, json.Unmarshal([]byte(`{
		"name": "finish_step", "step": "negotiate_offer", "outcome": "not_agreed", "fields": {"reason": "too expensive"},
		"actor": {"person": "sven", "for": "rosa", "profile": "service-manager", "rule": "responsible"}, "id": "k-1"
	}`), &action))
	require.Equal(t, usm.Action{
		Name: usm.ActionFinish, Step: usm.NegotiateOffer, Outcome: usm.NotAgreed, ID: "k-1",
		Fields: map[string]any{"reason": "too expensive"},
		Actor:  usm.Actor{Person: "sven", For: "rosa", Profile: "service-manager", Rule: usm.RuleResponsible},
	}, action)
}
