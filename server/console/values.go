package console

import (
	"maps"
	"slices"
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

// wordy are the names under which words of USM are recorded, and no text that somebody typed.
var wordy = []string{
	"action", "effect", "impact", "likelihood", "outcome", "priority", "process", "status", "step", "type", "urgency", "waiting",
	"waiting_for",
}

// wordFor is a word of USM as people read it; anything else is as it was typed.
func (v *visit) wordFor(name, text string) string {
	if slices.Contains(wordy, name) {
		return v.choiceName(choice{Value: text})
	}
	return text
}
