package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// Approvals returns a page of the approvals the caller may see, the newest first, and the cursor of the next page, "" at the
// end. With any Asks they are those that the caller may decide now; Sight of the filter is the gateway's own and not sent.
func (c *Client) Approvals(ctx context.Context, filter usm.ApprovalFilter) (approvals []usm.ApprovalView, next string, err error) {
	query := pageQuery(filter.Page)
	for name, value := range map[string]string{
		"domain": filter.Domain, "call": filter.Call, "step": string(filter.Step), "state": string(filter.State), "policy": filter.Policy,
	} {
		setIf(query, name, value)
	}
	if filter.Asks != "" {
		query.Set("asks", "me")
	}
	return list[usm.ApprovalView](ctx, c, "/approvals", query)
}

// Approval returns an approval as it is now.
func (c *Client) Approval(ctx context.Context, id string) (usm.ApprovalView, error) {
	var view usm.ApprovalView
	err := c.do(ctx, http.MethodGet, approvalPath(id), nil, &view)
	return view, err
}

// Decide answers an approval. A refusal with usm.CodeStale names the digest of what is asked now.
func (c *Client) Decide(ctx context.Context, id string, decision usm.DecisionRequest, options ...Option) (usm.ApprovalView, error) {
	return c.approve(ctx, approvalPath(id)+"/decisions", decision, options)
}

// Bypass goes on without the approval in an emergency; it is owed afterwards.
func (c *Client) Bypass(ctx context.Context, id, reason string, options ...Option) (usm.ApprovalView, error) {
	return c.approve(ctx, approvalPath(id)+"/bypass", usm.Reason{Reason: reason}, options)
}

// AddApprover asks one more: either Person or Profile of the approver.
func (c *Client) AddApprover(
	ctx context.Context, id string, approver usm.Approver, reason string, options ...Option,
) (usm.ApprovalView, error) {
	body := map[string]string{"reason": reason}
	for name, value := range map[string]string{"person": approver.Person, "profile": approver.Profile} {
		if value != "" {
			body[name] = value
		}
	}
	return c.approve(ctx, approvalPath(id)+"/approvers", body, options)
}

func (c *Client) approve(ctx context.Context, path string, body any, options []Option) (usm.ApprovalView, error) {
	var view usm.ApprovalView
	err := c.do(ctx, http.MethodPost, path, body, &view, options...)
	return view, err
}

// Claim keeps the open step for the caller; the note may be empty.
func (c *Client) Claim(ctx context.Context, number, note string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/claim", noteOnly(note), options)
}

// Release gives a claimed step back to all of its profiles; the note may be empty.
func (c *Client) Release(ctx context.Context, number, note string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/release", noteOnly(note), options)
}

// Reassign gives the open step to other profiles.
func (c *Client) Reassign(ctx context.Context, number string, profiles []string, reason string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/reassign", map[string]any{"profiles": profiles, "reason": reason}, options)
}

// Refusals returns what segregation of duties kept from people at a call, oldest first.
func (c *Client) Refusals(ctx context.Context, number string) ([]usm.Refusal, error) {
	refusals, _, err := list[usm.Refusal](ctx, c, callPath(number)+"/refusals", nil)
	return refusals, err
}

// Delegations returns a page of the delegations of the caller's domains, the latest first. Sight of the filter is not sent.
func (c *Client) Delegations(ctx context.Context, filter usm.DelegationFilter) (delegations []usm.Delegation, next string, err error) {
	query := pageQuery(filter.Page)
	setIf(query, "domain", filter.Domain)
	setIf(query, "person", filter.Person)
	return list[usm.Delegation](ctx, c, "/delegations", query)
}

// Delegate lets somebody stand in. Person "" is the caller, From zero is now; ID, By and the instants of the record are the
// gateway's.
func (c *Client) Delegate(ctx context.Context, d usm.Delegation, options ...Option) (usm.Delegation, error) {
	body := map[string]any{"domain": d.Domain, "to": d.To, "until": d.Until}
	for name, value := range map[string]string{
		"person": d.Person, "process": string(d.Process), "service": d.Service, "when": d.When, "reason": d.Reason,
	} {
		if value != "" {
			body[name] = value
		}
	}
	if !d.From.IsZero() {
		body["from"] = d.From
	}
	if d.Amount > 0 {
		body["amount"] = d.Amount
	}
	var made usm.Delegation
	err := c.do(ctx, http.MethodPost, "/delegations", body, &made, options...)
	return made, err
}

// RevokeDelegation ends a delegation now.
func (c *Client) RevokeDelegation(ctx context.Context, id int64) (usm.Delegation, error) {
	var ended usm.Delegation
	err := c.do(ctx, http.MethodDelete, "/delegations/"+strconv.FormatInt(id, 10), nil, &ended)
	return ended, err
}

func approvalPath(id string) string { return "/approvals/" + url.PathEscape(id) }

func noteOnly(note string) map[string]any {
	if note == "" {
		return map[string]any{}
	}
	return map[string]any{"note": note}
}
