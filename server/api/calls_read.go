package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

// registerCalls adds opening, reading and listing calls.
func (a *API) registerCalls(to huma.API) {
	open := operation(http.MethodPost, "/calls", "open-call", "Ask for support: open a call")
	open.DefaultStatus = http.StatusCreated
	huma.Register(to, open, a.openCall)
	huma.Register(to, operation(http.MethodGet, "/calls", "list-calls", "List the calls the caller may see"), a.listCalls)
	huma.Register(to, operation(http.MethodGet, "/calls/{number}", "get-call", "Show a call"), a.getCall)
	huma.Register(to, operation(http.MethodGet, "/calls/{number}/path", "get-path", "Show the bound path, children expanded"), a.getPath)
	huma.Register(to, operation(http.MethodGet, "/calls/{number}/events", "list-call-events", "Show the trail, oldest first"), a.getTrail)
	huma.Register(to, operation(http.MethodGet, "/work", "list-work", "List what the caller may act on now, most urgent first"), a.listWork)
}

// CallPath is embedded by every input about one call.
type CallPath struct {
	Number string `path:"number" maxLength:"32" doc:"tracking number, e.g. INC-000042"`
}

// callOutput is a call with its entity tag.
type callOutput struct {
	Tagged
	Body usm.CallView
}

type getCallInput struct {
	CallPath
	IfNoneMatch string `header:"If-None-Match" doc:"304 when the revision is still this one"`
}

// getCallOutput has a status so that an unchanged call is answered with 304 and no body.
type getCallOutput struct {
	Tagged
	Status int
	Body   usm.CallView
}

func (a *API) getCall(ctx context.Context, in *getCallInput) (*getCallOutput, error) {
	view, err := a.see(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := &getCallOutput{Tagged: tagged(view.Revision), Status: http.StatusOK, Body: a.present(ctx, view)}
	out.Body.WhyNot = whyNot(ctx, view)
	if in.IfNoneMatch != "" && matches(in.IfNoneMatch, out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

// CallsInput is embedded by the input of the lists of calls.
type CallsInput struct {
	Paging
	Type      usm.CallType `query:"type" enum:"wish,change_request,incident,service_request,risk"`
	Domain    string       `query:"domain"`
	Workflow  string       `query:"workflow" doc:"Go name or number"`
	Process   usm.Process  `query:"process" enum:"agree,change,recover,operate,improve"`
	Step      usm.Step     `query:"step"`
	Status    usm.Status   `query:"status" enum:"registered,open,waiting,fulfilled,closed,rejected,not_agreed,retyped,aborted"`
	Priority  usm.Priority `query:"priority" enum:"critical,high,medium,low,lowest,none"`
	Requester string       `query:"requester"`
	Service   string       `query:"service"`
	Component string       `query:"component"`
	Parent    string       `query:"parent"`
	Q         string       `query:"q" maxLength:"200" doc:"words of number, subject and description"`
	Open      bool         `query:"open" doc:"only calls that have not ended"`
	Effect    usm.Level    `query:"effect" enum:"high,medium,low,nil" doc:"of a risk; other calls are left out"`
	Likely    usm.Level    `query:"likelihood" enum:"high,medium,low" doc:"of a risk; other calls are left out"`
}

func (f *CallsInput) filter(ctx context.Context) usm.CallFilter {
	return usm.CallFilter{
		Type: f.Type, Domain: f.Domain, Workflow: f.Workflow, Process: f.Process, Step: f.Step, Status: f.Status,
		Priority: f.Priority, Requester: f.Requester, Service: f.Service, Component: f.Component, Parent: f.Parent,
		Q: f.Q, Open: f.Open, Effect: f.Effect, Likelihood: f.Likely, Visible: sight(ctx), Page: f.page(),
	}
}

func (a *API) listCalls(ctx context.Context, in *CallsInput) (*list[usm.CallView], error) {
	return a.calls(ctx, in, in.filter(ctx))
}

type workInput struct {
	CallsInput
	Claimed string `query:"claimed" enum:"me" doc:"steps that the caller has claimed"`
}

// listWork is the same list, limited to what waits for the caller; nothing waits for a token without a person.
func (a *API) listWork(ctx context.Context, in *workInput) (*list[usm.CallView], error) {
	filter := in.filter(ctx)
	filter.MayAct = caller(ctx).Token.Person
	if filter.MayAct == "" {
		return listOf[usm.CallView](nil, ""), nil
	}
	if in.Claimed != "" {
		filter.Claimed = filter.MayAct
	}
	return a.calls(ctx, &in.CallsInput, filter)
}

func (a *API) calls(ctx context.Context, in *CallsInput, filter usm.CallFilter) (*list[usm.CallView], error) {
	views, cursor, err := a.reader.Calls(ctx, filter)
	if err != nil {
		return nil, err
	}
	for i := range views {
		views[i] = a.present(ctx, views[i])
	}
	return listOf(views, in.next(cursor)), nil
}

type pathOutput struct{ Body []usm.PathView }

func (a *API) getPath(ctx context.Context, in *CallPath) (*pathOutput, error) {
	if _, err := a.see(ctx, in.Number); err != nil {
		return nil, err
	}
	path, err := a.reader.Path(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &pathOutput{Body: path}, nil
}

type trailInput struct {
	CallPath
	Paging
}

func (a *API) getTrail(ctx context.Context, in *trailInput) (*list[usm.Event], error) {
	if _, err := a.see(ctx, in.Number); err != nil {
		return nil, err
	}
	events, cursor, err := a.reader.Events(ctx, in.Number, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(events, in.next(cursor)), nil
}

// see returns a call that the caller may see; one he may not see does not exist for him.
func (a *API) see(ctx context.Context, number string) (usm.CallView, error) {
	if request := RequestOf(ctx); request.Call == "" {
		request.Call = number
	}
	unknown := usm.Errorf(usm.CodeNotFound, "there is no call %s", number)
	if _, ok := usm.TypeOfNumber(number); !ok {
		return usm.CallView{}, unknown
	}
	view, err := a.reader.Call(ctx, number)
	if usm.CodeOf(err) == usm.CodeNotFound {
		return usm.CallView{}, unknown
	}
	if err != nil {
		return usm.CallView{}, err
	}
	if access.DecideFor(caller(ctx), access.SeeCall, view.Domain, view.Requester, view.OpenedBy) != nil {
		return usm.CallView{}, unknown
	}
	return view, nil
}

// whyNot says of the actions that are not allowed why.
func whyNot(ctx context.Context, view usm.CallView) map[string]string {
	allowed, why := usm.Actions(caller(ctx), view)
	if refusal := access.Decide(caller(ctx), "add-note", view.Domain); refusal != nil {
		for _, path := range allowed {
			why[path] = refusal.Error()
		}
	}
	return why
}

// present completes a call for the caller. Lists are never null.
func (a *API) present(ctx context.Context, view usm.CallView) usm.CallView {
	view.AllowedActions = []string{}
	if access.Decide(caller(ctx), "add-note", view.Domain) == nil { // in the scope of all of them, and for everybody with it
		view.AllowedActions = usm.Allowed(caller(ctx), view)
	}
	if a.runs != "" && view.Status != usm.StatusRegistered {
		view.TemporalURL = a.runs + view.Number
	}
	for _, texts := range []*[]string{&view.Components, &view.Children, &view.Paused, &view.WaitingFor.Profiles, &view.WaitingFor.People} {
		*texts = append([]string{}, *texts...)
	}
	view.Links, view.Clocks = append([]usm.Link{}, view.Links...), append([]usm.Clock{}, view.Clocks...)
	if view.Fields == nil {
		view.Fields = map[string]any{}
	}
	return view
}
