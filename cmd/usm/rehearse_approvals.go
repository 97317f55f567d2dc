package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/usm"
)

// decided writes what the policies of a domain would have made of the decisions of a log, below what stands there already.
func (a *app) decided(r rehearse.Approvals, below bool) {
	if below {
		fmt.Fprintln(a.out)
	}
	outcomes := a.columns("in the log", "under the policies", "cases", "late", "late in the log")
	for _, row := range r.Outcomes {
		outcomes.AppendRow(table.Row{row.Log, a.outcome(row.Now), row.Cases, row.Late, row.LogLate})
	}
	a.section("", outcomes)
	policies := a.columns("policy", "asked", "approved", "rejected", "expired", "escalated", "void", "open", "stuck", "kept apart", "took")
	for _, row := range r.Policies {
		policies.AppendRow(table.Row{
			row.Policy, row.Asked, row.Approved, row.Rejected, row.Expired, row.Escalated, row.Void, row.Open, row.Stuck, row.Apart,
			span(row.Waited),
		})
	}
	a.section("\n", policies)
	roles := a.columns("role", "amount", "in the log", "counts", "not needed", "too late", "not reached", "missing", "late", "waited",
		"9 of 10 within")
	for _, row := range r.Roles {
		roles.AppendRow(table.Row{
			row.Role, row.Band, row.Log, row.Counted, row.Unneeded, row.Overdue, row.Unreached, row.Missing, row.Late,
			span(row.Waited), span(row.Slow),
		})
	}
	a.section("\n", roles)
	if r.Against != nil {
		a.approvalChanges(*r.Against)
	} else {
		a.examples("in the log", r.Examples)
	}
	fmt.Fprintf(a.out, "\n%d cases with a decision about %s, %d without\n", r.Cases, r.Step, r.Undecided)
}

// approvalChanges writes what differs from another domain file.
func (a *app) approvalChanges(r rehearse.ApprovalChanges) {
	outcomes := a.columns("against", "now", "cases")
	outcomes.AppendRow(table.Row{"the same", "", r.Same})
	for _, row := range r.Outcomes {
		outcomes.AppendRow(table.Row{row.Was, a.outcome(row.Now), row.Cases})
	}
	a.section("\n", outcomes)
	roles := a.columns("against", "amount", "counts", "not needed", "too late", "not reached", "missing", "late", "waited")
	for _, row := range r.Roles {
		was, now := row.Was, row.Now
		waited := ""
		if before, after := span(was.Waited), span(now.Waited); before != after {
			waited = before + " → " + after
		}
		roles.AppendRow(table.Row{
			row.Role, row.Band, differs(was.Counted, now.Counted), differs(was.Unneeded, now.Unneeded), differs(was.Overdue, now.Overdue),
			differs(was.Unreached, now.Unreached), differs(was.Missing, now.Missing), differs(was.Late, now.Late), waited,
		})
	}
	a.section("\n", roles)
	a.examples("against", r.Examples)
}

// examples writes some cases that end otherwise than they did.
func (a *app) examples(was string, rows []rehearse.CaseRow) {
	w := a.columns("for example", "row", was, "now", "why")
	for _, row := range rows {
		w.AppendRow(table.Row{row.Case, row.Line, row.Was, a.outcome(row.Now), cut(row.Why, 90)})
	}
	a.section("\n", w)
}

// outcome colours what becomes of a case.
func (a *app) outcome(o rehearse.Outcome) string {
	switch o {
	case rehearse.OutcomeApproved, rehearse.OutcomeUnasked:
		return a.paint(string(o), green)
	case rehearse.OutcomeOpen:
		return a.paint(string(o), yellow)
	}
	return a.paint(string(o), red)
}

// differs shows two numbers, and nothing when they are the same.
func differs(was, now int) string {
	if was == now {
		return ""
	}
	return fmt.Sprintf("%d → %d", was, now)
}

func span(s *usm.Span) string {
	if s == nil {
		return ""
	}
	return s.String()
}
