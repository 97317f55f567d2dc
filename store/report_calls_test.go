package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// madeEvent is a row of the trail as tests make it.
type madeEvent struct {
	Call     string        `json:"call"`
	Sequence int           `json:"sequence"`
	At       time.Time     `json:"at"`
	Kind     usm.EventKind `json:"kind"`
	Step     usm.Step      `json:"step"`
	State    usm.State     `json:"state"`
	Outcome  usm.Outcome   `json:"outcome"`
	Attempt  int           `json:"attempt"`
}

func (w world) insertEvents(events []madeEvent) {
	w.t.Helper()
	raw, err := json.Marshal(events)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec(`
		INSERT INTO trail (call, sequence, key, at, kind, process, step, attempt, state, by_person, for_person, profile, rule, outcome,
			text, fields, before, after, version, agreement, request_id, digest, result, fact)
		SELECT call, sequence, sequence::text, at, kind, 'recover', step, attempt, state, 'olga', '', '', '', outcome,
			'', '{}', '{}', '{}', 1, '', '', '', '{}', 'null'
		FROM jsonb_populate_recordset(NULL::trail, $1)`, string(raw)))
}

// reported is a world of two domains in which calls came, waited, bounced and went, with the moment that it is about.
func reported(t *testing.T) (w world, now time.Time) {
	t.Helper()
	w = setup(t)
	other := storetest.Domain()
	other.ID, other.Agreements = "hr", nil
	_, err := w.ApplyDomain(w.ctx(), other, "test")
	require.NoError(t, err)
	now = time.Now().UTC().Truncate(time.Hour)
	day := now.Truncate(24 * time.Hour)
	var calls []madeCall
	add := func(domain string, opened time.Time, closed *time.Time) string {
		number := fmt.Sprintf("INC-%06d", len(calls)+1)
		call := madeCall{
			Number: number, Type: usm.Incident, Domain: domain, Subject: "Call " + number, Requester: "eve", Status: usm.StatusOpen,
			OpenedAt: opened, ClosedAt: closed,
		}
		if closed != nil {
			call.Status = usm.StatusClosed
		}
		calls = append(calls, call)
		return number
	}
	add("it", day.Add(-48*time.Hour), new(day.Add(-12*time.Hour)))
	add("it", day.Add(-47*time.Hour), new(day.Add(-47*time.Hour+time.Second)))
	add("it", now.Add(-40*24*time.Hour), nil)
	add("it", now.Add(-time.Hour), nil)
	add("hr", day.Add(-48*time.Hour), nil)
	w.insertCalls(calls)
	event := func(call, hour, sequence int, kind usm.EventKind, step usm.Step, more ...func(*madeEvent)) madeEvent {
		e := madeEvent{
			Call: fmt.Sprintf("INC-%06d", call), Sequence: sequence, At: day.Add(time.Duration(hour) * time.Hour),
			Kind: kind, Step: step, Attempt: 1,
		}
		for _, change := range more {
			change(&e)
		}
		return e
	}
	done := func(e *madeEvent) { e.State = usm.StepDone }
	disputed := func(e *madeEvent) { e.Outcome = usm.Disputed }
	again := func(e *madeEvent) { e.Attempt = 2 }
	w.insertEvents([]madeEvent{
		event(1, -48, 1, usm.EventOpened, ""),
		event(1, -40, 2, usm.EventReassigned, usm.AcceptIncident),
		event(1, -38, 3, usm.EventStepFinished, usm.AcceptIncident, done),
		event(1, -37, 4, usm.EventSentBack, usm.AcceptIncident),
		event(1, -35, 5, usm.EventStepFinished, usm.AcceptIncident, done, again),
		event(1, -30, 6, usm.EventStepFinished, usm.ReviewRecovery, done, disputed),
		event(2, -47, 1, usm.EventOpened, ""),
		event(2, -46, 2, usm.EventRetyped, usm.AcceptIncident),
		event(5, -48, 1, usm.EventOpened, ""),
		event(5, -46, 2, usm.EventReassigned, usm.AcceptIncident),
	})
	return w, now
}

// numbers pages through the calls behind a number, two at a time.
func (w world) reportedCalls(filter usm.ReportFilter) (numbers []string) {
	w.t.Helper()
	filter.Limit = 2
	for {
		calls, next, err := w.ReportCalls(w.ctx(), filter)
		require.NoError(w.t, err)
		for _, call := range calls {
			numbers = append(numbers, call.Call)
		}
		if next == "" {
			return numbers
		}
		filter.Cursor = next
	}
}

func TestCallReports(t *testing.T) { //nolint:tparallel // they read one world, which one database holds
	t.Parallel()
	w, now := reported(t)
	it := usm.ReportFilter{From: now.Add(-72 * time.Hour), Until: now, Visible: &usm.Sight{Domains: []string{"it"}}}

	//nolint:paralleltest // see above
	t.Run("CountWhatCameAndWentDayByDay", func(t *testing.T) {
		f := it
		f.Per, f.From = "day", now.Truncate(24*time.Hour).Add(-72*time.Hour)
		rows, err := w.Flow(w.ctx(), f)
		require.NoError(t, err)
		opened, closed := map[string]int{}, map[string]int{}
		for _, row := range rows {
			opened[row.Day], closed[row.Day] = row.Opened, row.Closed
		}
		day := func(ago int) string { return now.AddDate(0, 0, -ago).Format(time.DateOnly) }
		require.GreaterOrEqual(t, len(rows), 3, "days without calls have a row")
		require.Equal(t, 2, opened[day(2)])
		require.Zero(t, opened[day(3)])
		require.Equal(t, 1, closed[day(2)])
		require.Equal(t, 1, closed[day(1)])
		f.Of = "closed"
		require.Equal(t, []string{"INC-000001", "INC-000002"}, w.reportedCalls(f))
		f.Of = "opened"
		require.Equal(t, []string{"INC-000004", "INC-000002", "INC-000001"}, w.reportedCalls(f))
		f.Per = "week"
		weeks, err := w.Flow(w.ctx(), f)
		require.NoError(t, err)
		total := 0
		for _, week := range weeks {
			monday, err := time.Parse(time.DateOnly, week.Day)
			require.NoError(t, err)
			require.Equal(t, time.Monday, monday.Weekday())
			total += week.Opened
		}
		require.Equal(t, 3, total)
	})

	//nolint:paralleltest // see above
	t.Run("TellOpenCallsByAge", func(t *testing.T) {
		rows, err := w.OpenByAge(w.ctx(), it)
		require.NoError(t, err)
		require.Len(t, rows, len(usm.Processes())*len(usm.ReportAges()))
		for _, row := range rows {
			want := 0
			if row.Process == usm.Recover && (row.Age == "1d" || row.Age == "older") {
				want = 1
			}
			require.Equal(t, want, row.Count, "%+v", row)
			require.Len(t, w.reportedCalls(usm.ReportFilter{Of: "open", Age: row.Age, Process: row.Process, Visible: it.Visible}), want)
		}
	})

	//nolint:paralleltest // see above
	t.Run("SayHowLongCallsWaited", func(t *testing.T) {
		rows, err := w.WaitingByStep(w.ctx(), it)
		require.NoError(t, err)
		require.Equal(t, []usm.WaitingRow{
			{Process: usm.Recover, Step: usm.ReviewRecovery, Done: 1, Median: usm.Span(5 * time.Hour), Slow: usm.Span(5 * time.Hour)},
			{Process: usm.Recover, Step: usm.AcceptIncident, Done: 2, Median: usm.Span(2 * time.Hour), Slow: usm.Span(10 * time.Hour)},
		}, rows)
		f := it
		f.Of, f.Step = "waited", usm.AcceptIncident
		calls, _, err := w.ReportCalls(w.ctx(), f)
		require.NoError(t, err)
		require.Equal(t, usm.Span(10*time.Hour), *calls[0].Waited, "the longest first")
		require.Len(t, calls, 2)
	})

	//nolint:paralleltest // see above
	t.Run("SayWhereCallsBounce", func(t *testing.T) {
		rows, err := w.BouncesByStep(w.ctx(), it)
		require.NoError(t, err)
		got := map[string]int{}
		for _, row := range rows {
			got[string(row.Step)+" "+row.Bounce] = row.Count
			f := it
			f.Of, f.Step, f.Bounce = "bounced", row.Step, row.Bounce
			require.Len(t, w.reportedCalls(f), row.Count)
		}
		require.Equal(t, map[string]int{
			"accept_incident reassigned": 1, "accept_incident redone": 1, "accept_incident retyped": 1, "review_recovery disputed": 1,
		}, got)
	})

	//nolint:paralleltest // see above
	t.Run("AreAboutTheDomainsThatOneMaySee", func(t *testing.T) {
		rows, err := w.BouncesByStep(w.ctx(), usm.ReportFilter{From: it.From, Until: it.Until, Domain: "hr"})
		require.NoError(t, err)
		require.Equal(t, []usm.BounceRow{{Process: usm.Recover, Step: usm.AcceptIncident, Bounce: "reassigned", Count: 1}}, rows)
		f := it
		f.Of, f.Domain = "bounced", "hr"
		require.Empty(t, w.reportedCalls(f))
	})

	//nolint:paralleltest // see above
	t.Run("RefuseACursorThatIsNone", func(t *testing.T) {
		for _, cursor := range []string{"x", "WyJ4IiwieCIsIngiXQ", "WyIxIiwieCIsIngiXQ"} {
			_, _, err := w.ReportCalls(w.ctx(), usm.ReportFilter{Page: usm.Page{Cursor: cursor}})
			requireCode(t, usm.CodeInvalid, err)
		}
	})
}
