package rehearse_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

func TestAProposalIsHeldAgainstAnotherDomain(t *testing.T) {
	t.Parallel()
	now := desk(t)
	o := options(t, desk(t, "handling: 8h", "handling: 4h", "reaction: 1h, update: 4h, handling: 4h", "reaction: 1h, handling: 6h"),
		"slower,1 09:00,work", "slower,1 14:00,closed", // 5h of 8h, of 4h
		"faster,2 09:00,work,P1", "faster,2 14:00,closed,P1", // 5h of 4h, of 6h
		"same,3 09:00,work", "same,3 10:00,closed",
		"open,4 09:00,work", "open,4 14:30,work")
	o.Against = &now
	report, err := rehearse.Run(t.Context(), o)
	require.NoError(t, err)
	verdict := func(result, target string) rehearse.Verdict {
		v := rehearse.Verdict{Result: result, Promise: target}
		require.NoError(t, v.Target.UnmarshalJSON([]byte(`"`+target+`"`)))
		require.NoError(t, v.Used.UnmarshalJSON([]byte(`"5h"`)))
		return v
	}
	require.Equal(t, []rehearse.ChangeRow{
		{
			Agreement: "sa-sales", Norm: "handling", Same: 1, Breached: 1, Met: 1, Other: 1,
			Examples: []rehearse.Example{
				{Case: "slower", Line: 2, Before: verdict("met", "8h"), After: verdict("breached", "4h")},
				{Case: "faster", Line: 4, Before: verdict("breached", "4h"), After: verdict("met", "6h")},
			},
		},
		{Agreement: "sa-sales", Norm: "reaction", Same: 4, Examples: []rehearse.Example{}},
		{Agreement: "sa-sales", Norm: "update", Gone: 1, Examples: []rehearse.Example{}},
	}, report.Changes)
}

func TestTheNormStandsBesideWhatTheLogSays(t *testing.T) {
	t.Parallel()
	report := run(t, desk(t),
		"a,1 09:00,work,,,,true", "a,1 10:00,closed,,,,true",
		"b,1 09:00,work,,,,true", "b,2 15:00,closed,,,,true",
		"c,1 09:00,work,,,,true", "c,1 10:00,closed,,,,false",
		"d,1 09:00,work,P1,,,no", "d,2 15:00,closed,P1,,,no",
		"e,1 09:00,work,,,,true", "f,1 09:00,work", "f,1 10:00,closed")
	require.Equal(t, &rehearse.Recorded{
		Column: "kept", Norm: "handling",
		All: rehearse.Square{BothMet: 1, OnlyLogMet: 1, OnlyMet: 1, BothBreached: 1, Unjudged: 2, Log: "50.00", Attainment: "50.00"},
		Priorities: []rehearse.Square{
			{Priority: usm.PriorityCritical, BothBreached: 1, Log: "0.00", Attainment: "0.00"},
			// The escalation raised b to high, which the log knows nothing of.
			{Priority: usm.PriorityMedium, BothMet: 1, OnlyLogMet: 1, OnlyMet: 1, Unjudged: 2, Log: "66.66", Attainment: "66.66"},
		},
	}, report.Recorded)
}

func TestWhichAgreementACaseCountsFor(t *testing.T) {
	t.Parallel()
	second := desk(t, "customers: [{id: sales, name: Sales}]", "customers: [{id: sales, name: Sales}, {id: board, name: Board}]",
		"  - {id: olaf, name: Olaf, profiles: [operator, coordinator, manager]}",
		`  - {id: bea, name: Bea, customer: board, site: here}
  - {id: zoe, name: Zoe, customer: board, site: elsewhere}
  - {id: olaf, name: Olaf, profiles: [operator, coordinator, manager]}`,
		"  - id: ola-platform", `  - id: sa-board
    type: SA
    customer: board
    provider: desk
    services: [mail]
    coverage: [{id: away, text: Elsewhere, sites: [elsewhere]}]
    norms: [{type: incident, priority: critical, handling: 2h}]
    cost: none
    ready: it works
    valid_from: "2026-01-01"
  - id: ola-platform`)
	rows := []string{
		"a,1 09:00,work,,,,,anna", "a,1 10:00,closed,,,,,anna",
		"b,1 09:00,work,,,,,bea", "b,1 10:00,closed,,,,,bea",
	}

	t.Run("ThatOfTheCustomerWhoAsks", func(t *testing.T) {
		t.Parallel()
		report := run(t, second, rows...)
		require.Equal(t, map[string]int{"met": 1}, results(norm(t, report, "sa-sales", "handling")))
		require.Equal(t, 1, report.Uncovered, "Bea works here, and only those elsewhere are covered")
	})

	t.Run("TheOneThatIsNamed", func(t *testing.T) {
		t.Parallel()
		o := options(t, second, rows...)
		o.Agreement = "sa-sales"
		report, err := rehearse.Run(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"met": 2}, results(norm(t, report, "sa-sales", "handling")))
		o = options(t, second, rows...)
		o.Agreement = "sa-board"
		report, err = rehearse.Run(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, 2, report.Unpromised, "it promises nothing for this priority")
		require.Empty(t, report.Norms)
	})
}

func TestWhatCannotBeRehearsed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(o *rehearse.Options)
		says   string
	}{
		"AMappingWithoutFacts": {
			func(o *rehearse.Options) { o.Mapping.Facts = nil },
			"mapping desk has no facts, which say how the cases of a log are measured",
		},
		"ALogWithoutAColumn": {
			func(o *rehearse.Options) { o.Mapping.Facts.Team = "group" }, "mapping desk: the log has no column group",
		},
		"AnAgreementThatIsNone": {
			func(o *rehearse.Options) { o.Agreement = "ola-platform" },
			`domain desk has no agreement "ola-platform" with a customer; it has sa-sales`,
		},
		"ANormThatIsForNothing": {
			func(o *rehearse.Options) { o.Mapping.Call.Type = usm.Wish },
			"domain desk: no norm of its agreements with customers is for a call of type wish",
		},
		"AnotherDomainWithoutNorms": {
			func(o *rehearse.Options) { o.Against = &usm.Domain{ID: "none"} }, "domain none: no norm of its agreements",
		},
		"ADomainWithNobodyWhoAsks": {
			func(o *rehearse.Options) { o.Domain.People = nil }, "domain desk has nobody who only asks",
		},
		"AZoneThatIsNone": {
			func(o *rehearse.Options) { o.Mapping.Facts.Zone = "Mars/Olympus" }, "unknown time zone Mars/Olympus",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t, desk(t), "a,1 09:00,work")
			test.change(&o)
			_, err := rehearse.Run(t.Context(), o)
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestARehearsalGoesOnlyAsFarAsItIsTold(t *testing.T) {
	t.Parallel()
	rows := []string{"a,1 09:00,work", "b,1 09:00,work", "c,1 09:00,work"}

	t.Run("ToItsLimit", func(t *testing.T) {
		t.Parallel()
		o := options(t, desk(t), rows...)
		var told []replay.Progress
		o.Limit, o.Progress = 2, func(p replay.Progress) { told = append(told, p) }
		report, err := rehearse.Run(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, 2, report.Cases)
		require.Equal(t, []replay.Progress{{Done: 1, Total: 2}, {Done: 2, Total: 2}}, told)
	})

	t.Run("UntilItIsStopped", func(t *testing.T) {
		t.Parallel()
		o := options(t, desk(t), rows...)
		ctx, stop := context.WithCancel(t.Context())
		o.Progress = func(replay.Progress) { stop() }
		report, err := rehearse.Run(ctx, o)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 1, report.Cases)
	})
}

func TestAnXESLogIsRehearsed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.xes")
	var events strings.Builder
	for _, e := range [][3]string{
		{"Permit SUBMITTED by EMPLOYEE", "EMPLOYEE", "2026-06-01T10:00:00+02:00"},
		{"Permit REJECTED by SUPERVISOR", "SUPERVISOR", "2026-06-01T11:00:00+02:00"},
		{"Permit SUBMITTED by EMPLOYEE", "EMPLOYEE", "2026-06-02T10:00:00+02:00"},
		{"Permit FINAL_APPROVED by SUPERVISOR", "SUPERVISOR", "2026-06-02T10:00:00Z"},
	} {
		fmt.Fprintf(&events, `<event><string key="concept:name" value=%q/><string key="org:role" value=%q/>`, e[0], e[1])
		fmt.Fprintf(&events, `<date key="time:timestamp" value=%q/></event>`, e[2])
	}
	trace := `<log><trace><string key="concept:name" value="permit 1"/>` + events.String() + `</trace></log>`
	require.NoError(t, os.WriteFile(path, []byte(trace), 0o600))
	log, err := replay.OpenLog(path)
	require.NoError(t, err)
	mapping, err := replay.LoadMapping("bpic2020_permit")
	require.NoError(t, err)
	domain := desk(t, "type: incident, priority: critical", "type: service_request, priority: critical",
		"type: incident\n        reaction", "type: service_request\n        reaction")
	report, err := rehearse.Run(t.Context(), rehearse.Options{Log: log, Mapping: mapping, Domain: domain})
	require.NoError(t, err)
	require.Equal(t, "1h", norm(t, report, "sa-sales", "reaction").Used.String())
	require.Equal(t, "3h", norm(t, report, "sa-sales", "handling").Used.String(), "without the day it was back at the employee")
}
