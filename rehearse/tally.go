package rehearse

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// maxRefusals is how many refusals a report keeps; it counts them all.
const maxRefusals = 1000

// tally counts what happens under the proposal.
type tally struct {
	numbers Report // without its lists
	norms   map[normKey]*normCount
	pauses  map[pauseKey]*pauseCount
	rings   map[ringKey]*RingRow
}

// normKey names a row; without agreement it is that of all agreements with customers.
type normKey struct {
	agreement, link, norm string
	callType              usm.CallType
	priority              usm.Priority
}

type normCount struct {
	results map[result]int
	used    []int32 // whole seconds of clocks that came to their end, four bytes for each of very many
}

type ringKey struct{ agreement, norm, name, does string }

func newTally() *tally {
	return &tally{
		numbers: Report{Refusals: []replay.Refusal{}},
		norms:   map[normKey]*normCount{}, pauses: map[pauseKey]*pauseCount{}, rings: map[ringKey]*RingRow{},
	}
}

func (t *tally) refuse(r replay.Refusal) {
	t.numbers.Refused++
	if len(t.numbers.Refusals) < maxRefusals {
		t.numbers.Refusals = append(t.numbers.Refusals, r)
	}
}

// count counts what one case came to.
func (t *tally) count(story replay.Story, callType usm.CallType, o outcome) {
	n := &t.numbers
	n.Cases++
	n.Rows += len(story.Moves)
	n.Backwards += story.Backwards
	n.Open += one(!o.ended)
	n.Unattended += one(!o.timely)
	n.Uncovered += one(o.agreement == "")
	promised := slices.ContainsFunc(o.clocks, func(c usm.Clock) bool { return c.Link == "" })
	n.Unpromised += one(o.agreement != "" && !promised)
	for _, c := range o.clocks {
		r := resultOf(c)
		if r == "" {
			continue
		}
		t.norm(normKey{idOf(c.Agreement), c.Link, c.Norm, callType, o.priority}, c, r)
		if c.Link == "" {
			t.norm(normKey{norm: c.Norm, callType: callType}, c, r)
		}
	}
}

func (t *tally) norm(key normKey, c usm.Clock, r result) {
	row := t.norms[key]
	if row == nil {
		row = &normCount{results: map[result]int{}}
		t.norms[key] = row
	}
	row.results[r]++
	if c.State == usm.ClockStopped && c.Cycle == 1 { // of one that began again it is known for the last time only
		row.used = append(row.used, int32(time.Duration(c.Used)/time.Second))
	}
}

func (t *tally) ring(r clock.Ring) {
	does := does(r.Escalation)
	key := ringKey{idOf(r.Clock.Agreement), r.Clock.Norm, r.Name, strings.Join(does, "; ")}
	if t.rings[key] == nil {
		t.rings[key] = &RingRow{Agreement: key.agreement, Norm: key.norm, Name: r.Name, Does: does}
	}
	t.rings[key].Rings++
}

// does says what an escalation step does, in a few words each.
func does(e usm.Escalation) []string {
	var list []string
	if len(e.Notify) > 0 {
		list = append(list, "notify "+strings.Join(e.Notify, ", "))
	}
	if e.Priority != "" {
		list = append(list, "raise priority to "+string(e.Priority))
	}
	if len(e.Reassign) > 0 {
		list = append(list, "reassign to "+strings.Join(e.Reassign, ", "))
	}
	if e.Open != nil {
		list = append(list, "open a risk")
	}
	if e.Request != nil {
		list = append(list, "call another system")
	}
	return list
}

// report makes the report of what was counted.
func (r *rehearsal) report() Report {
	t := r.tally
	report := t.numbers
	report.Norms, report.Pauses, report.Rings = t.normRows(), []PauseRow{}, []RingRow{}
	for _, row := range t.pauses {
		report.Pauses = append(report.Pauses, row.PauseRow)
	}
	slices.SortFunc(report.Pauses, func(a, b PauseRow) int {
		return cmp.Or(cmp.Compare(a.Agreement, b.Agreement), cmp.Compare(a.Norm, b.Norm), cmp.Compare(a.Reason, b.Reason))
	})
	for _, row := range t.rings {
		report.Rings = append(report.Rings, *row)
	}
	slices.SortFunc(report.Rings, func(a, b RingRow) int {
		return cmp.Or(
			cmp.Compare(a.Agreement, b.Agreement), cmp.Compare(a.Norm, b.Norm), cmp.Compare(a.Name, b.Name), slices.Compare(a.Does, b.Does),
		)
	})
	if r.norms != nil && r.norms.compared != nil {
		report.Recorded = r.norms.compared.table()
	}
	if r.norms != nil && r.norms.changes != nil {
		report.Changes = r.norms.changes.list()
	}
	if r.approvals != nil {
		report.Approvals = r.approvals.report()
	}
	report.Notes = r.notes
	return report
}

func (t *tally) normRows() []NormRow {
	rows := []NormRow{}
	for _, key := range slices.SortedFunc(maps.Keys(t.norms), normKey.compare) {
		count := t.norms[key]
		row := NormRow{
			Agreement: key.agreement, Link: key.link, Norm: key.norm, Type: key.callType, Priority: key.priority,
			Met: count.results[met], Breached: count.results[breached],
			Running: count.results[running], Cancelled: count.results[cancelled],
			Attainment: attainment(count.results[met], count.results[breached]), Used: median(count.used),
		}
		rows = append(rows, row)
	}
	return rows
}

func (k normKey) compare(other normKey) int {
	return cmp.Or(
		cmp.Compare(k.link, other.link), cmp.Compare(k.agreement, other.agreement), cmp.Compare(k.norm, other.norm),
		cmp.Compare(k.callType, other.callType), cmp.Compare(k.priority.Rank(), other.priority.Rank()),
	)
}

// attainment is the percentage that was met, cut to two decimals and never rounded up; "" when there is nothing to judge.
func attainment(met, breached int) string {
	if met+breached == 0 {
		return ""
	}
	share := met * 10_000 / (met + breached)
	return fmt.Sprintf("%d.%02d", share/100, share%100)
}

// idOf is the id of a versioned agreement.
func idOf(versioned string) string {
	id, _, _ := strings.Cut(versioned, "@")
	return id
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
