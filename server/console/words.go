package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// instant is a moment as the page shows it: short, and exact on hover. A machine reads RFC 3339.
func (v *visit) instant(at time.Time) (machine, short, exact string) {
	local := at.In(v.look.Zone)
	now := v.now.In(v.look.Zone)
	layout := "2 Jan 2006 15:04"
	switch {
	case local.Format(time.DateOnly) == now.Format(time.DateOnly):
		layout = "15:04"
	case local.Year() == now.Year():
		layout = "2 Jan 15:04"
	}
	exact = v.months(local.Format("Monday 2 January 2006 15:04:05 MST"), local)
	return at.UTC().Format(time.RFC3339), v.months(local.Format(layout), local), exact
}

// lasting says how long something takes, in its two largest units.
func (v *visit) lasting(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	minutes := int(d.Round(time.Minute).Minutes())
	days, hours := minutes/(24*60), minutes/60%24
	minutes %= 60
	switch {
	case days > 0 && hours > 0:
		return v.T("time.days_hours", days, hours)
	case days > 0:
		return v.T("time.days", days)
	case hours > 0 && minutes > 0:
		return v.T("time.hours_minutes", hours, minutes)
	case hours > 0:
		return v.T("time.hours", hours)
	default:
		return v.T("time.minutes", minutes)
	}
}

// figure is a number with the decimal sign of the reader's language.
func (v *visit) figure(number string) string {
	return strings.Replace(number, ".", v.T("time.decimal_sign"), 1)
}

// spent is time on a clock; what is over is below nothing.
func (v *visit) spent(s usm.Span) string {
	if s < 0 {
		return "−" + v.lasting(time.Duration(s))
	}
	return v.lasting(time.Duration(s))
}

// The names of what USM speaks of, in the language of the reader.

func (v *visit) processName(p usm.Process) string   { return v.or("process."+string(p), string(p)) }
func (v *visit) stepName(s usm.Step) string         { return v.or("step."+string(s), s.Title()) }
func (v *visit) typeName(t usm.CallType) string     { return v.or("type."+string(t), string(t)) }
func (v *visit) statusName(s usm.Status) string     { return v.or("status."+string(s), string(s)) }
func (v *visit) priorityName(p usm.Priority) string { return v.or("priority."+string(p), string(p)) }
func (v *visit) levelName(l usm.Level) string       { return v.or("level."+string(l), string(l)) }
func (v *visit) outcomeName(o usm.Outcome) string   { return v.or("outcome."+string(o), string(o)) }
func (v *visit) waitName(k usm.WaitKind) string     { return v.or("wait."+string(k), string(k)) }
func (v *visit) workflowName(number int) string {
	return v.or("workflow."+strconv.Itoa(number), strconv.Itoa(number))
}
