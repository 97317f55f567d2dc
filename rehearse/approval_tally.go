package rehearse

import (
	"maps"
	"slices"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// approvalTally counts what the policies of one domain file come to.
type approvalTally struct {
	*policies
	numbers  Approvals // without its lists of policies and roles
	asked    map[string]*policyCount
	roles    map[roleKey]*roleCount
	outcomes map[ending]*OutcomeRow
}

type policyCount struct {
	PolicyRow
	waited []int32 // whole seconds
}

type roleKey struct{ role, band string }

type roleCount struct {
	RoleRow
	waited []int32
}

func newApprovalTally(domain usm.Domain, rule *replay.ApprovalRule) (*approvalTally, error) {
	p, err := newPolicies(domain, rule)
	if err != nil {
		return nil, err
	}
	a := &approvalTally{
		policies: p, asked: map[string]*policyCount{}, roles: map[roleKey]*roleCount{},
		outcomes: map[ending]*OutcomeRow{},
	}
	a.numbers.Step, a.numbers.Examples = rule.At, []CaseRow{}
	for _, policy := range p.at {
		a.asked[policy.ID] = &policyCount{PolicyRow: PolicyRow{Policy: policy.ID}}
	}
	return a, nil
}

// told is what the log says of a case: how its last round ended, and whether that was late.
func told(plan replay.Plan) (outcome Outcome, late bool) {
	last := plan.Rounds[len(plan.Rounds)-1].Verdicts
	if last[len(last)-1].Decision == usm.Reject {
		return OutcomeRejected, false
	}
	return OutcomeApproved, slices.ContainsFunc(last, func(v replay.Verdict) bool { return v.Late })
}

// hear decides a case and counts it; one without a decision in the log has no course.
func (a *approvalTally) hear(plan replay.Plan, service string) (c course, err error) {
	if len(plan.Rounds) == 0 {
		a.numbers.Undecided++
		return c, nil
	}
	if c, err = a.policies.hear(plan, service); err == nil {
		a.count(plan, c)
	}
	return c, err
}

// asks reports whether any policy has asked.
func (a *approvalTally) asks() bool {
	return slices.ContainsFunc(a.at, func(p usm.ApprovalPolicy) bool { return a.asked[p.ID].Asked > 0 })
}

// ids are those of the policies of the step.
func (a *approvalTally) ids() (ids []string) {
	for _, policy := range a.at {
		ids = append(ids, policy.ID)
	}
	return ids
}

// count counts a case.
func (a *approvalTally) count(plan replay.Plan, c course) {
	a.numbers.Cases++
	log, late := told(plan)
	e := ending{log, c.outcome}
	row := a.outcomes[e]
	if row == nil {
		row = &OutcomeRow{Log: log, Now: c.outcome}
		a.outcomes[e] = row
	}
	row.Cases++
	row.LogLate += one(late)
	row.Late += one(!c.at.IsZero() && !c.began.IsZero() && c.at.After(c.began))
	if e.was != e.now && row.Cases <= maxExamples {
		a.numbers.Examples = append(a.numbers.Examples, CaseRow{Case: plan.Case, Line: plan.Line, Was: log, Now: c.outcome, Why: c.why})
	}
	for _, given := range c.asked {
		a.asked[given.policy].count(given)
	}
	for _, role := range c.missing {
		a.role(role, c.band).Missing++
	}
	for _, given := range c.answers {
		a.role(given.Role, given.Band).count(given)
	}
}

func (a *approvalTally) role(role, band string) *roleCount {
	key := roleKey{role, band}
	if a.roles[key] == nil {
		a.roles[key] = &roleCount{RoleRow: RoleRow{Role: role, Band: band}}
	}
	return a.roles[key]
}

func (c *policyCount) count(given asked) {
	c.Asked++
	c.Stuck += one(given.stuck)
	c.Apart += one(given.apart)
	switch given.state {
	case usm.ApprovalApproved:
		c.Approved++
		c.Silent += one(given.silent)
	case usm.ApprovalRejected:
		c.Rejected++
	case usm.ApprovalExpired:
		c.Expired++
	case usm.ApprovalEscalated:
		c.Escalated++
	case usm.ApprovalVoid:
		c.Void++
	default:
		c.Open++
	}
	if given.state == usm.ApprovalApproved || given.state == usm.ApprovalRejected {
		c.waited = append(c.waited, int32(given.waited/time.Second))
	}
}

func (c *roleCount) count(given answer) {
	c.Log++
	switch given.fate {
	case fateUnneeded:
		c.Unneeded++
	case fateUnreached:
		c.Unreached++
	case fateOverdue:
		c.Overdue++
	case fateCounted:
		c.Counted++
		c.Late += one(given.late)
		c.waited = append(c.waited, int32(given.waited/time.Second))
	}
}

// median is the middle of durations in seconds, the upper one of two; nil when there are none.
func median(seconds []int32) *usm.Span { return longest(seconds, 1, 2) }

// longest is the duration in seconds below which such a part of them lie; nil when there are none.
func longest(seconds []int32, part, of int) *usm.Span {
	if len(seconds) == 0 {
		return nil
	}
	slices.Sort(seconds)
	return new(usm.Span(seconds[len(seconds)*part/of]) * usm.Span(time.Second))
}

// report makes the report of what was counted.
func (a *approvalTally) report() *Approvals {
	report := a.numbers
	report.Outcomes, report.Policies, report.Roles = []OutcomeRow{}, []PolicyRow{}, []RoleRow{}
	for _, e := range slices.SortedFunc(maps.Keys(a.outcomes), ending.compare) {
		report.Outcomes = append(report.Outcomes, *a.outcomes[e])
	}
	for _, policy := range a.at {
		row := a.asked[policy.ID]
		row.Waited = median(row.waited)
		report.Policies = append(report.Policies, row.PolicyRow)
	}
	for _, row := range a.roles {
		row.Waited, row.Slow = median(row.waited), longest(row.waited, 9, 10)
		report.Roles = append(report.Roles, row.RoleRow)
	}
	slices.SortFunc(report.Roles, func(x, y RoleRow) int { return a.rule.Compare(x.Role, x.Band, y.Role, y.Band) })
	report.Examples = inOrder(report.Examples)
	return &report
}

func rank(o Outcome) int {
	return slices.Index([]Outcome{
		OutcomeApproved, OutcomeUnasked, OutcomeRejected, OutcomeExpired, OutcomeAborted, OutcomeOpen,
	}, o)
}
