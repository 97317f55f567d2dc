package usm

// AroundTheClock is the id of the calendar that every domain has: 24 × 7, without holidays.
const AroundTheClock = "24x7"

// Calendar says when somebody works. Times are wall clock times of its zone. It never changes: a call keeps the domain
// version, and with it the calendars, that its clocks were bound to.
type Calendar struct {
	ID       string              `json:"id,omitempty"`        // "" is the domain's own
	Name     string              `json:"name,omitempty"`      // for people
	TimeZone string              `json:"time_zone,omitempty"` // IANA name; "" is the domain's
	Always   bool                `json:"always,omitempty"`    // 24 × 7: neither hours nor holidays
	Hours    map[string][]string `json:"hours,omitempty"`     // weekday (mon … sun) → windows "08:00-12:00"; "24:00" ends a day
	Holidays []string            `json:"holidays,omitempty"`  // by list: dates, RFC 3339 full-date
	Rules    []HolidayRule       `json:"holiday_rules,omitempty"`
	// ICalendar is the text of an iCalendar file (RFC 5545): every day that one of its events touches is a holiday,
	// repeated events too. In a domain file `icalendar_file` names a file instead, which is read in when the file is.
	ICalendar string    `json:"icalendar,omitempty"`
	Openings  []Opening `json:"openings,omitempty"` // special days: they go before hours and holidays
}

// HolidayRule is a holiday of every year. Exactly one of Country, Month with Day, Easter and RRule is given.
type HolidayRule struct {
	Name    string `json:"name,omitempty"`
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2 in lower case: the public holidays of that country
	Month   int    `json:"month,omitempty"`   // 1 … 12
	Day     int    `json:"day,omitempty"`     // 1 … 31; a day that a year does not have is no holiday in that year
	Easter  *int   `json:"easter,omitempty"`  // days after Easter Sunday, may be negative
	RRule   string `json:"rrule,omitempty"`   // RFC 5545 recurrence
	Start   string `json:"start,omitempty"`   // first day of the RRule, full-date; "": 2000-01-01
}

// Opening says what one date is like, whatever the weekday's hours and the holidays say.
type Opening struct {
	Date    string   `json:"date"`              // RFC 3339 full-date
	Windows []string `json:"windows,omitempty"` // none: closed
	Name    string   `json:"name,omitempty"`
}
