package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"
	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/server/desk"
	"github.com/usm-works/usm/usm"
)

const number = "INC-000042"

// setup returns a desk over a mocked client.
func setup(t *testing.T, o desk.Options) (*desk.Desk, *mocks.Client) {
	t.Helper()
	temporal := mocks.NewClient(t)
	return desk.New(temporal, o), temporal
}

// answering is the handle of an update that completes with ack or err.
func answering(t *testing.T, ack usm.Ack, err error) *mocks.WorkflowUpdateHandle {
	t.Helper()
	handle := mocks.NewWorkflowUpdateHandle(t)
	handle.On("Get", mock.Anything, mock.Anything).Run(func(args mock.Arguments) {
		if into, ok := args.Get(1).(*usm.Ack); ok && err == nil {
			*into = ack
		}
	}).Return(err)
	return handle
}

func updateNamed(name usm.ActionName) any {
	return mock.MatchedBy(func(o client.UpdateWorkflowOptions) bool { return o.UpdateName == string(name) })
}

func refusedBy(e usm.Error) error {
	return temporal.NewApplicationErrorWithOptions(
		e.Message, string(e.Code), temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{e}},
	)
}

func TestAct(t *testing.T) {
	t.Parallel()
	action := usm.Action{Name: usm.ActionFinish, Step: usm.AcceptIncident, ID: "id-1"}

	t.Run("SendsOneUpdateAndWaitsForItsAnswer", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		ack := usm.Ack{Number: number, Step: usm.ClassifyIncident}
		engine.On("UpdateWorkflow", mock.Anything, client.UpdateWorkflowOptions{
			WorkflowID: number, UpdateID: "id-1", UpdateName: "finish_step", Args: []any{action}, WaitForStage: client.WorkflowUpdateStageCompleted,
		}).Return(answering(t, ack, nil), nil).Once()
		got, err := d.Act(t.Context(), number, action)
		require.NoError(t, err)
		require.Equal(t, ack, got)
	})

	t.Run("WaitsUntilTheCallHasSettledWhateverComesOfThat", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionFinish)).Return(answering(t, usm.Ack{Moving: true}, nil), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionSettle)).Return(nil, serviceerror.NewNotFound("ended"))
		_, err := d.Act(t.Context(), number, action)
		require.NoError(t, err)
	})

	t.Run("WaitsForTheCallARetypeOpened", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		settling := mock.MatchedBy(func(o client.UpdateWorkflowOptions) bool { return o.WorkflowID == "WSH-000001" })
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionRetype)).
			Return(answering(t, usm.Ack{Opened: []string{"WSH-000001"}}, nil), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, settling).Return(nil, serviceerror.NewNotFound("not yet")).Once()
		engine.On("UpdateWorkflow", mock.Anything, settling).Return(answering(t, usm.Ack{}, nil), nil).Once()
		_, err := d.Act(t.Context(), number, usm.Action{Name: usm.ActionRetype})
		require.NoError(t, err)
	})

	t.Run("WaitsForTheChildrenAForkOpenedAndForTheParentThatAnEndedChildHas", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		settling := func(call, child string) any {
			return mock.MatchedBy(func(o client.UpdateWorkflowOptions) bool {
				sent, _ := o.Args[0].(usm.Action)
				return o.UpdateName == string(usm.ActionSettle) && o.WorkflowID == call && sent.To == child
			})
		}
		ended := usm.Ack{Number: number, Parent: "INC-000001"}
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionFinish)).Return(answering(t, ended, nil), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, settling("INC-000001", number)).
			Return(answering(t, usm.Ack{Number: "INC-000001", Waits: []string{"RFC-000001"}}, nil), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, settling("RFC-000001", "")).Return(answering(t, usm.Ack{}, nil), nil).Once()
		_, err := d.Act(t.Context(), number, action)
		require.NoError(t, err)
	})

	t.Run("SendsAgainWhatMetACallOnItsWayToANewRun", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		moving := refusedBy(usm.Error{Code: usm.CodeUnavailable, Message: "moving"})
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionFinish)).Return(answering(t, usm.Ack{}, moving), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionSettle)).Return(answering(t, usm.Ack{}, nil), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, updateNamed(usm.ActionFinish)).Return(answering(t, usm.Ack{Number: number}, nil), nil).Once()
		ack, err := d.Act(t.Context(), number, action)
		require.NoError(t, err)
		require.Equal(t, number, ack.Number)
	})

	t.Run("BringsADecisionToTheRunThatWaitsForAnOwedApproval", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		owed := usm.Obligation{Approval: "RFC-000001.2"}.WorkflowID()
		vote := usm.Action{Name: usm.ActionDecide, ID: "id-2", Vote: &usm.Vote{Approval: "RFC-000001.2", Decision: usm.Approve}}
		stale := refusedBy(usm.Error{Code: usm.CodeStale, Message: "changed", Digest: "sha256:new"})
		sent := client.UpdateWorkflowOptions{
			WorkflowID: "approval:RFC-000001.2", UpdateID: "id-2", UpdateName: "decide", Args: []any{vote},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		}
		engine.On("UpdateWorkflow", mock.Anything, sent).Return(answering(t, usm.Ack{}, stale), nil).Once()
		engine.On("UpdateWorkflow", mock.Anything, sent).Return(answering(t, usm.Ack{Number: "RFC-000001"}, nil), nil).Once()
		_, err := d.Act(t.Context(), owed, vote)
		var refused *usm.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, usm.Error{Code: usm.CodeStale, Message: "changed", Digest: "sha256:new"}, *refused, "with the new digest")
		ack, err := d.Act(t.Context(), owed, vote)
		require.NoError(t, err)
		require.Equal(t, "RFC-000001", ack.Number)
	})

	t.Run("SaysThatAClosedCallHasEnded", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(nil, serviceerror.NewNotFound("completed"))
		engine.On("DescribeWorkflowExecution", mock.Anything, number, "").Return(nil, nil)
		_, err := d.Act(t.Context(), number, action)
		require.Equal(t, usm.CodeOutOfTurn, usm.CodeOf(err))
		require.ErrorContains(t, err, "has ended")
	})

	t.Run("SaysThatTheEngineHasLostWhatAnOpenCallWasToDo", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(nil, serviceerror.NewNotFound("no such update"))
		engine.On("DescribeWorkflowExecution", mock.Anything, number, "").Return(&workflowservice.DescribeWorkflowExecutionResponse{
			WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: enums.WORKFLOW_EXECUTION_STATUS_RUNNING},
		}, nil)
		_, err := d.Act(t.Context(), number, action)
		require.Equal(t, usm.CodeUnavailable, usm.CodeOf(err))
	})

	t.Run("SaysThatTheEngineDoesNotHaveTheCall", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(nil, serviceerror.NewNotFound("unknown"))
		engine.On("DescribeWorkflowExecution", mock.Anything, number, "").Return(nil, serviceerror.NewNotFound("unknown"))
		_, err := d.Act(t.Context(), number, action)
		require.Equal(t, usm.CodeNotFound, usm.CodeOf(err))
	})

	t.Run("GivesUpWhenNoWorkerAnswersInTime", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{Act: time.Millisecond})
		engine.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(
			func(ctx context.Context, _ client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
				<-ctx.Done()
				return nil, client.NewWorkflowUpdateServiceTimeoutOrCanceledError(ctx.Err())
			})
		_, err := d.Act(t.Context(), number, action)
		require.Equal(t, usm.CodeUnavailable, usm.CodeOf(err))
	})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	refusal := usm.Error{
		Code: usm.CodeInvalid, Message: "this does not finish it", Allowed: []string{"ask"},
		Fields: []usm.FieldError{{Pointer: "/fields/category", Detail: "is required"}},
	}
	for name, c := range map[string]struct {
		err  error
		code usm.Code
	}{
		"ARefusalComesBackAsItWas":         {refusedBy(refusal), usm.CodeInvalid},
		"ARefusalInsideAnotherErrorToo":    {errors.Join(errors.New("workflow failed"), refusedBy(refusal)), usm.CodeInvalid},
		"AnUnavailableEngineIsAway":        {serviceerror.NewUnavailable("down"), usm.CodeUnavailable},
		"AnEngineThatIsTooSlowIsAway":      {serviceerror.NewDeadlineExceeded("slow"), usm.CodeUnavailable},
		"AnExhaustedEngineIsAway":          {&serviceerror.ResourceExhausted{Message: "busy"}, usm.CodeUnavailable},
		"AMissingNamespaceIsAway":          {serviceerror.NewNamespaceNotFound("usm"), usm.CodeUnavailable},
		"AContextOutOfTimeIsAway":          {context.DeadlineExceeded, usm.CodeUnavailable},
		"AnUpdateOutOfTimeIsAway":          {client.NewWorkflowUpdateServiceTimeoutOrCanceledError(errors.New("x")), usm.CodeUnavailable},
		"AnApplicationErrorOfOthersIsOurs": {temporal.NewApplicationError("panic", "PanicError"), usm.CodeInternal},
		"AnythingElseIsInternal":           {errors.New("unknown"), usm.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, engine := setup(t, desk.Options{})
			engine.On("UpdateWorkflow", mock.Anything, mock.Anything).Return(answering(t, usm.Ack{}, c.err), nil)
			_, err := d.Act(t.Context(), number, usm.Action{Name: usm.ActionNote})
			require.Equal(t, c.code, usm.CodeOf(err))
			var decoded *usm.Error
			if c.code == usm.CodeInvalid {
				require.ErrorAs(t, err, &decoded)
				require.Equal(t, refusal, *decoded)
			}
		})
	}
}

func TestSignal(t *testing.T) {
	t.Parallel()
	signal := usm.Signal{Name: "deployed", ID: "1", Source: "/ci"}

	t.Run("GoesUnderItsName", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("SignalWorkflow", mock.Anything, number, "", "deployed", signal).Return(nil).Once()
		require.NoError(t, d.Signal(t.Context(), number, signal))
	})

	t.Run("IsNotFoundWithoutAnOpenCall", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		engine.On("SignalWorkflow", mock.Anything, number, "", "deployed", signal).Return(serviceerror.NewNotFound("x"))
		require.Equal(t, usm.CodeNotFound, usm.CodeOf(d.Signal(t.Context(), number, signal)))
	})
}
