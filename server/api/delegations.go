package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// registerDelegations adds who stands in for whom, and when.
func (a *API) registerDelegations(to huma.API) {
	const one = "/delegations/{id}"
	huma.Register(to, operation(http.MethodGet, "/delegations", "list-delegations", "List delegations, the latest first"), a.delegations)
	huma.Register(to, operation(http.MethodGet, one, "get-delegation", "Show a delegation"), a.getDelegation)
	made := operation(http.MethodPost, "/delegations", "delegate", "Let somebody act for you, or for somebody of a domain you coordinate")
	made.DefaultStatus = http.StatusCreated
	huma.Register(to, made, a.delegate)
	huma.Register(to, operation(http.MethodDelete, one, "revoke-delegation", "End a delegation now"), a.revokeDelegation)
}

type delegationsInput struct {
	InDomain
	Person string `query:"person" doc:"who is stood in for, or who stands in"`
}

func (a *API) delegations(ctx context.Context, in *delegationsInput) (*list[usm.Delegation], error) {
	filter := usm.DelegationFilter{Page: in.page(), Domain: in.Domain, Person: in.Person, Sight: sight(ctx)}
	found, cursor, err := a.reader.Delegations(ctx, filter)
	if err != nil {
		return nil, err
	}
	return listOf(found, in.next(cursor)), nil
}

type delegationInput struct {
	ID int64 `path:"id" minimum:"1" doc:"number of the delegation"`
}

type delegationOutput struct {
	Location string `header:"Location"`
	Body     usm.Delegation
}

func (a *API) getDelegation(ctx context.Context, in *delegationInput) (*delegationOutput, error) {
	found, err := a.seeDelegation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &delegationOutput{Body: found}, nil
}

// seeDelegation returns a delegation of a domain of the caller's.
func (a *API) seeDelegation(ctx context.Context, id int64) (usm.Delegation, error) {
	found, err := a.reader.Delegation(ctx, id)
	if err == nil {
		err = access.Decide(caller(ctx), access.SeeDomain, found.Domain)
	}
	if code := usm.CodeOf(err); code == usm.CodeNotFound || code == usm.CodeForbidden {
		err = usm.Errorf(usm.CodeNotFound, "there is no delegation %d", id)
	}
	return found, err
}

type delegateInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer again"`
	Body struct {
		Domain  string      `json:"domain"`
		Person  string      `json:"person,omitempty" doc:"who is stood in for; without it the caller"`
		To      string      `json:"to" doc:"who stands in"`
		From    *time.Time  `json:"from,omitempty" doc:"first moment; without it now"`
		Until   time.Time   `json:"until" doc:"its end; not included"`
		Process usm.Process `json:"process,omitempty" enum:"agree,change,recover,operate,improve" doc:"in this process only"`
		Service string      `json:"service,omitempty" doc:"about this service only"`
		Amount  float64     `json:"amount,omitempty" minimum:"0" doc:"up to this amount only"`
		When    string      `json:"when,omitempty" maxLength:"2000" doc:"only where this holds: CEL over call, fields, proposal and amount"`
		Reason  string      `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (a *API) delegate(ctx context.Context, in *delegateInput) (*delegationOutput, error) {
	who, now := caller(ctx), time.Now()
	wanted := usm.Delegation{
		Domain: in.Body.Domain, Person: in.Body.Person, To: in.Body.To, From: now, Until: in.Body.Until, Process: in.Body.Process,
		Service: in.Body.Service, Amount: in.Body.Amount, When: in.Body.When, Reason: in.Body.Reason, By: who.Token.Person,
	}
	if wanted.Person == "" {
		wanted.Person = who.Token.Person
	}
	if in.Body.From != nil {
		wanted.From = *in.Body.From
	}
	if _, err := a.domains(ctx, wanted.Domain); err != nil {
		return nil, usm.Invalid("/domain", "you belong to no domain %q", wanted.Domain)
	}
	if refusal := usm.MayDelegate(who, wanted); refusal != nil {
		return nil, refusal
	}
	if err := a.checkDelegation(ctx, wanted, now); err != nil {
		return nil, err
	}
	made, err := a.intake.Delegate(ctx, wanted)
	if err != nil {
		return nil, err
	}
	return &delegationOutput{Location: Prefix + "/delegations/" + strconv.FormatInt(made.ID, 10), Body: made}, nil
}

// checkDelegation reports everything in a delegation that the domain does not have, or that never holds.
func (a *API) checkDelegation(ctx context.Context, d usm.Delegation, now time.Time) error {
	domain, err := a.reader.Configuration(ctx, d.Domain, 0)
	if err != nil {
		return err
	}
	wrong := &faults{}
	for at, person := range map[string]string{"/person": d.Person, "/to": d.To} {
		if !works(domain, person) {
			wrong.addf(at, "nobody of that id works in the domain %s: %q", d.Domain, person)
		}
	}
	if d.Person == d.To {
		wrong.addf("/to", "nobody stands in for himself")
	}
	if !d.Until.After(d.From) || !d.Until.After(now) {
		wrong.addf("/until", "is not after its beginning and the present")
	}
	if err := approval.CheckCondition(d.When); err != nil && d.When != "" {
		wrong.addf("/when", "%s", reason(err))
	}
	if d.Service != "" && !hasService(domain, d.Service) {
		wrong.addf("/service", "the domain %s has no service %q", d.Domain, d.Service)
	}
	return wrong.err()
}

// reason is what a refusal says of the first place that is wrong.
func reason(err error) string {
	if refusal := (*usm.Error)(nil); errors.As(err, &refusal) && len(refusal.Fields) > 0 {
		return refusal.Fields[0].Detail
	}
	return "cannot be read"
}

func (a *API) revokeDelegation(ctx context.Context, in *delegationInput) (*delegationOutput, error) {
	found, err := a.seeDelegation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	who := caller(ctx)
	if refusal := usm.MayRevoke(who, found); refusal != nil {
		return nil, refusal
	}
	if err := a.intake.RevokeDelegation(ctx, in.ID, who.Token.Person); err != nil {
		return nil, err
	}
	return a.getDelegation(ctx, in)
}
