package domains_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

func TestBuiltinPromises(t *testing.T) {
	t.Parallel()

	t.Run("RunOnClocks", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			for _, agreement := range d.Agreements {
				if agreement.Type == usm.SA {
					_, err := clock.Open(usm.NewTerms(d, agreement.Versioned(), d.Agreements))
					require.NoError(t, err, agreement.ID)
				}
			}
		})
	})

	t.Run("CoverEverybodyWhomACustomerAuthorises", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			for _, person := range d.People {
				if person.Customer == "" {
					continue
				}
				require.True(t, slices.ContainsFunc(d.Agreements, func(a usm.Agreement) bool {
					_, ok := a.Covers(person, a.Services[0], nil)
					return ok
				}), person.ID)
			}
		})
	})

	t.Run("OutlastTheTestsAndDemonstrationsThatRelyOnThem", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			for _, agreement := range d.Agreements {
				require.True(t, agreement.ValidUntil == "" || agreement.ValidUntil > "2036", agreement.ID)
			}
		})
	})

	t.Run("PassOnWhatATeamHasToDo", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			chained := false
			for _, agreement := range d.Agreements {
				chained = chained || agreement.Type == usm.OLA && len(agreement.Under) > 0
				isFor := func(n usm.Norm) bool {
					return n.Handling != "" && n.Priority == "" && (n.Type == usm.Incident || n.Type == usm.ServiceRequest)
				}
				require.True(t, slices.ContainsFunc(agreement.Norms, isFor), agreement.ID)
			}
			require.True(t, chained, "an OLA rests on a UC")
		})
	})

	t.Run("ShowEverythingThatCanBePromised", func(t *testing.T) {
		t.Parallel()
		shown := map[string]bool{}
		for _, d := range all(t) {
			show(shown, "by hand", slices.ContainsFunc(d.Pauses, func(p usm.PauseReason) bool { return p.ID == "hold" && p.While == nil }))
			show(shown, "by itself", slices.ContainsFunc(d.Pauses, func(p usm.PauseReason) bool { return p.While != nil }))
			for _, c := range append(d.Calendars, d.Calendar) {
				show(shown, "always", c.Always)
				show(shown, "zone", c.TimeZone != "")
				show(shown, "list", len(c.Holidays) > 0)
				show(shown, "icalendar", c.ICalendar != "")
				show(shown, "opening", len(c.Openings) > 0)
				for _, rule := range c.Rules {
					show(shown, "country", rule.Country != "")
					show(shown, "rule", rule.RRule != "")
					show(shown, "easter", rule.Easter != nil)
				}
			}
			for _, a := range d.Agreements {
				showAgreement(shown, a)
			}
		}
		missing := slices.DeleteFunc(slices.Sorted(maps.Keys(shown)), func(what string) bool { return shown[what] })
		require.Empty(t, missing)
	})
}

func show(shown map[string]bool, what string, here bool) { shown[what] = shown[what] || here }

func showAgreement(shown map[string]bool, a usm.Agreement) {
	show(shown, "renewal", len(a.Renewal) > 0)
	show(shown, "requests", len(a.Requests) > 0)
	show(shown, "from change", a.Applies == usm.FromChange)
	for _, clause := range a.Coverage {
		show(shown, "site", len(clause.Sites) > 0)
		show(shown, "people", len(clause.People) > 0)
		show(shown, "users of components", len(clause.Components) > 0)
	}
	ladders := slices.Clone(a.Escalation)
	for _, norm := range a.Norms {
		show(shown, "update", norm.Update != "")
		show(shown, "24 x 7", norm.Calendar == usm.AroundTheClock)
		show(shown, "nothing pauses", norm.Pause != nil && len(norm.Pause) == 0)
		show(shown, "own warnings", len(norm.Warnings) > 0)
		ladders = append(ladders, norm.Escalation...)
		for _, named := range norm.Named {
			show(shown, "named", true)
			show(shown, "reset", len(named.Reset) > 0)
		}
	}
	for _, step := range ladders {
		show(shown, "notify", len(step.Notify) > 0)
		show(shown, "priority", step.Priority != "")
		show(shown, "reassign", len(step.Reassign) > 0)
		show(shown, "open", step.Open != nil)
	}
}

func TestBuiltinCalendars(t *testing.T) {
	t.Parallel()
	parsed := all(t)
	cases := []struct{ claim, domain, calendar, from, target, due string }{
		{"BusinessDaysSkipTheWeekend", "hr", "", "2026-11-26 10:00", "2 business days end", "2026-11-30 17:30"},
		{"BusinessDaysSkipAHoliday", "hr", "", "2026-11-27 10:00", "2 business days end", "2026-12-02 17:30"},
		{"BusinessDaysSkipTheClosingOfTheUniversity", "hr", "", "2026-12-23 10:00", "2 business days end", "2027-01-05 17:30"},
		{"TheClosingIsYearly", "hr", "", "2027-12-23 10:00", "2 business days end", "2028-01-04 17:30"},
		{"BusinessTimeSkipsTheLunch", "hr", "", "2026-11-26 12:00", "2h", "2026-11-26 15:00"},
		{"BooksAreOpenLateAtTheEndOfAMonth", "finance", "", "2026-11-30 16:00", "4h", "2026-11-30 20:00"},
		{"BusinessTimeSkipsThanksgivingAndTheDayAfter", "finance", "", "2026-11-25 16:00", "2h", "2026-11-30 09:00"},
		{"ABankKeepsTheHoursOfItsOwnZone", "finance", "banking", "2026-11-30 16:00", "1h", "2026-12-01 07:30"},
		{"SpecialOpeningsAreOpenAtNight", "facilities", "", "2027-01-16 03:00", "2h", "2027-01-16 05:00"},
		{"ASpecialDayMayBeClosed", "facilities", "", "2027-08-06 18:00", "2h", "2027-08-08 11:00"},
		{"BusinessTimeSkipsKingsDay", "it", "", "2027-04-26 17:00", "4h", "2027-04-28 11:00"},
		{"TheOrderFloorWorksOnSaturdays", "it", "order-floor", "2026-11-28 20:00", "4h", "2026-11-30 08:00"},
		{"WardsNeverClose", "healthcare", "", "2026-12-24 23:50", "20m", "2026-12-25 00:10"},
		{"TheWorkshopDoes", "healthcare", "workshop", "2026-12-24 16:00", "1 business day end", "2026-12-28 17:00"},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			d := parsed[c.domain]
			calendar := d.Calendar
			for _, other := range d.Calendars {
				if other.ID == c.calendar {
					calendar = other
				}
			}
			if calendar.TimeZone == "" {
				calendar.TimeZone = d.TimeZone
			}
			compiled, err := clock.Compile(calendar)
			require.NoError(t, err)
			zone, err := time.LoadLocation(d.TimeZone)
			require.NoError(t, err)
			from, err := time.ParseInLocation("2006-01-02 15:04", c.from, zone)
			require.NoError(t, err)
			target, err := clock.ParseTarget(c.target)
			require.NoError(t, err)
			due, err := target.Due(compiled, from)
			require.NoError(t, err)
			require.Equal(t, c.due, due.In(zone).Format("2006-01-02 15:04"))
		})
	}
}
