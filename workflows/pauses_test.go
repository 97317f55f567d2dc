package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestPauses(t *testing.T) {
	t.Parallel()
	bind := func(b *usm.Binding) { b.Reasons = []string{"freeze", "weather"} }
	pause := func(name usm.ActionName, reason string) usm.Action {
		return usm.Action{Name: name, Actor: by("olga"), Reason: reason}
	}

	t.Run("HoldAlarmsUpUntilTheLastOneEnds", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.change(usm.Operate, bind)
		w.schedule(alarm("sa/handling/1/breach", time.Hour))
		w.reach(usm.ExecuteOperation)
		first, second := w.thenSend("SRQ-000001", pause(usm.ActionPause, "freeze")), w.thenSend("SRQ-000001", pause(usm.ActionPause, "weather"))
		w.then(func() { w.pause = 2 * days })
		third := w.thenSend("SRQ-000001", pause(usm.ActionResume, "freeze"))
		w.then(func() {
			require.Empty(t, w.rung(w.number))
			require.Equal(t, []string{"weather"}, w.progress().Paused)
		})
		fourth := w.thenSend("SRQ-000001", pause(usm.ActionResume, "weather"))
		w.then(func() { w.staff = true })
		w.run(usm.Operation)
		for _, r := range []*reply{first, second, third, fourth} {
			require.NoError(t, r.err)
		}
		require.Equal(t, []string{"sa/handling/1/breach"}, w.rung(w.number))
	})

	for name, c := range map[string]struct {
		action usm.Action
		code   usm.Code
		says   string
	}{
		"AnUnknownReason":          {pause(usm.ActionPause, "mood"), usm.CodeInvalid, "mood"},
		"NoReason":                 {pause(usm.ActionPause, ""), usm.CodeInvalid, "required"},
		"AResumeOfWhatIsNotPaused": {pause(usm.ActionResume, "freeze"), usm.CodeOutOfTurn, "not paused"},
		"ASecondPauseForTheSame":   {pause(usm.ActionPause, "weather"), usm.CodeOutOfTurn, "already"},
		"ARebindWithoutReason":     {usm.Action{Name: usm.ActionRebind, Actor: by("olga")}, usm.CodeInvalid, "required"},
		"ARebindInAnotherWay": {
			usm.Action{Name: usm.ActionRebind, Actor: by("olga"), Text: "why", Applies: "tomorrow"}, usm.CodeInvalid, "tomorrow",
		},
	} {
		t.Run("Refuse"+name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.change(usm.Operate, bind)
			w.thenSend("SRQ-000001", pause(usm.ActionPause, "weather"))
			r := w.thenSend("SRQ-000001", c.action)
			w.run(usm.Operation)
			require.True(t, r.rejected, "before it enters history")
			require.Equal(t, c.code, refusal(t, r.err).Code)
			require.ErrorContains(t, r.err, c.says)
		})
	}
}
