package rehearse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/usm"
)

func TestACaseIsMeasured(t *testing.T) {
	t.Parallel()
	type clock struct {
		result string
		used   string
	}
	for name, test := range map[string]struct {
		rows               []string
		reaction, handling clock
	}{
		"FromTheReportToTheConfirmation": {
			[]string{"a,1 09:05,new,,,,,,1 09:00", "a,1 10:00,work", "a,1 12:00,resolved", "a,1 15:00,closed"},
			clock{"met", "1h"},
			clock{"met", "3h"},
		},
		"InBusinessTime": {
			[]string{"a,1 16:30,new", "a,2 09:30,work", "a,2 12:00,resolved", "a,2 13:00,closed"},
			clock{"met", "1h"},
			clock{"met", "3h30m"},
		},
		"WithoutTheTimeInWhichTheCallerIsWaitedFor": {
			[]string{"a,1 09:00,new", "a,1 10:00,user", "a,2 10:00,work", "a,2 12:00,resolved", "a,2 12:00,closed"},
			clock{"met", "1h"},
			clock{"met", "3h"},
		},
		"WithTheTimeInWhichASupplierIsWaitedFor": {
			[]string{"a,1 09:00,new", "a,1 10:00,vendor", "a,2 10:00,work", "a,2 10:30,closed"},
			clock{"met", "1h"},
			clock{"breached", "9h30m"},
		},
		"OnWhenADeliveryIsDisputed": {
			[]string{"a,1 09:00,work", "a,1 11:00,resolved", "a,1 13:00,work", "a,1 16:00,resolved", "a,1 16:30,closed"},
			clock{"met", "0s"},
			clock{"met", "5h"},
		},
		"OnWhenTheLogTakesAnEndBack": {
			[]string{"a,1 09:00,work", "a,1 11:00,closed", "a,1 13:00,work", "a,1 16:00,closed"},
			clock{"met", "0s"},
			clock{"met", "5h"},
		},
		"UpToTheEndThatTheProcedureSetsForSilence": {
			[]string{"a,1 09:00,work", "a,1 11:00,resolved", "a,5 13:00,work", "a,5 16:00,closed"},
			clock{"met", "0s"},
			clock{"met", "2h"},
		},
		"ByTheWallClockOfTheDomain": {
			[]string{"a,1 08:00,new", "a,1 09:30,work", "a,1 16:00,closed"},
			clock{"met", "30m"},
			clock{"met", "7h"},
		},
		"WithoutARowThatSaysThatItIsDelivered": {
			[]string{"a,1 09:00,new", "a,1 12:00,closed"},
			clock{"breached", "3h"},
			clock{"met", "3h"},
		},
		"WithATimeThatGoesBackwardsAsIfItStoodStill": {
			[]string{"a,1 09:00,new", "a,1 11:00,work", "a,1 10:00,resolved", "a,1 12:00,closed"},
			clock{"met", "2h"},
			clock{"met", "2h"},
		},
		"UnderThePriorityThatItHasAtTheTime": {
			[]string{"a,1 09:00,new", "a,1 11:00,work,P1", "a,1 14:00,resolved", "a,1 14:00,closed"},
			clock{"met", "2h"},
			clock{"breached", "5h"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := run(t, desk(t), test.rows...)
			for which, want := range map[string]clock{usm.NormReaction: test.reaction, usm.NormHandling: test.handling} {
				got := norm(t, report, "sa-sales", which)
				require.Equal(t, want.used, got.Used.String(), which)
				require.Equal(t, map[string]int{want.result: 1}, results(got), which)
			}
			require.Equal(t, 1, report.Cases)
			require.Equal(t, len(test.rows), report.Rows)
		})
	}
}

func TestTimesAreThoseOfTheZoneThatTheMappingNames(t *testing.T) {
	t.Parallel()
	o := options(t, desk(t), "a,1 06:30,new", "a,1 08:00,work", "a,1 10:00,closed")
	o.Mapping.Facts.Zone = "UTC"
	report, err := rehearse.Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "1h", norm(t, report, "sa-sales", "reaction").Used.String(), "from 09:00 to 10:00 in Amsterdam")
}

func results(row rehearse.NormRow) map[string]int {
	all := map[string]int{"met": row.Met, "breached": row.Breached, "running": row.Running, "cancelled": row.Cancelled}
	for name, n := range all {
		if n == 0 {
			delete(all, name)
		}
	}
	return all
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()

	t.Run("PausesThatLastByReasonAndBusinessTime", func(t *testing.T) {
		t.Parallel()
		report := run(t, desk(t),
			"a,1 09:00,work", "a,1 10:00,user", "a,1 11:00,user,,,yes", "a,1 12:00,work",
			"a,1 13:00,user", "a,2 10:00,resolved", "a,2 12:00,closed",
			"b,3 09:00,work", "b,3 10:00,closed", // delivered and confirmed at once
			"c,3 09:00,work", "c,3 10:00,user", "c,3 11:00,closed")
		require.Equal(t, []rehearse.PauseRow{
			{Agreement: "sa-sales", Norm: "handling", Reason: "answer", Pauses: 3, Cases: 2, Time: usm.Span(8 * time.Hour)},
			{Agreement: "sa-sales", Norm: "handling", Reason: "confirmation", Pauses: 1, Cases: 1, Time: usm.Span(2 * time.Hour)},
		}, report.Pauses)
	})

	t.Run("NoTimeUsedWhereNothingCameToItsEnd", func(t *testing.T) {
		t.Parallel()
		row := norm(t, run(t, desk(t), "a,1 09:00,new", "a,1 10:00,work"), "sa-sales", "handling")
		require.Equal(t, map[string]int{"running": 1}, results(row))
		require.Nil(t, row.Used)
	})

	t.Run("AlarmsThatWouldHaveRung", func(t *testing.T) {
		t.Parallel()
		report := run(t, desk(t),
			"a,1 09:00,work,P1,,yes", "a,1 16:00,closed,P1",
			"b,2 09:00,work,P1", "b,2 12:30,closed,P1")
		require.Equal(t, []rehearse.RingRow{
			{Agreement: "sa-sales", Norm: "handling", Name: "breach", Rings: 1, Does: []string{"notify accountable"}},
			{Agreement: "sa-sales", Norm: "handling", Name: "escalation/critical/1", Rings: 1, Does: []string{"notify coordinator"}},
			{Agreement: "sa-sales", Norm: "handling", Name: "warning/75%", Rings: 2, Does: []string{"notify accountable"}},
			{Agreement: "sa-sales", Norm: "update", Name: "breach", Rings: 1, Does: []string{"notify accountable"}},
			{Agreement: "sa-sales", Norm: "update", Name: "escalation/critical/1", Rings: 1, Does: []string{"notify coordinator"}},
			{Agreement: "sa-sales", Norm: "update", Name: "warning/75%", Rings: 2, Does: []string{"notify accountable"}},
		}, report.Rings)
	})

	t.Run("WhatAnEscalationDoesToThePriority", func(t *testing.T) {
		t.Parallel()
		// 75% of 8h come at 15:00 on Monday: from then on the priority is high, and the row for every priority still counts.
		late := run(t, desk(t), "a,1 09:00,work", "a,1 16:00,work", "a,2 09:30,closed")
		require.Equal(t, usm.PriorityHigh, norm(t, late, "sa-sales", "handling").Priority)
		soon := run(t, desk(t), "a,1 09:00,work", "a,1 14:00,closed")
		require.Equal(t, usm.PriorityMedium, norm(t, soon, "sa-sales", "handling").Priority)
	})

	t.Run("WhatTheRequesterHears", func(t *testing.T) {
		t.Parallel()
		told := run(t, desk(t), "a,1 09:00,work,P1", "a,1 12:00,work,P1,,yes", "a,1 15:00,closed,P1")
		require.Equal(t, map[string]int{"met": 1}, results(norm(t, told, "sa-sales", "update")))
		silent := run(t, desk(t), "a,1 09:00,work,P1", "a,1 12:00,work,P1,vendor", "a,1 15:00,closed,P1,vendor")
		require.Equal(t, map[string]int{"breached": 1}, results(norm(t, silent, "sa-sales", "update")))
	})

	t.Run("TheTeamThatHasTheCall", func(t *testing.T) {
		t.Parallel()
		report := run(t, desk(t), "a,1 09:00,work", "a,1 12:00,work,,platform", "a,1 15:00,closed,,platform")
		row := norm(t, report, "ola-platform", "handling")
		require.Equal(t, "platform", row.Link)
		require.Equal(t, "3h", row.Used.String())
		other := run(t, desk(t), "a,1 09:00,work", "a,1 12:00,work,,vendor", "a,1 15:00,closed,,vendor")
		for _, row := range other.Norms {
			require.Empty(t, row.Link)
		}
	})

	t.Run("NothingThatTheProcedureHasDoneByMachine", func(t *testing.T) {
		t.Parallel()
		alone := desk(t, "steps: [{step: review_recovery", "steps: [{step: accept_incident, performer: automatic}, "+
			"{step: classify_incident, performer: automatic, fields: {category: other, impact: low, urgency: low}}, {step: review_recovery")
		rows := []string{"a,1 09:00,new", "a,1 10:00,work", "a,1 12:00,fix", "a,1 16:00,closed"}
		require.Equal(t, "1h", norm(t, run(t, desk(t), rows...), "sa-sales", "reaction").Used.String())
		require.Equal(t, "3h", norm(t, run(t, alone, rows...), "sa-sales", "reaction").Used.String(), "the first step of people is the analysis")
	})

	t.Run("WhatTheNumbersRestOn", func(t *testing.T) {
		t.Parallel()
		report := run(t, desk(t),
			"a,1 09:00,work", "a,1 08:00,resolved", "a,8 09:00,closed", // back, and silence for 72 hours
			"b,1 09:00,work",
			"f,1 09:00,closed", "f,5 09:00,closed", // the first end is the end
			",1 09:00,work", "c,today,work", "d,,work", "e,1 09:00,work,P9")
		require.Equal(t, 3, report.Cases)
		require.Equal(t, 1, report.Backwards)
		require.Equal(t, 1, report.Unattended)
		require.Equal(t, 1, report.Open)
		require.Equal(t, map[string]int{"met": 2, "running": 1}, results(norm(t, report, "", "handling")))
		require.Equal(t, 4, report.Refused)
		var reasons []string
		for _, refusal := range report.Refusals {
			reasons = append(reasons, refusal.Error())
		}
		require.ElementsMatch(t, []string{
			"row 8, case: the row does not say which case it belongs to",
			`row 9, case c, at: "today" is no date of the form 2006-01-02 15:04`,
			"row 10, case d, at: a value is required",
			`row 11, case e, level: the mapping does not know the value "P9" (it knows P1, P2)`,
		}, reasons)
	})
}
