package usm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// The people of the tables below, all in the domain "it".
var (
	rita  = person("rita", nil, nil)                              // the requester
	ravi  = person("ravi", nil, nil)                              // sees the call, nothing more
	omar  = person("omar", []string{"desk"}, nil)                 // responsible
	lena  = person("lena", []string{"lead"}, nil)                 // accountable
	saul  = person("saul", []string{"desk"}, nil)                 // holds the profile, but segregation excludes him
	carla = person("carla", []string{"steer"}, []string{"steer"}) // coordinates the domain
	robot = usm.Caller{Token: usm.Token{ID: "t", Name: "robot", Admin: true}}
)

func person(id string, profiles, steers []string) usm.Caller {
	return usm.Caller{
		Token:   usm.Token{ID: "t-" + id, Person: id},
		Domains: map[string][]string{"it": profiles},
		Steers:  map[string][]string{"it": steers},
	}
}

// incidentAt is an incident of Rita's at a step, waiting in the way of that step.
func incidentAt(step usm.Step, kind usm.WaitKind) usm.CallView {
	view := usm.CallView{
		Number: "INC-000001", Type: usm.Incident, Domain: "it", Process: usm.Recover, Step: step, Status: usm.StatusOpen,
		Requester: "rita", Children: []string{"SRQ-000002"},
		WaitingFor: usm.WaitingView{Kind: kind, Step: step, Profiles: []string{"desk", "lead"}, People: []string{"lena", "omar"}},
	}
	if kind == usm.WaitAnswer || kind == usm.WaitConfirmation {
		view.Status = usm.StatusWaiting
		view.WaitingFor.People = []string{"rita"}
	}
	return view
}

// childAt is the same as a child call: its parent's coordinators confirm.
func childAt(step usm.Step) usm.CallView {
	view := incidentAt(step, usm.WaitConfirmation)
	view.Forked, view.WaitingFor.People, view.WaitingFor.Profiles = true, []string{"lena"}, []string{"lead"}
	return view
}

func finish(step usm.Step) usm.Action { return usm.Action{Name: usm.ActionFinish, Step: step} }

func do(name usm.ActionName) usm.Action { return usm.Action{Name: name} }

func TestAuthority(t *testing.T) {
	t.Parallel()
	open := incidentAt(usm.ClassifyIncident, usm.WaitStep)
	for name, c := range map[string]struct {
		caller usm.Caller
		view   usm.CallView
		action usm.Action
		want   usm.Actor
	}{
		"TheResponsibleProfileFinishesTheStep": {
			omar, open, finish(usm.ClassifyIncident), usm.Actor{Person: "omar", Profile: "desk", Rule: usm.RuleResponsible},
		},
		"TheAccountableProfileToo": {
			lena, open, finish(usm.ClassifyIncident), usm.Actor{Person: "lena", Profile: "lead", Rule: usm.RuleResponsible},
		},
		"AStepOfASystemIsFinishedByHandToo": {
			omar, incidentAt(usm.AnalyseIncident, usm.WaitSignal), finish(usm.AnalyseIncident),
			usm.Actor{Person: "omar", Profile: "desk", Rule: usm.RuleResponsible},
		},
		"AFinishedStepGoesToTheCall": {ravi, open, finish(usm.AcceptIncident), usm.Actor{Person: "ravi", Rule: usm.RuleRepeated}},
		"TheRequesterConfirms": {
			rita, incidentAt(usm.ReviewRecovery, usm.WaitConfirmation), do(usm.ActionConfirm), usm.Actor{Person: "rita", Rule: usm.RuleRequester},
		},
		"TheRequesterDisputes": {
			rita, incidentAt(usm.ReviewRecovery, usm.WaitConfirmation), do(usm.ActionDispute), usm.Actor{Person: "rita", Rule: usm.RuleRequester},
		},
		"TheRequesterFinishesTheReviewStep": {
			rita, incidentAt(usm.ReviewRecovery, usm.WaitConfirmation), finish(usm.ReviewRecovery),
			usm.Actor{Person: "rita", Rule: usm.RuleRequester},
		},
		"TheParentsCoordinatorConfirmsAChild": {
			lena, childAt(usm.ReviewRecovery), do(usm.ActionConfirm), usm.Actor{Person: "lena", Profile: "lead", Rule: usm.RuleParent},
		},
		"TheRequesterAnswers": {
			rita, incidentAt(usm.AcceptIncident, usm.WaitAnswer), do(usm.ActionAnswer), usm.Actor{Person: "rita", Rule: usm.RuleRequester},
		},
		"WhoMayActAsks": {
			omar, open, do(usm.ActionAsk), usm.Actor{Person: "omar", Profile: "desk", Rule: usm.RuleResponsible},
		},
		"TheCoordinatorAsks": {
			carla, open, do(usm.ActionAsk), usm.Actor{Person: "carla", Profile: "steer", Rule: usm.RuleCoordinator},
		},
		"AConfirmationGivenBeforeGoesToTheCall": {
			rita, incidentAt(usm.CloseIncident, usm.WaitStep), do(usm.ActionConfirm), usm.Actor{Person: "rita", Rule: usm.RuleRepeated},
		},
		"TheCoordinatorSendsADeliveryBack": {
			carla, incidentAt(usm.ReviewRecovery, usm.WaitConfirmation), do(usm.ActionRedo),
			usm.Actor{Person: "carla", Profile: "steer", Rule: usm.RuleCoordinator},
		},
		"WhoMayActRetypes": {
			omar, open, do(usm.ActionRetype), usm.Actor{Person: "omar", Profile: "desk", Rule: usm.RuleResponsible},
		},
		"TheRequesterWithdrawsHisCall": {rita, open, do(usm.ActionAbort), usm.Actor{Person: "rita", Rule: usm.RuleRequester}},
		"TheCoordinatorAborts": {
			carla, open, do(usm.ActionAbort), usm.Actor{Person: "carla", Profile: "steer", Rule: usm.RuleCoordinator},
		},
		"WhoSeesTheCallNotes":       {ravi, open, do(usm.ActionNote), usm.Actor{Person: "ravi", Rule: usm.RuleVisible}},
		"AMachineLinksUnderItsName": {robot, open, do(usm.ActionLink), usm.Actor{Person: "robot", Rule: usm.RuleVisible}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actor, err := usm.Authority(c.caller, c.view, c.action)
			require.NoError(t, err)
			require.Equal(t, c.want, actor)
		})
	}
}

func TestAuthorityRefuses(t *testing.T) {
	t.Parallel()
	open := incidentAt(usm.ClassifyIncident, usm.WaitStep)
	ended, registered := open, open
	ended.Status, registered.Status = usm.StatusClosed, usm.StatusRegistered
	for name, c := range map[string]struct {
		caller usm.Caller
		view   usm.CallView
		action usm.Action
		code   usm.Code
		says   string
	}{
		"EverythingOnceEnded":              {omar, ended, do(usm.ActionNote), usm.CodeOutOfTurn, "closed"},
		"EverythingBeforeTheEngineHasIt":   {omar, registered, finish(usm.AcceptIncident), usm.CodeUnavailable, "registered"},
		"AStepThatIsNotOpenYetWhoeverAsks": {ravi, open, finish(usm.CloseIncident), usm.CodeOutOfTurn, "classify_incident"},
		"AStepOfAnotherProcess":            {omar, open, finish(usm.AcceptWish), usm.CodeNotFound, "recover"},
		"AStepThatIsNone":                  {omar, open, finish("dance"), usm.CodeNotFound, "dance"},
		"AForkBecauseItsChildrenFinishIt": {
			omar, incidentAt(usm.RecoverService, usm.WaitChild), finish(usm.RecoverService), usm.CodeOutOfTurn, "SRQ-000002",
		},
		"SomebodyElsesStepNamingTheProfiles": {ravi, open, finish(usm.ClassifyIncident), usm.CodeForbidden, "desk or lead"},
		"WhomSegregationExcludes":            {saul, open, finish(usm.ClassifyIncident), usm.CodeForbidden, "different people"},
		"AMachineAtAStep":                    {robot, open, finish(usm.ClassifyIncident), usm.CodeForbidden, "no person"},
		"TheCoordinatorAtSomebodyElsesStep":  {carla, open, finish(usm.ClassifyIncident), usm.CodeForbidden, "desk"},
		"TheProviderConfirmingForTheRequester": {
			omar, incidentAt(usm.ReviewRecovery, usm.WaitConfirmation), do(usm.ActionConfirm), usm.CodeForbidden, "rita",
		},
		"TheRequesterConfirmingAChild": {rita, childAt(usm.ReviewRecovery), do(usm.ActionConfirm), usm.CodeForbidden, "lead"},
		"AConfirmationTooEarly":        {rita, open, do(usm.ActionConfirm), usm.CodeOutOfTurn, "no confirmation"},
		"AnAnswerNobodyAskedFor":       {rita, open, do(usm.ActionAnswer), usm.CodeOutOfTurn, "no answer"},
		"AStepWhileTheCallWaitsForAnAnswer": {
			omar, incidentAt(usm.AcceptIncident, usm.WaitAnswer), finish(usm.AcceptIncident), usm.CodeOutOfTurn, "answer",
		},
		"ASecondQuestion": {
			omar, incidentAt(usm.AcceptIncident, usm.WaitAnswer), do(usm.ActionAsk), usm.CodeOutOfTurn, "answer",
		},
		"AStepWhileTheEngineIsAtWork": {
			omar, incidentAt(usm.AnalyseIncident, usm.WaitNone), finish(usm.AnalyseIncident), usm.CodeOutOfTurn, "none",
		},
		"ARetypeByTheRequester": {rita, open, do(usm.ActionRetype), usm.CodeForbidden, "coordinates"},
		"ARetypeOfAChild":       {carla, childAt(usm.ReviewRecovery), do(usm.ActionRetype), usm.CodeOutOfTurn, "child"},
		"ARedoWhileChildrenAreUnderWay": {
			carla, incidentAt(usm.RecoverService, usm.WaitChild), do(usm.ActionRedo), usm.CodeOutOfTurn, "SRQ-000002",
		},
		"ARetypeWhileChildrenAreUnderWay": {
			carla, incidentAt(usm.RecoverService, usm.WaitChild), do(usm.ActionRetype), usm.CodeOutOfTurn, "SRQ-000002",
		},
		"AnAbortByABystander":           {ravi, open, do(usm.ActionAbort), usm.CodeForbidden, "coordinates"},
		"AnAbortOfAChildByTheRequester": {rita, childAt(usm.ReviewRecovery), do(usm.ActionAbort), usm.CodeForbidden, "coordinates"},
		"APauseWithoutClocks":           {carla, open, do(usm.ActionPause), usm.CodeOutOfTurn, "no clock"},
		"AResumeOfWhatNobodyPaused":     {carla, open, do(usm.ActionResume), usm.CodeOutOfTurn, "clock"},
		"ARebindByWhoMayOnlyAct":        {omar, open, do(usm.ActionRebind), usm.CodeForbidden, "coordinates"},
		"AnActionThatIsNone":            {omar, open, do("sing"), usm.CodeInvalid, "sing"},
		"AProfileOfAnotherDomain":       {person2("hans", "hr", "desk"), open, finish(usm.ClassifyIncident), usm.CodeForbidden, "desk"},
		"ARedoByTheRequesterAtHisOwnReviewStep": {
			rita, incidentAt(usm.ReviewRecovery, usm.WaitConfirmation), do(usm.ActionRedo), usm.CodeForbidden, "coordinates",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := usm.Authority(c.caller, c.view, c.action)
			require.Equal(t, c.code, usm.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func person2(id, domain, profile string) usm.Caller {
	return usm.Caller{Token: usm.Token{Person: id}, Domains: map[string][]string{domain: {profile}}}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	open := incidentAt(usm.ClassifyIncident, usm.WaitStep)
	ended := open
	ended.Status = usm.StatusAborted
	timed, paused := open, open
	timed.Clocks = []usm.Clock{{ID: "sa/handling", State: usm.ClockRunning}}
	paused.Clocks, paused.Paused = timed.Clocks, []string{"freeze"}
	review := incidentAt(usm.ReviewRecovery, usm.WaitConfirmation)
	for name, c := range map[string]struct {
		caller usm.Caller
		view   usm.CallView
		want   []string
	}{
		"WhoMayAct":                   {omar, open, strings.Fields("steps/classify_incident ask claim reassign redo retype abort notes links")},
		"TheRequester":                {rita, open, []string{"abort", "notes", "links"}},
		"ABystander":                  {ravi, open, []string{"notes", "links"}},
		"TheCoordinator":              {carla, open, []string{"ask", "reassign", "redo", "retype", "rebind", "abort", "notes", "links"}},
		"TheCoordinatorOfAPausedCall": {carla, paused, strings.Fields("ask reassign redo retype pause resume rebind abort notes links")},
		"WhoMayActWhileAClockRuns": {
			omar, timed, []string{"steps/classify_incident", "ask", "claim", "reassign", "redo", "retype", "pause", "abort", "notes", "links"},
		},
		"TheRequesterAtTheReview": {rita, review, []string{"steps/review_recovery", "confirm", "dispute", "abort", "notes", "links"}},
		"TheRequesterWhoIsAsked":  {rita, incidentAt(usm.AcceptIncident, usm.WaitAnswer), []string{"answer", "abort", "notes", "links"}},
		"TheParentsCoordinator": {
			lena, childAt(usm.ReviewRecovery), []string{"steps/review_recovery", "confirm", "dispute", "notes", "links"},
		},
		"NobodyOnceEnded":            {omar, ended, []string{}},
		"NobodyAtAForkButTheSteerer": {omar, incidentAt(usm.RecoverService, usm.WaitChild), []string{"notes", "links"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, usm.Allowed(c.caller, c.view))
		})
	}

	t.Run("IsWhatARefusalOutOfTurnCarries", func(t *testing.T) {
		t.Parallel()
		var refusal *usm.Error
		_, err := usm.Authority(omar, open, finish(usm.CloseIncident))
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, usm.Allowed(omar, open), refusal.Allowed)
	})
}

func TestActorUnder(t *testing.T) {
	t.Parallel()
	rule := usm.ProcedureStep{Accountable: "lead", Responsible: []string{"desk"}}
	responsible := func(profile string) usm.Actor { return usm.Actor{Profile: profile, Rule: usm.RuleResponsible} }
	require.Equal(t, usm.RuleAccountable, responsible("lead").Under(rule).Rule)
	require.Equal(t, usm.RuleResponsible, responsible("desk").Under(rule).Rule)
	require.Equal(t, usm.RuleRequester, usm.Actor{Profile: "lead", Rule: usm.RuleRequester}.Under(rule).Rule)
	rule.Responsible = []string{"lead"}
	require.Equal(t, usm.RuleResponsible, responsible("lead").Under(rule).Rule)
}
