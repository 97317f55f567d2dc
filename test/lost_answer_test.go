package test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// planned is a change whose plan waits for what the only policies of its domain ask, and who planned it.
func planned(t *testing.T, p *product.Product, policies ...usm.ApprovalPolicy) (planner *client.Client, call usm.CallView) {
	t.Helper()
	domain, err := domains.Parse("it.yaml", domains.Builtin()["it"])
	require.NoError(t, err)
	domain.Approvals = policies
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	_, err = p.Admin.ApplyDomain(t.Context(), "it", file)
	require.NoError(t, err)
	opened, err := p.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: usm.ChangeRequest, Subject: "A new router", Description: "The old one is slow", Requester: "anna",
		Service: domain.Services[0].ID,
	})
	require.NoError(t, err)
	call, err = p.Drive(t.Context(), opened.Number, product.Plan{Until: usm.PlanChange})
	require.NoError(t, err)
	planner = p.As(call.WaitingFor.People[0])
	needs, err := planner.StepView(t.Context(), call.Number, usm.PlanChange, "")
	require.NoError(t, err)
	call, err = planner.FinishWith(t.Context(), call.Number, usm.PlanChange, needs.Example)
	require.NoError(t, err)
	require.Equal(t, usm.WaitApproval, call.WaitingFor.Kind)
	return planner, call
}

// eitherOfTwo is a policy of plans that one of two people meets.
func eitherOfTwo(id string) usm.ApprovalPolicy {
	return usm.ApprovalPolicy{
		ID: id, Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange},
		Require:   usm.Quorum{Need: "any", Approvers: []usm.Approver{{Person: "sven"}, {Person: "tamara"}}},
		Emergency: &usm.Emergency{Profiles: []string{"service-manager"}, Within: "8h"},
	}
}

// lostVote is sven's, as the registers got it before the engine lost it.
func lostVote(asked usm.ApprovalView) usm.Amendment {
	return usm.Amendment{
		Call: usm.Call{Number: asked.Call}, Kind: usm.EventDecided, Key: "act/lost", Step: asked.Step,
		Actor: usm.Actor{Person: "sven", Rule: usm.RuleApprover},
		Vote:  &usm.Vote{Approval: asked.ID, Decision: usm.Approve, Digest: asked.Digest, Through: "api"},
	}
}

// lostBypass is the same of rosa's going on without an approval.
func lostBypass(call usm.CallView) usm.Amendment {
	return usm.Amendment{
		Call: usm.Call{Number: call.Number}, Kind: usm.EventBypassed, Key: "act/lost", Step: call.Step, Text: "The old one burns",
		Actor: usm.Actor{Person: "rosa", Profile: "service-manager", Rule: usm.RuleEmergency},
		Vote:  &usm.Vote{Approval: call.WaitingFor.Approval},
	}
}

// TestAnAnswerThatTheEngineLost is in the registers, but its run knows nothing of it, as when Temporal and the worker die
// between the two. Whoever repeats what was not answered to him brings the run to where the registers are.
func TestAnAnswerThatTheEngineLost(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"it"}})
	_, call := planned(t, p, eitherOfTwo("plans"))
	_, other := planned(t, p, eitherOfTwo("plans"))
	registers := storetest.Open(t, store.Options{URL: p.Database})
	waits := func(number string) usm.CallView {
		view, err := p.Admin.Call(t.Context(), number)
		require.NoError(t, err)
		return view
	}

	asked, err := p.Admin.Approval(t.Context(), call.WaitingFor.Approval)
	require.NoError(t, err)
	_, err = registers.Amend(t.Context(), lostVote(asked))
	require.NoError(t, err)
	require.Equal(t, usm.PlanChange, waits(call.Number).Step, "the run waits on")
	view, err := p.As("sven").Decide(t.Context(), asked.ID, usm.DecisionRequest{Decision: usm.Approve, Digest: asked.Digest})
	require.NoError(t, err)
	require.Equal(t, usm.ApprovalApproved, view.State)
	require.Len(t, view.Ballots, 1, "it is the first answer")
	require.Equal(t, usm.PrepareChange, waits(call.Number).Step)

	_, err = registers.Amend(t.Context(), lostBypass(other))
	require.NoError(t, err)
	_, err = p.As("rosa").Bypass(t.Context(), other.WaitingFor.Approval, "The old one burns")
	require.ErrorContains(t, err, "has ended: bypassed")
	require.Equal(t, usm.PrepareChange, waits(other.Number).Step)
	owed, err := p.Admin.Approval(t.Context(), other.Number+".2")
	require.NoError(t, err)
	_, err = p.As("tamara").Decide(t.Context(), owed.ID, usm.DecisionRequest{Decision: usm.Approve, Digest: owed.Digest})
	require.NoError(t, err, "the run that waits for what is owed was started")
}
