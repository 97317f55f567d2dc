package server

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// Resend sends actions to their calls again that were recorded although the engine did not answer, as when worker and
// Temporal die between the two, until ctx ends; then it returns nil. It needs Desk, Reader and Intake of the options. It asks when
// something was recorded and, while any action has no answer, every 5 s. Several gateways may run it: each action is given to one of them.
func Resend(ctx context.Context, o Options) error {
	o = o.orDefaults()
	return whenTold(ctx, o, func() (int, time.Duration, bool) { return resendBatch(ctx, o) })
}

// resendBatch sends what is to be sent now. It reports how much that was, when to ask again, and whether any could not be sent.
func resendBatch(ctx context.Context, o Options) (found int, wait time.Duration, failed bool) {
	recorded, wait, err := o.Intake.Recorded(ctx, pendingBatch)
	if err != nil {
		if ctx.Err() == nil {
			o.Logger.WarnContext(ctx, "actions without an answer cannot be read", "error", err)
		}
		return 0, wait, true
	}
	calls := map[string][]usm.SentAction{} // in the order in which the run has to get them
	for _, sent := range recorded {
		calls[sent.Call] = append(calls[sent.Call], sent)
	}
	var group errgroup.Group
	group.SetLimit(pendingWorkers)
	for _, sent := range calls {
		group.Go(func() error { return resend(ctx, o, sent) })
	}
	return len(recorded), wait, group.Wait() != nil
}

// resend sends the actions of one call.
func resend(ctx context.Context, o Options, actions []usm.SentAction) error {
	for _, sent := range actions {
		if err := api.Resend(ctx, o.Desk, o.Intake, sent); err != nil {
			o.Logger.WarnContext(ctx, "an action without an answer cannot be sent yet", "call", sent.Call, "error", err)
			return err
		}
		o.Logger.InfoContext(ctx, "an action without an answer has reached its call", "call", sent.Call, "action", sent.Action.Name)
	}
	return nil
}
