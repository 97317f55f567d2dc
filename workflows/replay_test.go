package workflows_test

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/workflows"
)

// recorded are the histories that `make histories` wrote, by the name of their file.
func recorded(t *testing.T) map[string]*history.History {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	histories := map[string]*history.History{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var h history.History
		require.NoError(t, temporalproto.CustomJSONUnmarshalOptions{DiscardUnknown: true}.Unmarshal(content, &h), file)
		histories[strings.TrimSuffix(filepath.Base(file), ".json")] = &h
	}
	return histories
}

func typeOf(h *history.History) string {
	return h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()
}

// replay runs a history through the workflows, those in planted by another function.
func replay(t *testing.T, h *history.History, planted map[string]any) error {
	t.Helper()
	replayer := worker.NewWorkflowReplayer()
	known := maps.Clone(functions)
	maps.Copy(known, technical)
	maps.Copy(known, planted)
	for name, function := range known {
		replayer.RegisterWorkflowWithOptions(function, workflow.RegisterOptions{Name: name})
	}
	return replayer.ReplayWorkflowHistory(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), h)
}

// TestReplay holds every change of a workflow against what ran before: an open call must go on with the new code. The
// name of a history says which slip it guards against.
func TestReplay(t *testing.T) {
	t.Parallel()
	histories := recorded(t)
	types := map[string]int{}
	for name, h := range histories {
		types[typeOf(h)]++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, replay(t, h, nil))
		})
	}
	for _, known := range []map[string]any{functions, technical} {
		for name := range known {
			require.Positive(t, types[name], "no history of %s: run make histories", name)
		}
	}
}

func TestReplayDetectsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	late := func(ctx workflow.Context, in usm.Call) (usm.Result, error) {
		workflow.NewTimer(ctx, 1)
		return workflows.Operation(ctx, in)
	}
	for name, planted := range map[string]any{"AnotherProcess": workflows.IncidentWithoutChange, "ATimerTooMany": late} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := recorded(t)["operation__every_step"] // its own: the replayer writes into it
			require.NotNil(t, h)
			require.Error(t, replay(t, h, map[string]any{"Operation": planted}))
		})
	}
}
