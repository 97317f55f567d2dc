package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"github.com/usm-works/usm/usm"
)

// counts is what a run left in its history, besides what people sent.
type counts struct{ local, remote, timers int }

// counted counts from now on.
func (w *world) counted() *counts {
	var c counts
	w.env.SetOnLocalActivityStartedListener(func(*activity.Info, context.Context, []any) { c.local++ })
	w.env.SetOnTimerScheduledListener(func(string, time.Duration) { c.timers++ })
	w.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if !info.IsLocalActivity {
			c.remote++
		}
	})
	return &c
}

// TestWhatClocksLeaveInTheHistory is about a call that is open for two years: nothing polls, and its history stays small.
func TestWhatClocksLeaveInTheHistory(t *testing.T) {
	t.Parallel()

	t.Run("IsNothingWhileNothingHappens", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.schedule(alarm("sa/handling/1/warning/75%", 3*days), alarm("sa/handling/1/breach", 700*days))
		var rang []time.Duration
		w.refuse = func(key string) error {
			if strings.Contains(key, "alarm/") {
				rang = append(rang, w.env.Now().Sub(started))
			}
			return nil
		}
		c := w.counted()
		w.pause = 730 * days
		var waited counts
		w.then(func() {}, func() { waited, w.staff = *c, true })
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, counts{local: 1 + 2, timers: 2}, waited, "it is opened, and two alarms ring")
		require.Equal(t, []time.Duration{3 * days, 700 * days}, rang)
	})

	t.Run("IsNoActivityWhenTheNextAlarmMoves", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		moved := 0
		w.watch = func(string, *entry) usm.Watch {
			moved++
			return usm.Watch{Alarm: alarm("sa/update/1/breach", time.Duration(moved)*days)}
		}
		const notes = 20
		for i := range notes {
			w.thenSend("SRQ-000001", said(usm.ActionNote, "olga", fmt.Sprintf("news %d", i)))
		}
		c := w.counted()
		var armed counts
		w.then(func() { armed, w.staff = *c, true })
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, counts{local: 1 + notes, timers: 1 + notes}, armed, "an activity for each note, none for its timer")
		require.Empty(t, w.rung(w.number))
	})

	t.Run("DoesNotGrowFromRunToRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.watch = func(string, *entry) usm.Watch {
			return usm.Watch{Alarm: usm.Alarm{Key: "sa/update/1/breach", At: w.env.Now().Add(6 * days).UTC()}}
		}
		name, call, size := "Operation", w.request(usm.Operation), []int{}
		for range 4 {
			for i := range 36 { // every five days for half a year
				w.wait(5 * days)
				w.thenSend("SRQ-000001", said(usm.ActionNote, "olga", fmt.Sprintf("news %d", i)))
			}
			w.then(func() { w.env.SetContinueAsNewSuggested(true) })
			name, call = continued(t, w.runAlone(name, call))
			raw, err := json.Marshal(call)
			require.NoError(t, err)
			size = append(size, len(raw))
			now := w.env.Now()
			w.renew()
			w.env.SetStartTime(now)
		}
		require.Greater(t, w.env.Now().Sub(started), 720*days)
		require.Len(t, w.kinds(w.number), 4*36, "notes, and no alarm")
		require.InDelta(t, size[0], size[3], 40, "what a run hands to the next one: the keys of the last twenty actions get a digit")
	})
}
