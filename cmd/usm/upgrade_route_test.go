package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"google.golang.org/grpc"
)

// routing is a Temporal that says, one answer after another, how far its task queues know of a change; 0 is no answer in time.
type routing struct {
	workflowservice.WorkflowServiceClient

	states []enums.RoutingConfigUpdateState
}

// routingClient is a client of it.
type routingClient struct {
	temporal.Client

	service *routing
}

func (c routingClient) WorkflowService() workflowservice.WorkflowServiceClient { return c.service }

func (r *routing) DescribeWorkerDeployment(
	context.Context, *workflowservice.DescribeWorkerDeploymentRequest, ...grpc.CallOption,
) (*workflowservice.DescribeWorkerDeploymentResponse, error) {
	next := r.states[0]
	r.states = r.states[1:]
	if next == enums.ROUTING_CONFIG_UPDATE_STATE_UNSPECIFIED {
		return nil, serviceerror.NewDeadlineExceeded("context deadline exceeded")
	}
	return &workflowservice.DescribeWorkerDeploymentResponse{
		WorkerDeploymentInfo: &deploymentpb.WorkerDeploymentInfo{RoutingConfigUpdateState: next},
	}, nil
}

// changed is how often a change was asked for whose answers are these, and what came of it.
func changed(t *testing.T, r *routing, answers ...error) (asked int, err error) {
	t.Helper()
	s, err := load(t, nil)
	require.NoError(t, err)
	a := &app{err: &bytes.Buffer{}, settings: s}
	err = a.route(t.Context(), &engine{client: routingClient{service: r}}, func(context.Context) error {
		asked++
		return answers[asked-1]
	})
	return asked, err
}

func TestAChangeOfTheVersions(t *testing.T) {
	t.Parallel()
	late := serviceerror.NewDeadlineExceeded("context deadline exceeded")

	t.Run("IsAskedForAgainWhenTemporalDidNotAnswerInTime", func(t *testing.T) {
		t.Parallel()
		asked, err := changed(t, &routing{states: []enums.RoutingConfigUpdateState{enums.ROUTING_CONFIG_UPDATE_STATE_COMPLETED}}, late, nil)
		require.NoError(t, err)
		require.Equal(t, 2, asked)
	})

	t.Run("IsOverWhenEveryTaskQueueKnows", func(t *testing.T) {
		t.Parallel()
		r := &routing{states: []enums.RoutingConfigUpdateState{
			enums.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS, enums.ROUTING_CONFIG_UPDATE_STATE_UNSPECIFIED,
			enums.ROUTING_CONFIG_UPDATE_STATE_COMPLETED,
		}}
		asked, err := changed(t, r, nil)
		require.NoError(t, err)
		require.Equal(t, 1, asked)
		require.Empty(t, r.states)
	})

	t.Run("ThatIsRefusedIsNotAskedForAgain", func(t *testing.T) {
		t.Parallel()
		refused := serviceerror.NewFailedPrecondition("no such version")
		asked, err := changed(t, &routing{}, refused)
		require.ErrorIs(t, err, refused)
		require.Equal(t, 1, asked)
	})
}
