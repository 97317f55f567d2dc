package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// The search attributes of every call; `usm migrate` registers them.
var (
	SearchWorkflow   = temporal.NewSearchAttributeKeyKeyword("UsmWorkflow")
	SearchProcess    = temporal.NewSearchAttributeKeyKeyword("UsmProcess")
	SearchStep       = temporal.NewSearchAttributeKeyKeyword("UsmStep")
	SearchDomain     = temporal.NewSearchAttributeKeyKeyword("UsmDomain")
	SearchService    = temporal.NewSearchAttributeKeyKeyword("UsmService")
	SearchPriority   = temporal.NewSearchAttributeKeyKeyword("UsmPriority")
	SearchStatus     = temporal.NewSearchAttributeKeyKeyword("UsmStatus")
	SearchWaitingFor = temporal.NewSearchAttributeKeyKeyword("UsmWaitingFor")
	SearchDue        = temporal.NewSearchAttributeKeyTime("UsmDue")
)

// view is what the Temporal UI shows of a call beside its history.
type view struct {
	step     usm.Step
	status   usm.Status
	waiting  usm.WaitKind
	priority usm.Priority
	service  string
	attempt  int
	approval string
	asked    string
	claimed  string
	due      time.Time
}

// show tells the Temporal UI where the call is, once it waits or has ended: one upsert for all steps that ran by themselves
// before.
func (c *call) show() {
	now := view{
		c.p.Step, c.p.Status, c.p.Waiting.Kind, c.p.Priority, c.in.Service, c.p.Steps[c.p.Step].Attempt, c.p.Waiting.Approval,
		strings.Join(c.asked(), " "), c.p.Waiting.Claimed, c.dueTime(),
	}
	if now == c.shown {
		return
	}
	first := c.shown == view{}
	c.shown = now
	attributes := []temporal.SearchAttributeUpdate{
		SearchStep.ValueSet(string(now.step)), SearchStatus.ValueSet(string(now.status)),
		SearchWaitingFor.ValueSet(string(now.waiting)), SearchPriority.ValueSet(string(now.priority)),
		SearchService.ValueSet(now.service),
	}
	if first {
		attributes = append(attributes, SearchWorkflow.ValueSet(c.w.Name), SearchProcess.ValueSet(string(c.w.Process)),
			SearchDomain.ValueSet(c.in.Domain))
	}
	if now.due.IsZero() {
		attributes = append(attributes, SearchDue.ValueUnset())
	} else {
		attributes = append(attributes, SearchDue.ValueSet(now.due))
	}
	c.failed(workflow.UpsertTypedSearchAttributes(c.ctx, attributes...))
	workflow.SetCurrentDetails(c.ctx, c.details())
}

// dueTime is when the first clock is due or, before that, the waiting ends by itself; zero when neither is.
func (c *call) dueTime() time.Time {
	due := c.p.Watch.Due
	if a := c.p.Proposal; a != nil && a.Due != nil && (due.IsZero() || a.Due.Before(due)) {
		due = *a.Due
	}
	if limit, _ := c.patience(); limit > 0 {
		if end := c.p.Waiting.Since.Add(limit); due.IsZero() || end.Before(due) {
			return end
		}
	}
	return due
}

// details describes the call for the Temporal UI, in Markdown.
//
//workflowcheck:ignore it writes into memory only
func (c *call) details() string {
	var b strings.Builder
	name := c.in.Number
	if c.b.ConsoleURL != "" {
		name = fmt.Sprintf("[%s](%s/%s)", c.in.Number, c.b.ConsoleURL, c.in.Number)
	}
	fmt.Fprintf(&b, "### %s %s\n\n", name, c.in.Subject)
	if c.p.Status.Ended() {
		fmt.Fprintf(&b, "Ended as **%s**, outcome %s (workflow %d, %s)", c.p.Status, c.p.Outcome, c.w.Number, c.w.Title)
		return b.String()
	}
	fmt.Fprintf(&b, "**%s** of *%s* (workflow %d, %s), priority %s\n\n",
		c.p.Step.Title(), c.w.Process, c.w.Number, c.w.Title, orNone(string(c.p.Priority)))
	w := c.p.Waiting
	if w.Kind == usm.WaitApproval {
		b.WriteString(c.approvalDetails())
	} else {
		fmt.Fprintf(&b, "Waits for **%s** since %s", w.Kind, w.Since.Format(time.RFC3339))
		if who := append(append([]string{}, w.Profiles...), w.Person, w.Signal); strings.Join(who, "") != "" {
			fmt.Fprintf(&b, ": %s", strings.Join(strings.Fields(strings.Join(who, " ")), ", "))
		}
	}
	if w.Claimed != "" {
		fmt.Fprintf(&b, ", claimed by %s", w.Claimed)
	}
	if due := c.dueTime(); !due.IsZero() {
		fmt.Fprintf(&b, "\n\nDue **%s**", due.UTC().Format(time.RFC3339))
	}
	if w.Question != "" {
		fmt.Fprintf(&b, "\n\n> %s", w.Question)
	}
	for _, child := range c.p.Children {
		fmt.Fprintf(&b, "\n\n* child %s (%s) %s", child.Number, child.Workflow, child.Outcome)
	}
	return b.String()
}

// asked are the people who are asked to approve what waits for approval.
func (c *call) asked() []string {
	if c.p.Proposal == nil {
		return nil
	}
	return c.p.Proposal.Asked
}

// approvalDetails names the approval that is open: what was proposed by whom, who is asked, until when.
func (c *call) approvalDetails() string {
	w, asked := c.p.Waiting, "nobody who could approve it"
	if len(c.asked()) > 0 {
		asked = strings.Join(c.asked(), ", ")
	}
	text := fmt.Sprintf("Waits for **approval** %s since %s: asks %s", w.Approval, w.Since.Format(time.RFC3339), asked)
	if a := c.p.Proposal; a != nil {
		text += fmt.Sprintf("\n\nProposed by %s %s", a.Action.Actor.Person, a.Action.Outcome)
		if a.Due != nil {
			text += ", to be decided until " + a.Due.Format(time.RFC3339)
		}
	}
	return text
}

func orNone(text string) string {
	if text == "" {
		return "not yet known"
	}
	return text
}
