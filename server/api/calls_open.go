package api

import (
	"context"
	"slices"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

type openInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer again"`
	Body usm.NewCall
}

// createdOutput is a call that was opened, with its address.
type createdOutput struct {
	Tagged
	Location string `header:"Location" doc:"address of the call"`
	Body     usm.CallView
}

// openCall takes a call in: it is registered first, so that nothing is lost, and started after. When the engine is away
// the call is answered as `registered` and started later.
func (a *API) openCall(ctx context.Context, in *openInput) (*createdOutput, error) {
	request := RequestOf(ctx)
	domain, err := a.askedDomain(ctx, in.Body.Domain)
	if err != nil {
		return nil, err
	}
	call, err := a.newCall(ctx, domain, in.Body)
	if err != nil {
		return nil, err
	}
	call, err = a.intake.Register(ctx, request.Intake, call)
	if err != nil {
		return nil, err
	}
	request.Call = call.Number
	a.start(ctx, call)
	return a.created(ctx, call.Number)
}

// start hands a registered call to the engine. Whatever goes wrong, the call is safe: it stays pending and is tried again.
func (a *API) start(ctx context.Context, call usm.Call) {
	err := a.desk.Start(ctx, call)
	if err == nil {
		err = a.intake.Started(ctx, call.Number)
	}
	if err != nil {
		a.logger.WarnContext(ctx, "the call is registered and will be started later", "call", call.Number, "error", err)
	}
}

func (a *API) created(ctx context.Context, number string) (*createdOutput, error) {
	view, err := a.reader.Call(ctx, number)
	if err != nil {
		return nil, err
	}
	return &createdOutput{Tagged: tagged(view.Revision), Location: Prefix + "/calls/" + number, Body: a.present(ctx, view)}, nil
}

// askedDomain returns the domain a call is for. A domain in which the caller has no row is unknown to him.
func (a *API) askedDomain(ctx context.Context, id string) (usm.Domain, error) {
	unknown := usm.Invalid("/domain", "there is no domain %q", id)
	if access.Decide(caller(ctx), access.SeeDomain, id) != nil {
		return usm.Domain{}, unknown
	}
	domain, err := a.reader.Configuration(ctx, id, 0)
	if usm.CodeOf(err) == usm.CodeNotFound {
		return usm.Domain{}, unknown
	}
	return domain, err
}

// newCall checks what the request refers to and who asks, and types it.
func (a *API) newCall(ctx context.Context, domain usm.Domain, in usm.NewCall) (usm.Call, error) {
	if err := a.references(ctx, domain, in); err != nil {
		return usm.Call{}, err
	}
	who := caller(ctx)
	if err := access.DecideFor(who, "open-call", domain.ID, in.Requester); err != nil {
		return usm.Call{}, err
	}
	in, typing, err := a.typed(ctx, domain, in)
	if err != nil {
		return usm.Call{}, err
	}
	by := who.Token.Person
	if by == "" {
		by = who.Token.Name
	}
	in.Type = typing.Type
	return usm.Call{NewCall: in, OpenedBy: by, Typing: typing}, nil
}

// references reports every name in the request that means nothing in the domain, each at its place.
func (a *API) references(ctx context.Context, domain usm.Domain, in usm.NewCall) error {
	wrong := &faults{}
	if !slices.ContainsFunc(domain.People, func(p usm.Person) bool { return p.ID == in.Requester && !p.Inactive }) {
		wrong.addf("/requester", "the domain %s knows no active person %q", domain.ID, in.Requester)
	}
	if in.Service != "" && !hasService(domain, in.Service) {
		wrong.addf("/service", "the domain %s has no service %q", domain.ID, in.Service)
	}
	for i, id := range in.Components {
		if err := a.checkComponent(ctx, wrong, pointer("components", i), domain.ID, id); err != nil {
			return err
		}
	}
	if in.Parent != "" {
		_, err := a.see(ctx, in.Parent)
		switch usm.CodeOf(err) {
		case "":
		case usm.CodeNotFound:
			wrong.addf("/parent", "there is no call %s", in.Parent)
		default:
			return err
		}
	}
	return wrong.err()
}

func hasService(domain usm.Domain, id string) bool {
	return slices.ContainsFunc(domain.Services, func(s usm.Service) bool { return s.ID == id })
}
