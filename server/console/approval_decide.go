package console

import (
	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// decideApproval decides an approval, goes on without it, or asks one more. Whatever is refused, what was typed is kept.
func (s *site) decideApproval(v *visit) (page, error) {
	e, id := v.entered(), v.param("id")
	did, key := e.Value("do"), client.WithKey(v.key())
	var err error
	switch {
	case e.Value("show") != "":
		return v.notDone(id, approvalPage{Entry: e, Did: did}, nil)
	case did == "bypass":
		if e.needs(v, "why_bypass") {
			_, err = v.api.Bypass(v.ctx(), id, e.Value("why_bypass"), key)
		}
	case did == "approver":
		if e.needs(v, "why_add") {
			added := usm.Approver{Person: e.picked("person"), Profile: e.Value("profile")}
			_, err = v.api.AddApprover(v.ctx(), id, added, e.Value("why_add"), key)
		}
	default:
		did = "decide"
		if e.decides(v) {
			_, err = v.api.Decide(v.ctx(), id, usm.DecisionRequest{
				Decision: usm.Decision(e.Value("decision")), Reason: e.Value("reason"), Digest: e.Value("digest"), For: e.Value("for"),
			}, key)
		}
	}
	if err == nil && e.Problem == nil {
		return see("/approvals/" + escapePath(id) + "?said=" + did), nil
	}
	return v.notDone(id, approvalPage{Entry: e, Did: did}, err)
}

// notDone shows the approval as it is now, with what was typed and why it was not done.
func (v *visit) notDone(id string, p approvalPage, err error) (page, error) {
	if err != nil {
		problem, ok := asProblem(err)
		if code := client.CodeOf(err); !ok || away(err) || code == usm.CodeUnauthenticated || code == usm.CodeNotFound {
			return page{}, err
		}
		p.Entry.Problem = problem
	}
	now, err := v.api.Approval(v.ctx(), id)
	if err != nil {
		return page{}, err
	}
	p.Approval = now
	if p.Entry.Problem == nil {
		return v.approvalOf(p)
	}
	switch p.Entry.Problem.Code { //nolint:exhaustive // the others say it themselves
	case usm.CodeStale:
		return v.stale(p)
	case usm.CodeStepUp:
		p.Entry.Problem.Detail, p.SignIn = v.T("approvals.step_up"), v.signInFor(now)
	case usm.CodeInvalid:
		pointers := map[string]string{"/reason": map[string]string{"bypass": "/why_bypass", "approver": "/why_add"}[p.Did]}
		for i, wrong := range p.Entry.Problem.Errors {
			if to := pointers[wrong.Pointer]; to != "" {
				p.Entry.Problem.Errors[i].Pointer = to
			}
		}
	}
	return v.approvalOf(p)
}

// stale shows what is asked now beside what was shown. What is not shown any more may be asked by another approval of the call.
func (v *visit) stale(p approvalPage) (page, error) {
	p.Stale, p.Entry.Problem.Detail = true, v.T("approvals.stale")
	if p.Approval.State != usm.ApprovalOpen {
		others, _, err := v.api.Approvals(v.ctx(), usm.ApprovalFilter{Call: p.Approval.Call, State: usm.ApprovalOpen})
		if err != nil {
			return page{}, err
		}
		for _, other := range others {
			if other.Digest == p.Entry.Problem.Digest {
				p.Approval = other
			}
		}
	}
	p.Compared = compared(p.Entry.Values.Get("shown"), p.Approval.Approval)
	return v.approvalOf(p)
}
