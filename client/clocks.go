package client

import (
	"context"
	"net/http"

	"github.com/usm-works/usm/usm"
)

// Clocks returns the clocks of a call as they stand now, with the facts and terms that they can be recomputed from.
func (c *Client) Clocks(ctx context.Context, number string) (usm.ClockExport, error) {
	var export usm.ClockExport
	err := c.do(ctx, http.MethodGet, callPath(number)+"/clocks", nil, &export)
	return export, err
}

// Pause lets the clocks stand still that the reason (its id) pauses; the note may be empty.
func (c *Client) Pause(ctx context.Context, number, reason, note string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/pause", reasonAndNote(reason, note), options)
}

// Resume ends a pause; the note may be empty.
func (c *Client) Resume(ctx context.Context, number, reason, note string, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/resume", reasonAndNote(reason, note), options)
}

// Rebind lets the clocks of a call run under the agreement and the calendars that are in force now. Applies "" is what
// the agreement says.
func (c *Client) Rebind(ctx context.Context, number, reason string, applies usm.Applies, options ...Option) (usm.CallView, error) {
	body := map[string]any{"reason": reason}
	if applies != "" {
		body["applies"] = applies
	}
	return c.act(ctx, callPath(number)+"/rebind", body, options)
}

func reasonAndNote(reason, note string) map[string]any {
	body := map[string]any{"reason": reason}
	if note != "" {
		body["note"] = note
	}
	return body
}
