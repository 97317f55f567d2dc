package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// registerSteering adds who keeps a step for himself, gives it back or to others, and what segregation kept from people.
func (a *API) registerSteering(to huma.API) {
	huma.Register(to, action("/claim", "claim", "Keep the open step for yourself"), a.claim)
	huma.Register(to, action("/release", "release", "Give a claimed step back to all of its profiles"), a.release)
	huma.Register(to, action("/reassign", "reassign", "Give the open step to other profiles"), a.reassign)
	huma.Register(to, operation(http.MethodGet, "/calls/{number}/refusals", "list-refusals",
		"List what segregation of duties kept from people, oldest first"), a.refusals)
}

type claimInput struct {
	CallChange
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"20000"`
	}
}

// note is the note of a body that may be missing.
func (in *claimInput) note() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Note
}

func (a *API) claim(ctx context.Context, in *claimInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionClaim, Text: in.note()})
}

func (a *API) release(ctx context.Context, in *claimInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionRelease, Text: in.note()})
}

type reassignInput struct {
	CallChange
	Body struct {
		Profiles []string `json:"profiles" minItems:"1" maxItems:"20" uniqueItems:"true" nullable:"false" doc:"ids of profiles of the domain"`
		Reason   string   `json:"reason" minLength:"1" maxLength:"20000"`
	}
}

func (a *API) reassign(ctx context.Context, in *reassignInput) (*callOutput, error) {
	view, err := a.see(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	domain, err := a.reader.Configuration(ctx, view.Domain, 0)
	if err != nil {
		return nil, err
	}
	wrong := &faults{}
	for i, id := range in.Body.Profiles {
		if !hasProfile(domain, id) {
			wrong.addf(pointer("profiles", i), "the domain %s has no profile %q", view.Domain, id)
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionReassign, Profiles: in.Body.Profiles, Text: in.Body.Reason})
}

func hasProfile(domain usm.Domain, id string) bool {
	return slices.ContainsFunc(domain.Profiles, func(p usm.Profile) bool { return p.ID == id })
}

// works reports whether the domain has a person of that id who has not left.
func works(domain usm.Domain, id string) bool {
	return slices.ContainsFunc(domain.People, func(p usm.Person) bool { return p.ID == id && !p.Inactive })
}

type refusalsOutput struct{ Body []usm.Refusal }

func (a *API) refusals(ctx context.Context, in *CallPath) (*refusalsOutput, error) {
	if _, err := a.see(ctx, in.Number); err != nil {
		return nil, err
	}
	found, err := a.reader.Refusals(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &refusalsOutput{Body: append([]usm.Refusal{}, found...)}, nil
}

// refuse returns a refusal, which is recorded first when segregation of duties is the reason. One that cannot be recorded is
// not given: the error says so instead.
func (a *API) refuse(ctx context.Context, what usm.Refusal, refused error) error {
	var refusal *usm.Error
	if !errors.As(refused, &refusal) || !refusal.Duties {
		return refused
	}
	what.Person, what.Why = caller(ctx).Token.Person, refusal.Message
	if err := a.intake.Refuse(ctx, what); err != nil {
		return err
	}
	return refused
}

// authority is usm.Authority, with what segregation refuses recorded.
func (a *API) authority(ctx context.Context, view usm.CallView, action usm.Action) (usm.Actor, error) {
	actor, refused := usm.Authority(caller(ctx), view, action)
	return actor, a.refuse(ctx, usm.Refusal{Call: view.Number, What: pathOf(action)}, refused)
}

// pathOf is the path under a call that an action was sent to, as far as one address makes one action.
func pathOf(action usm.Action) string {
	if action.Step != "" && action.Name == usm.ActionFinish {
		return "steps/" + string(action.Step)
	}
	return string(action.Name)
}
