package client

import (
	"context"
	"net/http"
	"time"
)

// Me is who the token stands for.
type Me struct {
	Person   string              `json:"person"` // "" for a machine
	Name     string              `json:"name"`
	Admin    bool                `json:"admin"`
	Token    string              `json:"token"`             // its id
	Profiles map[string][]string `json:"profiles"`          // by domain
	Session  *Session            `json:"session,omitempty"` // nil for a token that came from no sign-in
}

// Session is how long somebody is signed in.
type Session struct {
	SignedIn  time.Time `json:"signed_in"`  // when the person proved who he is; the Unix epoch when nobody knows
	IdleUntil time.Time `json:"idle_until"` // when it ends unless it is used before
	ExpiresAt time.Time `json:"expires_at"` // when it ends at the latest
}

// Me returns who the client's token stands for; a *Problem with usm.CodeUnauthenticated for nobody.
func (c *Client) Me(ctx context.Context) (Me, error) {
	var me Me
	err := c.do(ctx, http.MethodGet, "/me", nil, &me)
	return me, err
}
