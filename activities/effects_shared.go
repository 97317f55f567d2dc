package activities

import (
	"slices"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

func accept(in usm.StepInput) (usm.Effects, error) {
	fields, err := steps.Decode[steps.Acceptance](in.Fields)
	if err != nil || in.Outcome == usm.Rejected {
		return usm.Effects{Notices: rejection(in, fields.Reason)}, err
	}
	notice := usm.Notice{To: in.Call.Requester, Text: "Your call is registered as " + in.Call.Number + " and taken on."}
	return usm.Effects{Facts: &fields.RequestFacts, Notices: []usm.Notice{notice}}, nil
}

func rejection(in usm.StepInput, reason string) []usm.Notice {
	return []usm.Notice{{To: in.Call.Requester, Text: "Your call " + in.Call.Number + " is rejected: " + reason}}
}

func classify(in usm.StepInput) (usm.Effects, error) {
	facts, err := steps.Decode[usm.RequestFacts](in.Fields)
	facts.Priority = in.Priority
	return usm.Effects{Facts: &facts}, err
}

func classifyRisk(in usm.StepInput) (usm.Effects, error) {
	risk, err := steps.Decode[steps.RiskFacts](in.Fields)
	return usm.Effects{Facts: &usm.RequestFacts{
		Category: risk.Category, Impact: risk.Effect, Urgency: risk.Likelihood,
		Service: risk.Service, Components: risk.Components, Priority: in.Priority,
	}}, err
}

func evaluate(in usm.StepInput) (usm.Effects, error) {
	evaluation, err := steps.Decode[usm.Evaluation](in.Fields)
	return usm.Effects{Evaluation: &evaluation, Raise: raise(in, usm.Risk, evaluation.Improvements)}, err
}

// raise makes the calls that a step opens beside itself. Who saw them is their requester; what they leave open about
// service and components is the call's own.
func raise(in usm.StepInput, as usm.CallType, seen []usm.Raised) []usm.NewCall {
	calls := make([]usm.NewCall, 0, len(seen))
	for _, s := range seen {
		call := usm.NewCall{
			Domain: in.Call.Domain, Type: as, Subject: s.Subject, Description: s.Description, Requester: in.Actor.Person,
			Service: s.Service, Components: slices.Clone(s.Components), Impact: s.Impact, Urgency: s.Urgency, Parent: in.Call.Number,
		}
		if !in.Actor.IsPerson() {
			call.Requester = in.Call.Requester
		}
		if call.Service == "" {
			call.Service = in.Call.Service
		}
		if len(call.Components) == 0 {
			call.Components = slices.Clone(in.Call.Components)
		}
		calls = append(calls, call)
	}
	return calls
}
