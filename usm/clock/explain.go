package clock

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/usm-works/usm/usm"
)

// Explain writes the ledger of a call line by line for people, instants in the zone of the calendar that measures, then
// that of the children of its forks. It computes everything anew from the facts and says which rows were recorded otherwise.
// usm.CodeInvalid: the export does not hold the terms that its facts name. ErrDiffers, after everything is written: a row
// was recorded otherwise.
func Explain(w io.Writer, export usm.ClockExport) error {
	var e explanation
	if err := e.call(export); err != nil {
		return err
	}
	if _, err := w.Write(e.Bytes()); err != nil {
		return err
	}
	return e.differs
}

// ErrDiffers says that the recorded ledger is not what follows from the recorded facts.
var ErrDiffers = errors.New("the recorded ledger is not what follows from the recorded facts")

type explanation struct {
	bytes.Buffer

	differs error // ErrDiffers once a row was recorded otherwise
}

func (e *explanation) call(export usm.ClockExport) error {
	zones := newZones(export)
	fmt.Fprintf(e, "%s, read at %s\n", export.Call, stamp(export.At, zones.of("")))
	for _, c := range export.Clocks {
		e.heading(c.ID, c.Agreement, c.Promise, c.Calendar, zones)
		own, _ := split(export.Rows, c.ID, export.Revision)
		e.rows(own, &c, zones)
	}
	for rest := export.Earlier; len(rest) > 0; {
		var own []usm.LedgerRow
		r := rest[0]
		own, rest = split(rest, r.Clock, r.Revision)
		e.heading(fmt.Sprintf("%s in revision %d", r.Clock, r.Revision), r.Agreement, r.Target.String(), r.Calendar, zones)
		e.rows(own, nil, zones)
	}
	if len(export.Chain) > 0 {
		fmt.Fprintln(e, "\nwho had the call")
		e.table(func(line func(cells ...string)) {
			for _, l := range export.Chain {
				line(l.Holder, l.Used.String(), l.Agreement, l.Call)
			}
		})
	}
	if err := e.judge(export, zones); err != nil {
		return err
	}
	for _, child := range export.Children {
		fmt.Fprintln(e)
		if err := e.call(child); err != nil {
			return err
		}
	}
	return nil
}

func (e *explanation) heading(clock, agreement, promise, calendar string, zones zones) {
	fmt.Fprintf(e, "\n%s: %s promises %s, calendar %s in %s\n",
		clock, agreement, promise, cmp.Or(calendar, "of the domain"), zones.of(calendar))
}

// split takes the rows of one clock in one revision out of others.
func split(rows []usm.LedgerRow, clock string, revision int) (own, rest []usm.LedgerRow) {
	for _, r := range rows {
		if r.Clock == clock && r.Revision == revision {
			own = append(own, r)
		} else {
			rest = append(rest, r)
		}
	}
	return own, rest
}

// rows writes the rows of one clock, and how it reads now when it is given and still runs.
func (e *explanation) rows(rows []usm.LedgerRow, now *usm.Clock, zones zones) {
	e.table(func(line func(cells ...string)) {
		for _, r := range rows {
			line(cells(r, zones)...)
		}
		if now != nil && live(now) {
			line(cells(usm.LedgerRow{
				At: now.Since, Calendar: now.Calendar, State: now.State, Used: now.Used, Remaining: now.Remaining, Due: now.Due, Cause: "now",
			}, zones)...)
		}
	})
}

// cells are a row as it is shown.
func cells(r usm.LedgerRow, zones zones) []string {
	zone := zones.of(r.Calendar)
	due := ""
	if r.Due != nil {
		due = "due " + stamp(*r.Due, zone)
	}
	return []string{
		stamp(r.At, zone), string(r.State), "used " + r.Used.String(), "left " + r.Remaining.String(), due, told(r, zone),
	}
}

// told is the cause of a row, with the time at which it was found out when that is later.
func told(r usm.LedgerRow, zone *time.Location) string {
	if r.Recorded.IsZero() {
		return r.Cause
	}
	return fmt.Sprintf("%s (recorded %s)", r.Cause, stamp(r.Recorded, zone))
}

// table aligns the cells of lines in columns.
func (e *explanation) table(fill func(line func(cells ...string))) {
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fill(func(cells ...string) { fmt.Fprintln(table, "  "+strings.Join(cells, "\t")) })
	table.Flush() //nolint:errcheck // a buffer takes everything
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(e, strings.TrimRight(line, " \n"))
	}
}

// judge computes the ledger anew and says where the recorded one differs.
func (e *explanation) judge(export usm.ClockExport, zones zones) error {
	_, rows, err := Fold(export.Facts, export.Terms)
	if err != nil {
		return fmt.Errorf("recompute %s: %w", export.Call, err)
	}
	recorded := slices.Concat(export.Earlier, export.Rows)
	if slices.EqualFunc(recorded, rows, sameRow) {
		fmt.Fprintf(e, "\nrecomputed: equal (rows: %d)\n", len(rows))
		return nil
	}
	e.differs = ErrDiffers
	fmt.Fprintln(e, "\nrecomputed: the recorded rows differ")
	e.table(func(line func(cells ...string)) {
		for i := range max(len(recorded), len(rows)) {
			was, now := rowAt(recorded, i), rowAt(rows, i)
			if sameRow(was, now) {
				continue
			}
			for _, r := range []struct {
				from string
				row  usm.LedgerRow
			}{{"recorded", was}, {"recomputed", now}} {
				if r.row.Row > 0 {
					line(append([]string{r.from, r.row.Clock}, cells(r.row, zones)...)...)
				}
			}
		}
	})
	return nil
}

// rowAt is the row at a place, the zero row after the last.
func rowAt(rows []usm.LedgerRow, i int) usm.LedgerRow {
	if i < len(rows) {
		return rows[i]
	}
	return usm.LedgerRow{}
}

// sameRow compares rows, whatever zones their instants are written in.
func sameRow(a, b usm.LedgerRow) bool {
	for _, r := range []*usm.LedgerRow{&a, &b} {
		r.At, r.Recorded = r.At.UTC(), r.Recorded.UTC()
		if r.Due != nil {
			due := r.Due.UTC()
			r.Due = &due
		}
	}
	return reflect.DeepEqual(a, b)
}

// zones are those of the calendars, by id.
type zones map[string]*time.Location

// newZones reads the zones from the terms, the latest last: those of a calendar hardly ever change.
func newZones(export usm.ClockExport) zones {
	zones := zones{}
	for _, f := range export.Facts {
		for i, c := range export.Terms[f.Terms].Calendars {
			zone, err := loadZone(c.TimeZone)
			if err != nil {
				continue // Fold says so
			}
			zones[c.ID] = zone
			if i == 0 {
				zones[""], zones[usm.AroundTheClock] = zone, zone
			}
		}
	}
	return zones
}

func (z zones) of(calendar string) *time.Location {
	if zone, ok := z[calendar]; ok {
		return zone
	}
	return time.UTC
}

func stamp(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2006-01-02 15:04:05.999999999 MST")
}
