package workflows_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdk "go.temporal.io/api/sdk/v1"

	"github.com/usm-works/usm/usm"
)

// schedule lets the clocks of the call under test ring these alarms, one after the other, while they are not paused.
func (w *world) schedule(alarms ...usm.Alarm) {
	paused := map[string]bool{}
	w.watch = func(_ string, now *entry) usm.Watch {
		if now != nil {
			in := now.amendment
			alarms = slices.DeleteFunc(slices.Clone(alarms), func(a usm.Alarm) bool { return a.Key == in.Alarm.Key })
			switch in.Kind {
			case usm.EventPaused:
				paused[in.Reason] = true
			case usm.EventResumed:
				delete(paused, in.Reason)
			}
		}
		if len(alarms) == 0 || len(paused) > 0 {
			return usm.Watch{}
		}
		return usm.Watch{Alarm: alarms[0], Due: alarms[0].At}
	}
}

// rung are the alarms of a call that were recorded, with the moment at which they rang.
func (w *world) rung(number string) (keys []string) {
	for _, e := range w.entries(number, usm.EventAlarm) {
		keys = append(keys, e.amendment.Alarm.Key)
	}
	return keys
}

func alarm(key string, after time.Duration) usm.Alarm {
	return usm.Alarm{Key: key, At: started.Add(after)}
}

const days = 24 * time.Hour

func TestAlarms(t *testing.T) {
	t.Parallel()

	t.Run("RingAtTheirMomentAndOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.schedule(alarm("sa/handling/1/warning/75%", 3*time.Hour), alarm("sa/handling/1/breach", 4*time.Hour))
		var at []time.Time
		w.refuse = func(key string) error {
			if strings.Contains(key, "alarm/") {
				at = append(at, w.env.Now().UTC())
			}
			return nil
		}
		w.pause = 500 * days // nobody comes for so long
		w.then(func() {}, func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, []string{"sa/handling/1/warning/75%", "sa/handling/1/breach"}, w.rung(w.number))
		require.Equal(t, []time.Time{started.Add(3 * time.Hour), started.Add(4 * time.Hour)}, at)
	})

	t.Run("StandWithTheirDueDateWhereTemporalShowsTheCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/breach", 4*time.Hour))
		w.then(func() {
			var shown sdk.WorkflowMetadata
			w.query("__temporal_workflow_metadata", &shown)
			require.Contains(t, shown.GetCurrentDetails(), "Due **2026-11-24T13:00:00Z**")
		})
		w.run(usm.Operation)
	})

	t.Run("RingAtOnceWhenTheirMomentHasPassed", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/breach", -time.Hour), alarm("sa/handling/1/escalation/1", -time.Minute))
		w.run(usm.Operation)
		require.Equal(t, []string{"sa/handling/1/breach", "sa/handling/1/escalation/1"}, w.rung(w.number))
	})

	t.Run("DoNotRingWhatWasStoppedBefore", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/breach", 400*days))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Empty(t, w.rung(w.number))
	})

	t.Run("AreRepeatedUntilTheRegistersAnswer", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/breach", time.Second))
		var tries atomic.Int32
		w.refuse = func(key string) error {
			if strings.Contains(key, "alarm/") && tries.Add(1) < 4 {
				return errors.New("the database is away")
			}
			return nil
		}
		w.run(usm.Operation)
		require.Equal(t, []string{"sa/handling/1/breach"}, w.rung(w.number))
	})

	t.Run("ThatAreRefusedLeaveTheCallAlone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/breach", time.Second))
		w.refuse = func(key string) error {
			if strings.Contains(key, "alarm/") {
				return usm.Errorf(usm.CodeConflict, "the service of the risk is not there any more")
			}
			return nil
		}
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Empty(t, w.rung(w.number))
	})

	t.Run("NeverTurnInACircle", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		stuck := usm.Watch{Alarm: alarm("sa/handling/1/breach", time.Second)}
		w.watch = func(string, *entry) usm.Watch { return stuck }
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Len(t, w.rung(w.number), 1)
	})

	t.Run("GoOnInANewRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/warning/75%", 30*time.Second), alarm("sa/handling/1/breach", 400*days))
		w.staff = false
		w.then(func() { w.env.SetContinueAsNewSuggested(true) })
		w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "moves the run"))
		name, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
		w.renew()
		w.pause = 401 * days
		w.then(func() {}, func() { w.staff = true })
		require.Equal(t, usm.StatusClosed, w.resume(name, call).Status)
		require.Equal(t, []string{"sa/handling/1/warning/75%", "sa/handling/1/breach"}, w.rung(w.number))
	})

	t.Run("RaisePriorityReassignAndOpenALinkedCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.schedule(alarm("sa/handling/1/escalation/1", time.Hour))
		w.brings = map[string]usm.StepResult{"sa/handling/1/escalation/1": {
			Priority: usm.PriorityCritical,
			Waiting:  &usm.Waiting{Kind: usm.WaitStep, Profiles: []string{"seniors"}},
			Opened:   []usm.Call{{NewCall: usm.NewCall{Domain: "it", Type: usm.Risk, Subject: "late", Requester: "ann"}, Number: "RSK-000009"}},
		}}
		w.reach(usm.ExecuteOperation)
		w.then(func() { w.pause = 2 * time.Hour }, func() {
			progress := w.progress()
			require.Equal(t, usm.PriorityCritical, progress.Priority)
			require.Equal(t, []string{"seniors"}, progress.Waiting.Profiles)
			w.staff = true
		})
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, 1, w.opens("RSK-000009"), "the linked call runs by itself")
	})

	t.Run("CallASystemOnce", func(t *testing.T) {
		t.Parallel()
		var keys []string
		system := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			keys = append(keys, r.Header.Get("Idempotency-Key"))
			if len(keys) == 1 {
				w.WriteHeader(http.StatusBadGateway)
			}
		}))
		defer system.Close()
		w := setup(t)
		w.schedule(alarm("sa/handling/1/breach", time.Second))
		w.brings = map[string]usm.StepResult{"sa/handling/1/breach": {Request: &usm.OutboundRequest{URL: system.URL}}}
		w.run(usm.Operation)
		key := "SRQ-000001/alarm/sa/handling/1/breach"
		require.Equal(t, []string{key, key}, keys, "tried again under the same key")
	})
}
