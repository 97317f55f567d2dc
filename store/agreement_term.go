package store

import (
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// termOf lists the turns that are still to come in the life of a version: its first day when it is agreed for later, the
// notices of renewal, and the end of its last day. Days are those of the domain's time zone.
func termOf(domain usm.Domain, a usm.Agreement) usm.AgreementTerm {
	term := usm.AgreementTerm{Domain: domain.ID, Agreement: a.ID, Version: a.Version}
	first, last := day(a.ValidFrom), day(a.ValidUntil)
	if a.State == usm.AgreementAgreed && !first.IsZero() {
		term.Events = append(term.Events, usm.AgreementTurn{At: dayBegins(domain, first), Kind: usm.TurnInForce})
	}
	if last.IsZero() {
		return term
	}
	end := lastMoment(domain, a)
	for _, days := range a.Renewal {
		if notice := last.AddDate(0, 0, -days); !notice.Before(first) {
			term.Events = append(term.Events, usm.AgreementTurn{At: opens(domain, notice, end), Kind: usm.TurnRenewal})
		}
	}
	term.Events = append(term.Events, usm.AgreementTurn{At: end, Kind: usm.TurnExpired})
	slices.SortStableFunc(term.Events, func(a, b usm.AgreementTurn) int { return a.At.Compare(b.At) })
	return term
}

// lastMoment is when the last day of a version is over; zero when it has none.
func lastMoment(domain usm.Domain, a usm.Agreement) time.Time {
	last := day(a.ValidUntil)
	if last.IsZero() {
		return time.Time{}
	}
	return dayBegins(domain, last.AddDate(0, 0, 1))
}

// day reads a full-date; the zero time for none. Dates were checked where they came in.
func day(text string) time.Time {
	date, _ := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
	return date
}

// dayBegins is the first moment of a day where the domain is.
func dayBegins(domain usm.Domain, date time.Time) time.Time {
	zone, err := time.LoadLocation(domain.TimeZone)
	if err != nil {
		zone = time.UTC // a domain that came past the check of its file
	}
	year, month, d := date.Date()
	midnight := time.Date(year, month, d, 0, 0, 0, 0, zone)
	// Some zones change their clocks at midnight. The day then begins by the clocks of the evening before, unless those
	// were put back into that evening.
	_, offset := midnight.Add(-3 * time.Hour).Zone()
	if early := time.Date(year, month, d, 0, 0, 0, 0, time.FixedZone("", offset)).In(zone); early.Day() == d {
		return early.UTC()
	}
	return midnight.UTC()
}

// opens is when the domain opens first on or after a day, so that nobody is told at midnight; the day itself when that is
// not before the end.
func opens(domain usm.Domain, date, end time.Time) time.Time {
	begin := dayBegins(domain, date)
	calendar, err := calendarOf(domain, "")
	if err != nil {
		return begin
	}
	if open, err := calendar.NextOpen(begin); err == nil && open.Before(end) {
		return open.UTC()
	}
	return begin
}
