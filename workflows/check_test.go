package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// with returns the action with other fields.
func with(action usm.Action, fields map[string]any) usm.Action {
	action.Fields = fields
	return action
}

// TestRefusesBeforeHistory is about what a validator refuses: nothing of it is ever in the history of the call.
func TestRefusesBeforeHistory(t *testing.T) {
	t.Parallel()
	classify := finish(usm.ClassifyIncident, "olga", "")
	cases := map[string]struct {
		at     usm.Step
		action usm.Action
		code   usm.Code
		place  string // pointer, for what is invalid
	}{
		"AStepOutOfTurn":        {usm.AcceptIncident, classify, usm.CodeOutOfTurn, ""},
		"AForkStep":             {usm.AcceptIncident, finish(usm.RecoverService, "olga", ""), usm.CodeOutOfTurn, ""},
		"AStepOfAnotherProcess": {usm.AcceptIncident, finish(usm.PlanChange, "olga", ""), usm.CodeNotFound, ""},
		"AnUnknownStep":         {usm.AcceptIncident, finish("dance", "olga", ""), usm.CodeNotFound, ""},
		"NobodysAction":         {usm.ClassifyIncident, finish(usm.ClassifyIncident, "", ""), usm.CodeInvalid, "/actor/person"},
		"TheRequesterAsImplementer": {
			usm.ClassifyIncident, finish(usm.ClassifyIncident, "ann", ""), usm.CodeForbidden, "",
		},
		"ADelegateOfTheRequester": {usm.ClassifyIncident, usm.Action{
			Name: usm.ActionFinish, Step: usm.ClassifyIncident, Actor: usm.Actor{Person: "bob", For: "ann"}, Fields: classify.Fields,
		}, usm.CodeForbidden, ""},
		"AMissingField": {
			usm.ClassifyIncident, with(classify, map[string]any{"category": "hardware", "impact": "low"}), usm.CodeInvalid, "/fields/urgency",
		},
		"AnExtraField": {
			usm.AnalyseIncident, with(finish(usm.AnalyseIncident, "olga", ""), map[string]any{"diagnosis": "x", "mood": "bad"}),
			usm.CodeInvalid, "/fields/mood",
		},
		"AWrongType": {
			usm.AnalyseIncident, with(finish(usm.AnalyseIncident, "olga", ""), map[string]any{"diagnosis": 7}), usm.CodeInvalid, "/fields/diagnosis",
		},
		"ACategoryOfAnotherDomain": {
			usm.ClassifyIncident, with(classify, map[string]any{"category": "plants", "impact": "low", "urgency": "low"}),
			usm.CodeInvalid, "/fields/category",
		},
		"ADecisionWithoutOutcome": {
			usm.PrepareRecovery, usm.Action{
				Name: usm.ActionFinish, Step: usm.PrepareRecovery, Actor: by("olga"), Fields: map[string]any{"solution": "x"},
			}, usm.CodeInvalid, "/outcome",
		},
		"AnOutcomeWithoutDecision": {usm.AnalyseIncident, usm.Action{
			Name: usm.ActionFinish, Step: usm.AnalyseIncident, Actor: by("olga"), Outcome: usm.Agreed, Fields: map[string]any{"diagnosis": "x"},
		}, usm.CodeInvalid, "/outcome"},
		"AReviewLeftOut": {usm.ReviewRecovery, usm.Action{
			Name: usm.ActionFinish, Step: usm.ReviewRecovery, Actor: by("ann"), NotApplicable: "x",
		}, usm.CodeInvalid, "/not_applicable"},
		"AConfirmationTooEarly": {usm.AcceptIncident, usm.Action{Name: usm.ActionConfirm, Actor: by("ann")}, usm.CodeOutOfTurn, ""},
		"OtherContentOnAFinishedStep": {
			usm.AnalyseIncident, with(classify, map[string]any{"category": "software", "impact": "low", "urgency": "low"}),
			usm.CodeAlreadyFinished, "",
		},
		"SomebodyElseOnAFinishedStep": {usm.AnalyseIncident, finish(usm.ClassifyIncident, "sam", ""), usm.CodeAlreadyFinished, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.reach(c.at)
			r := w.thenSend("INC-000001", c.action)
			require.Equal(t, usm.StatusClosed, w.run(usm.IncidentWithChange).Status, "the call goes on")
			require.True(t, r.rejected)
			refused := refusal(t, r.err)
			require.Equal(t, c.code, refused.Code)
			if c.place != "" {
				require.Equal(t, c.place, refused.Fields[0].Pointer)
			}
			if c.code == usm.CodeOutOfTurn {
				require.Contains(t, refused.Allowed, "steps/"+string(c.at))
			}
		})
	}
}

func TestSegregation(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		as           usm.Workflow
		first, later usm.Step
	}{
		"WhoPreparedAChangeDoesNotReleaseIt": {usm.ResourceChange, usm.PrepareChange, usm.ReleaseChange},
		"WhoDraftedAnOfferDoesNotAgreeToIt":  {usm.AgreementChange, usm.DraftOffer, usm.NegotiateOffer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.reach(c.later)
			number := c.as.Process.CallType().Number(1)
			same := w.thenSend(number, finish(c.later, "olga", ""))
			other := w.thenSend(number, finish(c.later, "piet", ""))
			w.run(c.as)
			require.True(t, same.rejected)
			require.Equal(t, usm.CodeForbidden, refusal(t, same.err).Code)
			require.NoError(t, other.err)
		})
	}
}

func TestRepetition(t *testing.T) {
	t.Parallel()

	t.Run("TheSameFinishAgainIsAnsweredAndWritesNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PlanOperation)
		first := w.thenSend("SRQ-000001", finish(usm.PlanOperation, "olga", ""))
		again := w.thenSend("SRQ-000001", finish(usm.PlanOperation, "olga", ""))
		w.run(usm.Operation)
		require.NoError(t, again.err)
		require.True(t, again.ack.Again)
		require.False(t, first.ack.Again)
		require.Equal(t, usm.ExecuteOperation, again.ack.Step)
		require.Len(t, w.entries(w.number), 6)
	})

	t.Run("OfTwoAtTheSameTimeOneFinishes", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PlanOperation)
		olga, sam := &reply{}, &reply{}
		w.then(func() {
			w.sendAs("olga", "SRQ-000001", finish(usm.PlanOperation, "olga", ""), olga)
			w.sendAs("sam", "SRQ-000001", finish(usm.PlanOperation, "sam", ""), sam)
		})
		w.run(usm.Operation)
		require.NoError(t, olga.err)
		require.False(t, sam.rejected, "both were in turn when they came")
		require.Equal(t, usm.CodeAlreadyFinished, refusal(t, sam.err).Code)
		require.Equal(t, "olga", w.entries(w.number)[2].step.Actor.Person)
	})

	t.Run("WhatMeetsACallOnItsWayToANewRunIsToBeSentAgain", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.reach(usm.PrepareRecovery)
		decided, noted := &reply{}, &reply{}
		w.then(func() {
			w.sendAs("decided", "INC-000001", finish(usm.PrepareRecovery, "olga", usm.RouteChange), decided)
			w.sendAs("noted", "INC-000001", said(usm.ActionNote, "ann", "hello"), noted)
		})
		require.Equal(t, usm.StatusClosed, w.run(usm.IncidentWithoutChange).Status)
		require.True(t, decided.ack.Moving)
		require.Equal(t, usm.CodeUnavailable, refusal(t, noted.err).Code)
	})

	t.Run("AnActionOfTheFirstMomentsWaitsForTheBinding", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.request(usm.Operation)
		good, bad := &reply{}, &reply{}
		w.root = true
		w.env.RegisterDelayedCallback(func() {
			w.sendAs("good", call.Number, finish(usm.AcceptRequest, "olga", ""), good)
			w.sendAs("bad", call.Number, finish(usm.PlanOperation, "olga", ""), bad)
		}, 0)
		require.NoError(t, w.runAlone("Operation", call))
		require.NoError(t, good.err)
		require.Equal(t, usm.ClassifyRequest, good.ack.Step)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, bad.err).Code)
	})
}
