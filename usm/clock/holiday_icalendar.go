package clock

import (
	"errors"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// What an iCalendar text may hold at most. For longer lines and deeper components the library takes longer by their square.
const (
	maxICalendar = 256 << 10
	maxLine      = 8 << 10 // without its line breaks
	maxDepth     = 8
	maxRecurring = 200       // events
	maxTouched   = 1_000_000 // days, each time that an event touches them
)

// almanac reads the events of an iCalendar text (RFC 5545) into the days that they touch in a zone.
type almanac struct {
	days

	zone      *time.Location
	touched   int
	recurring int
	// moved are the occurrences of an event, by its UID, that an event with a RECURRENCE-ID stands in for.
	moved map[string][]time.Time
}

// readICalendar adds every day that an event touches. Cancelled events touch none.
func readICalendar(closed days, text string, zone *time.Location) error {
	if err := checkICalendar(text); err != nil {
		return err
	}
	file, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		return fmt.Errorf("not an iCalendar text (RFC 5545): %w", err)
	}
	a := almanac{days: closed, zone: zone, moved: map[string][]time.Time{}}
	read := func(each func(*ics.VEvent) error) error {
		for i, event := range file.Events() {
			if err := each(event); err != nil {
				return fmt.Errorf("event %d %q: %w", i+1, value(event, ics.ComponentPropertySummary), err)
			}
		}
		return nil
	}
	if len(file.Events()) == 0 {
		return errors.New("the iCalendar text has no events")
	}
	if err := read(a.stand); err != nil {
		return err
	}
	return read(a.event)
}

var unfold = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "")

// checkICalendar refuses a text that would keep the library busy, and one that is cut off, which it would take for whole.
func checkICalendar(text string) error {
	if len(text) > maxICalendar {
		return fmt.Errorf("the iCalendar text is over %d KiB", maxICalendar>>10)
	}
	depth := 0
	for line := range strings.Lines(unfold.Replace(text)) {
		switch {
		case len(line) > maxLine:
			return fmt.Errorf("the iCalendar text has a line over %d KiB", maxLine>>10)
		case strings.HasPrefix(line, "BEGIN"):
			depth++
		case strings.HasPrefix(line, "END:"):
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("the iCalendar text has components more than %d deep", maxDepth)
		}
	}
	if depth != 0 {
		return errors.New("the iCalendar text is cut off: what BEGINs must END")
	}
	return nil
}

// stand notes the occurrence that an event stands in for.
func (a *almanac) stand(event *ics.VEvent) error {
	times, _, err := a.times(event, ics.ComponentPropertyRecurrenceId)
	uid := value(event, ics.ComponentPropertyUniqueId)
	a.moved[uid] = append(a.moved[uid], times...)
	return err
}

// event adds the days of an event and of its repetitions.
func (a *almanac) event(event *ics.VEvent) error {
	if value(event, ics.ComponentPropertyStatus) == string(ics.ObjectStatusCancelled) {
		return nil
	}
	starts, wholeDays, err := a.times(event, ics.ComponentPropertyDtStart)
	if err != nil {
		return err
	}
	if len(starts) != 1 {
		return errors.New("it must have one DTSTART")
	}
	length, err := a.length(event, starts[0], wholeDays)
	if err != nil {
		return err
	}
	if !event.HasProperty(ics.ComponentPropertyRecurrenceId) {
		if starts, err = a.repeated(event, starts[0]); err != nil {
			return err
		}
	}
	shown := a.zone
	if wholeDays {
		shown = time.UTC // dates are kept as midnights of UTC
	}
	for _, start := range starts {
		if err := a.touch(start, length, shown); err != nil {
			return err
		}
	}
	return nil
}

// repeated lists when an event takes place: RRULE and RDATE without EXDATE and what other events stand in for.
func (a *almanac) repeated(event *ics.VEvent, start time.Time) ([]time.Time, error) {
	all, _, err := a.times(event, ics.ComponentPropertyRdate)
	if err != nil {
		return nil, err
	}
	switch rules := event.GetProperties(ics.ComponentPropertyRrule); len(rules) {
	case 0:
		all = append(all, start)
	case 1:
		if a.recurring++; a.recurring > maxRecurring {
			return nil, fmt.Errorf("more than %d events recur", maxRecurring)
		}
		recurring, err := recur(rules[0].Value, start)
		if err != nil {
			return nil, err
		}
		all = append(all, recurring...)
	default:
		return nil, errors.New("it has more than one RRULE")
	}
	removed, _, err := a.times(event, ics.ComponentPropertyExdate)
	if err != nil {
		return nil, err
	}
	var set rrule.Set
	set.SetRDates(all)
	set.SetExDates(append(removed, a.moved[value(event, ics.ComponentPropertyUniqueId)]...))
	return set.All(), nil
}

// touch adds the days from a start on, each once, the first one also when the event takes no time. The length is that of
// the wall clock: what lasts from midnight to midnight does so in the night of a 25-hour day too.
func (a *almanac) touch(start time.Time, length time.Duration, shown *time.Location) error {
	over := time.Date(start.Year(), start.Month(), start.Day(), start.Hour(), start.Minute(), start.Second()+int(length/time.Second), 0,
		start.Location())
	first, last := date0(start.In(shown)), date0(over.Add(-1).In(shown))
	if a.touched += max(1, last-first+1); a.touched > maxTouched {
		return fmt.Errorf("the events touch more than %d days", maxTouched)
	}
	for on := first; on <= max(first, last); on++ {
		a.put(on)
	}
	return nil
}
