package api

import (
	"context"
	"time"
)

// meView is who makes the request.
type meView struct {
	Person   string              `json:"person" doc:"empty for a machine"`
	Name     string              `json:"name"`
	Admin    bool                `json:"admin"`
	Token    string              `json:"token" doc:"id of the token"`
	Profiles map[string][]string `json:"profiles" doc:"profiles held, by domain; a domain without profiles is one the person belongs to"`
	Scopes   []string            `json:"scopes,omitzero" doc:"what the token is narrowed to; absent: not at all"`
	Session  *sessionView        `json:"session,omitempty" doc:"absent for a token that came from no sign-in"`
}

// sessionView is how long somebody is signed in.
type sessionView struct {
	SignedIn  *time.Time `json:"signed_in" doc:"when the person proved who he is; 1970-01-01T00:00:00Z when the provider did not say"`
	IdleUntil *time.Time `json:"idle_until" doc:"when it ends unless it is used before"`
	ExpiresAt *time.Time `json:"expires_at" doc:"when it ends at the latest"`
}

type meOutput struct{ Body meView }

func (a *API) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	who := caller(ctx)
	view := meView{
		Person: who.Token.Person, Name: who.Name, Admin: who.Token.Admin, Token: who.Token.ID,
		Profiles: map[string][]string{}, Scopes: who.Token.Scopes,
	}
	for domain, profiles := range who.Domains {
		view.Profiles[domain] = append([]string{}, profiles...)
	}
	if who.Token.Session {
		view.Session = &sessionView{SignedIn: who.Token.SignedIn, IdleUntil: who.Token.IdleUntil, ExpiresAt: who.Token.ExpiresAt}
	}
	return &meOutput{Body: view}, nil
}
