package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	taskqueue "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/temporalproto"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// openRuns are a Temporal with runs that are open, two on a page, and workers of some versions.
type openRuns struct {
	temporal.Client

	runs      []*workflowpb.WorkflowExecutionInfo
	histories map[string]*history.History // by ID
	asked     map[string]time.Duration    // how long ago a worker of that build did
}

func (o *openRuns) CountWorkflow(
	context.Context, *workflowservice.CountWorkflowExecutionsRequest,
) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	return &workflowservice.CountWorkflowExecutionsResponse{Count: int64(len(o.runs))}, nil
}

func (o *openRuns) ListWorkflow(
	_ context.Context, request *workflowservice.ListWorkflowExecutionsRequest,
) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	from := len(request.GetNextPageToken())
	page := &workflowservice.ListWorkflowExecutionsResponse{Executions: o.runs[from:min(from+2, len(o.runs))]}
	if from+2 < len(o.runs) {
		page.NextPageToken = make([]byte, from+2)
	}
	return page, nil
}

func (o *openRuns) DescribeWorkflowExecution(
	_ context.Context, id, _ string,
) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	for _, run := range o.runs {
		if run.GetExecution().GetWorkflowId() == id {
			return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: run}, nil
		}
	}
	return nil, fmt.Errorf("no %s", id)
}

// events are a history as the client of the SDK reads it.
type events []*history.HistoryEvent

func (e *events) HasNext() bool { return len(*e) > 0 }

func (e *events) Next() (*history.HistoryEvent, error) {
	next := (*e)[0]
	*e = (*e)[1:]
	return next, nil
}

func (o *openRuns) GetWorkflowHistory(
	_ context.Context, id, _ string, _ bool, _ enums.HistoryEventFilterType,
) temporal.HistoryEventIterator {
	read := events(o.histories[id].GetEvents())
	return &read
}

func (o *openRuns) DescribeTaskQueue(
	context.Context, string, enums.TaskQueueType,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	answer := &workflowservice.DescribeTaskQueueResponse{}
	for build, ago := range o.asked {
		answer.Pollers = append(answer.Pollers, &taskqueue.PollerInfo{
			Identity: build, LastAccessTime: timestamppb.New(time.Now().Add(-ago)), DeploymentOptions: &deploymentpb.WorkerDeploymentOptions{
				DeploymentName: "usm", BuildId: build, WorkerVersioningMode: enums.WORKER_VERSIONING_MODE_VERSIONED,
			},
		})
	}
	return answer, nil
}

// open adds a run with a recorded history, pinned to a build unless that is "".
func (o *openRuns) open(t *testing.T, id, as, recorded, build string) *workflowpb.WorkflowExecutionInfo {
	t.Helper()
	content, err := os.ReadFile("../../workflows/testdata/histories/" + recorded + ".json")
	require.NoError(t, err)
	var h history.History
	require.NoError(t, temporalproto.CustomJSONUnmarshalOptions{DiscardUnknown: true}.Unmarshal(content, &h))
	h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().Name = as
	run := &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: "run of " + id}, Type: &commonpb.WorkflowType{Name: as},
		Status: enums.WORKFLOW_EXECUTION_STATUS_RUNNING, TaskQueue: "usm",
	}
	if build != "" {
		run.VersioningInfo = &workflowpb.WorkflowExecutionVersioningInfo{
			Behavior:          enums.VERSIONING_BEHAVIOR_PINNED,
			DeploymentVersion: &deploymentpb.WorkerDeploymentVersion{DeploymentName: "usm", BuildId: build},
		}
	}
	o.runs = append(o.runs, run)
	o.histories[id] = &h
	return run
}

func (o *openRuns) check(t *testing.T, this string) (result checked, said string) {
	t.Helper()
	var out bytes.Buffer
	s, err := load(t, nil)
	require.NoError(t, err)
	a := &app{out: &out, err: &bytes.Buffer{}, settings: s}
	result, err = a.checkOpen(t.Context(), &engine{client: o, namespace: "usm"}, this)
	require.NoError(t, err)
	a.checked(result)
	return result, out.String()
}

const every = "operation__every_step"

func TestUpgradeCheck(t *testing.T) {
	t.Parallel()
	setup := func() *openRuns {
		return &openRuns{histories: map[string]*history.History{}, asked: map[string]time.Duration{"a": time.Second, "old": time.Hour}}
	}

	t.Run("WhatIsOpenIsPinnedMovedOrStuck", func(t *testing.T) {
		t.Parallel()
		o := setup()
		o.open(t, "SRQ-000001", "Operation", every, "a")
		o.open(t, "SRQ-000002", "IncidentWithoutChange", every, "a")
		o.open(t, "SRQ-000003", "Operation", every, "")
		o.open(t, "SRQ-000004", "Operation", every, "b")
		o.open(t, "SRQ-000006", "IncidentWithoutChange", every, "")
		o.open(t, "SRQ-000005", "Operation", every, "old")
		o.open(t, "SRQ-000007", "IncidentWithoutChange", every, "b")
		o.open(t, "SRQ-000008", "Operation", every, "b").Status = enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
		o.open(t, "SRQ-000009", "IncidentWithoutChange", every, "")
		o.histories["SRQ-000009"].Events = o.histories["SRQ-000009"].GetEvents()[:2]
		result, said := o.check(t, "usm:b")
		require.Equal(t, 2, result.Pinned)
		require.Equal(t, 1, result.OnlyThere)
		require.Equal(t, 3, result.Moved, "one of them has not begun")
		require.Len(t, result.Stuck, 3)
		for i, says := range []string{"usm:old, which has no workers", "During replay", "During replay"} {
			require.Equal(t, fmt.Sprintf("SRQ-00000%d", 5+i), result.Stuck[i].Number, "by number")
			require.Contains(t, result.Stuck[i].Reason, says)
			require.Contains(t, said, result.Stuck[i].Number)
		}
		require.Contains(t, said, "2 pinned, 3 moved, 3 stuck\n1 of the pinned replay on their own version only")
		require.ErrorContains(t, stuck(result.Stuck), "3 would be stuck: SRQ-000005, SRQ-000006, SRQ-000007")
	})

	t.Run("WhatTemporalsToolsPinnedOrMovedCountsAsThat", func(t *testing.T) {
		t.Parallel()
		o := setup()
		version := &deploymentpb.WorkerDeploymentVersion{DeploymentName: "usm", BuildId: "a"}
		for i, override := range []*workflowpb.VersioningOverride{
			{Override: &workflowpb.VersioningOverride_AutoUpgrade{AutoUpgrade: true}},
			{Override: &workflowpb.VersioningOverride_Pinned{Pinned: &workflowpb.VersioningOverride_PinnedOverride{Version: version}}},
			{Override: &workflowpb.VersioningOverride_OneTime{
				OneTime: &workflowpb.VersioningOverride_OneTimeOverride{TargetDeploymentVersion: version},
			}},
		} {
			o.open(t, fmt.Sprintf("SRQ-%d", i), "Operation", every, "old").VersioningInfo.VersioningOverride = override
		}
		_, said := o.check(t, "")
		require.Equal(t, "2 pinned, 1 moved, 0 stuck\n", said)
	})

	t.Run("NothingOpenIsWell", func(t *testing.T) {
		t.Parallel()
		_, said := setup().check(t, "usm:b")
		require.Equal(t, "0 pinned, 0 moved, 0 stuck\n", said)
	})
}

func TestARefusalNamesSomeOfMany(t *testing.T) {
	t.Parallel()
	err := stuck(make([]stuckRun, namedNumbers+7))
	require.ErrorContains(t, err, "57 would be stuck")
	require.ErrorContains(t, err, "and 7 more")
}

func TestUpgradeRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	x := &terminal{dir: t.TempDir(), env: []string{"USM_TEMPORAL_ADDRESS=127.0.0.1:1"}}
	require.Equal(t, exitUsage, x.run(t, "upgrade", "status"))
	require.Contains(t, x.err, "USM_DEPLOYMENT: it is needed")
	require.Equal(t, exitUsage, x.run(t, "upgrade", "check", "--build-id", "b"))
	require.Contains(t, x.err, "USM_BUILD_ID: it needs USM_DEPLOYMENT")
	require.Equal(t, exitUsage, x.run(t, "upgrade", "ramp", "b", "--deployment", "usm"))
	require.Contains(t, x.err, "usage: usm upgrade ramp BUILD-ID PERCENT")
	require.Equal(t, exitUsage, x.run(t, "worker", "--deployment", "usm", "--database-url", "postgres://h/usm"))
	require.Contains(t, x.err, "USM_BUILD_ID: it is needed with USM_DEPLOYMENT, for this binary does not know what it was built from")
	require.Equal(t, exitUnreachable, x.run(t, "upgrade", "check"))
	require.Contains(t, x.err, "Temporal at 127.0.0.1:1 does not answer")
}

func TestUpgradeStatusIsATable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	(&app{out: &out}).versions(deploymentView{Versions: []versionView{
		{BuildID: "0.2.0", State: "ramping", Percent: 12.5, Open: 3, Workers: 2},
		{BuildID: "0.1.0", State: "current", Open: 40, Workers: 2},
		{BuildID: unversioned},
	}})
	require.Equal(t, `BUILD ID     STATE           OPEN  WORKERS
0.2.0        ramping 12.5 %     3        2
0.1.0        current           40        2
unversioned                     0        0
`, out.String())
}
