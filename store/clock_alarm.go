package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// ring does what an alarm wants done, once. It asks the clocks and not the timer: an alarm that they do not want any more,
// because the call was paused, moved or rebound in the meantime, leaves nothing.
func (a *amending) ring(ctx context.Context) (usm.StepResult, error) {
	if approvalNamed(a.in) != "" {
		return a.ringApproval(ctx)
	}
	if a.row.Terms == "" {
		return a.overtaken(ctx)
	}
	b, err := a.store.book(ctx, a.tx, a.row.Terms)
	if err != nil {
		return usm.StepResult{}, err
	}
	ring, ok := b.Ring(a.row.Clock.value, a.in.Alarm)
	if !ok {
		return a.overtaken(ctx)
	}
	a.said.Alarm = a.in.Alarm.Key
	a.rangAt()
	a.in.Text, a.in.Fields = ring.Text, ringFields(ring, a.in.Alarm)
	if err := a.escalate(ctx, ring); err != nil {
		return usm.StepResult{}, err
	}
	return a.amend(ctx)
}

// overtaken returns what is due now, with the first result of an alarm that rang while this transaction waited
// for the call.
func (a *amending) overtaken(ctx context.Context) (usm.StepResult, error) {
	var first document[usm.StepResult]
	err := a.GetContext(ctx, &first, `SELECT result FROM trail WHERE call = $1 AND key = $2`, a.row.Number, a.in.Key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return usm.StepResult{}, err
	}
	result := first.value
	result.Watch, err = a.store.watchAfter(ctx, a.tx, a.row.callRow, a.in)
	return result, err
}

func ringFields(ring clock.Ring, alarm usm.Alarm) map[string]any {
	k := ring.Clock
	fields := map[string]any{
		"clock": k.ID, "norm": k.Norm, "agreement": k.Agreement, "alarm": ring.Name, "cycle": k.Cycle,
		"at": alarm.At.UTC().Format(time.RFC3339Nano), "promise": k.Promise,
	}
	if k.Link != "" {
		fields["link"] = k.Link
	}
	if k.Due != nil {
		fields["due"] = k.Due.UTC().Format(time.RFC3339Nano)
	}
	return fields
}

// escalate carries out one step of the ladder.
func (a *amending) escalate(ctx context.Context, ring clock.Ring) error {
	domain, err := a.store.version(ctx, a.tx, a.row.Domain, a.row.DomainVersion)
	if err != nil {
		return err
	}
	step, ladder := domain.Procedure(a.row.Process).Rule(a.row.Step), ring.Escalation
	for _, to := range ladder.Notify {
		switch to {
		case usm.NotifyAccountable:
			to = step.Accountable
		case usm.NotifyRequester:
			to = a.row.Requester
		}
		a.notices = append(a.notices, usm.Notice{To: to, Text: ring.Text})
	}
	if ladder.Priority != "" && ladder.Priority.Rank() < a.row.Priority.Rank() {
		a.row.Priority, a.result.Priority = ladder.Priority, ladder.Priority
	}
	a.reassign(ladder.Reassign)
	a.result.Request = ladder.Request
	return a.raise(ctx, ladder.Open, ring.Text)
}

// reassign gives the open step to other profiles. What only the requester or a parent can do stays theirs.
func (a *amending) reassign(profiles []string) {
	waiting := a.row.Waiting.value
	if len(profiles) == 0 || !slices.Contains([]usm.WaitKind{usm.WaitStep, usm.WaitSignal}, waiting.Kind) {
		return
	}
	waiting.Profiles, waiting.Claimed, waiting.Steered = profiles, "", ""
	a.row.Waiting.value, a.result.Waiting = waiting, &waiting
}

// raise opens a risk that is linked to the call.
func (a *amending) raise(ctx context.Context, risk *usm.Raised, why string) error {
	if risk == nil {
		return nil
	}
	call := usm.Call{
		NewCall: usm.NewCall{
			Domain: a.row.Domain, Type: usm.Risk, Subject: risk.Subject, Description: risk.Description, Requester: a.row.Requester,
			Service: orElse(risk.Service, a.row.Service), Components: risk.Components, Impact: risk.Impact, Urgency: risk.Urgency,
			Parent: a.row.Number,
		},
		Typing: usm.Typing{Type: usm.Risk, Reason: "raised by " + a.row.Number + ": " + why},
	}
	opened, err := a.admit(ctx, &a.change, admission{call: call, actor: a.in.Actor, requestID: a.in.RequestID})
	a.result.Opened = opened
	return err
}
