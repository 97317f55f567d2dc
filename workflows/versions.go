package workflows

import "go.temporal.io/sdk/workflow"

// Registry is what workflows are registered with: a worker, a replayer, or the environment of a test.
type Registry interface {
	RegisterWorkflowWithOptions(run any, options workflow.RegisterOptions)
}

// Register makes the eight workflows and the technical ones known, under the names of the functions, which are those of
// usm.Workflows. Where workers have versions, a run that can go on in a new run is pinned: it ends on the version that it
// began on, or moves by goOn. The others are a few lines which are open for years: they move to the current version in the
// midst of their history, so a change of one of them has a named predicate here.
func Register(r Registry) {
	for _, run := range []any{
		AgreementChange, ResourceChange, IncidentWithChange, IncidentWithoutChange, Operation,
		RiskWithAgreementChange, RiskWithResourceChange, RiskWithoutChange, RetroApproval,
	} {
		r.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{VersioningBehavior: workflow.VersioningBehaviorPinned})
	}
	for _, run := range []any{ApplyDomain, AgreementTerm, CallSystem} {
		r.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade})
	}
}

// goOn ends a run and has a new one go on, on the version that takes new calls now.
func goOn(ctx workflow.Context, run, input any) error {
	return workflow.NewContinueAsNewErrorWithOptions(ctx, workflow.ContinueAsNewErrorOptions{
		InitialVersioningBehavior: workflow.ContinueAsNewVersioningBehaviorAutoUpgrade,
	}, run, input)
}

// outgrown reports whether a run should go on in a new one: its history is long, or its version no longer takes new calls.
func outgrown(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || info.GetTargetWorkerDeploymentVersionChanged()
}
