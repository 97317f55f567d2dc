package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/usm-works/usm/server/desk"
	"github.com/usm-works/usm/usm"
)

func TestWorkers(t *testing.T) {
	t.Parallel()
	now := time.Now()
	poller := func(identity string, ago time.Duration) *taskqueuepb.PollerInfo {
		return &taskqueuepb.PollerInfo{Identity: identity, LastAccessTime: timestamppb.New(now.Add(-ago))}
	}
	versioned := poller("two", time.Second)
	versioned.DeploymentOptions = &deploymentpb.WorkerDeploymentOptions{
		DeploymentName: "usm", BuildId: "7", WorkerVersioningMode: enums.WORKER_VERSIONING_MODE_VERSIONED,
	}

	t.Run("AreThoseThatAskedLately", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("DescribeTaskQueue", mock.Anything, "usm", enums.TASK_QUEUE_TYPE_WORKFLOW).Return(
			&workflowservice.DescribeTaskQueueResponse{
				Pollers: []*taskqueuepb.PollerInfo{poller("one", 10*time.Second), poller("gone", time.Hour)},
			}, nil)
		engine.On("DescribeTaskQueue", mock.Anything, "own", enums.TASK_QUEUE_TYPE_WORKFLOW).Return(
			&workflowservice.DescribeTaskQueueResponse{Pollers: []*taskqueuepb.PollerInfo{versioned}}, nil)
		workers, err := d.Workers(t.Context(), []string{"", "own"})
		require.NoError(t, err)
		require.Len(t, workers, 2)
		require.Equal(t, "two", workers[0].Identity, "the latest first")
		require.Equal(t, "usm:7", workers[0].Version)
		require.Equal(t, "own", workers[0].Queue)
		require.Equal(t, "one", workers[1].Identity)
		require.Empty(t, workers[1].Version)
		require.Equal(t, "usm", workers[1].Queue)
	})

	t.Run("AreUnknownWhileTheEngineIsAway", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("DescribeTaskQueue", mock.Anything, mock.Anything, mock.Anything).Return(nil, serviceerror.NewUnavailable("away"))
		_, err := d.Workers(t.Context(), []string{""})
		require.Equal(t, usm.CodeUnavailable, usm.CodeOf(err))
	})
}
