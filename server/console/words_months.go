package console

import (
	"strings"
	"time"
)

// months puts the names of month and day into the reader's language; Go knows the English ones only.
func (v *visit) months(text string, at time.Time) string {
	if v.look.Language == languages[0] {
		return text
	}
	month, day := at.Month().String(), at.Weekday().String()
	for _, name := range []string{month, month[:3], day} {
		if key := "calendar." + name; v.has(key) && strings.Contains(text, name) {
			text = strings.Replace(text, name, v.T(key), 1)
			if name != day {
				break // May is its own abbreviation
			}
		}
	}
	if key := "calendar." + day; v.has(key) {
		text = strings.Replace(text, day, v.T(key), 1)
	}
	return text
}
