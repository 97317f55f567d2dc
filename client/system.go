package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// System returns how the product itself is doing: its parts, its workers and what waits.
func (c *Client) System(ctx context.Context) (usm.System, error) {
	var system usm.System
	err := c.do(ctx, http.MethodGet, "/system", nil, &system)
	return system, err
}

// DeadLetters returns a page of the signals that no call could take, the latest first, and the cursor of the next page.
func (c *Client) DeadLetters(ctx context.Context, page usm.Page) (letters []usm.DeadLetter, next string, err error) {
	return list[usm.DeadLetter](ctx, c, "/signals/dead-letters", pageQuery(page))
}

// ReplayDeadLetter sends a dead letter again; usm.CodeConflict when there is still no call that takes it.
func (c *Client) ReplayDeadLetter(ctx context.Context, id int64, options ...Option) error {
	path := "/signals/dead-letters/" + strconv.FormatInt(id, 10) + "/replay"
	return c.do(ctx, http.MethodPost, path, nil, nil, options...)
}

// Tokens returns a page of the tokens and sessions that the filter leaves, the latest first, and the cursor of the next page. It is for
// administrators.
func (c *Client) Tokens(ctx context.Context, f usm.TokenFilter) (tokens []usm.Token, next string, err error) {
	query := pageQuery(f.Page)
	setIf(query, "person", f.Person)
	setIf(query, "kind", f.Kind)
	setIf(query, "state", f.State)
	return list[usm.Token](ctx, c, "/tokens", query)
}

// RevokeToken ends a token now, and returns it; again, it changes nothing. It is for administrators.
func (c *Client) RevokeToken(ctx context.Context, id string) (usm.Token, error) {
	var revoked usm.Token
	err := c.do(ctx, http.MethodDelete, "/tokens/"+url.PathEscape(id), nil, &revoked)
	return revoked, err
}
