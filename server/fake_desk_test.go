package server_test

import (
	"context"
	"sync"
	"time"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// fakeDesk runs calls the simple way: a finished step opens the next one.
type fakeDesk struct {
	store *fakeStore

	mu      sync.Mutex
	err     error // what every method returns, when set
	actions []usm.Action
	signals []usm.Signal
	starts  int
	act     func(usm.Action) (usm.Ack, error) // replaces Act
	applied []usm.Domain
}

var _ api.Desk = (*fakeDesk)(nil)

func (d *fakeDesk) fail(err error) { d.mu.Lock(); defer d.mu.Unlock(); d.err = err }

func (d *fakeDesk) failing() error { d.mu.Lock(); defer d.mu.Unlock(); return d.err }

func (d *fakeDesk) Start(_ context.Context, call usm.Call) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.starts++
	if d.err != nil {
		return d.err
	}
	d.store.change(call.Number, func(v *usm.CallView) {
		v.Status, v.Step = usm.StatusOpen, v.Process.Steps()[0]
		await(v)
	})
	return nil
}

func (d *fakeDesk) Act(_ context.Context, number string, action usm.Action) (usm.Ack, error) {
	d.mu.Lock()
	d.actions = append(d.actions, action)
	err, act := d.err, d.act
	d.mu.Unlock()
	if err != nil {
		return usm.Ack{}, err
	}
	if act != nil {
		return act(action)
	}
	ack := usm.Ack{Number: number}
	d.store.change(number, func(v *usm.CallView) {
		switch {
		case action.Name == usm.ActionFinish && action.Step == v.Step:
			v.Step = v.Step.Next()
			await(v)
		case action.Name == usm.ActionAbort:
			v.Status, v.Step = usm.StatusAborted, ""
		}
	})
	return ack, nil
}

func (d *fakeDesk) Answered(_ context.Context, number, id string) (usm.Ack, error) {
	return usm.Ack{}, usm.Errorf(usm.CodeNotFound, "%s has answered no %s", number, id)
}

// await makes the open step wait for Omar, except that a review waits for the requester.
func await(v *usm.CallView) {
	now := time.Now()
	v.WaitingFor = usm.WaitingView{Kind: usm.WaitStep, Step: v.Step, Profiles: []string{"desk", "lead"}, People: []string{"omar"}, Since: &now}
	switch v.Step.Kind() {
	case usm.KindReview:
		v.WaitingFor = usm.WaitingView{Kind: usm.WaitConfirmation, Step: v.Step, People: []string{v.Requester}, Since: &now}
	case usm.KindFork:
		v.WaitingFor = usm.WaitingView{Kind: usm.WaitChild, Step: v.Step, Since: &now}
		v.Children = []string{"SRQ-000009"}
	default: // a step like any other
	}
}

func (d *fakeDesk) Signal(_ context.Context, number string, signal usm.Signal) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return d.err
	}
	if view, err := d.store.Call(context.Background(), number); err != nil || view.Status.Ended() {
		return usm.Errorf(usm.CodeNotFound, "no open call")
	}
	d.signals = append(d.signals, signal)
	return nil
}

func (d *fakeDesk) ApplyDomain(_ context.Context, domain usm.Domain, _ string) (usm.DomainResult, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.applied = append(d.applied, domain)
	return usm.DomainResult{Version: 4, Changed: true}, d.err
}

func (d *fakeDesk) Ready(context.Context) error { return d.failing() }
