package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestClocks follows norms beside calls on the whole product. Every claim has a domain of its own.
func TestClocks(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"it"}})
	for name, claim := range map[string]func(*testing.T, *product.Product){
		"RunBesideTheCallThatAnAgreementCovers": clocksRun,
		"PauseAndResumeAreOnTheLedger":          clocksPause,
		"ARebindMeasuresByWhatIsInForceNow":     clocksRebind,
		"AnExportExplainsItselfWithoutAGateway": clocksExplain,
		"ADisputeLetsTheClockGoOnWithItsTime":   clocksDispute,
		"ARetypedCallGoesOnWithItsTime":         clocksRetype,
		"AChildShowsInTheChainOfItsParent":      clocksChild,
		"AlarmsRingInTheRunThatADecisionBinds":  ringAfterBinding,
		"OfTwoPausesTheLastLetsItGoOn":          pausedTwice,
		"APriorityThatChangesInAPauseRetargets": raisedWhilePaused,
		"TheLadderIsClimbedStepByStepOnce":      ladder,
		"TheReportOpensIntoTheCallsBehindIt":    normReport,
		"AvailabilityIsWhatHighImpactLeaves":    availability,
		"ACallWithoutAnAgreementHasNone":        clocksNone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim(t, p)
		})
	}
}

// long are norms that no test comes to the end of.
var long = usm.Norm{Type: usm.Incident, Reaction: "8h", Update: "24h", Handling: "40h"}

func clocksRun(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "running", promises(long)))
	view := w.at(t, rides[3], "")
	require.Equal(t, "sa-sales@1", view.Agreement)
	export := w.clocks(t, view.Number)
	require.Len(t, export.Clocks, 3)
	require.Len(t, view.Clocks, 3, "the call shows them too")
	for norm, target := range map[string]time.Duration{"reaction": 8 * time.Hour, "update": 24 * time.Hour, "handling": 40 * time.Hour} {
		c := clockOf(t, export.Clocks, norm)
		require.Equal(t, usm.ClockRunning, c.State)
		require.Equal(t, usm.Span(target), c.Target)
		require.Positive(t, c.Used, "it is read now")
		require.Equal(t, c.Target, c.Used+c.Remaining)
		sameInstant(t, view.OpenedAt, *c.StartedAt, "it begins at the notification")
		sameInstant(t, view.OpenedAt.Add(target), *c.Due, "due")
		sameInstant(t, *c.Due, *clockOf(t, view.Clocks, norm).Due, "due in the call")
	}
	sameInstant(t, view.OpenedAt.Add(8*time.Hour), *view.Due, "the earliest is that of the call")
	view, err := w.Drive(t.Context(), view.Number, product.Plan{Until: usm.ClassifyIncident})
	require.NoError(t, err)
	reaction := clockOf(t, view.Clocks, usm.NormReaction)
	require.Equal(t, usm.ClockStopped, reaction.State, "the provider has finished a step")
	require.Nil(t, reaction.Due)
	sameInstant(t, view.OpenedAt.Add(24*time.Hour).Add(reaction.StoppedAt.Sub(view.OpenedAt)), *view.Due, "the requester has heard something")
}

func clocksPause(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "pausing", promises(long)))
	view := w.at(t, rides[3], usm.ClassifyIncident)
	desk := w.As(view.WaitingFor.People[0])
	view, err := desk.Pause(t.Context(), view.Number, "hold", "After the fair")
	require.NoError(t, err)
	require.Equal(t, []string{"hold"}, view.Paused)
	require.Nil(t, view.Due, "nothing runs")
	require.Equal(t, usm.ClassifyIncident, view.Step, "the work goes on")
	require.Equal(t, usm.StatusOpen, view.Status)
	held := clockOf(t, w.clocks(t, view.Number).Clocks, usm.NormHandling)
	require.Equal(t, usm.ClockPaused, held.State)
	require.Equal(t, []string{"hold"}, held.Reasons)
	view, err = w.Drive(t.Context(), view.Number, product.Plan{Until: usm.AnalyseIncident})
	require.NoError(t, err, "the work goes on")
	operator := []string{"USM_URL=" + w.URL, "USM_TOKEN=" + w.actor(t, view)}
	out, err := w.Try(operator, "call", "resume", view.Number, "hold", "--note", "The fair is over")
	require.NoError(t, err, "%s", out)
	view, err = w.Admin.Call(t.Context(), view.Number)
	require.NoError(t, err)
	require.Empty(t, view.Paused)
	rows := rowsOf(w.clocks(t, view.Number).Rows, usm.NormHandling)
	require.Equal(t, []usm.ClockChange{usm.ClockStarts, usm.ClockPauses, usm.ClockResumes}, changes(rows))
	require.Contains(t, rows[1].Cause, "hold (customer)")
	require.Equal(t, held.Used, rows[1].Used)
	require.Equal(t, held.Used, rows[2].Used, "no time is used meanwhile")
	require.Equal(t, "customer", rows[2].Holder, "who had the call")
	sameInstant(t, rows[0].Due.Add(rows[2].At.Sub(rows[1].At)), *rows[2].Due, "due later by as long as it stood still")
	require.Subset(t, kinds(w.Trail(t, view.Number)), []usm.EventKind{usm.EventPaused, usm.EventResumed})
}

// closedAround makes the days around now special days on which nobody works.
func closedAround(now time.Time) []usm.Opening {
	var days []usm.Opening
	for day := -1; day <= 1; day++ {
		days = append(days, usm.Opening{Date: now.AddDate(0, 0, day).Format(time.DateOnly), Name: "The fair"})
	}
	return days
}

func clocksRebind(t *testing.T, p *product.Product) {
	t.Helper()
	domain := clocked(t, "rebinding", promises(long))
	w := apply(t, p, domain)
	view := w.at(t, rides[3], usm.ClassifyIncident)
	before := clockOf(t, w.clocks(t, view.Number).Clocks, usm.NormHandling)

	all := []string{"00:00-24:00"}
	domain.Calendar = usm.Calendar{
		Hours:    map[string][]string{"mon": all, "tue": all, "wed": all, "thu": all, "fri": all, "sat": all, "sun": all},
		Openings: closedAround(time.Now()),
	}
	require.Equal(t, 2, apply(t, p, domain).domain.Version)
	still := clockOf(t, w.clocks(t, view.Number).Clocks, usm.NormHandling)
	sameInstant(t, *before.Due, *still.Due, "a call keeps its calendars until somebody says otherwise")

	desk := w.As("olga")
	view, err := desk.Rebind(t.Context(), view.Number, "We are at the fair", "")
	require.NoError(t, err)
	require.Equal(t, 1, view.DomainVersion, "the procedure stays")
	export := w.clocks(t, view.Number)
	rows := rowsOf(export.Rows, usm.NormHandling)
	require.Equal(t, []usm.ClockChange{usm.ClockStarts, usm.ClockRetargets}, changes(rows))
	require.Contains(t, rows[1].Cause, "rebinding@1/sa-sales@1 → rebinding@2/sa-sales@1")
	require.Len(t, export.Terms, 2)
	after := clockOf(t, export.Clocks, usm.NormHandling)
	require.Equal(t, rows[1].Used, after.Used, "used time carries over and none is used on a day of the fair")
	require.Positive(t, after.Used)
	require.True(t, after.Due.After(before.Due.Add(12*time.Hour)), "%s", after.Due)

	_, err = desk.Rebind(t.Context(), view.Number, "The fair was forgotten", usm.Recompute)
	require.NoError(t, err)
	again := w.clocks(t, view.Number)
	require.Equal(t, 2, again.Revision)
	require.Equal(t, export.Rows, again.Earlier, "what was recorded stays on record")
	require.Zero(t, clockOf(t, again.Clocks, usm.NormHandling).Used, "the fair counts from the beginning")
	require.Contains(t, w.reads(t, "clock", "explain", view.Number), "recomputed: equal")
}

func clocksExplain(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "explaining", promises(long)))
	view := w.at(t, rides[3], "")
	require.Contains(t, w.reads(t, "clock", "explain", view.Number), "recomputed: equal", "of a call that is open")
	_, err := w.As("olga").Pause(t.Context(), view.Number, "hold", "")
	require.NoError(t, err)
	_, err = w.Drive(t.Context(), view.Number, rides[3].plan())
	require.NoError(t, err)

	told := w.reads(t, "clock", "explain", view.Number)
	require.Contains(t, told, "recomputed: equal")
	require.NotContains(t, told, "differ")
	for _, norm := range []string{"reaction", "update", "handling"} {
		require.Contains(t, told, "sa-sales/"+norm+": sa-sales@1 promises")
	}
	require.Contains(t, told, "paused: hold (customer)")

	path := filepath.Join(t.TempDir(), "clocks.json")
	export := w.reads(t, "clock", "export", view.Number)
	require.NoError(t, os.WriteFile(path, []byte(export), 0o600))
	nowhere := []string{"USM_URL=http://127.0.0.1:1", "USM_TOKEN="}
	alone, err := w.Try(nowhere, "clock", "explain", "--from", path)
	require.NoError(t, err, alone)
	readAt := regexp.MustCompile(`(?m), read at .*$`)
	require.Equal(t, readAt.ReplaceAllString(told, ""), readAt.ReplaceAllString(alone, ""))

	forged := strings.Replace(export, `"cause": "started: the call was opened"`, `"cause": "started: when we had time"`, 1)
	require.NotEqual(t, export, forged)
	require.NoError(t, os.WriteFile(path, []byte(forged), 0o600))
	out, err := w.Try(nowhere, "clock", "explain", "--from", path)
	require.Error(t, err, "a ledger that is not what follows from the facts")
	require.Contains(t, out, "the recorded rows differ")
}

func clocksNone(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "promising-nothing"))
	view := w.at(t, rides[3], "")
	require.Empty(t, view.Agreement)
	require.Empty(t, view.Clocks)
	require.Empty(t, w.clocks(t, view.Number).Clocks)
	require.Contains(t, w.reads(t, "clock", "show", view.Number), "no norm runs beside "+view.Number)
}
