package console

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// sortedNames are the names of what is recorded, in order.
func sortedNames[T any](recorded map[string]T) []string { return slices.Sorted(maps.Keys(recorded)) }

// instantIn reads a text that is a moment.
func instantIn(text string) (time.Time, bool) {
	if len(text) < len("2006-01-02T15:04:05Z") {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// bare reports whether a value says nothing.
func bare(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

// wordy are the names under which words of USM are recorded, and timed those under which spans are, and no text that somebody
// typed.
var (
	wordy = []string{
		"action", "applies", "by", "class", "decision", "effect", "event", "impact", "kind", "likelihood", "opened", "outcome", "performer",
		"priority", "process", "state", "status", "step", "type", "urgency", "waiting", "waiting_for",
	}
	timed = []string{"handling", "reaction", "remaining", "target", "update", "used", "warnings", "within"}
)

// wordFor is an id that is recorded under a name as what it is called, a word of USM as people read it and a span as people say it;
// anything else is as it was typed.
func (v *visit) wordFor(d directory, name, text string) string {
	switch called := d.called(name, text); {
	case called != text:
		return called
	case slices.Contains(wordy, name) && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") == "":
		return v.choiceName(choice{Value: text})
	case slices.Contains(timed, name):
		return v.span(text)
	}
	return v.day(text)
}

// day is a day as people write it; anything else is as it was typed.
func (v *visit) day(text string) string {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return v.months(at.Format("2 Jan 2006"), at)
}

// businessDays is a target in business days, as usm/clock reads it: "2 business days end", "1 business day 12:00".
var businessDays = regexp.MustCompile(`^(\d{1,9}) business days? (end|\d\d:\d\d)$`)

// span is a duration or a target as people say it; anything else is as it was typed.
func (v *visit) span(text string) string {
	if days := businessDays.FindStringSubmatch(text); days != nil && days[2] == "end" {
		return v.T("time.business_days_end", days[1])
	} else if days != nil {
		return v.T("time.business_days_at", days[1], days[2])
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	return v.lasting(d)
}
