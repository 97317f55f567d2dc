package console

import (
	"strings"

	"github.com/usm-works/usm/usm"
)

// What ids are of, as the formats of schemas name it: "usm-person".
const (
	ofCategory  = "category"
	ofProfile   = "profile"
	ofPerson    = "person"
	ofCustomer  = "customer"
	ofTeam      = "team"
	ofService   = "service"
	ofItem      = "item"
	ofComponent = "component"
	ofSolution  = "solution"
	ofCalendar  = "calendar"
	ofPause     = "pause"
	ofPolicy    = "policy"
	ofProcess   = "process"
	ofStep      = "step"
	ofDomain    = "domain"
	ofOwner     = "owner" // a person, a team or a customer
	ofParty     = "party" // a team, a customer or the domain itself
)

// idsUnder says of names under which ids are recorded what they are of. A text that is no id of it is shown as it is.
var idsUnder = map[string]string{
	"category": ofCategory, "categories": ofCategory, "profile": ofProfile, "profiles": ofProfile, "notify": ofProfile,
	"reassign": ofProfile, "responsible": ofProfile, "supporting": ofProfile, "consulted": ofProfile, "informed": ofProfile,
	"accountable": ofProfile, "conflicts": ofProfile,
	"person": ofPerson, "people": ofPerson, "users": ofPerson, "requester": ofPerson, "by": ofPerson, "for": ofPerson,
	"claimed": ofPerson, "opened_by": ofPerson, "manager": ofPerson,
	"customers": ofCustomer, "team": ofTeam, "teams": ofTeam, "service": ofService, "services": ofService,
	"item": ofItem, "catalogue": ofItem, "requests": ofItem,
	"component": ofComponent, "components": ofComponent, "to": ofComponent, "solution": ofSolution, "solutions": ofSolution,
	"calendar": ofCalendar, "calendars": ofCalendar, "pause": ofPause, "pauses": ofPause, "approvals": ofPolicy,
	"domain": ofDomain, "owner": ofOwner, "customer": ofParty, "provider": ofParty,
}

// learn makes the names that the directory gives, of all that it knows now.
func (d *directory) learn() {
	d.names = map[string]map[string]string{ofDomain: {d.ID: d.Name}}
	for _, of := range []string{
		ofCategory, ofProfile, ofPerson, ofCustomer, ofTeam, ofService, ofItem, ofComponent, ofSolution, ofCalendar, ofPause, ofPolicy,
	} {
		d.names[of] = map[string]string{}
		for _, o := range d.choices(of) {
			d.names[of][o.Value] = o.Name
		}
	}
}

// knows reports whether there is something of that id.
func (d directory) knows(of, id string) bool { return d.names[of][id] != "" }

// name is what something is called, its id when it is not known.
func (d directory) name(of, id string) string {
	all := []string{of}
	switch of {
	case ofOwner:
		all = []string{ofPerson, ofTeam, ofCustomer}
	case ofParty:
		all = []string{ofCustomer, ofTeam, ofDomain}
	}
	for _, of := range all {
		if d.knows(of, id) {
			return d.names[of][id]
		}
	}
	return id
}

func (d directory) person(id string) string    { return d.name(ofPerson, id) }
func (d directory) profile(id string) string   { return d.name(ofProfile, id) }
func (d directory) service(id string) string   { return d.name(ofService, id) }
func (d directory) category(id string) string  { return d.name(ofCategory, id) }
func (d directory) component(id string) string { return d.name(ofComponent, id) }
func (d directory) team(id string) string      { return d.name(ofTeam, id) }
func (d directory) owner(id string) string     { return d.name(ofOwner, id) }
func (d directory) party(id string) string     { return d.name(ofParty, id) }

// profiles are the names of several.
func (d directory) profiles(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.profile(id)
	}
	return names
}

// called is what an id is called that is recorded under a name; any other text is as it is.
func (d directory) called(name, text string) string { return d.name(d.register(name), text) }

// askedBy is the directory for fields that were asked by an item of the catalogue; fields without one are those of steps.
func (d directory) askedBy(fields map[string]any) directory {
	for _, item := range d.Catalogue {
		if item.ID == fields["item"] {
			d.item = item.Schema
		}
	}
	return d
}

// title is what the item calls a field, "" for one that it does not have.
func (d directory) title(name string) string {
	title, _ := object(object(d.item["properties"])[name])["title"].(string)
	return title
}

// register is what an id is of that is recorded under a name: as the item says, else as idsUnder does.
func (d directory) register(name string) string {
	property := object(object(d.item["properties"])[name])
	for _, schema := range []map[string]any{property, object(property["items"])} {
		if of := registerIn(schema); of != "" {
			return of
		}
	}
	return idsUnder[name]
}

// registerIn is what a schema says that a text is an id of, "" for nothing.
func registerIn(schema map[string]any) string {
	format, _ := schema["format"].(string)
	of, ours := strings.CutPrefix(format, "usm-")
	if !ours {
		return ""
	}
	return of
}

// choices are what the directory knows of a register, by id and name.
func (d directory) choices(of string) []choice {
	party := func(p usm.Party) (string, string) { return p.ID, p.Name }
	switch of {
	case ofCategory:
		return choices(d.Categories, func(c usm.Category) (string, string) { return c.ID, c.Name })
	case ofProfile:
		return choices(d.Profiles, func(p usm.Profile) (string, string) { return p.ID, p.Name })
	case ofPerson:
		return choices(d.People, func(p usm.Person) (string, string) { return p.ID, p.Name })
	case ofCustomer:
		return choices(d.Customers, party)
	case ofTeam:
		return choices(d.Teams, party)
	case ofService:
		return choices(d.Services, func(s usm.Service) (string, string) { return s.ID, s.Name })
	case ofItem:
		return choices(d.Catalogue, func(i usm.Item) (string, string) { return i.ID, i.Name })
	case ofComponent:
		return choices(d.Components, func(c usm.Component) (string, string) { return c.ID, c.Name })
	case ofSolution:
		return choices(d.Solutions, func(s usm.Solution) (string, string) { return s.ID, s.Title })
	case ofCalendar:
		return choices(d.Calendars, func(c usm.Calendar) (string, string) { return c.ID, c.Name })
	case ofPause:
		return choices(d.Pauses, func(p usm.PauseReason) (string, string) { return p.ID, p.Name })
	case ofPolicy:
		return choices(d.Approvals, func(p usm.ApprovalPolicy) (string, string) { return p.ID, p.Name })
	}
	return nil
}

// choices are what somebody may choose from, by id and name.
func choices[T any](all []T, of func(T) (id, name string)) []choice {
	made := make([]choice, len(all))
	for i, one := range all {
		id, name := of(one)
		if name == "" {
			name = id
		}
		made[i] = choice{Value: id, Name: name, JSON: id}
	}
	return made
}
