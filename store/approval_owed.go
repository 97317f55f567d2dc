package store

import (
	"context"
	"fmt"

	"github.com/usm-works/usm/usm"
)

// obligation is what the run that waits for an owed approval begins with.
func (a *amending) obligation(owed usm.Approval) *usm.Obligation {
	return &usm.Obligation{
		Approval: owed.ID, Digest: owed.Digest, Call: a.row.call(), Watch: usm.Watch{Alarm: a.dossier.alarms[owed.ID]},
		Asked: each(a.dossier.asks[owed.ID], askedPerson), Due: owed.Due,
	}
}

// nonconform makes an approval that was owed for a bypass and was not given a risk, and shows it on the trail.
func (a *amending) nonconform(ctx context.Context, one usm.Approval) error {
	text := fmt.Sprintf("nonconformity: the approval %s, owed because %s was bypassed, was not given: %s", one.ID, one.Replaces,
		orElse(one.Why, string(one.State)))
	a.nonconformity = text
	return a.raise(ctx, &usm.Raised{
		Subject:     fmt.Sprintf("%s went on without its approval, and nobody approved it afterwards", a.row.Number),
		Description: text,
	}, text)
}

// showNonconformity puts it on the trail, after the row that says how the obligation ended.
func (a *amending) showNonconformity() {
	if a.nonconformity == "" {
		return
	}
	event := a.row.event(usm.EventAlarm, "nonconformity/"+a.about, usm.Automatic)
	event.Step, event.Attempt, event.Text = a.in.Step, a.row.Attempt, a.nonconformity
	event.Fields.value = map[string]any{"nonconformity": true, "approval": a.about}
	for _, risk := range a.result.Opened {
		event.Fields.value["risk"] = risk.Number
	}
	a.change.record(a.row.callRow, event, nil)
}
