package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestApplyDomainWithPromises(t *testing.T) {
	t.Parallel()

	t.Run("KeepsWhatAFileSaysAboutTimeNormsAndCoverage", func(t *testing.T) {
		t.Parallel()
		file := storetest.Domain()
		easter := -2
		file.Calendar.Rules = []usm.HolidayRule{
			{Country: "nl"}, {Easter: &easter}, {Month: 2, Day: 29}, {RRule: "FREQ=YEARLY", Start: "2020-05-05"},
		}
		file.Calendar.Openings = []usm.Opening{{Date: "2026-12-24", Windows: []string{"08:00-12:00"}}}
		file.Calendars = []usm.Calendar{{
			ID: "night", TimeZone: "Asia/Tokyo", Hours: map[string][]string{"sun": {"00:00-06:00", "22:00-24:00"}},
			ICalendar: "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n" +
				"DTSTART;VALUE=DATE:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		}}
		file.Pauses = []usm.PauseReason{{ID: "frozen", Accountable: "customer", While: &usm.Moment{Waiting: usm.WaitSignal}}}
		file.People[0].Site = "north"
		file.Components[0].Users = []string{"eve", "ed"}
		agreement := &file.Agreements[0]
		agreement.Coverage = []usm.Clause{{ID: "north", Sites: []string{"north"}, Components: []string{"srv-1"}}}
		agreement.Requests, agreement.Calendar, agreement.Renewal = []string{"mailbox"}, "night", []int{60, 14}
		agreement.ValidFrom, agreement.ValidUntil = "2020-01-01", "2999-12-31"
		agreement.Warnings, agreement.Applies = []string{"50%"}, usm.FromChange
		agreement.Pauses, agreement.Escalation = file.Pauses, []usm.Escalation{{At: "+1h", Open: &usm.Raised{Subject: "Late"}}}
		agreement.Norms = []usm.Norm{{Type: usm.Incident, Update: "4h", Pause: []string{"frozen"}, Named: []usm.NamedNorm{{
			Name: "repair", Target: "1 business day 12:00",
			Start: usm.Moment{Opened: usm.RecoverService}, Stop: usm.Moment{Step: usm.RecoverService},
		}}}}
		w, result := with(t, func(d *usm.Domain) { *d = file })
		require.Len(t, result.Terms, 1)
		exported, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		for range 2 {
			again, err := w.ApplyDomain(w.ctx(), exported, "test")
			require.NoError(t, err)
			require.Equal(t, usm.DomainResult{Version: 1, Terms: result.Terms}, again)
			exported = file
		}
		file.People[0].Site = "south"
		again, err := w.ApplyDomain(w.ctx(), file, "test")
		require.NoError(t, err)
		require.True(t, again.Changed)
		require.Zero(t, w.covered("eve", "mail"))
	})

	t.Run("TellsAnEmptyListFromNoneWhereThatMeansSomething", func(t *testing.T) {
		t.Parallel()
		norms := func(pause []string) func(*usm.Domain) {
			return func(d *usm.Domain) {
				d.Agreements[0].Norms = []usm.Norm{{Type: usm.Incident, Handling: "8h", Pause: pause}}
			}
		}
		w, _ := with(t, norms(nil))
		file := storetest.Domain()
		norms([]string{})(&file)
		result, err := w.ApplyDomain(w.ctx(), file, "test")
		require.NoError(t, err)
		require.Equal(t, []string{"agreement sa-hq: differs from the register, and only a wish may change it"}, result.NotApplied)
	})

	t.Run("RefusesAVersionInWhichAnAgreementCouldNotBeMeasured", func(t *testing.T) {
		t.Parallel()
		file := storetest.Domain()
		file.Calendars = []usm.Calendar{{ID: "night", Hours: map[string][]string{"sun": {"00:00-06:00"}}}}
		file.Agreements[0].Calendar = "night"
		file.Agreements[0].Norms = []usm.Norm{{Type: usm.Incident, Handling: "8h"}}
		w, _ := with(t, func(d *usm.Domain) { *d = file })
		file.Calendars = nil
		_, err := w.ApplyDomain(w.ctx(), file, "test")
		require.ErrorContains(t, refusal(t, usm.CodeInvalid, err), `there is no calendar "night"`)
		domain, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Equal(t, 1, domain.Version)
	})
}
