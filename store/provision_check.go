package store

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// check refuses people who do not fit the domain. What somebody has already is not asked again: his manager may have been removed
// since, and that keeps nobody from leaving.
func (d *directoryEdit) check(changes []personChange) error {
	var r references
	for _, change := range changes {
		if change.after == nil || change.after.Removed {
			continue
		}
		var was usm.Person
		if change.before != nil && !change.before.Removed {
			was = change.before.person()
		}
		person := change.after.person()
		if person.ID == "" {
			r.refusef("/id", "a person has an id")
		}
		if person.Name == "" {
			r.refusef("/name", "%s has no name", person.ID)
		}
		if person.Customer != was.Customer {
			r.require("customer", person.Customer, "/customer", each(d.domain.Customers, func(p usm.Party) string { return p.ID }))
		}
		if !slices.Equal(person.Profiles, was.Profiles) {
			d.checkProfiles(&r, person)
		}
		if person.Manager != was.Manager {
			d.checkManager(&r, person)
		}
	}
	return r.refusal()
}

// checkProfiles refuses profiles that the domain does not have, and two that conflict.
func (d *directoryEdit) checkProfiles(r *references, person usm.Person) {
	r.requireEach("profile", person.Profiles, "/profiles", each(d.domain.Profiles, func(p usm.Profile) string { return p.ID }))
	if one, other, both := d.domain.Conflict(person.Profiles); both {
		r.refusef("/profiles", "%s would hold %s and %s, which conflict", person.ID, one, other)
	}
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
