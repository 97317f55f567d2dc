package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// registerSystem adds how the product itself is doing.
func (a *API) registerSystem(to huma.API) {
	huma.Register(to, operation(http.MethodGet, "/system", "get-system", "Show the parts, the workers and what waits"), a.system)
}

type systemOutput struct{ Body usm.System }

// system is an answer also while the engine is away.
func (a *API) system(ctx context.Context, _ *struct{}) (*systemOutput, error) {
	const ready, away = "ready", "away"
	view := usm.System{Parts: map[string]string{"registers": ready, "engine": ready}, Workers: []usm.Worker{}}
	backlog, err := a.reader.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	view.Backlog = backlog
	seen, err := a.reader.Domains(ctx)
	if err != nil {
		return nil, err
	}
	queues := []string{""}
	for _, domain := range seen {
		queues = append(queues, domain.TaskQueue)
	}
	slices.Sort(queues)
	workers, err := a.desk.Workers(ctx, slices.Compact(queues))
	if err != nil {
		a.logger.WarnContext(ctx, "the engine does not tell of its workers", "error", err)
		view.Parts["engine"] = away
	}
	view.Workers = append(view.Workers, workers...)
	return &systemOutput{Body: view}, nil
}
