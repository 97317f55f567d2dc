package replay

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// Story is what a log tells about the times of one case.
type Story struct {
	Case       string
	Line       int // of its first row
	Requester  string
	Service    string // "" when the log names none that the domain has
	Components []string
	Opened     time.Time
	Moves      []Move // one for each row, in the order of the log; their times never go back
	Backwards  int    // rows that lie before the row before them, or before the opening: they count as at its time
	Compared   bool   // the log says itself whether the promise was kept
	Met        bool
}

// Move is how the call stands after a row of the log.
type Move struct {
	At              time.Time
	Waits           usm.WaitKind // "" when the row says nothing about it
	Step            usm.Step     // that is open at least; "" when the work is done, or the row says nothing
	Impact, Urgency usm.Level
	Team            string
	Noted           bool // the requester hears something
}

// Story tells the times of a case. Rows that do not fit are left out and returned; ok is false when none is left. The
// mapping must have facts; zone is that of dates without one, see Zone.
func (m Mapping) Story(c Case, w World, zone *time.Location) (story Story, refused []Refusal, ok bool) {
	rows, refused := m.convert(c, func(column string) bool { return slices.Contains(m.tells, column) })
	rows = slices.DeleteFunc(rows, func(row Row) bool {
		timeless := row.Values[m.Facts.Time] == ""
		if timeless {
			refused = append(refused, Refusal{Line: row.Line, Case: c.ID, Column: m.Facts.Time, Reason: "the row has no time"})
		}
		return timeless
	})
	if len(rows) == 0 {
		return Story{}, refused, false
	}
	known := lastKnown(rows)
	s := scope{now: known, was: known, rows: rows, world: w}
	story = Story{
		Case: c.ID, Line: rows[0].Line, Requester: m.Call.requester(s), Components: m.Call.components(s),
		Service: m.Facts.service(m.Call, s), Opened: m.moment(rows[0], m.Facts.Time, zone),
	}
	if m.Facts.Opened != "" && known(m.Facts.Opened) != "" {
		story.Opened = m.moment(Row{Values: map[string]string{m.Facts.Opened: known(m.Facts.Opened)}}, m.Facts.Opened, zone)
	}
	if compare := m.Facts.Compare; compare.Column != "" && known(compare.Column) != "" {
		story.Compared, story.Met = true, known(compare.Column) == compare.Met
	}
	story.move(m, s, zone)
	return story, refused, true
}

// move tells what each row says, and puts times right that go backwards.
func (t *Story) move(m Mapping, s scope, zone *time.Location) {
	before, known := t.Opened, map[string]string{}
	impact, urgency := m.levels()
	s.now = func(column string) string { return known[column] }
	process := m.Call.Type.Start().Process
	for _, row := range s.rows {
		maps.Copy(known, row.Values)
		move := Move{
			At: m.moment(row, m.Facts.Time, zone), Team: m.Facts.team(s),
			Noted: len(m.Facts.Notes) > 0 && m.Facts.Notes.matches(row),
		}
		if move.At.Before(before) {
			move.At = before
			t.Backwards++
		}
		before = move.At
		move.Impact, move.Urgency = usm.Level(text(s, impact)), usm.Level(text(s, urgency))
		i := slices.IndexFunc(m.Facts.States, func(rule StateRule) bool { return rule.Rows.matches(row) })
		if i >= 0 {
			move.Waits, move.Step = m.Facts.States[i].Waits, m.Facts.States[i].step(process)
		}
		t.Moves = append(t.Moves, move)
	}
	t.reopen()
}

// reopen makes of an end that later rows take back what it is in the product: a delivery that is disputed.
func (t *Story) reopen() {
	later := usm.WaitKind("")
	for i := range slices.Backward(t.Moves) {
		move := &t.Moves[i]
		if move.Waits == usm.WaitNone && later != "" && later != usm.WaitNone {
			move.Waits = usm.WaitConfirmation
		}
		later = cmp.Or(move.Waits, later)
	}
}

// levels are the templates of impact and urgency: of the call, or of the step that classifies it.
func (m Mapping) levels() (impact, urgency string) {
	impact, urgency = m.Call.Impact, m.Call.Urgency
	i := slices.IndexFunc(m.Steps, func(r StepRule) bool { return r.Step == m.Call.Type.Start().Process.Find(usm.KindClassify) })
	if i < 0 {
		return impact, urgency
	}
	first, _ := m.Steps[i].Fields["impact"].(string)
	second, _ := m.Steps[i].Fields["urgency"].(string)
	return cmp.Or(impact, first), cmp.Or(urgency, second)
}

// service is what the call is about, "" unless the domain has it.
func (r *FactRule) service(call CallRule, s scope) string {
	service := text(s, r.Service)
	if r.Service == nil {
		service = text(s, call.Service)
	}
	if !slices.Contains(s.world.Services, service) {
		return ""
	}
	return service
}

// team is the team that has the call, "" for none.
func (r *FactRule) team(s scope) string {
	name := s.now(r.Team)
	if name == "" || slices.Contains(s.world.Teams, name) || slices.Contains(s.world.Suppliers, name) {
		return name
	}
	if len(s.world.Teams) == 0 {
		return ""
	}
	return Spread(name, s.world.Teams)
}

// moment reads a date of the row, which convert has written as RFC 3339. One to which the log gives no zone is what the
// clock on the wall showed.
func (m Mapping) moment(row Row, column string, zone *time.Location) time.Time {
	at, err := time.Parse(time.RFC3339, row.Values[column])
	if err != nil || m.Columns[column].zoned() {
		return at // the check of the mapping leaves no column without a date
	}
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone)
}
