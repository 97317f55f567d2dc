package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"github.com/usm-works/usm/telemetry"
	"github.com/usm-works/usm/usm"
)

const defaultTemporal = "127.0.0.1:7233"

// How long Temporal is waited for: to answer once, and by a gateway that serves without it, before it is asked again.
const (
	answerWithin = 10 * time.Second
	askAgain     = 2 * time.Second
)

// engine is Temporal as a part uses it.
type engine struct {
	client    temporal.Client
	address   string
	namespace string
	prepared  atomic.Bool // it had once everything that `usm migrate` makes
}

// engine makes a client that connects when it is first used. Address and namespace are ours, then Temporal's own variables
// (TEMPORAL_*), then the defaults.
func (a *app) engine(address string, o *observed) (*engine, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, usagef("TEMPORAL_*: %v", err)
	}
	options.HostPort = cmp.Or(address, a.settings.get("temporal-address"), options.HostPort, defaultTemporal)
	options.Namespace = a.settings.or("temporal-namespace", cmp.Or(options.Namespace, a.settings.get("temporal-namespace")))
	options.Logger = log.NewStructuredLogger(o.logger)
	options.MetricsHandler = telemetry.TemporalMetrics(o.registry)
	options.Interceptors = append(options.Interceptors, telemetry.NewTemporal(o.tracer, o.registry, o.logger))
	client, err := temporal.NewLazyClient(options)
	return &engine{client: client, address: options.HostPort, namespace: options.Namespace}, err
}

// answers asks Temporal whether it is there.
func (e *engine) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	_, err := e.client.CheckHealth(ctx, &temporal.CheckHealthRequest{})
	return err
}

// Ready asks Temporal whether it is there and, until that was so once, whether it has what `usm migrate` makes;
// usm.CodeConflict when it has not.
func (e *engine) Ready(ctx context.Context) error {
	if err := e.answers(ctx); err != nil || e.prepared.Load() {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := e.unprepared(ctx)
	e.prepared.Store(err == nil)
	return err
}

// unprepared says what `usm migrate` would make. Whoever may not look needs not.
func (e *engine) unprepared(ctx context.Context) error {
	_, err := e.client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: e.namespace})
	if isAbsent(err) {
		return usm.Errorf(usm.CodeConflict, "Temporal at %s has no namespace %q: set USM_TEMPORAL_ADDRESS or USM_TEMPORAL_NAMESPACE "+
			"if it is another, else run usm migrate, which makes it", e.address, e.namespace)
	}
	if err != nil {
		return allowed(err)
	}
	have, err := e.client.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: e.namespace})
	if err != nil {
		return allowed(err)
	}
	if lacks := lacking(have.GetCustomAttributes()); len(lacks) > 0 {
		return usm.Errorf(usm.CodeConflict, "the namespace %q of Temporal at %s lacks the search attributes %s: run usm migrate, "+
			"which makes them", e.namespace, e.address, join(slices.Sorted(maps.Keys(lacks))))
	}
	for _, name := range slices.Sorted(maps.Keys(searchAttributes)) {
		if kind := have.GetCustomAttributes()[name]; kind != searchAttributes[name] {
			return usm.Errorf(usm.CodeConflict, "the namespace %q of Temporal at %s has the search attribute %s as %s and has to have it "+
				"as %s: remove it with Temporal's own tools, then run usm migrate", e.namespace, e.address, name, kind, searchAttributes[name])
		}
	}
	return nil
}

// allowed drops the refusal of a question that not everybody may ask.
func allowed(err error) error {
	var forbidden *serviceerror.PermissionDenied
	var unknown *serviceerror.Unimplemented
	if errors.As(err, &forbidden) || errors.As(err, &unknown) {
		return nil
	}
	return err
}

// await returns when asking Temporal has no error; at once when it is there and not what is needed, and with a client error
// that names the address when it is not there in time.
func (e *engine) await(ctx context.Context, patience time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	err := until(ctx, func() (bool, error) {
		if last = ask(ctx); usm.CodeOf(last) == usm.CodeConflict {
			return false, last
		}
		return last == nil, nil
	})
	if err != nil && usm.CodeOf(err) != usm.CodeConflict {
		return &unreachableError{"Temporal at " + e.address, cmp.Or(last, err)}
	}
	return err
}

// look has a gateway end when Temporal answers at once and is not what is needed. While it is away calls are taken in, so one
// that comes later is only told of, here and by /readyz.
func (e *engine) look(ctx context.Context, logger *slog.Logger) error {
	if err := e.Ready(ctx); usm.CodeOf(err) == usm.CodeConflict {
		return err
	}
	told := ""
	err := untilEvery(ctx, askAgain, func() (bool, error) {
		err := e.Ready(ctx)
		if usm.CodeOf(err) == usm.CodeConflict && err.Error() != told {
			told = err.Error()
			logger.ErrorContext(ctx, "Temporal is not prepared", "error", err)
		}
		return err == nil, nil
	})
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it was told to stop
	}
	return err
}
