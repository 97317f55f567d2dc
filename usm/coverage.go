package usm

import "slices"

// Coverage says by which agreement a request is covered. The zero value: by none.
type Coverage struct {
	Agreement string `json:"agreement"` // id@version
	Clause    string `json:"clause"`    // id of the clause; "" when the agreement covers everybody of the customer
	Why       string `json:"why"`       // in words
}

// Covers reports whether an agreement covers what a person asks, and by which clause: the first that holds. It is asked
// only about agreements with the person's customer that are in force; service is what is asked about, uses are the
// components that the person uses or that the request names.
func (a Agreement) Covers(person Person, service string, uses []string) (clause Clause, ok bool) {
	if a.Type != SA || a.Customer != person.Customer || person.Customer == "" || !slices.Contains(a.Services, service) {
		return Clause{}, false
	}
	if len(a.Coverage) == 0 {
		return Clause{}, true
	}
	for _, c := range a.Coverage {
		if c.holds(person, service, uses) {
			return c, true
		}
	}
	return Clause{}, false
}

func (c Clause) holds(person Person, service string, uses []string) bool {
	allows := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	used := len(c.Components) == 0 || slices.ContainsFunc(uses, func(id string) bool { return slices.Contains(c.Components, id) })
	return allows(c.Sites, person.Site) && allows(c.People, person.ID) && allows(c.Services, service) && used
}

// CoveredBy is the coverage of a service by this version of an agreement, in words too.
func (a Agreement) CoveredBy(clause Clause, service string) Coverage {
	why := "agreement " + a.Versioned() + " with " + a.Customer + " covers " + service
	if clause.ID != "" {
		why += " by clause " + clause.ID
	}
	if clause.Text != "" {
		why += ": " + clause.Text
	}
	return Coverage{Agreement: a.Versioned(), Clause: clause.ID, Why: why}
}
