package client

import (
	"context"
	"net/url"

	"github.com/usm-works/usm/usm"
)

// Act performs an action by its path under the call, one of its AllowedActions, with a body that is not built from types. A
// retype answers with the call that was opened instead.
func (c *Client) Act(ctx context.Context, number, path string, body map[string]any, options ...Option) (usm.CallView, error) {
	return c.act(ctx, callPath(number)+"/"+url.PathEscape(path), body, options)
}
