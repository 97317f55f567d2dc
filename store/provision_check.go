package store

import (
	"github.com/usm-works/usm/usm"
)

// check refuses people who do not fit the domain.
func (d *directoryEdit) check(changes []personChange) error {
	var r references
	for _, change := range changes {
		if change.after == nil || change.after.Removed {
			continue
		}
		person := change.after.person()
		if person.ID == "" {
			r.refusef("/id", "a person has an id")
		}
		if person.Name == "" {
			r.refusef("/name", "%s has no name", person.ID)
		}
		r.require("customer", person.Customer, "/customer", each(d.domain.Customers, func(p usm.Party) string { return p.ID }))
		r.requireEach("profile", person.Profiles, "/profiles", each(d.domain.Profiles, func(p usm.Profile) string { return p.ID }))
		if one, other, both := d.domain.Conflict(person.Profiles); both {
			r.refusef("/profiles", "%s would hold %s and %s, which conflict", person.ID, one, other)
		}
		d.checkManager(&r, person)
	}
	return r.refusal()
}

// checkManager refuses a manager whom the domain does not have, and one who has the person above him.
func (d *directoryEdit) checkManager(r *references, person usm.Person) {
	if person.Manager == "" {
		return
	}
	if boss, known := d.rows[person.Manager]; !known || boss.Removed {
		r.refusef("/manager", "there is nobody %q in the domain", person.Manager)
		return
	}
	passed := map[string]bool{}
	for above := person.Manager; above != "" && !passed[above]; above = d.rows[above].Manager {
		if above == person.ID {
			r.refusef("/manager", "%s would be above himself", person.ID)
			return
		}
		passed[above] = true
	}
}
