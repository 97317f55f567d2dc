package activities

import (
	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

func analyse(in usm.StepInput) (usm.Effects, error) {
	match, err := steps.Decode[usm.Match](in.Fields)
	return usm.Effects{Match: &match}, err
}

func prepareRecovery(in usm.StepInput) (usm.Effects, error) {
	recovery, err := steps.Decode[usm.Recovery](in.Fields)
	recovery.Route = in.Outcome
	return usm.Effects{Recovery: &recovery}, err
}

func planOperation(in usm.StepInput) (usm.Effects, error) {
	plan, err := steps.Decode[usm.OperationPlan](in.Fields)
	return usm.Effects{OperationPlan: &plan}, err
}

func executeOperation(in usm.StepInput) (usm.Effects, error) {
	execution, err := steps.Decode[steps.Execution](in.Fields)
	raised := append(raise(in, usm.Incident, execution.Incidents), raise(in, usm.Risk, execution.Risks)...)
	return usm.Effects{Log: execution.Log, Raise: raised}, err
}

func determineCause(in usm.StepInput) (usm.Effects, error) {
	cause, err := steps.Decode[usm.Cause](in.Fields)
	return usm.Effects{Cause: &cause}, err
}

func selectMeasure(in usm.StepInput) (usm.Effects, error) {
	choice, err := steps.Decode[usm.MeasureChoice](in.Fields)
	choice.Route = in.Outcome
	return usm.Effects{Measures: &choice}, err
}
