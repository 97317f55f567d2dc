package clock

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// exported is what GET /calls/{number}/clocks would answer about the story.
func (s *story) exported(call, at string) usm.ClockExport {
	s.t.Helper()
	f := s.fold()
	e := usm.ClockExport{Call: call, At: moment(s.t, at), Revision: f.Revision, Facts: s.facts, Terms: s.terms}
	for _, r := range f.rows {
		if r.Revision == f.Revision {
			e.Rows = append(e.Rows, r)
		} else {
			e.Earlier = append(e.Earlier, r)
		}
	}
	var err error
	e.Clocks, err = f.book.At(f.State, e.At)
	require.NoError(s.t, err)
	e.Chain = Chain(e.Rows, e.Clocks...)
	return e
}

func explained(t *testing.T, e usm.ClockExport) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, Explain(&text, through(t, e)))
	return text.String()
}

func TestExplain(t *testing.T) {
	t.Parallel()
	terms := chained()
	call := routed(t).alarm("2026-03-03 14:00", "sa/handling/1/warning/75%").
		rebind("2026-03-04 10:00", corrected(terms), usm.Recompute).
		exported("INC-000042", "2026-03-04 11:30")
	child := opened(t, terms, "2026-03-02 11:00", func(f *usm.Fact) { f.Child, f.Type = true, usm.ServiceRequest }).
		exported("SRQ-000007", "2026-03-04 11:30")
	call.Children = []usm.ClockExport{child}

	t.Run("IsWrittenForPeople", func(t *testing.T) {
		t.Parallel()
		golden, err := os.ReadFile("testdata/explain.txt")
		require.NoError(t, err)
		require.Equal(t, string(golden), explained(t, call))
	})

	t.Run("SaysWhatIsRecordedOtherwise", func(t *testing.T) {
		t.Parallel()
		e := through(t, child)
		e.Rows[0].Used = span("1h")
		e.Rows = append(e.Rows, e.Rows[0])
		e.Rows[1].Row = 2
		var text bytes.Buffer
		require.ErrorIs(t, Explain(&text, e), ErrDiffers)
		require.NotContains(t, text.String(), "equal")
		require.Contains(t, text.String(), `
recomputed: the recorded rows differ
  recorded    ola/handling  2026-03-02 11:00:00 CET  running  used 1h  left 4h  due 2026-03-02 15:00:00 CET  started: network has the call
  recomputed  ola/handling  2026-03-02 11:00:00 CET  running  used 0s  left 4h  due 2026-03-02 15:00:00 CET  started: network has the call
  recorded    ola/handling  2026-03-02 11:00:00 CET  running  used 1h  left 4h  due 2026-03-02 15:00:00 CET  started: network has the call
`)
	})

	t.Run("TakesInstantsInAnyZone", func(t *testing.T) {
		t.Parallel()
		e := through(t, child)
		e.Rows[0].At = e.Rows[0].At.In(amsterdam)
		due := e.Rows[0].Due.In(amsterdam)
		e.Rows[0].Due = &due
		require.Contains(t, explained(t, e), "recomputed: equal (rows: 1)")
	})

	t.Run("RefusesAnExportThatLacksItsTerms", func(t *testing.T) {
		t.Parallel()
		e := through(t, child)
		e.Terms = nil
		err := Explain(&bytes.Buffer{}, e)
		require.Equal(t, usm.CodeInvalid, usm.CodeOf(err))
	})

	t.Run("SaysThatACallHasNoClocks", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "INC-000001, read at 0001-01-01 00:00:00 UTC\n\nrecomputed: equal (rows: 0)\n",
			explained(t, usm.ClockExport{Call: "INC-000001"}))
	})
}
