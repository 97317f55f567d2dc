package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// probe is an identifier that nobody uses, asked for to see whether a service answers.
const probe = "usm-temporal-ready"

// waitReady returns when the frontend is healthy, every namespace can be used through history and matching, and the UI,
// if there is one, accepts connections.
func waitReady(ctx context.Context, opts options) error {
	conn, err := grpc.NewClient(opts.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connect to %s: %w", opts.address, err)
	}
	defer func() { _ = conn.Close() }()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = ready(ctx, conn, opts); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", errors.Join(ctx.Err(), err))
		case <-tick.C:
		}
	}
}

func ready(ctx context.Context, conn *grpc.ClientConn, opts options) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	health, err := grpc_health_v1.NewHealthClient(conn).Check(ctx,
		&grpc_health_v1.HealthCheckRequest{Service: "temporal.api.workflowservice.v1.WorkflowService"})
	if err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	if health.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("health check: %s", health.GetStatus())
	}
	service := workflowservice.NewWorkflowServiceClient(conn)
	for _, namespace := range opts.namespaces {
		if err = usable(ctx, service, namespace); err != nil {
			return fmt.Errorf("namespace %q: %w", namespace, err)
		}
	}
	if opts.uiAddress == "" {
		return nil
	}
	ui, err := (&net.Dialer{}).DialContext(ctx, "tcp", opts.uiAddress)
	if err != nil {
		return fmt.Errorf("ui: %w", err)
	}
	return ui.Close()
}

// usable asks history for an execution that does not exist and matching for a queue that nobody polls: both answer only
// when they know the namespace and own their shards.
func usable(ctx context.Context, service workflowservice.WorkflowServiceClient, namespace string) error {
	_, err := service.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: namespace, Execution: &common.WorkflowExecution{WorkflowId: probe},
	})
	if status.Code(err) != codes.NotFound || !knowsNamespace(ctx, service, namespace) {
		return fmt.Errorf("history: %w", err)
	}
	_, err = service.DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: probe}, TaskQueueType: enums.TASK_QUEUE_TYPE_WORKFLOW,
	})
	if err != nil {
		return fmt.Errorf("matching: %w", err)
	}
	return nil
}

// knowsNamespace tells an unknown namespace from an unknown execution: both are answered with not found.
func knowsNamespace(ctx context.Context, service workflowservice.WorkflowServiceClient, namespace string) bool {
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	return err == nil
}
