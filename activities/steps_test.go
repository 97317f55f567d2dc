package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

type perform = func(context.Context, usm.StepInput) (usm.StepResult, error)

// performers are the 37, by step.
func performers(r activities.Registers) map[usm.Step]perform {
	agree, change := &activities.Agree{Registers: r}, &activities.Change{Registers: r}
	recovery, operate := &activities.Recover{Registers: r}, &activities.Operate{Registers: r}
	improve := &activities.Improve{Registers: r}
	return map[usm.Step]perform{
		usm.AcceptWish: agree.AcceptWish, usm.ClassifyWish: agree.ClassifyWish, usm.SpecifyService: agree.SpecifyService,
		usm.DraftOffer: agree.DraftOffer, usm.NegotiateOffer: agree.NegotiateOffer, usm.RealiseAgreement: agree.RealiseAgreement,
		usm.ReviewAgreement: agree.ReviewAgreement, usm.CloseWish: agree.CloseWish,

		usm.AcceptChange: change.AcceptChange, usm.ClassifyChange: change.ClassifyChange, usm.PlanChange: change.PlanChange,
		usm.PrepareChange: change.PrepareChange, usm.ReleaseChange: change.ReleaseChange, usm.DeployChange: change.DeployChange,
		usm.ReviewChange: change.ReviewChange, usm.UpdateRegister: change.UpdateRegister, usm.CloseChange: change.CloseChange,

		usm.AcceptIncident: recovery.AcceptIncident, usm.ClassifyIncident: recovery.ClassifyIncident,
		usm.AnalyseIncident: recovery.AnalyseIncident, usm.PrepareRecovery: recovery.PrepareRecovery,
		usm.RecoverService: recovery.RecoverService, usm.ReviewRecovery: recovery.ReviewRecovery,
		usm.CloseIncident: recovery.CloseIncident,

		usm.AcceptRequest: operate.AcceptRequest, usm.ClassifyRequest: operate.ClassifyRequest,
		usm.PlanOperation: operate.PlanOperation, usm.ExecuteOperation: operate.ExecuteOperation,
		usm.ReviewOperation: operate.ReviewOperation, usm.CloseRequest: operate.CloseRequest,

		usm.IdentifyRisk: improve.IdentifyRisk, usm.ClassifyRisk: improve.ClassifyRisk, usm.DetermineCause: improve.DetermineCause,
		usm.SelectMeasure: improve.SelectMeasure, usm.DeployMeasure: improve.DeployMeasure, usm.ReviewMeasure: improve.ReviewMeasure,
		usm.CloseRisk: improve.CloseRisk,
	}
}

func TestEveryStepHasAnActivity(t *testing.T) {
	t.Parallel()
	r := &registers{}
	all := performers(r)
	require.Len(t, all, 37)
	for _, process := range usm.Processes() {
		for _, step := range process.Steps() {
			_, err := all[step](t.Context(), input(step, "", nil))
			require.NoError(t, err, step)
			require.Equal(t, step, r.step.Step)
		}
	}
	require.Equal(t, 37, r.written)
}

// TestEffects is the table of what each step writes beside the state of its call; what is not listed is nil.
func TestEffects(t *testing.T) {
	t.Parallel()
	facts := usm.RequestFacts{Category: "hardware", Impact: usm.Medium, Urgency: usm.Medium, Priority: usm.PriorityHigh}
	registered := []usm.Notice{{To: "ann", Text: "Your call is registered as INC-000007 and taken on."}}
	improvement := []any{map[string]any{"subject": "Batteries age", "impact": "low"}}
	risk := usm.NewCall{
		Domain: "it", Type: usm.Risk, Subject: "Batteries age", Requester: "olga", Service: "workplace",
		Components: []string{"laptop-7"}, Impact: usm.Low, Parent: "INC-000007",
	}
	incident := risk
	incident.Type = usm.Incident
	evaluation := usm.Evaluation{
		DoneProperly: true, RecordedCompletely: true, Improvements: []usm.Raised{{Subject: "Batteries age", Impact: usm.Low}},
	}
	measures := []usm.Measure{{Title: "Remove the cause", BusinessCase: "Costs less than what it prevents."}}
	residual := usm.ResidualRisk{Effect: usm.Low, Likelihood: usm.Low}

	cases := map[string]struct {
		in   usm.StepInput
		want usm.Effects
	}{
		"AcceptTellsTheRequester": {
			input(usm.AcceptIncident, usm.Accepted, map[string]any{"service": "mail"}),
			usm.Effects{Facts: &usm.RequestFacts{Service: "mail"}, Notices: registered},
		},
		"RejectTellsWhy": {
			input(usm.AcceptWish, usm.Rejected, map[string]any{"reason": "not ours"}),
			usm.Effects{Notices: []usm.Notice{{To: "ann", Text: "Your call INC-000007 is rejected: not ours"}}},
		},
		"Classify":           {input(usm.ClassifyIncident, "", nil), usm.Effects{Facts: &facts}},
		"ClassifyRisk":       {input(usm.ClassifyRisk, "", nil), usm.Effects{Facts: &facts}},
		"Agreed":             {input(usm.NegotiateOffer, usm.Agreed, nil), usm.Effects{OfferState: "agreed"}},
		"ConfirmedIsInForce": {input(usm.ReviewAgreement, usm.Confirmed, nil), usm.Effects{OfferState: "in_force"}},
		"DisputedIsNot":      {input(usm.ReviewAgreement, usm.Disputed, nil), usm.Effects{}},
		"NotAgreedReleases": {
			input(usm.NegotiateOffer, usm.NotAgreed, nil),
			usm.Effects{OfferState: "not_agreed", Notices: []usm.Notice{
				{To: "ann", Text: "No agreement was reached on INC-000007; reservations are released."},
			}},
		},
		"PlanChange": {
			input(usm.PlanChange, "", map[string]any{"start": "2026-12-01T18:00:00Z"}),
			usm.Effects{ChangePlan: &usm.ChangePlan{
				Plan: "Prepare, test, deploy.", ImpactAnalysis: "Only what the call names is touched.", Start: "2026-12-01T18:00:00Z",
			}},
		},
		"PrepareChange": {
			input(usm.PrepareChange, "", map[string]any{"built": "an image"}),
			usm.Effects{Preparation: &usm.Preparation{
				Built: "an image", TestPlan: "Try it with two users.", DeploymentPlan: "Deploy after hours; go back by undoing.",
			}},
		},
		"ReleaseChange": {
			input(usm.ReleaseChange, usm.Released, nil),
			usm.Effects{Release: &usm.ReleaseDecision{
				TestReport: usm.TestReport{Passed: true, Summary: "Tried with two users."}, Decision: usm.Released,
			}},
		},
		"UpdateRegister": {
			input(usm.UpdateRegister, "", map[string]any{"components": []any{
				map[string]any{"action": "retire", "component": map[string]any{"id": "laptop-7"}},
			}}),
			usm.Effects{Components: []usm.ComponentChange{{Action: "retire", Component: usm.Component{ID: "laptop-7"}}}},
		},
		"AnalyseIncident": {
			input(usm.AnalyseIncident, "", map[string]any{"known_error": "RSK-000003", "team": "blue"}),
			usm.Effects{Match: &usm.Match{Diagnosis: "Found what is wrong.", KnownError: "RSK-000003", Team: "blue"}},
		},
		"PrepareRecovery": {
			input(usm.PrepareRecovery, usm.RouteBoth, map[string]any{"workaround": true, "title": "Restart"}),
			usm.Effects{Recovery: &usm.Recovery{
				Solution: "Put back what was agreed.", Workaround: true, Title: "Restart", Route: usm.RouteBoth,
			}},
		},
		"PlanOperation": {
			input(usm.PlanOperation, "", map[string]any{"recurrence": "FREQ=WEEKLY"}),
			usm.Effects{OperationPlan: &usm.OperationPlan{Plan: "Do what was asked.", Recurrence: "FREQ=WEEKLY"}},
		},
		"ExecuteOperationOpensWhatWasSeen": {
			input(usm.ExecuteOperation, "", map[string]any{"incidents": improvement, "risks": improvement}),
			usm.Effects{Log: []usm.LogEntry{{Text: "Done as planned."}}, Raise: []usm.NewCall{incident, risk}},
		},
		"DetermineCause": {
			input(usm.DetermineCause, "", nil), usm.Effects{Cause: &usm.Cause{Cause: "Found the cause.", KnownError: true}},
		},
		"SelectMeasure": {
			input(usm.SelectMeasure, usm.RouteChange, nil),
			usm.Effects{Measures: &usm.MeasureChoice{
				Measures: measures, Choice: "Remove the cause", ResidualRisk: residual, Route: usm.RouteChange,
			}},
		},
		"AcceptRisk": {
			input(usm.SelectMeasure, usm.AcceptRisk, nil),
			usm.Effects{Measures: &usm.MeasureChoice{
				ResidualRisk: residual, Reason: "A measure costs more than the risk.", Route: usm.AcceptRisk,
			}},
		},
		"CloseOpensARiskForEachImprovement": {
			input(usm.CloseChange, "", map[string]any{"improvements": improvement}),
			usm.Effects{Evaluation: &evaluation, Raise: []usm.NewCall{risk}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &registers{}
			_, err := performers(r)[c.in.Step](t.Context(), c.in)
			require.NoError(t, err)
			if len(r.effects.Raise) == 0 {
				r.effects.Raise = nil
			}
			require.Equal(t, c.want, r.effects)
		})
	}

	t.Run("AStepThatWasNotDoneWritesNoEffect", func(t *testing.T) {
		t.Parallel()
		for _, state := range []usm.State{usm.StepInherited, usm.StepNotApplicable, usm.StepOpen} {
			r := &registers{}
			in := input(usm.AcceptRequest, usm.Accepted, nil)
			in.State = state
			_, err := performers(r)[usm.AcceptRequest](t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, usm.Effects{}, r.effects)
		}
	})

	t.Run("WhatAMachineSawIsAskedByTheRequester", func(t *testing.T) {
		t.Parallel()
		r := &registers{}
		in := input(usm.ExecuteOperation, "", map[string]any{"risks": improvement})
		in.Actor = usm.SystemActor("monitor")
		_, err := performers(r)[usm.ExecuteOperation](t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, "ann", r.effects.Raise[0].Requester)
	})

	t.Run("FieldsThatDoNotFitWriteNothing", func(t *testing.T) {
		t.Parallel()
		r := &registers{err: errors.New("not reached")}
		_, err := performers(r)[usm.PlanOperation](t.Context(), input(usm.PlanOperation, "", map[string]any{"mood": "bad"}))
		require.ErrorContains(t, err, "mood")
		require.Zero(t, r.written)
	})
}
