package test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestLifeOfACall follows what can happen to a call beside the way from step to step.
func TestLifeOfACall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "it")
	for name, claim := range map[string]func(*testing.T, *world){
		"AskWaitsForTheAnswerOfTheRequester":     askAndAnswer,
		"DisputeGoesBackToWhereTheProcedureSays": dispute,
		"RetypeOpensALinkedCallAndKeepsTheOld":   retype,
		"AbortAsksTheChildrenFirst":              abortWithChildren,
		"NotesAndLinksAreRecorded":               notesAndLinks,
		"RedoRepeatsFromAnEarlierStep":           redo,
		"NotApplicableIsRecordedWithItsReason":   notApplicable,
		"RejectsARequesterWhomNobodyAuthorises":  unauthorised,
		"TypesACallByTheRules":                   typing,
		"RaisedCallsAreLinkedToTheirParent":      raised,
		"ATeamCoordinatorLeavesWhatWasDecided":   coordinators,
		"EveryChangeIsToldAsItHappens":           told,
		"TheLongestSubjectIsInherited":           longSubject,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim(t, w)
		})
	}
}

// kinds lists what a trail records, in order.
func kinds(trail []usm.Event) []usm.EventKind {
	var all []usm.EventKind
	for _, event := range trail {
		all = append(all, event.Kind)
	}
	return all
}

// link reports whether two calls are linked in this way.
func linked(view usm.CallView, kind, to string) bool {
	return slices.Contains(view.Links, usm.Link{To: to, Kind: kind})
}

func askAndAnswer(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[3], "")
	desk := w.As(view.WaitingFor.People[0])
	view, err := desk.Ask(t.Context(), view.Number, "Which printer?")
	require.NoError(t, err)
	require.Equal(t, usm.StatusWaiting, view.Status)
	require.Equal(t, usm.WaitAnswer, view.WaitingFor.Kind)
	require.Equal(t, "Which printer?", view.WaitingFor.Question)
	require.Equal(t, []string{view.Requester}, view.WaitingFor.People)
	view, err = w.As(view.Requester).Answer(t.Context(), view.Number, "The one upstairs", map[string]any{"floor": "2"})
	require.NoError(t, err)
	require.Equal(t, usm.StatusOpen, view.Status)
	require.Equal(t, usm.WaitStep, view.WaitingFor.Kind)
	require.Equal(t, "2", view.Fields["floor"])
	require.Subset(t, kinds(w.Trail(t, view.Number)), []usm.EventKind{usm.EventAsked, usm.EventAnswered})
}

func dispute(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[3], usm.ReviewRecovery)
	children := view.Children
	view, err := w.As(view.Requester).Dispute(t.Context(), view.Number, "It still does not print")
	require.NoError(t, err)
	require.Equal(t, usm.AnalyseIncident, view.Step, "the file of the domain says so")
	require.Equal(t, 2, view.Attempt)
	view, err = w.Drive(t.Context(), view.Number, rides[3].plan())
	require.NoError(t, err)
	require.Equal(t, usm.StatusClosed, view.Status)
	require.Len(t, view.Children, len(children)+1, "the second recovery has a child of its own")
	trail := w.Trail(t, view.Number)
	requireGapless(t, view, trail)
	require.Contains(t, kinds(trail), usm.EventStepFinished)
	i := slices.IndexFunc(trail, func(e usm.Event) bool { return e.Outcome == usm.Disputed })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, "It still does not print", trail[i].Fields["reason"])
}

func retype(t *testing.T, w *world) {
	t.Helper()
	old := w.at(t, rides[3], usm.ClassifyIncident)
	view, err := w.As(old.WaitingFor.People[0]).Retype(t.Context(), old.Number, usm.ServiceRequest, "Nothing is broken")
	require.NoError(t, err)
	require.Equal(t, usm.ServiceRequest, view.Type)
	require.Regexp(t, `^SRQ-`, view.Number)
	require.True(t, linked(view, "retyped_from", old.Number), "%v", view.Links)
	before, err := w.As(old.Requester).Call(t.Context(), old.Number)
	require.NoError(t, err, "the old number still finds it")
	require.Equal(t, usm.StatusRetyped, before.Status)
	require.True(t, linked(before, "retyped_to", view.Number), "%v", before.Links)
	trail := w.Trail(t, old.Number)
	i := slices.Index(kinds(trail), usm.EventRetyped)
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, "Nothing is broken", trail[i].Text)
	found, _, err := w.Admin.Calls(t.Context(), usm.CallFilter{Q: old.Number})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	view, err = w.Drive(t.Context(), view.Number, product.Plan{})
	require.NoError(t, err)
	require.Equal(t, usm.StatusClosed, view.Status)
}

func abortWithChildren(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[8], usm.RecoverService)
	require.Len(t, view.Children, 2)
	view, err := w.As("olga").Abort(t.Context(), view.Number, "The building is closed")
	require.NoError(t, err)
	product.Eventually(t, eventual, "parent and children are aborted", func() error {
		return statuses(t, w, usm.StatusAborted, append(view.Children, view.Number)...)
	})
	var ends []usm.Event
	for _, number := range append(view.Children, view.Number) {
		trail := w.Trail(t, number)
		i := slices.Index(kinds(trail), usm.EventAborted)
		require.GreaterOrEqual(t, i, 0, number)
		require.Contains(t, trail[i].Text, "The building is closed")
		ends = append(ends, trail[i])
	}
	for _, child := range ends[:2] {
		require.False(t, child.At.After(ends[2].At), "the children are asked first")
	}
}

func notesAndLinks(t *testing.T, w *world) {
	t.Helper()
	view, other := w.at(t, rides[3], ""), w.at(t, rides[4], "")
	_, err := w.As("bilal").Note(t.Context(), view.Number, "I saw it too")
	require.NoError(t, err)
	view, err = w.As("olga").Link(t.Context(), view.Number, other.Number, "related")
	require.NoError(t, err)
	require.True(t, linked(view, "related", other.Number))
	other, err = w.Admin.Call(t.Context(), other.Number)
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(other.Links, func(l usm.Link) bool { return l.To == view.Number }), "both ways: %v", other.Links)
	require.Subset(t, kinds(w.Trail(t, view.Number)), []usm.EventKind{usm.EventNoted, usm.EventLinked})
}
