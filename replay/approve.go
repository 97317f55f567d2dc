package replay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// round returns the round that an attempt at the step of approvals is about; ok is false when the log has none, or none any
// more.
func (r *ride) round(attempt int) (round Round, ok bool) {
	if attempt < 1 || attempt > len(r.plan.Rounds) {
		return Round{}, false
	}
	return r.plan.Rounds[attempt-1], true
}

// resubmits reports whether a round was rejected and something comes before the step can be finished again.
func (r *ride) resubmits(view usm.CallView) bool {
	return r.Mapping.Approvals != nil && view.Step == r.Mapping.Approvals.At && len(r.plan.Rounds) > 0 && view.Attempt > 1 &&
		!r.past[r.submission(view)]
}

func (r *ride) submission(view usm.CallView) string { return fmt.Sprintf("round/%d", view.Attempt) }

// resubmit asks the requester to submit again what was rejected, which he answers with the route of the next round; when the
// log has none he takes the call back.
func (r *ride) resubmit(ctx context.Context, view usm.CallView, actor string) (usm.CallView, error) {
	rejected, _ := r.round(view.Attempt - 1)
	key := r.submission(view)
	if _, more := r.round(view.Attempt); !more {
		return r.as(view.Requester).Abort(ctx, view.Number, cmp.Or(rejected.Lost, "It was rejected."), r.key(view, key+"/withdrawn"))
	}
	r.past[key] = true
	r.done.Waits++
	return r.as(actor).Ask(ctx, view.Number, rejected.Question, r.key(view, key))
}

// submitsAgain returns the answer to the question of resubmit; ok is false when the call waits for another one.
func (r *ride) submitsAgain(view usm.CallView) (text string, fields map[string]any, ok bool) {
	rejected, was := r.round(view.Attempt - 1)
	next, more := r.round(view.Attempt)
	if r.Mapping.Approvals == nil || view.Step != r.Mapping.Approvals.At || !was || !more || view.WaitingFor.Question != rejected.Question {
		return "", nil, false
	}
	r.past[r.submission(view)] = true
	return rejected.Answer, map[string]any{r.Mapping.Approvals.Route: next.Route()}, true
}

// approve decides the open approval as the log did, for one of those who may decide it now.
func (r *ride) approve(ctx context.Context, view usm.CallView) (usm.CallView, error) {
	id := view.WaitingFor.Approval
	approval, err := r.asks(ctx, id)
	if err != nil || approval.State != usm.ApprovalOpen {
		return view, err
	}
	round, _ := r.round(view.Attempt)
	i := slices.IndexFunc(round.Verdicts, func(v Verdict) bool { return v.Policy == approval.Policy.ID })
	if i < 0 || view.Step != r.Mapping.Approvals.At {
		return view, &stuckError{fmt.Sprintf("approval %s of the policy %s asks for what the log does not tell", id, approval.Policy.ID)}
	}
	var may []string
	for _, d := range approval.Deciders {
		if d.By == d.Person && r.people[d.By] != nil {
			may = append(may, d.By)
		}
	}
	if len(may) == 0 {
		return view, &stuckError{fmt.Sprintf("there is no token of anybody who may decide approval %s: %s", id, approval.Stuck)}
	}
	decision := usm.DecisionRequest{Decision: round.Verdicts[i].Decision, Reason: round.Verdicts[i].Reason, Digest: approval.Digest}
	_, err = r.as(Spread(r.plan.Case, may)).Decide(ctx, id, decision, r.key(view, "decide/"+id))
	if err != nil {
		return view, err
	}
	return r.look(ctx, view.Number)
}

func (r *ride) asks(ctx context.Context, id string) (usm.ApprovalView, error) {
	return r.as(r.plan.Call.Requester).Approval(ctx, id)
}

// verify compares the approvals that the product recorded with the log: the same roles, in the same rounds, decided the same.
// What it recorded is what is counted.
func (r *ride) verify(ctx context.Context) error {
	if len(r.plan.Rounds) == 0 {
		return nil
	}
	var recorded []usm.ApprovalView
	for cursor := ""; ; {
		page, next, err := r.as(r.plan.Call.Requester).Approvals(ctx, usm.ApprovalFilter{
			Call: r.done.Number, Page: usm.Page{Cursor: cursor, Limit: 100},
		})
		if err != nil {
			return err
		}
		recorded = append(recorded, page...)
		if cursor = next; cursor == "" {
			break
		}
	}
	slices.SortFunc(recorded, func(a, b usm.ApprovalView) int { return cmp.Compare(ordinal(a.ID), ordinal(b.ID)) })
	var told []Verdict
	for _, round := range r.plan.Rounds {
		told = append(told, round.Verdicts...)
	}
	r.done.Verdicts, r.done.Mismatched, r.done.Reordered = nil, max(0, len(told)-len(recorded)), r.plan.Reordered
	for i, approval := range recorded {
		if i >= len(told) || !sameVerdict(approval, told[i]) {
			r.done.Mismatched++
			continue
		}
		verdict := told[i]
		verdict.Reason = ""
		r.done.Verdicts = append(r.done.Verdicts, verdict)
	}
	return nil
}

// sameVerdict reports whether an approval ended as the log says, by decisions of people and by none that says otherwise. Where
// the approval of one holder of the role is enough, its rejection takes all of them.
func sameVerdict(approval usm.ApprovalView, told Verdict) bool {
	ends := map[usm.Decision]usm.ApprovalState{usm.Approve: usm.ApprovalApproved, usm.Reject: usm.ApprovalRejected}
	otherwise := func(b usm.Ballot) bool { return b.Decision != told.Decision }
	return approval.Policy.ID == told.Policy && approval.State == ends[told.Decision] &&
		len(approval.Ballots) > 0 && !slices.ContainsFunc(approval.Ballots, otherwise)
}

// ordinal is the number of an approval within its call.
func ordinal(id string) int {
	_, n, _ := strings.Cut(id, ".")
	number, _ := strconv.Atoi(n) // the product gives ids of this form
	return number
}
