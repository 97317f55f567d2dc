package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// forOperators is a call that waits for operators; change narrows what it waits for.
func (w world) forOperators(change ...func(*usm.Waiting)) usm.Call {
	w.t.Helper()
	call := w.open(asked(usm.Incident))
	next := input(call, "").Next
	next.Step = usm.AcceptIncident
	next.Waiting = usm.Waiting{
		Kind: usm.WaitStep, Step: usm.AcceptIncident, Profiles: []string{"operator"}, Exclude: []string{"eve", "omar"},
	}
	for _, c := range change {
		c(&next.Waiting)
	}
	w.amend(usm.Amendment{Call: call, Kind: usm.EventSentBack, Next: &next})
	return call
}

func TestStandIns(t *testing.T) {
	t.Parallel()

	t.Run("MayFinishAndHaveItInTheirWork", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators()
		require.Equal(t, []string{"olga"}, w.view(call.Number).WaitingFor.People)
		first := w.delegate(stands("olga", "joe"))
		w.delegate(stands("joe", "max"))
		waits := w.view(call.Number).WaitingFor
		require.Equal(t, []string{"joe", "max", "olga"}, waits.People)
		require.Equal(t, []usm.StandIn{
			{Person: "olga", By: "joe", Delegation: first.ID}, {Person: "olga", By: "max", Delegation: first.ID},
		}, waits.StandIns)
		for _, person := range waits.People {
			require.Equal(t, []string{call.Number}, w.list(usm.CallFilter{MayAct: person}), person)
		}
		listed, _, err := w.Calls(w.ctx(), usm.CallFilter{})
		require.NoError(t, err)
		require.Equal(t, waits, listed[0].WaitingFor)
		require.NoError(t, w.RevokeDelegation(w.ctx(), first.ID, "olga"))
		require.Equal(t, []string{"olga"}, w.view(call.Number).WaitingFor.People)
		require.Empty(t, w.list(usm.CallFilter{MayAct: "joe"}))
		require.Empty(t, w.list(usm.CallFilter{MayAct: "max"}))
	})

	t.Run("CountFromTheFirstMicrosecondUntilTheLast", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators()
		d := w.delegate(stands("olga", "joe"))
		for name, tc := range map[string]struct {
			at    time.Time
			count bool
		}{
			"before": {d.From.Add(-time.Microsecond), false}, "first": {d.From, true},
			"last": {d.Until.Add(-time.Microsecond), true}, "end": {d.Until, false},
		} {
			people, err := w.PeopleAt(t.Context(), call.Number, tc.at)
			require.NoError(t, err)
			want := []string{"olga"}
			if tc.count {
				want = []string{"joe", "olga"}
			}
			require.Equal(t, want, people, name)
		}
	})

	t.Run("ActOnlyWithinWhatNarrowsTheirDelegation", func(t *testing.T) {
		t.Parallel()
		for name, tc := range map[string]struct {
			narrow func(*usm.Delegation)
			count  bool
		}{
			"process":               {func(d *usm.Delegation) { d.Process = usm.Recover }, true},
			"another process":       {func(d *usm.Delegation) { d.Process = usm.Change }, false},
			"service":               {func(d *usm.Delegation) { d.Service = "mail" }, true},
			"another service":       {func(d *usm.Delegation) { d.Service = "web" }, false},
			"amount":                {func(d *usm.Delegation) { d.Amount = 100 }, true},
			"a smaller amount":      {func(d *usm.Delegation) { d.Amount = 99 }, false},
			"condition":             {func(d *usm.Delegation) { d.When = "amount == 100.0 && call.requester == 'eve'" }, true},
			"another condition":     {func(d *usm.Delegation) { d.When = "call.requester == 'ed'" }, false},
			"an absent field":       {func(d *usm.Delegation) { d.When = "fields.unknown == 'x'" }, false},
			"to come":               {func(d *usm.Delegation) { d.From = time.Now().Add(time.Hour) }, false},
			"in another domain":     {func(d *usm.Delegation) { d.Domain = "hr" }, false},
			"to who is kept out":    {func(d *usm.Delegation) { d.To = "omar" }, false},
			"to the requester":      {func(d *usm.Delegation) { d.To = "eve" }, false},
			"of who is kept out":    {func(d *usm.Delegation) { d.Person = "omar" }, false},
			"of one without a part": {func(d *usm.Delegation) { d.Person = "mia" }, false},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				require.NoError(t, w.exec(`INSERT INTO domains (id, version) VALUES ('hr', 1)`))
				call := w.forOperators()
				require.NoError(t, w.exec(`UPDATE calls SET fields = '{"amount": 100}' WHERE number = $1`, call.Number))
				d := w.delegate(stands("olga", "joe", tc.narrow))
				want, work := []string{"olga"}, []string(nil)
				if tc.count {
					want, work = []string{"joe", "olga"}, []string{call.Number}
				}
				require.Equal(t, want, w.view(call.Number).WaitingFor.People)
				require.Equal(t, work, w.list(usm.CallFilter{MayAct: d.To}))
			})
		}
	})

	t.Run("StandInForNobodyWhoHasLeftAndDoNotWhenTheyHave", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators()
		w.delegate(stands("olga", "joe"))
		require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'joe'`))
		require.Equal(t, []string{"olga"}, w.view(call.Number).WaitingFor.People)
		require.Empty(t, w.list(usm.CallFilter{MayAct: "joe"}))
		require.NoError(t, w.exec(`UPDATE people SET inactive = id = 'olga'`))
		require.Empty(t, w.view(call.Number).WaitingFor.People)
		require.Empty(t, w.list(usm.CallFilter{MayAct: "joe"}))
	})

	t.Run("WhoCanActThemselvesStandInForNobody", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators(func(waits *usm.Waiting) { waits.Exclude = nil })
		w.delegate(stands("olga", "omar"))
		require.Equal(t, []string{"olga", "omar"}, w.view(call.Number).WaitingFor.People)
		require.Empty(t, w.view(call.Number).WaitingFor.StandIns)
	})

	t.Run("NobodyHandsOnWhatSegregationKeepsFromHim", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators()
		w.delegate(stands("olga", "omar"))
		w.delegate(stands("omar", "joe"))
		require.Equal(t, []string{"olga"}, w.view(call.Number).WaitingFor.People)
	})

	t.Run("AClaimedStepIsForWhoClaimedItAndHisStandIns", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators(func(waits *usm.Waiting) { waits.Exclude, waits.Claimed = nil, "omar" })
		w.delegate(stands("omar", "max"))
		w.delegate(stands("olga", "joe"))
		waits := w.view(call.Number).WaitingFor
		require.Equal(t, []string{"max", "omar"}, waits.People)
		require.Equal(t, "omar", waits.Claimed)
		for person, want := range map[string][]string{"omar": {call.Number}, "max": {call.Number}, "olga": nil, "joe": nil} {
			require.Equal(t, want, w.list(usm.CallFilter{MayAct: person}), person)
		}
		delegates := w.forOperators(func(waits *usm.Waiting) { waits.Exclude, waits.Claimed = nil, "joe" })
		require.Equal(t, []string{"joe"}, w.view(delegates.Number).WaitingFor.People)
		require.Equal(t, []string{delegates.Number}, w.list(usm.CallFilter{MayAct: "joe"}))
	})

	t.Run("DoNotAnswerOrConfirmForTheRequester", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators(func(waits *usm.Waiting) {
			*waits = usm.Waiting{Kind: usm.WaitConfirmation, Person: "eve"}
		})
		w.delegate(stands("eve", "joe"))
		require.Equal(t, []string{"eve"}, w.view(call.Number).WaitingFor.People)
		require.Empty(t, w.list(usm.CallFilter{MayAct: "joe"}))
	})

	t.Run("ArePagedLikeOtherWork", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.delegate(stands("olga", "joe", func(d *usm.Delegation) { d.When = "call.priority != 'low'" }))
		var want []string
		for i := range 6 {
			call := w.forOperators()
			if i%2 == 0 {
				want = append(want, call.Number)
				continue
			}
			require.NoError(t, w.exec(`UPDATE calls SET priority = 'low' WHERE number = $1`, call.Number))
		}
		require.Equal(t, want, w.list(usm.CallFilter{MayAct: "joe"}))
		require.Equal(t, want, w.list(usm.CallFilter{MayAct: "joe", Page: usm.Page{Limit: 1}}), "page by page")
	})
}

func TestPagesOfWorkAreFull(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var narrow, all []string
	for i := range 9 {
		call := w.forOperators()
		all = append(all, call.Number)
		if i%3 == 2 {
			narrow = append(narrow, call.Number)
			require.NoError(t, w.exec(`UPDATE calls SET fields = '{"amount": 5}' WHERE number = $1`, call.Number))
		}
	}
	w.delegate(stands("olga", "joe", func(d *usm.Delegation) { d.When = "amount > 0.0" }))
	for person, want := range map[string][]string{"olga": all, "joe": narrow} {
		for size := 1; size <= 4; size++ {
			var found []string
			filter := usm.CallFilter{MayAct: person, Page: usm.Page{Limit: size}}
			for more := true; more; more = filter.Cursor != "" {
				calls, next, err := w.Calls(t.Context(), filter)
				require.NoError(t, err)
				for _, call := range calls {
					found = append(found, call.Number)
				}
				if filter.Cursor = next; next != "" {
					require.Len(t, calls, size, "%s, %d at a time", person, size)
				}
			}
			require.Equal(t, want, found, "%s, %d at a time", person, size)
		}
	}
}
