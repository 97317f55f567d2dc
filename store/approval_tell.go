package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// newlyAsked tells those who may decide now and could not before, members and who stands in for them.
func newlyAsked(before, after usm.Approval, w approval.World) []usm.Notice {
	var known []string
	if before.State == usm.ApprovalOpen {
		known = each(approval.Deciders(before, w), decidedBy)
	}
	var notices []usm.Notice
	for _, decider := range approval.Deciders(after, w) {
		if slices.Contains(known, decider.By) {
			continue
		}
		known = append(known, decider.By)
		text := fmt.Sprintf("%s waits for your approval (%s): %s", after.Call, after.Policy.Name, after.Subject)
		if decider.By != decider.Person {
			text = fmt.Sprintf("%s waits for your approval for %s (%s): %s", after.Call, nameOf(w.Domain, decider.Person),
				after.Policy.Name, after.Subject)
		}
		notices = append(notices, usm.Notice{To: decider.By, Text: text, Approval: after.ID})
	}
	return notices
}

func decidedBy(d usm.Decider) string { return d.By }

// tellStuck tells who is accountable for the step that nobody can approve it.
func (d *dossier) tellStuck(ctx context.Context, a usm.Approval) error {
	domain, err := d.store.version(ctx, d.tx, d.row.Domain, d.row.DomainVersion)
	if err != nil {
		return err
	}
	d.notices = append(d.notices, usm.Notice{
		To:   domain.Procedure(d.row.Process).Rule(a.Step).Accountable,
		Text: fmt.Sprintf("Nobody can give the approval %s of %s: %s", a.ID, a.Subject, a.Stuck),
	})
	return nil
}

// nameOf is a person's name, his id for somebody whom the domain does not know.
func nameOf(domain usm.Domain, id string) string {
	for _, person := range domain.People {
		if person.ID == id {
			return person.Name
		}
	}
	return id
}

// wording says who decided what, and for whom.
func wording(domain usm.Domain, b usm.Ballot) string {
	who := nameOf(domain, orElse(b.By, b.Person))
	switch {
	case b.By != "" && b.Delegation != 0:
		who += fmt.Sprintf(" for %s under delegation %d", nameOf(domain, b.Person), b.Delegation)
	case b.By != "" && b.By != b.Person:
		who += " for " + nameOf(domain, b.Person)
	}
	text := who + ": " + string(b.Decision)
	if b.Reason != "" {
		text += ", " + b.Reason
	}
	return text
}
