package test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// analysis is what the sensors of the facilities domain report; the step that waits for it is determine_cause.
var analysis = map[string]any{"status": "finished", "cause": "A worn bearing", "confirmed": true}

const sensors = "sensor_analysis"

func TestSignals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "facilities")
	for name, claim := range map[string]func(*testing.T, *world){
		"PlainJSONFinishesTheStep":               plainSignal,
		"ACloudEventFinishesTheStep":             structuredEvent,
		"ACloudEventInHeadersFinishesTheStep":    binaryEvent,
		"ADuplicateIsAbsorbed":                   duplicate,
		"AnEarlySignalIsKeptUntilItsStepOpens":   early,
		"WhatTheRulePassesOverIsNoted":           passedOver,
		"WhatDoesNotFitIsADeadLetter":            misfit,
		"AnUnknownCallIsADeadLetter":             unknownCall,
		"ACallThatHasEndedIsADeadLetter":         endedCall,
		"ABareTemporalClientSignalsAsWell":       bareSignal,
		"ABareTemporalClientOpensACallAsWell":    bareCall,
		"ASignalFromAPersonWithoutAProfileIsNot": strangersSignal,
		"ABareStartWithAMistakeSaysSo":           bareMistakes,
		"ABareCancelAbortsTheCall":               bareCancel,
		"ABareUpdateWithoutAnActorIsRefused":     bareUpdate,
		"ASourceMayHaveAnyLength":                longSource,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim(t, w)
		})
	}
}

// waiting is a risk that waits for the sensors.
func waiting(t *testing.T, w *world) usm.CallView {
	t.Helper()
	view := w.at(t, rides[7], usm.DetermineCause)
	require.Equal(t, usm.WaitSignal, view.WaitingFor.Kind)
	require.Equal(t, sensors, view.WaitingFor.Signal)
	return view
}

// signalled waits until the sensors' report has finished the step, under the name of the source.
func signalled(t *testing.T, w *world, number, source string) {
	t.Helper()
	product.Eventually(t, eventual, "the signal finishes the step", func() error { return atStep(t, w, number, usm.SelectMeasure) })
	trail := w.Trail(t, number)
	i := slices.IndexFunc(trail, func(e usm.Event) bool { return e.Kind == usm.EventStepFinished && e.Step == usm.DetermineCause })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, source, trail[i].By)
	require.Equal(t, "signal", trail[i].Rule)
	require.Equal(t, "A worn bearing", trail[i].Fields["cause"])
	require.Equal(t, true, trail[i].Fields["known_error"])
}

type notThereError struct{ view usm.CallView }

// Error says where the call is.
func (e *notThereError) Error() string { return e.view.Number + " is at " + string(e.view.Step) }

func atStep(t *testing.T, w *world, number string, step usm.Step) error {
	t.Helper()
	view, err := w.Admin.Call(t.Context(), number)
	if err == nil && view.Step != step {
		return &notThereError{view}
	}
	return err
}

// event is the report as a structured CloudEvent.
func event(id string, data any) map[string]any {
	return map[string]any{"specversion": "1.0", "id": id, "source": "bms", "type": "works.usm.analysis", "data": data}
}

func plainSignal(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, analysis))
	signalled(t, w, view.Number, "plain")
}

func structuredEvent(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-1", analysis)))
	signalled(t, w, view.Number, "bms")
}

func binaryEvent(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	a := w.Send(t, product.Request{
		Path: "/calls/" + view.Number + "/signals/" + sensors, Token: w.AdminToken, Body: analysis,
		Header: map[string]string{"Ce-Specversion": "1.0", "Ce-Id": "e-1", "Ce-Source": "bms", "Ce-Type": "works.usm.analysis"},
	})
	require.Equal(t, http.StatusAccepted, a.Status, "%s", a.Body)
	signalled(t, w, view.Number, "bms")
}

func duplicate(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	unfinished := event("e-1", map[string]any{"status": "running"})
	for range 3 {
		require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, unfinished))
	}
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-2", analysis)))
	signalled(t, w, view.Number, "bms")
	noted := slices.DeleteFunc(kinds(w.Trail(t, view.Number)), func(k usm.EventKind) bool { return k != usm.EventSignal })
	require.Len(t, noted, 1)
}

func early(t *testing.T, w *world) {
	t.Helper()
	view := open(t, w.Product, w.domain, usm.Risk)
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-1", analysis)))
	view, err := w.Drive(t.Context(), view.Number, product.Plan{Until: usm.SelectMeasure}) // it has no signal to send
	require.NoError(t, err)
	signalled(t, w, view.Number, "bms")
}

func passedOver(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-1", map[string]any{"status": "running"})))
	product.Eventually(t, eventual, "it is noted", func() error { return recorded(t, w, view.Number, usm.EventSignal) })
	require.NoError(t, atStep(t, w, view.Number, usm.DetermineCause))
}

// recorded gives an error unless the trail has such an event.
func recorded(t *testing.T, w *world, number string, kind usm.EventKind) error {
	t.Helper()
	if slices.Contains(kinds(w.Trail(t, number)), kind) {
		return nil
	}
	view, err := w.Admin.Call(t.Context(), number)
	if err == nil {
		err = &notThereError{view}
	}
	return err
}

func misfit(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	broken := map[string]any{"status": "finished", "cause": 7}
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-1", broken)))
	product.Eventually(t, eventual, "it is a dead letter", func() error { return recorded(t, w, view.Number, usm.EventDeadLetter) })
	require.NoError(t, atStep(t, w, view.Number, usm.DetermineCause), "the step waits on")
	require.Contains(t, letter(t, w, view.Number).Reason, "cause")
	require.NoError(t, w.Admin.Signal(t.Context(), view.Number, sensors, event("e-2", analysis)))
	signalled(t, w, view.Number, "bms")
}

// letter is the one dead letter of a call.
func letter(t *testing.T, w *world, number string) usm.DeadLetter {
	t.Helper()
	letters := slices.DeleteFunc(get[[]usm.DeadLetter](t, w, "/signals/dead-letters?limit=200"),
		func(l usm.DeadLetter) bool { return l.Call != number })
	require.Len(t, letters, 1)
	return letters[0]
}

func strangersSignal(t *testing.T, w *world) {
	t.Helper()
	view := waiting(t, w)
	err := w.As(view.Requester).Signal(t.Context(), view.Number, sensors, analysis)
	require.Equal(t, usm.CodeForbidden, client.CodeOf(err), "%v", err)
	require.NoError(t, atStep(t, w, view.Number, usm.DetermineCause))
}
