package usm

import (
	"fmt"
	"slices"
)

// Versioned names a version of an agreement: id@version.
func (a Agreement) Versioned() string { return fmt.Sprintf("%s@%d", a.ID, a.Version) }

// NewTerms returns the terms of a call that the agreement covers (id@version; "" for none): it, then the OLAs and UCs it
// rests on, each once, in the order of their mention. agreements are those that count: in force when the call is bound. A
// link that is not among them is left out; links that lead in a circle end where they began.
func NewTerms(domain Domain, agreement string, agreements []Agreement) Terms {
	terms := Terms{
		Key: fmt.Sprintf("%s@%d/%s", domain.ID, domain.Version, agreement), Domain: domain.ID, Version: domain.Version,
		Agreement: agreement, Calendars: append([]Calendar{domain.Calendar}, domain.Calendars...), Pauses: domain.Pauses,
	}
	for i := range terms.Calendars {
		if terms.Calendars[i].TimeZone == "" {
			terms.Calendars[i].TimeZone = domain.TimeZone
		}
	}
	for _, a := range agreements {
		if a.Type == SA && a.Versioned() == agreement {
			terms.Links = append(terms.Links, a)
		}
	}
	for i := 0; i < len(terms.Links); i++ {
		for _, id := range terms.Links[i].Under {
			known := func(a Agreement) bool { return a.ID == id }
			at := slices.IndexFunc(agreements, known)
			if at >= 0 && !slices.ContainsFunc(terms.Links, known) {
				terms.Links = append(terms.Links, agreements[at])
				terms.Key += "+" + agreements[at].Versioned()
			}
		}
	}
	return terms
}
