package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// registerClocks adds what is measured beside a call, and what steers it. The call itself checks turn and reasons.
func (a *API) registerClocks(to huma.API) {
	huma.Register(to, operation(http.MethodGet, "/calls/{number}/clocks", "get-clocks",
		"Show the clocks of a call now, with the facts and terms to recompute them from"), a.getClocks)
	huma.Register(to, action("/pause", "pause-clocks", "Pause the clocks for a reason of the domain; the work goes on"), a.pause)
	huma.Register(to, action("/resume", "resume-clocks", "End a pause"), a.resume)
	huma.Register(to, action("/rebind", "rebind-clocks", "Let the clocks run under the agreement and calendars in force now"), a.rebind)
}

type clocksOutput struct{ Body usm.ClockExport }

func (a *API) getClocks(ctx context.Context, in *CallPath) (*clocksOutput, error) {
	if _, err := a.see(ctx, in.Number); err != nil {
		return nil, err
	}
	export, err := a.reader.Clocks(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &clocksOutput{Body: presentClocks(export)}, nil
}

// presentClocks completes an export. Lists are never null.
func presentClocks(export usm.ClockExport) usm.ClockExport {
	export.Facts, export.Clocks = append([]usm.Fact{}, export.Facts...), append([]usm.Clock{}, export.Clocks...)
	export.Rows, export.Chain = append([]usm.LedgerRow{}, export.Rows...), append([]usm.ChainLink{}, export.Chain...)
	if export.Terms == nil {
		export.Terms = map[string]usm.Terms{}
	}
	export.Children = each(export.Children, presentClocks)
	return export
}

type pauseInput struct {
	CallChange
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"100" doc:"id of a reason of the domain or the agreement"`
		Note   string `json:"note,omitempty" maxLength:"20000"`
	}
}

func (a *API) pause(ctx context.Context, in *pauseInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionPause, Reason: in.Body.Reason, Text: in.Body.Note})
}

func (a *API) resume(ctx context.Context, in *pauseInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionResume, Reason: in.Body.Reason, Text: in.Body.Note})
}

type rebindInput struct {
	CallChange
	Body struct {
		Reason  string      `json:"reason" minLength:"1" maxLength:"20000"`
		Applies usm.Applies `json:"applies,omitempty" enum:"retroactive,from_change,recompute" doc:"without it what the agreement says"`
	}
}

func (a *API) rebind(ctx context.Context, in *rebindInput) (*callOutput, error) {
	return a.do(ctx, in.CallChange, usm.Action{Name: usm.ActionRebind, Text: in.Body.Reason, Applies: in.Body.Applies})
}
