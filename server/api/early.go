package api

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"

	"github.com/usm-works/usm/usm"
)

// early has actions answered as soon as the registers have them done and their call waits for a person, while Temporal still records
// that. Each of them is kept until the engine has answered too, so that nothing is lost with it (decision 36).
type early struct {
	intake Intake
	hub    *Hub
	logger *slog.Logger

	mu    sync.Mutex
	asked map[string]*asking // by ID of the action
	stop  context.CancelFunc // of the look; nil when nobody asks
}

func newEarly(intake Intake, hub *Hub, logger *slog.Logger) *early {
	return &early{intake: intake, hub: hub, logger: logger, asked: map[string]*asking{}}
}

// asking is a request that waits.
type asking struct {
	sent  usm.SentAction
	rests chan struct{} // closed when its call rests
	heard bool          // the engine was faster
}

// ask has a request asked for that waits for an action on its way to its call, until it leaves.
func (e *early) ask(sent usm.SentAction) *asking {
	one := &asking{sent: sent, rests: make(chan struct{})}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked[sent.Action.ID] = one
	if e.stop == nil {
		ctx, cancel := context.WithCancel(context.Background()) // it is for all who ask
		e.stop = cancel
		go e.look(ctx)
	}
	return one
}

// leave asks no more; heard says that the engine has answered. It reports whether the call rests, so that the action is kept.
func (e *early) leave(one *asking, heard bool) (rests bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	one.heard = heard
	if rests = e.asked[one.sent.Action.ID] != one; !rests {
		delete(e.asked, one.sent.Action.ID)
	}
	if len(e.asked) == 0 && e.stop != nil {
		e.stop()
		e.stop = nil
	}
	return rests
}

// look looks for all who ask whenever something was recorded.
func (e *early) look(ctx context.Context) {
	wake, leave := e.hub.Join()
	defer leave()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			e.tell(ctx)
		}
	}
}

// tell tells those whose call rests. Where that fails, the engine answers them.
func (e *early) tell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	waiting := e.waiting()
	sent := make([]usm.SentAction, 0, len(waiting))
	for _, one := range waiting {
		sent = append(sent, one.sent)
	}
	if len(sent) == 0 {
		return
	}
	resting, err := e.intake.Rest(ctx, sent)
	if err != nil {
		e.logger.WarnContext(ctx, "which calls rest cannot be read", "error", err)
		return
	}
	for _, action := range resting {
		if e.told(waiting[action.Action.ID]) {
			forget(ctx, e.intake, e.logger, action)
		}
	}
}

func (e *early) waiting() map[string]*asking {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.asked)
}

// told tells who still waits, and reports whether the engine has answered him meanwhile. Who was told that it does not answer has had
// his action kept.
func (e *early) told(one *asking) (heard bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked[one.sent.Action.ID] == one {
		delete(e.asked, one.sent.Action.ID)
		close(one.rests)
	}
	return one.heard
}

// perform gives an action to a call. It returns when the run has answered, or when the call rests, whichever is first.
func (a *API) perform(ctx context.Context, number string, action usm.Action) (usm.Ack, error) {
	sent := usm.SentAction{Call: number, Action: action}
	waiting := a.early.ask(sent)
	acting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	together := context.AfterFunc(ctx, cancel)
	answered := make(chan answer, 1)
	go func() {
		defer cancel()
		answered <- a.answerOf(acting, sent)
	}()
	select {
	case it := <-answered:
		if heard := !lost(it.err); a.early.leave(waiting, heard) && heard { // both at once
			forget(context.WithoutCancel(ctx), a.intake, a.logger, sent)
		}
		return it.ack, it.err
	case <-waiting.rests:
		a.early.leave(waiting, false)
		together() // the engine goes on after the answer
		go func() {
			if it := <-answered; !lost(it.err) {
				forget(context.WithoutCancel(ctx), a.intake, a.logger, sent)
			}
		}()
		return usm.Ack{Number: number}, nil
	}
}

// answer is the engine's.
type answer struct {
	ack usm.Ack
	err error
}

// answerOf sends an action to its call. A panic is an error: outside the routine of a request it would end the process.
func (a *API) answerOf(ctx context.Context, sent usm.SentAction) (it answer) {
	defer func() {
		if cause := recover(); cause != nil {
			it.err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	it.ack, it.err = a.desk.Act(ctx, sent.Call, sent.Action)
	return it
}

// forget keeps an action no longer that the engine has answered. Where that fails it is sent once more, which changes nothing.
func forget(ctx context.Context, intake Intake, logger *slog.Logger, sent usm.SentAction) {
	ctx, cancel := context.WithTimeout(ctx, noteWithin)
	defer cancel()
	if err := intake.Answered(ctx, sent); err != nil {
		logger.WarnContext(ctx, "an action that is answered is still kept", "call", sent.Call, "error", err)
	}
}

// bringUp brings the run of a call to where the registers are, when actions are kept of it: Temporal is at them, and says when it has
// them, or has lost them. usm.CodeUnavailable when they do not come to the run now.
func (a *API) bringUp(ctx context.Context, number string) error {
	kept, err := a.intake.Outstanding(ctx, number)
	if err != nil {
		return err
	}
	for _, sent := range kept {
		if err := Resend(ctx, a.desk, a.intake, sent); err != nil {
			return err
		}
	}
	return nil
}
