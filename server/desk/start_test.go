package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"github.com/usm-works/usm/server/desk"
	"github.com/usm-works/usm/usm"
)

// starting expects a start and returns the options it was made with.
func starting(engine *mocks.Client, workflow string) *client.StartWorkflowOptions {
	var options client.StartWorkflowOptions
	engine.On("NewWithStartWorkflowOperation", mock.Anything, workflow, mock.Anything).Run(func(args mock.Arguments) {
		options, _ = args.Get(0).(client.StartWorkflowOptions)
	}).Return(nil)
	return &options
}

func TestStart(t *testing.T) {
	t.Parallel()
	call := usm.Call{Number: number, NewCall: usm.NewCall{Type: usm.Incident, Domain: "it", Subject: "No mail", Requester: "rita"}}
	call.Typing = usm.Typing{Type: usm.Incident, Reason: "a deviation"}

	t.Run("StartsTheWorkflowOfTheTypeOnce", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{ConsoleURL: "http://usm.example/calls"})
		options := starting(engine, "IncidentWithoutChange")
		engine.On("UpdateWithStartWorkflow", mock.Anything, mock.Anything).Return(answering(t, usm.Ack{}, nil), nil).Once()
		require.NoError(t, d.Start(t.Context(), call))
		require.Equal(t, number, options.ID)
		require.Equal(t, "usm", options.TaskQueue)
		require.Equal(t, "it", options.Priority.FairnessKey)
		require.Equal(t, enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, options.WorkflowIDReusePolicy)
		require.Equal(t, enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, options.WorkflowIDConflictPolicy)
		require.Equal(t, "No mail", options.StaticSummary)
		require.Contains(t, options.StaticDetails, "(http://usm.example/calls/INC-000042)")
		require.Contains(t, options.StaticDetails, "a deviation")
	})

	for name, c := range map[string]struct {
		start, look error
		code        usm.Code
	}{
		"CountsADuplicateAsStarted":            {serviceerror.NewWorkflowExecutionAlreadyStarted("closed", "", ""), nil, ""},
		"CountsARunThatNoWorkerAnswers":        {context.DeadlineExceeded, nil, ""},
		"IsUnavailableWhenThereIsNoRun":        {context.DeadlineExceeded, serviceerror.NewNotFound("x"), usm.CodeUnavailable},
		"IsUnavailableWhenTemporalIsAway":      {serviceerror.NewUnavailable("x"), serviceerror.NewUnavailable("x"), usm.CodeUnavailable},
		"IsInternalForWhatATryAgainCannotHelp": {errors.New("too large"), serviceerror.NewNotFound("x"), usm.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, engine := setup(t, desk.Options{})
			starting(engine, "IncidentWithoutChange")
			engine.On("UpdateWithStartWorkflow", mock.Anything, mock.Anything).Return(nil, c.start)
			engine.On("DescribeWorkflowExecution", mock.Anything, number, "").Return(nil, c.look).Maybe()
			require.Equal(t, c.code, usm.CodeOf(d.Start(t.Context(), call)))
		})
	}

	t.Run("UsesTheQueueTheDomainAsksFor", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{QueueOf: func(_ context.Context, domain string) (string, error) { return "queue-" + domain, nil }})
		options := starting(engine, "IncidentWithoutChange")
		engine.On("UpdateWithStartWorkflow", mock.Anything, mock.Anything).Return(answering(t, usm.Ack{}, errors.New("settling failed")), nil)
		require.NoError(t, d.Start(t.Context(), call))
		require.Equal(t, "queue-it", options.TaskQueue)
	})

	t.Run("CutsALongSubjectAtTheEndOfACharacter", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		options := starting(engine, "IncidentWithoutChange")
		engine.On("UpdateWithStartWorkflow", mock.Anything, mock.Anything).Return(answering(t, usm.Ack{}, nil), nil)
		long := call
		for range 100 {
			long.Subject += "éà"
		}
		require.NoError(t, d.Start(t.Context(), long))
		require.LessOrEqual(t, len(options.StaticSummary), 200)
		require.Regexp(t, `^No mail(éà)+é?…$`, options.StaticSummary)
	})
}

func TestApplyDomain(t *testing.T) {
	t.Parallel()
	domain := usm.Domain{ID: "it"}

	t.Run("RunsTheTechnicalWorkflow", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		run := mocks.NewWorkflowRun(t)
		run.On("Get", mock.Anything, mock.Anything).Run(func(args mock.Arguments) {
			into, _ := args.Get(1).(*usm.DomainResult)
			*into = usm.DomainResult{Version: 2, Changed: true}
		}).Return(nil)
		engine.On(
			"ExecuteWorkflow", mock.Anything, mock.Anything, "ApplyDomain", usm.ApplyDomain{Domain: domain, By: "mona"},
		).Return(run, nil).Once()
		result, err := d.ApplyDomain(t.Context(), domain, "mona")
		require.NoError(t, err)
		require.Equal(t, usm.DomainResult{Version: 2, Changed: true}, result)
	})

	t.Run("ReturnsItsRefusal", func(t *testing.T) {
		t.Parallel()
		d, engine := setup(t, desk.Options{})
		run := mocks.NewWorkflowRun(t)
		run.On("Get", mock.Anything, mock.Anything).Return(refusedBy(usm.Error{Code: usm.CodeConflict, Message: "no"}))
		engine.On("ExecuteWorkflow", mock.Anything, mock.Anything, "ApplyDomain", mock.Anything).Return(run, nil)
		_, err := d.ApplyDomain(t.Context(), domain, "mona")
		require.Equal(t, usm.CodeConflict, usm.CodeOf(err))
	})
}
