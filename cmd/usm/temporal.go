package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

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
	if !isAbsent(err) {
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

// settling is how long Temporal's services may take to see what has changed of a namespace: each looks every two seconds
// (system.namespaceCacheRefreshInterval). A call that is opened before has its first workflow task refused, and waits ten.
const settling = 2500 * time.Millisecond

func makeSearchAttributes(ctx context.Context, c temporal.Client, namespace string) error {
	made := false
	err := until(ctx, func() (bool, error) {
		have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
		if err != nil {
			return false, passing(err) // a namespace that was just made is not known everywhere
		}
		lacks := lacking(have.GetCustomAttributes())
		if len(lacks) == 0 {
			return true, nil
		}
		_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: lacks,
		})
		if _, ok := errors.AsType[*serviceerror.AlreadyExists](err); ok {
			err = nil
		}
		made = true
		return false, passing(err)
	})
	if err != nil || !made {
		return err
	}
	select {
	case <-time.After(settling):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lacking are the search attributes that are not among these.
func lacking(have map[string]enums.IndexedValueType) map[string]enums.IndexedValueType {
	lacks := maps.Clone(searchAttributes)
	maps.DeleteFunc(lacks, func(name string, _ enums.IndexedValueType) bool {
		_, known := have[name]
		return known
	})
	return lacks
}

// isAbsent reports whether an error says that there is no such namespace.
func isAbsent(err error) bool {
	var absent *serviceerror.NamespaceNotFound
	var notFound *serviceerror.NotFound
	return errors.As(err, &absent) || errors.As(err, &notFound)
}

// passing drops an error that time heals.
func passing(err error) error {
	var away *serviceerror.Unavailable
	if isAbsent(err) || errors.As(err, &away) {
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

// unreachableError says that a part does not answer; the exit code is that of an unreachable gateway.
type unreachableError struct {
	what string
	err  error
}

func (e *unreachableError) Error() string { return e.what + " does not answer: " + e.err.Error() }

func (e *unreachableError) Unwrap() error { return e.err }
