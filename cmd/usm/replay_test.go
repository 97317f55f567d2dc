package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

func TestReportOfAReplay(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{out: &out}
	a.report(replay.Report{
		Cases: 3, Resumed: 1, Calls: 7, Steps: 31, Waits: 2, Requests: 40, Driven: 5, Refused: 3, Elapsed: 2 * time.Second,
		Workflows: []replay.WorkflowRow{{Workflow: 3, Cases: 1, Steps: 15}, {Workflow: 4, Cases: 2, Steps: 16, Waits: 2}},
		Refusals: []replay.Refusal{
			{Line: 3, Case: "INC2", Column: "impact", Reason: "unknown"}, {Line: 4, Reason: "the row has 2 columns, the header 36"},
		},
	})
	require.Equal(t, `WORKFLOW                         CASES  STEPS  WAITS
3         IncidentWithChange         1     15      0
4         IncidentWithoutChange      2     16      2
          all                        3     31      2

3 cases in 7 calls, 1 resumed, 3 refused, 40 requests in 2s: 2.5 calls/s

ROW  CASE  COLUMN  REASON
  3  INC2  impact  unknown
  4                the row has 2 columns, the header 36
and 1 more
`, out.String())
}

func TestReportOfDecisions(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{out: &out}
	a.decisions(replay.ApprovalRows{Decisions: 9, Mismatched: 1, Reordered: 2, Rows: []replay.ApprovalRow{
		{Role: "supervisor", Band: "under 500", Approved: 5, Rejected: 1, Late: 2}, {Role: "director", Band: "500 and more", Approved: 3},
	}})
	require.Equal(t, `
ROLE        AMOUNT        APPROVED  REJECTED  APPROVED AFTER IT BEGAN
supervisor  under 500            5         1                        2
director    500 and more         3         0                        0
all                              8         1                        2

9 decisions as the log tells them, 1 otherwise; in 2 rounds the log has another order than the policies
`, out.String())
}

func TestProgressIsLinesWhereThereIsNoTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{err: &out, settings: &settings{}}
	p := a.bar("replay", "cases")
	p.step(replay.Progress{Done: 1, Total: 3})
	require.Empty(t, out.String(), "not a line for each case")
	p.told = time.Now().Add(-plainEvery)
	p.step(replay.Progress{Done: 2, Total: 3})
	p.step(replay.Progress{Done: 3, Total: 3})
	p.finish()
	require.Regexp(t, `^replay: 2 of 3 cases, .* cases/s, \S+ left\nreplay: 3 of 3 cases, .* 0s left\n$`, out.String())

	out.Reset()
	p = &progress{what: "replay", out: &out, drawn: true}
	p.step(replay.Progress{Done: 1, Total: 4})
	p.finish()
	require.Contains(t, out.String(), "replay")
	require.Contains(t, out.String(), "fail!", "it was ended before")
}

func TestReplayCommand(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{
		"GET /me":         map[string]any{},
		"GET /domains/it": usm.Domain{ID: "it", People: []usm.Person{{ID: "anna", Customer: "c"}}, Categories: []usm.Category{{ID: "x"}}},
		"POST /calls":     map[string]any{"status": 422, "code": "invalid", "detail": "no"},
	})
	x := g.dev(t, "admin", "anna")
	log := filepath.Join(x.dir, "log.xes")
	require.NoError(t, os.WriteFile(log, []byte(
		`<log><trace><string key="concept:name" value="a"/><event><string key="concept:name" value="e"/></event></trace></log>`), 0o600))
	require.Zero(t, x.run(t, "replay", log), x.err)
	require.Contains(t, x.out, "0 cases in 0 calls, 0 resumed, 1 refused")
	require.Contains(t, x.out, "  1  a             no")
	require.Equal(t, exitRefused, x.run(t, "replay", log, "--strict"))
	require.Contains(t, x.err, "usm: row 1, case a: no")
	states, err := filepath.Glob(filepath.Join(x.dir, "..", "..", ".usm", "replay", "*.json"))
	require.NoError(t, err)
	require.Len(t, states, 1)

	require.Equal(t, exitRefused, x.run(t, "replay", log, "--mapping", "uci_incident"))
	require.Contains(t, x.err, "mapping uci_incident: the log has no column number")
	require.Equal(t, exitRefused, x.run(t, "replay", "nothing.csv"))
	require.Contains(t, x.err, "no such file")
}
