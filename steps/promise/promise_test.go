package promise_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps/promise"
	"github.com/usm-works/usm/usm"
)

// sound is an agreement that promises everything there is; a test changes a copy of it.
func sound() usm.Agreement {
	named := usm.NamedNorm{
		Name: "diagnosis", Target: "1h",
		Start: usm.Moment{Event: usm.EventOpened}, Stop: usm.Moment{Event: usm.EventStepFinished, Step: usm.AnalyseIncident},
		Cancel: []usm.Moment{{Status: usm.StatusRejected}}, Reset: []usm.Moment{{Event: usm.EventSentBack, Step: usm.AnalyseIncident}},
		Warnings: []string{"10m"}, Escalation: []usm.Escalation{{Notify: []string{"lead"}}},
	}
	return usm.Agreement{
		Type: usm.SA, Coverage: []usm.Clause{{ID: "east"}, {ID: "west"}},
		Norms: []usm.Norm{
			{
				Type: usm.Incident, Priority: usm.PriorityHigh, Reaction: "15m", Update: "1 business day 12:00", Handling: "4h",
				Named: []usm.NamedNorm{named}, Warnings: []string{"75%", "30m"},
				Escalation: []usm.Escalation{{At: "-2h", Priority: usm.PriorityCritical}, {At: "+1h", Reassign: []string{"lead"}}},
			},
			{Type: usm.Incident, Handling: "8h"},
			{Type: usm.Wish, Named: []usm.NamedNorm{{
				Name: "offer", Target: "2 business days end", Start: usm.Moment{Opened: usm.SpecifyService}, Stop: usm.Moment{Outcome: usm.Agreed},
			}}},
		},
		Pauses: []usm.PauseReason{
			{ID: "hold", Accountable: usm.AccountableCustomer},
			{
				ID: "trial", Accountable: usm.AccountableProvider,
				While: &usm.Moment{Event: usm.EventPaused, Reason: "hold"}, Until: &usm.Moment{Event: usm.EventNoted, By: usm.SideRequester},
			},
		},
		Warnings: []string{"6h"}, Escalation: []usm.Escalation{{At: "due", Open: &usm.Raised{Subject: "Late"}}},
		ValidFrom: "2026-01-01", ValidUntil: "2026-12-31", Renewal: []int{30},
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	require.Empty(t, promise.Check(sound()))
	require.Empty(t, promise.Check(usm.Agreement{}), "nothing is wrong with what is absent")
	apart := sound()
	apart.Norms = append(apart.Norms, usm.Norm{Type: usm.Incident, Reaction: "1h", Calendar: usm.AroundTheClock})
	require.Empty(t, promise.Check(apart), "norms for the same calls may stand in rows of their own")

	cases := []struct {
		claim  string
		change func(*usm.Agreement)
		want   usm.FieldError
	}{
		{"NormTwice", func(a *usm.Agreement) { a.Norms[0].Priority = ""; a.Norms[0].Escalation = nil }, usm.FieldError{
			Pointer: "/norms/1/handling", Detail: "handling is promised for incident already",
		}},
		{"NormThatPromisesNothing", func(a *usm.Agreement) { a.Norms[1].Handling = "" }, usm.FieldError{
			Pointer: "/norms/1", Detail: "must promise a reaction, update or handling time, or a named one",
		}},
		{"NegativeTarget", func(a *usm.Agreement) { a.Norms[0].Reaction = "-15m" }, usm.FieldError{
			Pointer: "/norms/0/reaction", Detail: `"-15m" is not longer than zero`,
		}},
		{"NamedNormTwice", func(a *usm.Agreement) {
			a.Norms[0].Named = append(a.Norms[0].Named, a.Norms[0].Named[0])
		}, usm.FieldError{Pointer: "/norms/0/named/1/name", Detail: "diagnosis is promised for incident high already"}},
		{"NameOfANormOfItsOwn", func(a *usm.Agreement) { a.Norms[0].Named[0].Name = usm.NormUpdate }, usm.FieldError{
			Pointer: "/norms/0/named/0/name", Detail: `the name "update" is taken already`,
		}},
		{"StopThatIsTheStart", func(a *usm.Agreement) { a.Norms[0].Named[0].Stop = a.Norms[0].Named[0].Start }, usm.FieldError{
			Pointer: "/norms/0/named/0/stop", Detail: "must be another moment than the start",
		}},
		{"StepThatTheTypeNeverTakes", func(a *usm.Agreement) { a.Norms[0].Named[0].Cancel[0].Step = usm.CloseRisk }, usm.FieldError{
			Pointer: "/norms/0/named/0/cancel/0/step", Detail: "never holds: close_risk is no step of recover",
		}},
		{"OpenStepOfACallThatHasEnded", func(a *usm.Agreement) { a.Norms[0].Named[0].Cancel[0].Opened = usm.CloseIncident }, usm.FieldError{
			Pointer: "/norms/0/named/0/cancel/0/opened", Detail: "never holds: a call that is rejected has no open step",
		}},
		{"OutcomeOfAnotherStep", func(a *usm.Agreement) { a.Norms[0].Named[0].Reset[0].Outcome = usm.Disputed }, usm.FieldError{
			Pointer: "/norms/0/named/0/reset/0/outcome", Detail: `never holds: no such step decides "disputed"`,
		}},
		{"OutcomeThatNoStepOfTheProcessHas", func(a *usm.Agreement) { a.Norms[2].Named[0].Stop.Outcome = usm.Released }, usm.FieldError{
			Pointer: "/norms/2/named/0/stop/outcome", Detail: `never holds: no such step decides "released"`,
		}},
		{"ReasonOfWhatIsNoPause", func(a *usm.Agreement) { a.Pauses[1].While.Event = usm.EventNoted }, usm.FieldError{
			Pointer: "/pauses/1/while/reason", Detail: "never holds: noted has no reason to pause",
		}},
		{"UntilTheBeginning", func(a *usm.Agreement) { *a.Pauses[1].Until = *a.Pauses[1].While }, usm.FieldError{
			Pointer: "/pauses/1/until", Detail: "must be another moment than the beginning",
		}},
		{"UnknownStep", func(a *usm.Agreement) { a.Pauses[1].Until.Step = "hope" }, usm.FieldError{
			Pointer: "/pauses/1/until/step", Detail: `"hope" is not one of the 37 steps`,
		}},
		{"ReasonThatExistsEverywhere", func(a *usm.Agreement) { a.Pauses[0].ID = usm.PauseChild }, usm.FieldError{
			Pointer: "/pauses/0/id", Detail: `the reason "child" exists everywhere: a norm names it in its pause`,
		}},
		{"ReasonTwice", func(a *usm.Agreement) { a.Pauses[1].ID = "hold" }, usm.FieldError{
			Pointer: "/pauses/1/id", Detail: `the id "hold" is taken already`,
		}},
		{"WarningThatIsNone", func(a *usm.Agreement) { a.Norms[0].Warnings[0] = "120%" }, usm.FieldError{
			Pointer: "/norms/0/warnings/0", Detail: `"120%" is not a share of more than 0% and at most 100%`,
		}},
		{"WarningWhenItIsLate", func(a *usm.Agreement) { a.Norms[0].Warnings[1] = "due" }, usm.FieldError{
			Pointer: "/norms/0/warnings/1", Detail: `a warning comes before the target is used up, not at "due"`,
		}},
		{"WarningBeforeTheStart", func(a *usm.Agreement) { a.Norms[0].Named[0].Warnings[0] = "1h" }, usm.FieldError{
			Pointer: "/norms/0/named/0/warnings/0", Detail: `"1h" is not after the start of any of its targets: the longest is 1h`,
		}},
		{"CommonWarningBeforeTheStartOfEveryNorm", func(a *usm.Agreement) {
			a.Norms[2].Warnings, a.Warnings[0] = []string{}, "9h"
		}, usm.FieldError{Pointer: "/warnings/0", Detail: `"9h" is not after the start of any of its targets: the longest is 8h`}},
		{"EscalationBeforeTheStart", func(a *usm.Agreement) {
			a.Norms[0].Update, a.Norms[0].Escalation[0].At = "", "-4h"
		}, usm.FieldError{
			Pointer: "/norms/0/escalation/0/at", Detail: `"-4h" is not after the start of any of its targets: the longest is 4h`,
		}},
		{"EscalationThatDoesNothing", func(a *usm.Agreement) { a.Escalation[0].Open = nil }, usm.FieldError{
			Pointer: "/escalation/0", Detail: "does nothing: give notify, priority, reassign, open or request",
		}},
		{"RequestThatIsNoHTTP", func(a *usm.Agreement) {
			a.Escalation[0].Request = &usm.OutboundRequest{URL: "gopher://pager"}
		}, usm.FieldError{Pointer: "/escalation/0/request/url", Detail: "must begin with https:// or http://"}},
		{"PriorityThatIsLower", func(a *usm.Agreement) { a.Norms[0].Escalation[0].Priority = usm.PriorityLow }, usm.FieldError{
			Pointer: "/norms/0/escalation/0/priority", Detail: "raises nothing: these calls are high already",
		}},
		{"CoverageOfAUC", func(a *usm.Agreement) { a.Type = usm.UC }, usm.FieldError{
			Pointer: "/coverage", Detail: "belongs to an SA: others cover what the agreements that rest on them do",
		}},
		{"ClauseTwice", func(a *usm.Agreement) { a.Coverage[1].ID = "east" }, usm.FieldError{
			Pointer: "/coverage/1/id", Detail: `the id "east" is taken already`,
		}},
		{"RenewalOfWhatNeverEnds", func(a *usm.Agreement) { a.ValidUntil = "" }, usm.FieldError{
			Pointer: "/renewal", Detail: "has no last day to be ahead of: valid_until is absent",
		}},
		{"EndBeforeTheBeginning", func(a *usm.Agreement) { a.ValidUntil = "2025-12-31" }, usm.FieldError{
			Pointer: "/valid_until", Detail: "must not be before the first day",
		}},
	}
	for _, c := range cases {
		t.Run("Refuses"+c.claim, func(t *testing.T) {
			t.Parallel()
			agreement := sound()
			c.change(&agreement)
			require.Equal(t, []usm.FieldError{c.want}, promise.Check(agreement))
		})
	}
}
