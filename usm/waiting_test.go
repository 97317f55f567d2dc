package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

var (
	ritasCall  = usm.Call{NewCall: usm.NewCall{Requester: "rita"}}
	ritasChild = usm.Call{NewCall: usm.NewCall{Requester: "rita"}, ForkedAt: usm.DeployChange, Coordinator: []string{"lead"}}
)

func TestWaitingAt(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	both := []string{"engineer", "coordinator"}
	signal := &usm.SignalRule{Name: "analysed"}
	for name, c := range map[string]struct {
		rule    usm.ProcedureStep
		call    usm.Call
		attempt int
		want    usm.Waiting
	}{
		"PeopleFinishAStep": {
			usm.ProcedureStep{Step: usm.AnalyseIncident},
			ritasCall, 1,
			usm.Waiting{Kind: usm.WaitStep, Profiles: both, Exclude: []string{"rita"}},
		},
		"ARowNamesItsOwnAccountableProfile": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Accountable: "lead"},
			ritasCall, 1,
			usm.Waiting{Kind: usm.WaitStep, Profiles: []string{"engineer", "lead"}, Exclude: []string{"rita"}, Accountable: "lead"},
		},
		"TheRequesterConfirms": {
			usm.ProcedureStep{Step: usm.ReviewRecovery}, ritasCall, 1, usm.Waiting{Kind: usm.WaitConfirmation, Person: "rita"},
		},
		"TheParentsCoordinatorConfirmsAChild": {
			usm.ProcedureStep{Step: usm.ReviewRecovery},
			ritasChild, 1,
			usm.Waiting{Kind: usm.WaitConfirmation, Profiles: []string{"lead"}},
		},
		"ItsChildrenFinishAFork": {usm.ProcedureStep{Step: usm.RecoverService}, ritasCall, 1, usm.Waiting{Kind: usm.WaitChild}},
		"NobodyFinishesWhatIsNotApplicable": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, NotApplicable: "always known"}, ritasCall, 1, usm.Waiting{Kind: usm.WaitNone},
		},
		"NotEvenTheSecondTime": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, NotApplicable: "always known"}, ritasCall, 2, usm.Waiting{Kind: usm.WaitNone},
		},
		"TheProductPerformsAnAutomaticStep": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Performer: usm.ByAutomatic}, ritasCall, 1, usm.Waiting{Kind: usm.WaitNone},
		},
		"PeopleRepeatIt": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Performer: usm.ByAutomatic},
			ritasCall, 2,
			usm.Waiting{Kind: usm.WaitStep, Profiles: both, Exclude: []string{"rita"}},
		},
		"AnAutomaticReviewNeedsNobody": {
			usm.ProcedureStep{Step: usm.ReviewRecovery, Performer: usm.ByAutomatic}, ritasCall, 1, usm.Waiting{Kind: usm.WaitNone},
		},
		"AChildInheritsAcceptance": {usm.ProcedureStep{Step: usm.AcceptIncident}, ritasChild, 1, usm.Waiting{Kind: usm.WaitNone}},
		"UnlessTheProcedureSaysOtherwise": {
			usm.ProcedureStep{Step: usm.AcceptIncident, Inherited: &no},
			ritasChild, 1,
			usm.Waiting{Kind: usm.WaitStep, Profiles: both, Exclude: []string{"rita"}},
		},
		"AChildInheritsWhatTheProcedureNames": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Inherited: &yes}, ritasChild, 1, usm.Waiting{Kind: usm.WaitNone},
		},
		"ACallOfItsOwnInheritsNothing": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Inherited: &yes},
			ritasCall, 1,
			usm.Waiting{Kind: usm.WaitStep, Profiles: both, Exclude: []string{"rita"}},
		},
		"ARepeatedStepIsNotInherited": {
			usm.ProcedureStep{Step: usm.AcceptIncident},
			ritasChild, 2,
			usm.Waiting{Kind: usm.WaitStep, Profiles: both, Exclude: []string{"rita"}},
		},
		"ASystemAnswersWithItsSignal": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Performer: usm.BySystem, Signal: signal},
			ritasCall, 1,
			usm.Waiting{Kind: usm.WaitSignal, Signal: "analysed", Profiles: both, Exclude: []string{"rita"}},
		},
		"AndAgainWhenItIsRepeated": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Performer: usm.BySystem, Signal: signal},
			ritasCall, 3,
			usm.Waiting{Kind: usm.WaitSignal, Signal: "analysed", Profiles: both, Exclude: []string{"rita"}},
		},
		"ASystemWithoutASignalIsPeople": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Performer: usm.BySystem},
			ritasCall, 1,
			usm.Waiting{Kind: usm.WaitStep, Profiles: both, Exclude: []string{"rita"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := c.want
			want.Step = c.rule.Step
			if want.Kind != usm.WaitNone && want.Accountable == "" {
				want.Accountable = "coordinator" // of the default
			}
			require.Equal(t, want, desk(c.rule).WaitingAt(c.call, c.rule.Step, c.attempt, []string{"rita"}))
		})
	}
}

func TestWaitingStatus(t *testing.T) {
	t.Parallel()
	for kind, status := range map[usm.WaitKind]usm.Status{
		usm.WaitStep: usm.StatusOpen, usm.WaitNone: usm.StatusOpen, usm.WaitApproval: usm.StatusOpen, usm.WaitTimer: usm.StatusOpen,
		usm.WaitAnswer: usm.StatusWaiting, usm.WaitConfirmation: usm.StatusWaiting, usm.WaitChild: usm.StatusWaiting,
		usm.WaitSignal: usm.StatusWaiting,
	} {
		require.Equal(t, status, usm.Waiting{Kind: kind}.Status(), kind)
	}
}

func TestSegregated(t *testing.T) {
	t.Parallel()
	steps := map[usm.Step]usm.StepState{
		usm.PrepareChange: {State: usm.StepDone, By: "petra"},
		usm.DraftOffer:    {State: usm.StepDone, By: "dirk"},
		usm.PlanChange:    {State: usm.StepDone, By: "paul"},
	}
	for name, c := range map[string]struct {
		steps map[usm.Step]usm.StepState
		step  usm.Step
		want  []string
	}{
		"TheRequesterPerformsNothing":      {steps, usm.PlanChange, []string{"rita"}},
		"WhoPreparedAChangeDoesNotRelease": {steps, usm.ReleaseChange, []string{"rita", "petra"}},
		"WhoDraftedAnOfferDoesNotAgree":    {steps, usm.NegotiateOffer, []string{"rita", "dirk"}},
		"WhoPlannedAChangeMayPrepareIt":    {steps, usm.PrepareChange, []string{"rita"}},
		"NobodyElseBeforeTheStepIsDone":    {nil, usm.ReleaseChange, []string{"rita"}},
		"NobodyIsNamedTwice": {
			map[usm.Step]usm.StepState{usm.PrepareChange: {By: "rita"}}, usm.ReleaseChange, []string{"rita"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, usm.Segregated(ritasCall, c.steps, c.step))
		})
	}
}
