package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestThePlansHaveTheStepsOfTheWorkflows(t *testing.T) {
	t.Parallel()
	for name, workflow := range map[string]usm.Workflow{
		"workflow 5": usm.Operation, "workflow 2": usm.ResourceChange, "workflow 1": usm.AgreementChange,
	} {
		require.Equal(t, len(workflow.Path()), plans[name].rows(), name)
		require.Len(t, workflow.Process.Steps(), plans[name].steps, name)
	}
	require.Equal(t, 6, plans["approval"].rows(), "five steps and the decision")
}

func TestARunBesideOthersIsRefused(t *testing.T) {
	t.Parallel()
	require.NoError(t, measurement{}.accept(mostOthers))
	require.ErrorContains(t, measurement{}.accept(0.16), "others used 16 % of this machine, more than 15")
	require.NoError(t, measurement{busy: true}.accept(0.9))
}

func TestTheReportSaysLoudlyThatOthersUsedTheMachine(t *testing.T) {
	t.Parallel()
	quiet := Results{Blocks: []Block{{Run: 1, Engine: "floor", Others: 0.02}}}
	text, err := quiet.page("results.json")
	require.NoError(t, err)
	require.NotContains(t, text, "do not quote")
	require.Contains(t, text, "at most 2 %")
	quiet.Asleep = []Asleep{{Engine: "floor", Cases: 1, Others: 0.4}}
	text, err = quiet.page("results.json")
	require.NoError(t, err)
	require.Contains(t, text, "Others used 40 % of this machine: do not quote these figures")
}

func TestMediansAndSpread(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2.00 (1.00–3.00)", spread([]float64{1, 2, 3}))
	require.Equal(t, "1.00", spread([]float64{1}))
	require.Equal(t, "–", spread(nil))
	hundred := make([]time.Duration, 0, 100)
	for n := range 100 {
		hundred = append([]time.Duration{time.Duration(n+1) * time.Millisecond}, hundred...)
	}
	require.Equal(t, Times{P50: 50, P95: 95, P99: 99}, times(hundred))
}

// TestRatiosAreOfTheSameRun and not of medians: here each run has a ratio of 2, though the machine was twice as fast in one.
func TestRatiosAreOfTheSameRun(t *testing.T) {
	t.Parallel()
	block := func(run int, engine string, perSecond float64) Block {
		return Block{Run: run, Engine: engine, Cells: []Cell{{Case: "approval", Load: "1", PerSecond: perSecond}}}
	}
	r := Results{Blocks: []Block{block(1, "usm", 20), block(1, "plain", 10), block(2, "usm", 40), block(2, "plain", 20), block(3, "usm", 1)}}
	plain, err := kindNamed("plain")
	require.NoError(t, err)
	require.Equal(t, []float64{2, 2}, r.ratio(plain, "approval", "1", func(c Cell) float64 { return c.PerSecond }))
}

func TestResultsOfSomethingElseAreNotAddedTo(t *testing.T) {
	t.Parallel()
	m := measurement{window: time.Second}
	now := func() Machine { return Machine{CPU: "one", Cores: 2, Versions: map[string]string{thisProduct: "abc"}} }
	r := Results{Machine: now(), Settings: Settings{Window: "1s"}, Blocks: []Block{{Engine: "floor"}}}
	r.Machine.Versions = map[string]string{thisProduct: "abc-dirty", "Temporal": "1.2.3"}
	machine := now()
	require.NoError(t, m.same(r, machine))
	require.Equal(t, "1.2.3", machine.Versions["Temporal"])
	machine.Cores = 4
	require.ErrorContains(t, m.same(r, machine), "another machine")
	machine = now()
	machine.Versions[thisProduct] = "def"
	require.ErrorContains(t, m.same(r, machine), "another state of the product, abc")
	m.window = time.Minute
	require.ErrorContains(t, m.same(r, now()), "another window, 1s")
	require.NoError(t, m.same(Results{}, now()))
}

func TestAStackThatIsInterruptedIsAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := newStack(ctx, "")
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, s)
}
