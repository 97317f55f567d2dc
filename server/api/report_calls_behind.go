package api

import (
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

type reportCallsInput struct {
	CallPeriod
	Paging
	Of      string      `query:"of" enum:"opened,closed,open,waited,bounced" default:"opened" doc:"which number; open has no period"`
	Process usm.Process `query:"process" enum:"agree,change,recover,operate,improve"`
	Step    usm.Step    `query:"step" doc:"of waited and bounced"`
	Age     string      `query:"age" enum:"1d,3d,7d,30d,older" doc:"of open"`
	Bounce  string      `query:"bounce" enum:"reassigned,redone,disputed,retyped" doc:"of bounced"`
}

// Resolve reads the period and the page.
func (in *reportCallsInput) Resolve(ctx huma.Context) []error {
	wrong := slices.Concat(in.CallPeriod.Resolve(ctx), in.Paging.Resolve(ctx))
	if in.Step != "" && in.Step.Process() == "" {
		wrong = append(wrong, parameter("step", "is no step", string(in.Step)))
	}
	return wrong
}

func (a *API) reportCalls(ctx context.Context, in *reportCallsInput) (*list[usm.ReportCall], error) {
	filter, err := a.filter(ctx, &in.CallPeriod)
	if err != nil {
		return nil, err
	}
	filter.Of, filter.Process, filter.Step, filter.Age, filter.Bounce, filter.Page = in.Of, in.Process, in.Step, in.Age, in.Bounce, in.page()
	calls, cursor, err := a.reader.ReportCalls(ctx, filter)
	if err != nil {
		return nil, err
	}
	return listOf(calls, in.next(cursor)), nil
}
