package rehearse

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

	"github.com/usm-works/usm/replay"
)

// approvalChanges holds how cases end under the proposal beside how they end under another file.
type approvalChanges struct {
	same     int
	outcomes map[ending]int
	examples []CaseRow
}

// ending is how a case ends, and how it ended before.
type ending struct{ was, now Outcome }

func (e ending) compare(other ending) int {
	return cmp.Or(rank(e.was)-rank(other.was), rank(e.now)-rank(other.now))
}

func newApprovalChanges() *approvalChanges {
	return &approvalChanges{outcomes: map[ending]int{}, examples: []CaseRow{}}
}

func (c *approvalChanges) count(plan replay.Plan, was, now course) {
	if was.outcome == now.outcome {
		c.same += one(now.outcome != "") // else the log has no decision
		return
	}
	e := ending{was.outcome, now.outcome}
	if c.outcomes[e]++; c.outcomes[e] <= maxExamples {
		c.examples = append(c.examples, CaseRow{Case: plan.Case, Line: plan.Line, Was: e.was, Now: e.now, Why: now.why})
	}
}

// report says what differs, of cases and of the numbers of roles.
func (c *approvalChanges) report(rule *replay.ApprovalRule, was, now []RoleRow) *ApprovalChanges {
	report := &ApprovalChanges{Same: c.same, Outcomes: []OutcomeChange{}, Roles: []RoleChange{}, Examples: inOrder(c.examples)}
	for _, e := range slices.SortedFunc(maps.Keys(c.outcomes), ending.compare) {
		report.Outcomes = append(report.Outcomes, OutcomeChange{Was: e.was, Now: e.now, Cases: c.outcomes[e]})
	}
	changes := map[roleKey]RoleChange{}
	for _, row := range now {
		changes[roleKey{row.Role, row.Band}] = RoleChange{row.Role, row.Band, RoleRow{Role: row.Role, Band: row.Band}, row}
	}
	for _, row := range was {
		key := roleKey{row.Role, row.Band}
		change, known := changes[key]
		if change.Was = row; !known {
			change = RoleChange{row.Role, row.Band, row, RoleRow{Role: row.Role, Band: row.Band}}
		}
		changes[key] = change
	}
	compare := func(a, b roleKey) int { return rule.Compare(a.role, a.band, b.role, b.band) }
	for _, key := range slices.SortedFunc(maps.Keys(changes), compare) {
		if change := changes[key]; !change.Was.same(change.Now) {
			report.Roles = append(report.Roles, change)
		}
	}
	return report
}

// inOrder puts examples in the order of their outcomes, those of one in that of the log.
func inOrder(examples []CaseRow) []CaseRow {
	slices.SortStableFunc(examples, func(a, b CaseRow) int { return ending{a.Was, a.Now}.compare(ending{b.Was, b.Now}) })
	return examples
}

// same reports whether two rows have the same numbers.
func (r RoleRow) same(other RoleRow) bool { return reflect.DeepEqual(r, other) }
