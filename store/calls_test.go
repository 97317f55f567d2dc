package store_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func (w world) list(filter usm.CallFilter) []string {
	w.t.Helper()
	var all []string
	for {
		calls, next, err := w.Calls(w.ctx(), filter)
		require.NoError(w.t, err)
		for _, call := range calls {
			all = append(all, call.Number)
		}
		if next == "" {
			return all
		}
		filter.Cursor = next
	}
}

// badDue is a cursor of a person's work in which the due date is none.
var badDue = base64.RawURLEncoding.EncodeToString([]byte(`["1","soon","2026-01-01T00:00:00Z","INC-000001"]`))

func TestCalls(t *testing.T) {
	t.Parallel()

	t.Run("AreFilteredByEachProperty", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		incident := w.open(asked(usm.Incident)).Number
		wish := w.open(asked(usm.Wish, by("ed"), about("web"), func(c *usm.NewCall) {
			c.Subject, c.Description, c.Components = "A chat service", "So that we can talk", nil
		})).Number
		risk := w.open(asked(usm.Risk, by("olga"), func(c *usm.NewCall) { c.Parent = incident; c.Components = nil })).Number
		classified := w.open(asked(usm.Incident))
		w.through(classified, usm.AcceptIncident)
		w.finish(input(classified, usm.ClassifyIncident), usm.Effects{Facts: &usm.RequestFacts{Priority: usm.PriorityLow}})
		registered := w.register(asked(usm.ServiceRequest)).Number
		for name, c := range map[string]struct {
			filter usm.CallFilter
			want   []string
		}{
			"all, newest first": {usm.CallFilter{}, []string{registered, classified.Number, risk, wish, incident}},
			"type":              {usm.CallFilter{Type: usm.Wish}, []string{wish}},
			"domain":            {usm.CallFilter{Domain: "hr"}, nil},
			"workflow":          {usm.CallFilter{Workflow: "IncidentWithoutChange"}, []string{classified.Number, incident}},
			"workflow number":   {usm.CallFilter{Workflow: "8"}, []string{risk}},
			"process":           {usm.CallFilter{Process: usm.Agree}, []string{wish}},
			"step":              {usm.CallFilter{Step: usm.AnalyseIncident}, []string{classified.Number}},
			"status":            {usm.CallFilter{Status: usm.StatusRegistered}, []string{registered}},
			"priority":          {usm.CallFilter{Priority: usm.PriorityLow}, []string{classified.Number}},
			"requester":         {usm.CallFilter{Requester: "ed"}, []string{wish}},
			"service":           {usm.CallFilter{Service: "web"}, []string{wish}},
			"component":         {usm.CallFilter{Component: "srv-1", Type: usm.ServiceRequest}, []string{registered}},
			"parent":            {usm.CallFilter{Parent: incident}, []string{risk}},
			"words":             {usm.CallFilter{Q: "talk service"}, []string{wish}},
			"number":            {usm.CallFilter{Q: incident}, []string{incident}},
			"own only":          {usm.CallFilter{Visible: &usm.Sight{Person: "ed"}}, []string{wish}},
			"domain's":          {usm.CallFilter{Visible: &usm.Sight{Person: "x", Domains: []string{"it"}}, Type: usm.Risk}, []string{risk}},
			"nothing":           {usm.CallFilter{Visible: &usm.Sight{Person: "x"}}, nil},
		} {
			require.Equal(t, c.want, w.list(c.filter), name)
			c.filter.Limit = 1
			require.Equal(t, c.want, w.list(c.filter), name+", page by page")
		}
	})

	t.Run("OfAPersonAreTheMostUrgentFirstAndOnlyThoseHeMayActOn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first, second, third := w.open(asked(usm.Incident)), w.open(asked(usm.Incident)), w.open(asked(usm.Incident))
		for call, priority := range map[string]usm.Priority{third.Number: usm.PriorityCritical, second.Number: usm.PriorityLow} {
			require.NoError(t, w.exec(`UPDATE calls SET priority = $2 WHERE number = $1`, call, string(priority)))
		}
		want := []string{third.Number, second.Number, first.Number}
		require.Equal(t, want, w.list(usm.CallFilter{MayAct: "olga"}))
		require.Equal(t, want, w.list(usm.CallFilter{MayAct: "carl", Page: usm.Page{Limit: 1}}))
		require.Empty(t, w.list(usm.CallFilter{MayAct: "mia"}), "managers do not accept")
		require.Empty(t, w.list(usm.CallFilter{MayAct: "eve"}), "the requester does not perform")

		next := input(first, "").Next
		next.Step = usm.AcceptIncident
		next.Waiting = usm.Waiting{Kind: usm.WaitStep, Profiles: []string{"operator"}, Exclude: []string{"olga"}}
		w.amend(usm.Amendment{Call: first, Kind: usm.EventSentBack, Next: &next})
		next.Waiting = usm.Waiting{Kind: usm.WaitConfirmation, Person: "eve"}
		w.amend(usm.Amendment{Call: second, Kind: usm.EventSentBack, Next: &next})
		require.Equal(t, []string{third.Number}, w.list(usm.CallFilter{MayAct: "olga"}))
		require.Equal(t, []string{third.Number, first.Number}, w.list(usm.CallFilter{MayAct: "omar"}))
		require.Equal(t, []string{second.Number}, w.list(usm.CallFilter{MayAct: "eve"}))
		require.Equal(t, []string{"omar"}, w.view(first.Number).WaitingFor.People)
		next.Waiting = usm.Waiting{Kind: usm.WaitStep, Profiles: []string{"operator"}, Claimed: "omar"}
		w.amend(usm.Amendment{Call: first, Kind: usm.EventClaimed, Next: &next})
		require.Equal(t, []string{first.Number}, w.list(usm.CallFilter{MayAct: "omar", Claimed: "omar"}))
		require.Empty(t, w.list(usm.CallFilter{MayAct: "olga", Claimed: "olga"}))
		require.Equal(t, []string{"eve"}, w.view(second.Number).WaitingFor.People)

		require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'omar'`))
		require.Empty(t, w.list(usm.CallFilter{MayAct: "omar"}))
		require.Empty(t, w.view(first.Number).WaitingFor.People)
	})

	t.Run("OfAPersonThatAreEquallyUrgentComeByDueDate", func(t *testing.T) {
		t.Parallel()
		w := promising(t)
		none := w.open(asked(usm.Incident, by("pat")))
		late, soon := w.open(asked(usm.Incident)), w.taken(2*time.Hour, asked(usm.Incident))
		other := w.open(asked(usm.Incident, by("pat")))
		urgent := w.open(asked(usm.Incident, by("pat")))
		require.NoError(t, w.exec(`UPDATE calls SET priority = 'high' WHERE number = $1`, urgent.Number))
		want := []string{urgent.Number, soon.Number, late.Number, none.Number, other.Number}
		require.Equal(t, want, w.list(usm.CallFilter{MayAct: "olga"}))
		require.Equal(t, want, w.list(usm.CallFilter{MayAct: "olga", Page: usm.Page{Limit: 1}}), "page by page")
		require.Contains(t, read[string](w, `SELECT indexdef FROM pg_indexes WHERE indexname = 'calls_work'`), "due")
	})

	t.Run("RefuseACursorThatIsNone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, cursor := range []string{"x", "WyJhIiwiYiJd", "WzFd", badDue} {
			for _, filter := range []usm.CallFilter{{}, {MayAct: "olga"}} {
				filter.Cursor = cursor
				_, _, err := w.Calls(w.ctx(), filter)
				require.Equal(t, []string{"/cursor"}, pointers(refusal(t, usm.CodeInvalid, err)))
			}
			_, _, err := w.Events(w.ctx(), "INC-000001", usm.Page{Cursor: cursor})
			requireCode(t, usm.CodeInvalid, err)
		}
	})

	t.Run("AreNotFoundUnderANumberThatWasNotGiven", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Call(w.ctx(), "INC-000001")
		require.Equal(t, "there is no call INC-000001", refusal(t, usm.CodeNotFound, err).Message)
		_, err = w.Path(w.ctx(), "INC-000001")
		requireCode(t, usm.CodeNotFound, err)
		_, _, err = w.Events(w.ctx(), "INC-000001", usm.Page{})
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("ShowTheirTrailPageByPage", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.note(call, "a")
		first, next, err := w.Events(w.ctx(), call.Number, usm.Page{Limit: 2})
		require.NoError(t, err)
		require.Len(t, first, 2)
		second, next, err := w.Events(w.ctx(), call.Number, usm.Page{Limit: 2, Cursor: next})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, []usm.EventKind{usm.EventNoted}, kinds(second))
	})
}
