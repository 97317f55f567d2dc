package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// rechecked is what a run does when it is nudged.
func (w world) rechecked(call usm.Call, key string) usm.StepResult {
	w.t.Helper()
	return w.amend(usm.Amendment{Call: call, Kind: usm.EventRechecked, Key: key, Step: usm.PlanChange, Actor: usm.Automatic})
}

func TestAnApprovalWhoseApproversLeave(t *testing.T) {
	t.Parallel()

	t.Run("IsForThoseWhoAreLeftAndThenForNobodyUntilSomebodyComes", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		call, a := w.waiting()
		require.Equal(t, "max mia", w.asksOf(a.ID))
		for i, id := range []string{"mia", "max"} {
			_, err := w.setActive("it", id, "", false)
			require.NoError(t, err)
			require.Equal(t, []string{call.Number}, w.nudges())
			w.rechecked(call, fmt.Sprint("recheck/", i))
		}
		require.Empty(t, w.asksOf(a.ID))
		require.NotEmpty(t, w.approval(a.ID).Stuck)
		w.provision(usm.Person{ID: "nina", Name: "Nina", Profiles: []string{"manager"}})
		require.Equal(t, []string{call.Number}, w.nudges())
		w.rechecked(call, "recheck/2")
		require.Equal(t, "nina", w.asksOf(a.ID))
		require.Empty(t, w.approval(a.ID).Stuck)
		w.gapless(call)
	})

	t.Run("IsLookedAtAgainAlsoWhenTheyLeaveWhileItIsOpened", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		const each = 12
		calls := make([]usm.Call, each)
		for i := range calls {
			calls[i] = w.planned()
		}
		for _, err := range atOnce(each+1, func(i int) error {
			if i == each {
				_, err := w.setActive("it", "mia", "", false)
				return err
			}
			_, err := w.Amend(t.Context(), plan(calls[i]))
			return err
		}) {
			require.NoError(t, err)
		}
		nudged := w.nudges()
		for _, call := range calls {
			a := w.approval(call.Number + ".1")
			sawHer := false
			for _, member := range a.Members {
				sawHer = sawHer || member.Person == "mia"
			}
			if sawHer {
				require.Contains(t, nudged, call.Number, "it was opened before she left, and she is asked for ever")
			}
		}
	})
}
