//go:build histories

package workflows_test

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/usm-works/usm/usm"
)

// engine is a real Temporal with a namespace of its own.
type engine struct{ client.Client }

// connect makes the namespace and its search attributes, and returns when both can be used.
func connect(t *testing.T) *engine {
	t.Helper()
	address := os.Getenv("USM_TEST_TEMPORAL_ADDRESS")
	require.NotEmpty(t, address, "run this with make histories")
	namespace := "histories-" + rand.Text()
	c, err := client.Dial(client.Options{
		HostPort: address, Namespace: namespace, Identity: "make histories",
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	_, err = c.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(t, err)
	attributes := map[string]enums.IndexedValueType{"UsmDue": enums.INDEXED_VALUE_TYPE_DATETIME}
	for _, name := range []string{
		"UsmWorkflow", "UsmProcess", "UsmStep", "UsmDomain", "UsmService", "UsmPriority", "UsmStatus", "UsmWaitingFor",
	} {
		attributes[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	require.Eventually(t, func() bool {
		_, _ = c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: attributes,
		})
		have, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
		return err == nil && len(have.GetCustomAttributes()) >= len(attributes)
	}, time.Minute, 200*time.Millisecond)
	return &engine{c}
}

// world is a world whose calls run on the real Temporal, with a worker and a task queue of its own. Numbers begin where
// no other test of the namespace has them.
func (c *engine) world(t *testing.T, first int64) *world {
	t.Helper()
	w := &world{t: t, registers: newRegisters(), staff: true, bodies: map[usm.Step][]usm.Action{}}
	for _, kind := range usm.CallTypes() {
		w.last[kind] = first
	}
	w.live = func(id, number string, action usm.Action) (ack usm.Ack, err error) {
		handle, err := c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: number, UpdateID: id, UpdateName: string(action.Name), Args: []any{action},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err != nil {
			return ack, err
		}
		return ack, handle.Get(t.Context(), &ack)
	}
	runner := worker.New(c.Client, t.Name(), worker.Options{WorkflowPanicPolicy: worker.FailWorkflow})
	registerAll(runner, w.registers, nil)
	require.NoError(t, runner.Start())
	t.Cleanup(runner.Stop)
	return w
}

// run takes a call to its end, first by the script and then by the staff, and returns the run ID of its first run.
func (c *engine) run(w *world, as usm.Workflow) (firstRun string) {
	call := w.request(as)
	run, err := c.ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{ID: call.Number, TaskQueue: w.t.Name()}, as.Name, call)
	require.NoError(w.t, err)
	firstRun = run.GetRunID()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(time.Minute); !w.next(w.number).Status.Ended(); {
		switch _, ok := w.open(w.number); {
		case len(w.script) > 0:
			next := w.script[0]
			w.script = w.script[1:]
			next()
		case ok:
			w.act(w.number)
		}
		select {
		case <-tick.C:
		case <-deadline:
			require.Fail(w.t, "the call does not end", "%s: %+v", w.number, w.next(w.number))
		}
	}
	var result usm.Result
	require.NoError(w.t, run.Get(w.t.Context(), &result))
	return firstRun
}

// keep writes the history of a run, run "" for the latest, to a file whose name says what it guards against.
func (c *engine) keep(t *testing.T, number, run, name string) {
	t.Helper()
	var h history.History
	events := c.GetWorkflowHistory(t.Context(), number, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		if queue := event.GetWorkflowTaskScheduledEventAttributes().GetTaskQueue(); queue.GetKind() == enums.TASK_QUEUE_KIND_STICKY {
			queue.Name = "sticky" // it would tell the name of this machine
		}
		h.Events = append(h.Events, event)
	}
	content, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&h)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join("testdata", "histories", name+".json"), append(content, '\n'), 0o644))
}
