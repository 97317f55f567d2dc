package clock

import (
	"regexp"
	"strconv"
	"time"

	"github.com/usm-works/usm/usm"
)

// Trigger is a moment in the life of a clock, told by its target. The zero value is the due moment itself.
type Trigger struct {
	short int64         // millionths of the target that are missing to it
	shift time.Duration // after the due moment, negative before it
}

var share = regexp.MustCompile(`^(\d{1,3})(?:\.(\d{1,4}))?%$`)

// ParseTrigger reads a share of the target ("75%"), business time before the due moment ("30m", "-30m"), business time
// after it ("+2h") or the moment itself ("due", ""). It refuses shares outside 0 … 100 % and times over ten years with a
// *usm.Error that points to "".
func ParseTrigger(text string) (Trigger, error) {
	if text == "" || text == "due" {
		return Trigger{}, nil
	}
	if match := share.FindStringSubmatch(text); match != nil {
		millionths, _ := strconv.ParseInt(match[1]+(match[2] + "0000")[:4], 10, 64) // at most seven digits
		if millionths <= 0 || millionths > 1_000_000 {
			return Trigger{}, usm.Invalid("", "%q is not a share of more than 0%% and at most 100%%", text)
		}
		return Trigger{short: 1_000_000 - millionths}, nil
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return Trigger{}, usm.Invalid("", "%q is neither a share such as 75%%, nor time before or after the due moment such as "+
			"-30m or +2h, nor \"due\"", text)
	case d.Abs() > longest:
		return Trigger{}, usm.Invalid("", "%q is longer than ten years", text)
	case text[0] != '+' && text[0] != '-':
		d = -d
	}
	return Trigger{shift: d}, nil
}

// After returns how much business time after the start of a clock with this target the trigger comes: the target itself
// for the due moment, 0 for what would come before the start.
func (t Trigger) After(target time.Duration) time.Duration {
	whole, part := int64(target)/1_000_000, int64(target)%1_000_000
	short := whole*t.short + part*t.short/1_000_000 // in two parts, which cannot overflow
	return max(0, target-time.Duration(short)+t.shift)
}
