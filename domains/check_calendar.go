package domains

import (
	"fmt"
	"time"

	"github.com/usm-works/usm/steps/promise"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// clocks checks time zone, calendars and reasons to pause.
func (c *checker) clocks() {
	zone := c.domain.TimeZone
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		if zone != "" {
			c.mistakef("/time_zone", "unknown time zone %q", zone)
		}
		zone = "UTC" // so that the calendars are checked nevertheless, and nobody reads about the zone twice
	}
	if c.domain.Calendar.ID != "" {
		c.mistakef("/calendar/id", "must be left out: this is the domain's own calendar")
	}
	c.calendars = map[string]*clock.Calendar{
		"":                 c.compiled("/calendar", zone, c.domain.Calendar),
		usm.AroundTheClock: c.compiled("", zone, usm.Calendar{Always: true}),
	}
	unique(c, "/calendars", c.domain.Calendars, func(x usm.Calendar) string { return x.ID })
	for i, calendar := range c.domain.Calendars {
		at := fmt.Sprintf("/calendars/%d", i)
		if calendar.ID == usm.AroundTheClock {
			c.mistakef(at+"/id", "the calendar %q is always there", calendar.ID)
		}
		if calendar.ID != "" { // else the schema has refused it
			c.calendars[calendar.ID] = c.compiled(at, zone, calendar)
		}
	}
	c.add("/pauses", promise.Pauses(c.domain.Pauses))
	for i, reason := range c.domain.Pauses {
		c.causes(fmt.Sprintf("/pauses/%d", i), reason, reasons(c.domain.Pauses))
	}
}

// add takes over what is wrong with a part of the domain.
func (c *checker) add(pointer string, mistakes []usm.FieldError) {
	for _, m := range mistakes {
		c.mistakes = append(c.mistakes, usm.FieldError{Pointer: pointer + m.Pointer, Detail: m.Detail})
	}
}

// compiled returns nil for a calendar that cannot be used, after saying why.
func (c *checker) compiled(at, zone string, calendar usm.Calendar) *clock.Calendar {
	if calendar.TimeZone == "" {
		calendar.TimeZone = zone
	}
	compiled, err := clock.Compile(calendar)
	if err != nil {
		c.add(at, promise.Refusals("", err))
		return nil
	}
	if _, err := compiled.NextOpen(time.Now()); err != nil {
		c.mistakef(at, "never opens: there is no time within two years from now at which somebody works")
		return nil
	}
	return compiled
}

// reasons returns the ids of the reasons to pause that exist everywhere and of those of the list.
func reasons(lists ...[]usm.PauseReason) map[string]bool {
	known := map[string]bool{}
	for _, id := range promise.Everywhere() {
		known[id] = true
	}
	for _, list := range lists {
		for _, reason := range list {
			known[reason.ID] = true
		}
	}
	return known
}

func (c *checker) causes(at string, reason usm.PauseReason, known map[string]bool) {
	for key, m := range map[string]*usm.Moment{"/while": reason.While, "/until": reason.Until} {
		if m != nil {
			c.known(at+key+"/reason", "reason to pause", m.Reason, known)
		}
	}
}

// reached refuses a target that the calendar does not open long enough for. What is no target, or no calendar, is refused
// elsewhere.
func (c *checker) reached(pointer, text, calendar string) {
	target, err := clock.ParseTarget(text)
	compiled := c.calendars[calendar]
	if text == "" || err != nil || compiled == nil {
		return
	}
	now := time.Now()
	if due, err := target.Due(compiled, now); err != nil || due.After(now.AddDate(10, 0, 0)) {
		c.mistakef(pointer, "is not used up within ten years: its calendar opens too little for %s", text)
	}
}
