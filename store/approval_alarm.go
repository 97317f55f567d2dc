package store

import (
	"context"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// ringApproval does what the time of an approval brings, once: a reminder, a substitute, a step of the ladder, its end.
func (a *amending) ringApproval(ctx context.Context) (usm.StepResult, error) {
	one, err := a.approvalOf()
	if err != nil {
		return a.overtaken(ctx)
	}
	a.dossier.rings = a.in.Alarm
	w, err := a.dossier.world(ctx, one)
	if err != nil {
		return usm.StepResult{}, err
	}
	after, does, ok := approval.Ring(one, a.in.Alarm, w)
	if !ok {
		return a.overtaken(ctx)
	}
	a.rangAt()
	a.in.Text = does.Text
	a.in.Fields = map[string]any{"alarm": does.Name, "at": a.in.Alarm.At.UTC().Format(time.RFC3339Nano)}
	a.notices = append(a.notices, does.Notices...)
	if err := a.settle(ctx, a.dossier.put(after)); err != nil {
		return usm.StepResult{}, err
	}
	return a.amend(ctx)
}

// rangAt lets an alarm count at its moment where the engine's clock is ahead of the database's.
func (a *amending) rangAt() {
	if a.in.Alarm.At.After(a.row.Now) {
		a.said.At = a.in.Alarm.At.UTC()
	}
}

// tellAsked adds the notices of the approvals to those of the amendment. Who is told already that an approval asks him is
// not told twice.
func (a *amending) tellAsked() {
	for _, notice := range a.dossier.notices {
		if !slices.ContainsFunc(a.notices, func(n usm.Notice) bool { return n.To == notice.To && n.Approval == notice.Approval }) {
			a.notices = append(a.notices, notice)
		}
	}
}

// soonest is the watch with the alarm of an approval, if that comes first.
func soonest(watch usm.Watch, alarm usm.Alarm) usm.Watch {
	if alarm.Key != "" && (watch.Alarm.Key == "" || alarm.At.Before(watch.Alarm.At)) {
		watch.Alarm = alarm
	}
	return watch
}

// watchAfter says what is due next for the run that recorded the amendment: its call, or the approval that it waits for alone.
func (s *Store) watchAfter(ctx context.Context, q querier, row callRow, in usm.Amendment) (usm.Watch, error) {
	if id := approvalNamed(in); id != "" {
		var owed []document[usm.Alarm]
		err := q.SelectContext(ctx, &owed, `SELECT alarm FROM approvals WHERE id = $1 AND retro`, id)
		if err != nil || len(owed) > 0 {
			return soonest(usm.Watch{}, append(values(owed), usm.Alarm{})[0]), err
		}
	}
	return s.watch(ctx, q, row)
}
