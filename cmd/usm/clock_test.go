package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
	clocks "github.com/usm-works/usm/usm/clock"
)

// exported are the clocks of an incident that was reported on Monday at nine and accepted half an hour later.
func exported(t *testing.T) usm.ClockExport {
	t.Helper()
	monday := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	office := usm.Calendar{TimeZone: "UTC", Hours: map[string][]string{"mon": {"08:00-16:00"}, "tue": {"08:00-16:00"}}}
	agreement := usm.Agreement{
		ID: "sa", Type: usm.SA, Customer: "c", Services: []string{"mail"}, Version: 2,
		Norms: []usm.Norm{{Type: usm.Incident, Reaction: "1h", Handling: "8h"}},
	}
	terms := usm.NewTerms(usm.Domain{ID: "it", Version: 1, TimeZone: "UTC", Calendar: office}, "sa@2", []usm.Agreement{agreement})
	facts := []usm.Fact{
		{
			Sequence: 1, At: monday, Kind: usm.EventOpened, Terms: terms.Key,
			Status: usm.StatusOpen, Open: usm.AcceptIncident, Waiting: usm.WaitStep,
		},
		{
			Sequence: 2, At: monday.Add(30 * time.Minute), Kind: usm.EventStepFinished, Step: usm.AcceptIncident, State: usm.StepDone,
			By: usm.SideProvider, Status: usm.StatusWaiting, Open: usm.ClassifyIncident, Waiting: usm.WaitAnswer,
		},
	}
	for i := range facts {
		facts[i].Type, facts[i].Service = usm.Incident, "mail"
	}
	export := usm.ClockExport{Call: number, At: facts[1].At, Revision: 1, Facts: facts, Terms: map[string]usm.Terms{terms.Key: terms}}
	state, rows, err := clocks.Fold(facts, export.Terms)
	require.NoError(t, err)
	export.Clocks, export.Rows, export.Chain = state.Clocks, rows, clocks.Chain(rows)
	return export
}

func TestClocks(t *testing.T) {
	t.Parallel()
	export := exported(t)
	child := usm.ClockExport{Call: "SRQ-000002", Ledger: usm.Ledger{Clocks: []usm.Clock{{
		Norm: "handling", Agreement: "ola@1", State: usm.ClockRunning, Promise: "6h", Target: usm.Span(6 * time.Hour),
		Used: usm.Span(7 * time.Hour), Remaining: -usm.Span(time.Hour), Due: &at, Breaches: 1, BreachedAt: &at,
	}}}}
	export.Children = []usm.ClockExport{child}
	g := newGateway(t, map[string]any{
		"GET /calls/" + number + "/clocks": export,
		"GET /calls/RSK-000009/clocks":     usm.ClockExport{Call: "RSK-000009"},
	})
	x := g.dev(t, "admin")

	require.Zero(t, x.run(t, "clock", "show", number), x.err)
	require.Equal(t, `CALL        NORM      OF     STATE                                  PROMISE  TARGET  USED  REMAINING  DUE
INC-000001  reaction  sa@2   stopped, met                           1h           1h   30m        30m
INC-000001  handling  sa@2   paused (answer)                        8h           8h   30m      7h30m
SRQ-000002  handling  ola@1  running, breached 2026-11-23 10:00:00  6h           6h    7h        -1h  2026-11-23 10:00:00

WHO HAD IT  AGREEMENT  CALL        USED
provider               INC-000001   30m
`, x.out)
	require.Zero(t, x.run(t, "clock", "show", number, "--json"))
	var ledger usm.Ledger
	require.NoError(t, json.Unmarshal([]byte(x.out), &ledger))
	require.Len(t, ledger.Clocks, 2)
	require.Zero(t, x.run(t, "clock", "show", "RSK-000009"))
	require.Equal(t, "no norm runs beside RSK-000009\n", x.out)

	require.Zero(t, x.run(t, "clock", "explain", number), x.err)
	require.Contains(t, x.out, "recomputed: equal")
}

func TestAnExportIsExplainedWithoutAGateway(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{"GET /calls/" + number + "/clocks": exported(t)})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "clock", "export", number), x.err)
	file := filepath.Join(t.TempDir(), "export.json")
	require.NoError(t, os.WriteFile(file, []byte(x.out), 0o600))

	away := &terminal{dir: t.TempDir(), env: []string{"USM_URL=http://127.0.0.1:1"}}
	require.Zero(t, away.run(t, "clock", "explain", "--from", file), away.err)
	require.Contains(t, away.out, "sa@2 promises 8h")
	require.Contains(t, away.out, "2026-06-01 09:30:00 UTC")
	require.Contains(t, away.out, "recomputed: equal")
	away.in = x.out
	require.Zero(t, away.run(t, "clock", "explain", "--from", "-", "--json"), away.err)
	require.Contains(t, away.out, `"clocks": [`)

	forged := exported(t)
	forged.Rows[0].Target = usm.Span(2 * time.Hour)
	raw, err := json.Marshal(forged)
	require.NoError(t, err)
	away.in = string(raw)
	require.NotZero(t, away.run(t, "clock", "explain", "--from", "-"), "a script must notice")
	require.Contains(t, away.out, "recomputed: the recorded rows differ")
}

func TestAnExplanationNeedsOneSource(t *testing.T) {
	t.Parallel()
	x := &terminal{dir: t.TempDir()}
	require.Equal(t, exitUsage, x.run(t, "clock", "explain"))
	require.Equal(t, exitUsage, x.run(t, "clock", "explain", number, "--from", "-"))
	require.Contains(t, x.err, "usage: usm clock explain CALL, or usm clock explain --from EXPORT.json")
	for content, says := range map[string]string{
		"{":                     "- is no export of clocks: unexpected EOF",
		`{"call":"INC-000001"}`: "- is no export of clocks: it has no facts",
		`{"color":"red"}`:       `unknown field "color"`,
	} {
		x.in = content
		require.Equal(t, exitRefused, x.run(t, "clock", "explain", "--from", "-"))
		require.Contains(t, x.err, says)
	}
	require.Equal(t, exitRefused, x.run(t, "clock", "explain", "--from", "nothing.json"))
	require.Contains(t, x.err, "no such file")
}

func TestActionsOnClocks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, path, body string }{
		{"pause NUMBER hold --note n", "pause", `{"note":"n","reason":"hold"}`},
		{"resume NUMBER hold", "resume", `{"reason":"hold"}`},
		{"rebind NUMBER corrected --applies recompute", "rebind", `{"applies":"recompute","reason":"corrected"}`},
	} {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, map[string]any{"POST /calls/" + number + "/" + test.path: incident()})
			x := g.dev(t, "olaf")
			args := strings.Fields("call " + strings.Replace(test.args, "NUMBER", number, 1) + " --as olaf")
			require.Zero(t, x.run(t, args...), x.err)
			require.Equal(t, []string{"t-olaf POST /calls/" + number + "/" + test.path + " " + test.body}, g.got)
			require.Contains(t, x.out, number+"  open")
		})
	}
}
