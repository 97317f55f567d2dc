package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	temporal "go.temporal.io/sdk/client"
)

// woken is a Temporal that notes which runs were sent an update, each of which has ended meanwhile.
type woken struct {
	*openRuns

	told chan string
}

func (w *woken) UpdateWorkflow(_ context.Context, o temporal.UpdateWorkflowOptions) (temporal.WorkflowUpdateHandle, error) {
	w.told <- o.WorkflowID + " " + o.UpdateName
	return nil, serviceerror.NewNotFound("it has ended")
}

func TestUpgradeDrain(t *testing.T) {
	t.Parallel()
	drain := func(t *testing.T, version string) (told []string, err error) {
		t.Helper()
		w := &woken{&openRuns{histories: map[string]*history.History{}, asked: map[string]time.Duration{"a": 0}}, make(chan string, 3)}
		for _, number := range []string{"SRQ-000001", "SRQ-000002", "SRQ-000003"} {
			w.open(t, number, "Operation", every, "a")
		}
		s, err := load(t, nil)
		require.NoError(t, err)
		asked, silent, err := (&app{err: &bytes.Buffer{}, settings: s}).drain(t.Context(), &engine{client: w}, version, "")
		require.Empty(t, silent)
		close(w.told)
		for number := range w.told {
			told = append(told, strings.TrimSuffix(number, " settle"))
		}
		require.Len(t, told, asked)
		return told, err
	}

	t.Run("WakesEverythingThatIsOpen", func(t *testing.T) {
		t.Parallel()
		for _, version := range []string{"usm:a", ""} {
			told, err := drain(t, version)
			require.NoError(t, err)
			require.ElementsMatch(t, []string{"SRQ-000001", "SRQ-000002", "SRQ-000003"}, told)
		}
	})

	t.Run("RefusesWhatHasNoWorkers", func(t *testing.T) {
		t.Parallel()
		told, err := drain(t, "usm:b")
		require.ErrorContains(t, err, "usm:b has no workers: start one again")
		require.Empty(t, told)
	})
}
