package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

const defaultTemporal = "127.0.0.1:7233"

// retention is how long Temporal keeps the history of a call that has ended; our own trail keeps it for ever.
const retention = 30 * 24 * time.Hour

// searchAttributes are those by which Temporal's pages find calls.
var searchAttributes = map[string]enums.IndexedValueType{
	"UsmWorkflow":   enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmProcess":    enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmStep":       enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmDomain":     enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmService":    enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmPriority":   enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmStatus":     enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmWaitingFor": enums.INDEXED_VALUE_TYPE_KEYWORD,
	"UsmDue":        enums.INDEXED_VALUE_TYPE_DATETIME,
}

// temporalClient makes a client that connects when it is first used. Address and namespace are ours, then Temporal's own
// variables (TEMPORAL_*), then the defaults.
func (a *app) temporalClient(address string, logger *slog.Logger) (temporal.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, usagef("TEMPORAL_*: %v", err)
	}
	options.HostPort = cmp.Or(address, a.settings.get("temporal-address"), options.HostPort, defaultTemporal)
	options.Namespace = a.settings.or("temporal-namespace", cmp.Or(options.Namespace, a.settings.get("temporal-namespace")))
	options.Logger = log.NewStructuredLogger(logger)
	return temporal.NewLazyClient(options)
}

// temporalAddress is where temporalClient connects to, for messages.
func (a *app) temporalAddress() string {
	return cmp.Or(a.settings.get("temporal-address"), a.getenv("TEMPORAL_ADDRESS"), defaultTemporal)
}

// prepareTemporal makes namespace and search attributes when they are absent and returns when both can be used. Temporal
// tells its own parts about them with a delay.
func prepareTemporal(ctx context.Context, c temporal.Client, namespace string) error {
	if err := makeNamespace(ctx, c, namespace); err != nil {
		return fmt.Errorf("namespace %s: %w", namespace, err)
	}
	if err := makeSearchAttributes(ctx, c, namespace); err != nil {
		return fmt.Errorf("search attributes of %s: %w", namespace, err)
	}
	return nil
}

func makeNamespace(ctx context.Context, c temporal.Client, namespace string) error {
	_, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	var absent *serviceerror.NamespaceNotFound
	var notFound *serviceerror.NotFound
	if !errors.As(err, &absent) && !errors.As(err, &notFound) {
		return err
	}
	_, err = c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, Description: "USM: calls and their workflows",
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	if _, ok := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); ok {
		return nil // by somebody else, a moment ago
	}
	return err
}

func makeSearchAttributes(ctx context.Context, c temporal.Client, namespace string) error {
	return until(ctx, func() (bool, error) {
		have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
		if err != nil {
			return false, passing(err) // a namespace that was just made is not known everywhere
		}
		lacks := map[string]enums.IndexedValueType{}
		for name, kind := range searchAttributes {
			if _, known := have.GetCustomAttributes()[name]; !known {
				lacks[name] = kind
			}
		}
		if len(lacks) == 0 {
			return true, nil
		}
		_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: lacks,
		})
		if _, ok := errors.AsType[*serviceerror.AlreadyExists](err); ok {
			err = nil
		}
		return false, passing(err)
	})
}

// passing drops an error that time heals.
func passing(err error) error {
	var absent *serviceerror.NamespaceNotFound
	var notFound *serviceerror.NotFound
	var away *serviceerror.Unavailable
	if errors.As(err, &absent) || errors.As(err, &notFound) || errors.As(err, &away) {
		return nil
	}
	return err
}

// until asks again and again until the answer is yes or an error.
func until(ctx context.Context, done func() (bool, error)) error {
	return untilEvery(ctx, 100*time.Millisecond, done)
}

func untilEvery(ctx context.Context, pause time.Duration, done func() (bool, error)) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// awaitTemporal returns when Temporal answers; a client error that names the address when it does not in time.
func awaitTemporal(ctx context.Context, c temporal.Client, address string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	err := until(ctx, func() (bool, error) {
		_, last = c.CheckHealth(ctx, &temporal.CheckHealthRequest{})
		return last == nil, nil
	})
	if err != nil {
		return &unreachableError{"Temporal at " + address, cmp.Or(last, err)}
	}
	return nil
}

// unreachableError says that a part does not answer; the exit code is that of an unreachable gateway.
type unreachableError struct {
	what string
	err  error
}

func (e *unreachableError) Error() string { return e.what + " does not answer: " + e.err.Error() }

func (e *unreachableError) Unwrap() error { return e.err }
