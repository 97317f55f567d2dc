package clock

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/usm-works/usm/usm"
)

// firstRepeat is where an RRule begins that does not say.
const firstRepeat = "2000-01-01"

// end is when the years that calendars know are over.
var end = time.Date(lastYear+1, time.January, 1, 0, 0, 0, 0, time.UTC)

// rrule adds the days of a recurrence.
func (r *refusals) rrule(closed days, pointer string, rule usm.HolidayRule) {
	start := rule.Start
	if start == "" {
		start = firstRepeat
	}
	on, ok := r.date(pointer+"/start", start)
	if !ok {
		return
	}
	all, err := recur(rule.RRule, time.Unix(int64(on)*day, 0).UTC())
	if err != nil {
		r.addf(pointer+"/rrule", "%s", err)
	}
	for _, at := range all {
		closed.put(date0(at))
	}
}

// recur lists when an RFC 5545 recurrence takes place, from its start until the last year that calendars know.
func recur(text string, start time.Time) ([]time.Time, error) {
	// Longer ones, larger intervals and repetitions within a day only serve to keep the library busy.
	if len(text) > 300 {
		return nil, errors.New("a recurrence has at most 300 characters")
	}
	option, err := rrule.StrToROptionInLocation(strings.ToUpper(text), start.Location())
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is not a recurrence (RFC 5545): %w", text, err)
	case option.Freq > rrule.DAILY || max(len(option.Byhour), len(option.Byminute), len(option.Bysecond)) > 1:
		return nil, fmt.Errorf("%q recurs within a day; holidays are whole days", text)
	case option.Interval > 1000:
		return nil, fmt.Errorf("%q has an interval over 1000", text)
	}
	option.Dtstart = start
	if option.Until.IsZero() || option.Until.After(end) {
		option.Until = end
	}
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, fmt.Errorf("%q is not a recurrence (RFC 5545): %w", text, err)
	}
	all := occurrences(rule)
	if len(all) == 0 {
		return nil, fmt.Errorf("%q never takes place", text)
	}
	return all, nil
}

// occurrences lists a recurrence; none where the library panics, as it does on the 40th Monday of a month.
func occurrences(rule *rrule.RRule) (all []time.Time) {
	defer func() {
		if recover() != nil {
			all = nil
		}
	}()
	return rule.All()
}
