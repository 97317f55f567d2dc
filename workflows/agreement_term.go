package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// AgreementTerm is a technical workflow, with nothing of USM in it: it wakes at each turn in the life of a version of an
// agreement and has it written. Turns that are past when it starts are written at once, in their order.
func AgreementTerm(ctx workflow.Context, term usm.AgreementTerm) error {
	var a *activities.Agreements
	for _, turn := range term.Events {
		what := string(turn.Kind) + " of " + term.WorkflowID()
		timer := workflow.NewTimerWithOptions(ctx, turn.At.Sub(workflow.Now(ctx)), workflow.TimerOptions{Summary: usm.Summary(what)})
		if err := timer.Get(ctx, nil); err != nil {
			return err //nolint:wrapcheck // Temporal's own
		}
		if err := workflow.ExecuteLocalActivity(ownTransaction(ctx, what), a.Turn, term, turn).Get(ctx, nil); err != nil {
			return refused(err)
		}
	}
	return nil
}

// startTerm has a version of an agreement watched, once.
func startTerm(ctx workflow.Context, term usm.AgreementTerm) {
	startTechnical(ctx, term.WorkflowID(), AgreementTerm, term)
}
