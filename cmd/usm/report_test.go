package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestReportOfNorms(t *testing.T) {
	t.Parallel()
	rows := []usm.NormRow{
		{
			Of: map[string]string{"agreement": "sa", "norm": "handling", "domain": "it"}, Met: 1999, Breached: 1, Running: 2, Cancelled: 3,
			Attainment: "99.95", Used: new(usm.Span(90 * time.Minute)), Phases: []usm.Phase{
				{Name: "detection", Used: usm.Span(10 * time.Minute)}, {Name: "repair", Used: usm.Span(80*time.Minute + time.Millisecond)},
			},
		},
		{Of: map[string]string{"agreement": "sa", "norm": "reaction", "domain": "it"}, Running: 1},
	}
	g := newGateway(t, map[string]any{
		"GET /reports/norms": rows,
		"GET /reports/norms?by=norm&domain=it&from=2026-06-01T00%3A00%3A00Z&priority=high": []usm.NormRow{
			{Of: map[string]string{"norm": "handling"}, Met: 1, Attainment: "100.00", Used: new(usm.Span)},
		},
		"GET /reports/norms?norm=none": []usm.NormRow{},
		"GET /reports/norms/calls?limit=50&norm=handling&of=agreement%3Asa&result=breached": []usm.CallClock{{
			Call: number, Subject: "The printer is on fire", Clock: usm.Clock{
				Norm: "handling", Agreement: "sa@2", State: usm.ClockStopped, Target: usm.Span(time.Hour), Used: usm.Span(2 * time.Hour),
				Remaining: -usm.Span(time.Hour), Breaches: 1, BreachedAt: &at,
			},
		}},
		"GET /reports/norms/calls?limit=50&result=met": []usm.CallClock{},
	})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "report", "norms"), x.err)
	require.Equal(t, `
DOMAIN  AGREEMENT  NORM       MET  BREACHED  RUNNING  CANCELLED  ATTAINMENT  USED   DETECTION  DIAGNOSIS  REPAIR  RECOVERY
it      sa         handling  1999         1        2          3  99.95 %     1h30m  10m                   1h20m
it      sa         reaction     0         0        1          0
`, "\n"+x.out)
	narrowed := []string{"--from", "2026-06-01T00:00:00Z", "--domain", "it", "--by", "norm", "--priority", "high"}
	require.Zero(t, x.run(t, append([]string{"report", "norms"}, narrowed...)...), x.err)
	require.Equal(t, `NORM      MET  BREACHED  RUNNING  CANCELLED  ATTAINMENT  USED
handling    1         0        0          0  100.00 %    0s
`, x.out)
	require.Zero(t, x.run(t, "report", "norms", "--norm", "none"))
	require.Equal(t, "no norms\n", x.out)
	require.Zero(t, x.run(t, "report", "norms", "--json"))
	require.Contains(t, x.out, `"attainment": "99.95"`)

	require.Zero(t, x.run(t, "report", "norms", "--calls", "breached", "--norm", "handling", "--of", "agreement=sa"), x.err)
	require.Equal(t, `CALL        NORM      OF    STATE                                  TARGET  USED  REMAINING  SUBJECT
INC-000001  handling  sa@2  stopped, breached 2026-11-23 10:00:00      1h    2h        -1h  The printer is on fire
`, x.out)
	require.Zero(t, x.run(t, "report", "norms", "--calls", "met"))
	require.Equal(t, "no calls\n", x.out)
}

func TestReportOfAvailability(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{
		"GET /reports/availability": []usm.AvailabilityRow{{
			Domain: "it", Service: "mail", Agreed: usm.Span(200 * time.Hour), Down: usm.Span(time.Hour), Availability: "99.500",
			Incidents: 1, Calls: []string{number},
		}},
		"GET /reports/availability?service=none": []usm.AvailabilityRow{},
	})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "report", "availability"), x.err)
	require.Equal(t, `DOMAIN  SERVICE  AGREED  DOWN  AVAILABILITY  INCIDENTS  CALLS
it      mail       200h    1h  99.500 %              1  INC-000001
`, x.out)
	require.Zero(t, x.run(t, "report", "availability", "--service", "none"))
	require.Equal(t, "no services\n", x.out)
}

func TestReportsAsCSV(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{"GET /reports/norms": "norm,met\n", "GET /reports/availability": "service\n"})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "report", "norms", "--csv"), x.err)
	require.Equal(t, "norm,met\n", x.out)
	require.Zero(t, x.run(t, "report", "availability", "--csv"), x.err)
	require.Equal(t, "service\n", x.out)
}

func TestAReportThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		`--from: "yesterday" is no day such as`: {"norms", "--from", "yesterday"},
		`--until: "2026-13-01" is no day`:       {"availability", "--until", "2026-13-01"},
		"--csv is for the report":               {"norms", "--csv", "--calls", "met"},
		"--of is for the calls":                 {"norms", "--of", "norm=reaction"},
		"--csv and --json exclude each other":   {"norms", "--csv", "--json"},
	} {
		x := &terminal{dir: t.TempDir()}
		require.Equal(t, exitUsage, x.run(t, append([]string{"report"}, args...)...))
		require.Contains(t, x.err, says)
	}
}
