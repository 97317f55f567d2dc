package clock

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"
)

// countries are the public holidays of a country that hold in all of it, by ISO 3166-1 alpha-2 code. Of each the day on
// which it is observed counts: where the law moves a holiday from a weekend it is open on the date itself.
var countries = map[string][]*cal.Holiday{
	"at": at.Holidays, "be": be.Holidays, "ch": ch.Holidays, "dk": dk.Holidays, "es": es.Holidays, "fr": fr.Holidays,
	"ie": ie.Holidays, "it": it.Holidays, "nl": nl.Holidays, "no": no.Holidays, "pl": pl.Holidays, "se": se.Holidays,
	"us": us.Holidays,
	"de": append(de.Holidays, once("Reformationstag", 2017, time.October, 31)),
	"gb": append(gb.Holidays, once("State Funeral of Queen Elizabeth II", 2022, time.September, 19)),
}

// once is a public holiday of one year only, one that the library leaves out.
func once(name string, year int, month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{Name: name, Month: month, Day: day, StartYear: year, EndYear: year, Func: cal.CalcDayOfMonth}
}

func knownCountries() string { return strings.Join(slices.Sorted(maps.Keys(countries)), ", ") }
