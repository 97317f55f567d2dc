package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// Open opens a call and returns it with its number. Its status is usm.StatusRegistered while the engine is away.
func (c *Client) Open(ctx context.Context, call usm.NewCall, options ...Option) (usm.CallView, error) {
	var view usm.CallView
	err := c.do(ctx, http.MethodPost, "/calls", call, &view, options...)
	return view, err
}

// Call returns a call as it is now.
func (c *Client) Call(ctx context.Context, number string) (usm.CallView, error) {
	var view usm.CallView
	err := c.do(ctx, http.MethodGet, callPath(number), nil, &view)
	return view, err
}

// Calls returns a page of the calls the caller may see, and the cursor of the next page, "" at the end. Visible and
// MayAct of the filter are the gateway's own and not sent, and Claimed is for Work.
func (c *Client) Calls(ctx context.Context, filter usm.CallFilter) (calls []usm.CallView, next string, err error) {
	return list[usm.CallView](ctx, c, "/calls", callQuery(filter))
}

// Work returns a page of the calls the caller may act on now, most urgent first. Any Claimed of the filter leaves those whose
// step the caller has claimed.
func (c *Client) Work(ctx context.Context, filter usm.CallFilter) (calls []usm.CallView, next string, err error) {
	query := callQuery(filter)
	if filter.Claimed != "" {
		query.Set("claimed", "me")
	}
	return list[usm.CallView](ctx, c, "/work", query)
}

func callQuery(filter usm.CallFilter) url.Values {
	query := pageQuery(filter.Page)
	for name, value := range map[string]string{
		"type": string(filter.Type), "domain": filter.Domain, "workflow": filter.Workflow,
		"process": string(filter.Process), "step": string(filter.Step), "status": string(filter.Status),
		"priority": string(filter.Priority), "requester": filter.Requester, "service": filter.Service,
		"component": filter.Component, "parent": filter.Parent, "q": filter.Q, "effect": string(filter.Effect),
		"likelihood": string(filter.Likelihood),
	} {
		setIf(query, name, value)
	}
	if filter.Open {
		query.Set("open", "true")
	}
	return query
}

// Path returns every step of the workflow the call is bound to, its children's steps included.
func (c *Client) Path(ctx context.Context, number string) ([]usm.PathView, error) {
	path, _, err := list[usm.PathView](ctx, c, callPath(number)+"/path", nil)
	return path, err
}

// Events returns a page of the trail of a call, oldest first.
func (c *Client) Events(ctx context.Context, number string, page usm.Page) (events []usm.Event, next string, err error) {
	return list[usm.Event](ctx, c, callPath(number)+"/events", pageQuery(page))
}

// StepView returns what a step needs: the schema of its fields and a body that would be accepted now. An outcome narrows
// both to what that outcome needs.
func (c *Client) StepView(ctx context.Context, number string, step usm.Step, outcome usm.Outcome) (usm.StepView, error) {
	var view usm.StepView
	path := stepPath(number, step)
	if outcome != "" {
		path += "?" + url.Values{"outcome": {string(outcome)}}.Encode()
	}
	err := c.do(ctx, http.MethodGet, path, nil, &view)
	return view, err
}

// Finish finishes a step.
func (c *Client) Finish(
	ctx context.Context, number string, step usm.Step, body usm.FinishRequest, options ...Option,
) (usm.CallView, error) {
	return c.act(ctx, stepPath(number, step), body, options)
}

// FinishWith is Finish with a body that is not built from types, such as the example of a StepView.
func (c *Client) FinishWith(
	ctx context.Context, number string, step usm.Step, body map[string]any, options ...Option,
) (usm.CallView, error) {
	return c.act(ctx, stepPath(number, step), body, options)
}

// Ask asks the requester a question; the call waits for the answer.
func (c *Client) Ask(ctx context.Context, number, question string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/ask", map[string]any{"question": question}, options)
}

// Answer answers the open question; fields may complete the request and may be nil.
func (c *Client) Answer(ctx context.Context, number, text string, fields map[string]any, options ...Option) (usm.CallView, error) {
	body := map[string]any{"text": text}
	if len(fields) > 0 {
		body["fields"] = fields
	}
	return c.act(ctx, callPath(number)+"/answer", body, options)
}

// Confirm confirms the delivery.
func (c *Client) Confirm(ctx context.Context, number string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/confirm", map[string]any{}, options)
}

// Dispute sends a delivery back, with the reason.
func (c *Client) Dispute(ctx context.Context, number, reason string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/dispute", usm.Reason{Reason: reason}, options)
}

// Redo goes back to an earlier step; step "" repeats the open one.
func (c *Client) Redo(ctx context.Context, number string, step usm.Step, reason string, options ...Option) (usm.CallView, error) {
	body := map[string]any{"reason": reason}
	if step != "" {
		body["step"] = step
	}
	return c.act(ctx, callPath(number)+"/redo", body, options)
}

// Retype closes the call as retyped and returns the new one, in the register of the other type.
func (c *Client) Retype(ctx context.Context, number string, to usm.CallType, reason string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/retype", map[string]any{"type": to, "reason": reason}, options)
}

// Abort ends the call; its open children are asked first.
func (c *Client) Abort(ctx context.Context, number, reason string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/abort", usm.Reason{Reason: reason}, options)
}

// Note adds a note to the trail.
func (c *Client) Note(ctx context.Context, number, text string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/notes", map[string]any{"text": text}, options)
}

// Link links the call to another one; kind says how, e.g. "related".
func (c *Client) Link(ctx context.Context, number, to, kind string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/links", map[string]any{"to": to, "kind": kind}, options)
}

// Signal sends what another system has to say: any JSON value, or a structured CloudEvent when body has "specversion".
func (c *Client) Signal(ctx context.Context, number, name string, body any, options ...Option) error {
	if event, ok := body.(map[string]any); ok && event["specversion"] != nil {
		options = append([]Option{WithHeader("Content-Type", "application/cloudevents+json")}, options...)
	}
	return c.do(ctx, http.MethodPost, callPath(number)+"/signals/"+url.PathEscape(name), body, nil, options...)
}

func (c *Client) act(ctx context.Context, path string, body any, options []Option) (usm.CallView, error) {
	var view usm.CallView
	err := c.do(ctx, http.MethodPost, path, body, &view, options...)
	return view, err
}

// list gets one page and the cursor of the next one.
func list[T any](ctx context.Context, c *Client, path string, query url.Values) (items []T, next string, err error) {
	r, err := newRequest(http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, "", err
	}
	r.query = query
	a, err := c.send(ctx, r)
	if err != nil {
		return nil, "", err
	}
	items = []T{} // an empty list is [] when it is printed, never null
	if err = decode(a, &items); err != nil {
		return nil, "", err
	}
	return items, nextCursor(a.header.Values("Link")), nil
}

func callPath(number string) string { return "/calls/" + url.PathEscape(number) }

func stepPath(number string, step usm.Step) string {
	return callPath(number) + "/steps/" + url.PathEscape(string(step))
}

func pageQuery(page usm.Page) url.Values {
	query := url.Values{}
	if page.Limit > 0 {
		query.Set("limit", strconv.Itoa(page.Limit))
	}
	setIf(query, "cursor", page.Cursor)
	return query
}

func setIf(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}
