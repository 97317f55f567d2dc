package console

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"INC-000042": "INC-000042", "inc-42": "INC-000042", "RFC-1234567": "RFC-1234567", "XYZ-42": "", "INC-": "", "42": "",
		"inc-4x": "", "": "",
	} {
		got, ok := numberOf(text)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, got)
		}
	}
}

func TestTheItemsWithMostOfTheWordsComeFirst(t *testing.T) {
	t.Parallel()
	item := func(name string) usm.CoveredItem { return usm.CoveredItem{Item: usm.Item{Name: name}} }
	items := []usm.CoveredItem{item("Access by VPN"), item("New laptop"), item("Replace a lost laptop")}
	require.Equal(t, []usm.CoveredItem{items[2], items[1]}, fitting(items, "my Laptop is lost"))
	require.Equal(t, items, fitting(items, " "))
	require.Empty(t, fitting(items, "coffee"))
}

func TestACallIsInOnePhase(t *testing.T) {
	t.Parallel()
	for want, call := range map[string]usm.CallView{
		"received":   {Status: usm.StatusOpen, Step: usm.AcceptIncident},
		"looked_at":  {Status: usm.StatusOpen, Step: usm.ClassifyIncident},
		"worked_on":  {Status: usm.StatusWaiting, Step: usm.RecoverService},
		"checked":    {Status: usm.StatusWaiting, Step: usm.ReviewRecovery},
		"finished":   {Status: usm.StatusFulfilled, Step: usm.CloseIncident},
		"rejected":   {Status: usm.StatusRejected},
		"not_agreed": {Status: usm.StatusNotAgreed},
	} {
		require.Equal(t, want, askedState(call))
	}
	require.Equal(t, "received", phases[phaseOf(usm.CallView{Status: usm.StatusRegistered})])
}

func TestWhatHappenedIsToldToWhoAsked(t *testing.T) {
	t.Parallel()
	v := &visit{texts: readTexts()["en"]}
	v.me.Person = "anna"
	story := v.story([]usm.Event{
		{Kind: usm.EventRegistered, By: "anna"},
		{Kind: usm.EventOpened, By: "anna"},
		{Kind: usm.EventStepFinished, Step: usm.AcceptIncident, By: "farah"},
		{Kind: usm.EventStepFinished, Step: usm.PlanOperation, State: usm.StepInherited},
		{Kind: usm.EventAlarm},
		{Kind: usm.EventAsked, By: "farah", Text: "Which?"},
		{Kind: usm.EventSentBack, Step: usm.ReviewRecovery, By: "anna", Fields: map[string]any{"reason": "Still broken"}},
		{
			Kind: usm.EventStepFinished, Step: usm.AcceptIncident, Outcome: usm.Rejected, By: "automatic",
			Fields: map[string]any{"reason": "Twice"},
		},
	}, directory{names: map[string]map[string]string{ofPerson: {"farah": "Farah Nouri"}}})
	require.Equal(t, []told{
		{Who: "You", What: "This was asked for."},
		{Who: "Farah Nouri", What: "It was accepted."},
		{Who: "Farah Nouri", What: "We have asked", Quote: "Which?"},
		{Who: "You", What: "It was not right.", Quote: "Still broken"},
		{What: "It was turned down.", Quote: "Twice"},
	}, story)
}

func TestWhatWasShownIsComparedWithWhatIsAskedNow(t *testing.T) {
	t.Parallel()
	shown := shownContent(usm.Approval{Content: map[string]any{
		"proposal": map[string]any{"plan": "Saturday", "cost": 10.0}, "call": map[string]any{"priority": "low"},
	}})
	now := usm.Approval{Content: map[string]any{
		"proposal": map[string]any{"plan": "Sunday"}, "call": map[string]any{"priority": "low", "team": "desk"},
	}}
	require.Equal(t, []difference{
		{[]string{"call", "team"}, nil, "desk"}, {[]string{"proposal", "cost"}, 10.0, nil}, {[]string{"proposal", "plan"}, "Saturday", "Sunday"},
	}, compared(shown, now))
	require.Empty(t, compared("no JSON", now))
}
