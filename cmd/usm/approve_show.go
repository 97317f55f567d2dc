package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

func (a *app) approvalShowCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "show APPROVAL",
		Short: "Show what is to be approved, of whom it is asked, and how it stands",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			view, err := s.Approval(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(view, func() { a.approval(view) })
		},
	})
}

// approvals writes a page of approvals.
func (a *app) approvals(found []usm.ApprovalView, next string) error {
	return a.print(found, func() {
		if len(found) == 0 {
			fmt.Fprintln(a.out, "no approvals")
			return
		}
		w := a.columns("approval", "state", "step", "policy", "waits for", "due", "subject")
		for _, one := range found {
			w.AppendRow(table.Row{
				a.strong(one.ID), a.approvalState(one.State), one.Step, one.Policy.ID, cut(deciders(one), 40), clock(one.Due), cut(one.Subject, 50),
			})
		}
		a.write(w)
		a.more(next)
	})
}

// approval writes everything about an approval.
func (a *app) approval(view usm.ApprovalView) {
	fmt.Fprintf(a.out, "%s  %s\n", a.strong(view.ID), view.Subject)
	w := a.columns()
	row := func(name, value string) {
		if value != "" {
			w.AppendRow(table.Row{a.faint(name), value})
		}
	}
	row("state", strings.TrimSpace(a.approvalState(view.State)+" "+view.Why))
	row("policy", strings.TrimSpace(view.Policy.ID+" "+view.Policy.Name))
	row("step", string(view.Step))
	row("proposed", strings.TrimSpace(string(view.Outcome)+" by "+person(view.By.Person, view.By.For)))
	row("replaces", view.Replaces)
	row("waits for", deciders(view))
	row("nobody can", view.Stuck)
	row("due", clock(view.Due))
	row("you decide for", join(view.For))
	row("you may not", view.WhyNot)
	row("digest", view.Digest)
	a.write(w)
	a.approvalGroups(view)
	a.ballots(view)
	for _, change := range view.Changed {
		fmt.Fprintf(a.out, "%s was %s and is %s\n", change.Pointer, orElse(change.Before, "absent"), orElse(change.After, "absent"))
	}
	content, err := json.MarshalIndent(view.Content, "", "  ")
	if err == nil && len(view.Content) > 0 {
		fmt.Fprintf(a.out, "\n%s\n", content)
	}
}

func (a *app) approvalGroups(view usm.ApprovalView) {
	if len(view.Groups) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	w := a.columns("part", "needs", "state", "approved", "rejected", "waits for")
	for _, g := range view.Groups {
		depth := strings.Repeat("  ", strings.Count(g.Path, "/"))
		w.AppendRow(table.Row{
			depth + orElse(strings.TrimSpace(g.Path+" "+g.Name), "all"), g.Need, a.approvalState(g.State),
			join(g.Approved), join(g.Rejected), join(g.Waiting),
		})
	}
	a.write(w)
}

func (a *app) ballots(view usm.ApprovalView) {
	if len(view.Ballots) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	w := a.columns("at", "who", "decided", "reason")
	for _, b := range view.Ballots {
		w.AppendRow(table.Row{clock(&b.At), voter(b), b.Decision, cut(b.Reason, 60)})
	}
	a.write(w)
}

// voter says who gave a decision, for whom, and under what.
func voter(b usm.Ballot) string {
	if b.By == "" || b.By == b.Person {
		return b.Person
	}
	under := " as " + b.Rule
	if b.Delegation > 0 {
		under = fmt.Sprintf(" under delegation %d", b.Delegation)
	}
	return b.By + " for " + b.Person + under
}

// deciders names who may decide now.
func deciders(view usm.ApprovalView) string {
	var by []string
	for _, d := range view.Deciders {
		if !slices.Contains(by, d.By) {
			by = append(by, d.By)
		}
	}
	return join(by)
}

func (a *app) approvalState(s usm.ApprovalState) string {
	switch s {
	case usm.ApprovalApproved:
		return a.paint(string(s), green)
	case usm.ApprovalOpen:
		return a.paint(string(s), yellow)
	case usm.ApprovalRejected, usm.ApprovalExpired, usm.ApprovalBypassed:
		return a.paint(string(s), red)
	case usm.ApprovalWithdrawn, usm.ApprovalVoid, usm.ApprovalEscalated:
		return a.faint(string(s))
	}
	return string(s)
}
