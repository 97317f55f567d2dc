package approval

import (
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

// resolver finds out whom an approval asks.
//
// Nobody is asked who has left, who asked for the call, who proposed what is to be approved, himself or through somebody who
// stood in for him, or whom Approval.Barred names. Of a profile the other holders are asked. In the place of a person, named
// or by his relation to the call, his manager is asked, or that one's manager and so on, where there is one: for a role too,
// so that the manager's manager is asked when the manager has proposed it.
type resolver struct {
	a usm.Approval
	Directory
	blind bool // to segregation
}

func newResolver(a usm.Approval, d Directory) resolver { return resolver{a: a, Directory: d} }

// KeptApart are the people whom the policy of an approval names and whom segregation keeps from it, each once: others are
// asked in their place, or nobody.
func KeptApart(a usm.Approval, d Directory) []string {
	r := newResolver(a, d)
	r.blind = true
	var kept []string
	for _, m := range r.members() {
		if apart(a, m.Person) != "" && !slices.Contains(kept, m.Person) {
			kept = append(kept, m.Person)
		}
	}
	return kept
}

// members are all of the policy's, group by group; of each group in the order in which the policy names them.
func (r resolver) members() []usm.Member { return r.quorum("", r.a.Policy.Require, []usm.Member{}) }

func (r resolver) quorum(path string, q usm.Quorum, members []usm.Member) []usm.Member {
	for i, part := range slices.Concat(q.Groups, q.Stages) { // one of them is empty
		members = r.quorum(partPath(path, i), part, members)
	}
	for _, who := range q.Approvers {
		members = append(members, r.approver(path, who)...)
	}
	return members
}

// approver are the members of a group that an approver stands for.
func (r resolver) approver(path string, who usm.Approver) []usm.Member {
	var members []usm.Member
	for _, person := range r.people(who) {
		members = append(members, usm.Member{
			Group: path, Person: person, As: who, Weight: weightOf(who), Mandatory: who.Mandatory,
		})
	}
	return members
}

func weightOf(who usm.Approver) int { return max(1, who.Weight) }

// people are who is meant by an approver, each once.
func (r resolver) people(who usm.Approver) []string {
	var found []string
	switch {
	case who.Person != "":
		found = []string{r.instead(who.Person)}
	case who.Profile != "":
		found = r.holders(who.Profile)
	default:
		found = r.role(who.Role)
	}
	var people []string
	for _, id := range found {
		if id != "" && !slices.Contains(people, id) {
			people = append(people, id)
		}
	}
	return people
}

// role are who stand in a relation to the call; "" for nobody.
func (r resolver) role(role usm.ApproverRole) (found []string) {
	call, _ := r.a.Content["call"].(map[string]any)
	requester := text(call, "requester")
	switch role {
	case usm.RoleManager:
		return []string{r.instead(r.manager(requester))}
	case usm.RoleManagerOfManager:
		return []string{r.instead(r.manager(r.manager(requester)))}
	case usm.RoleServiceOwner:
		is := func(s usm.Service) bool { return s.ID == text(call, "service") && s.Owner != "" }
		if i := slices.IndexFunc(r.Domain.Services, is); i >= 0 {
			found = r.holders(r.Domain.Services[i].Owner)
		}
	case usm.RoleComponentOwner:
		for _, c := range r.Components {
			found = append(found, r.owners(c.Owner)...)
		}
	case usm.RoleCustomer:
		is := func(c usm.Party) bool { return c.ID == r.Customer && c.ID != "" }
		if i := slices.IndexFunc(r.Domain.Customers, is); i >= 0 {
			for _, id := range r.Domain.Customers[i].RepresentedBy {
				found = append(found, r.instead(id))
			}
		}
	}
	return found
}

// owners are who hold the profile that owns a component, or the person who does.
func (r resolver) owners(owner string) []string {
	if slices.ContainsFunc(r.Domain.Profiles, func(p usm.Profile) bool { return p.ID == owner }) {
		return r.holders(owner)
	}
	return []string{r.instead(owner)}
}

// holders are the people with a profile who may approve.
func (r resolver) holders(profile string) []string {
	var holders []string
	for i := range r.Domain.People {
		if p := &r.Domain.People[i]; slices.Contains(p.Profiles, profile) && !p.Inactive && r.apart(p.ID) == "" {
			holders = append(holders, p.ID)
		}
	}
	return holders
}

// instead is the person or the first of his managers who may approve; "" when there is none.
func (r resolver) instead(person string) string {
	passed := []string{}
	for person != "" && !slices.Contains(passed, person) {
		if r.active(person) && r.apart(person) == "" {
			return person
		}
		passed = append(passed, person)
		person = r.manager(person)
	}
	return ""
}

// manager is who manages a person; "" when nobody does.
func (r resolver) manager(person string) string {
	if p := r.find(person); p != nil {
		return p.Manager
	}
	return ""
}

// active reports whether there is such a person, who has not left.
func (d *Directory) active(person string) bool {
	p := d.find(person)
	return p != nil && !p.Inactive
}

// find returns a person of the domain; nil when there is none of that id.
func (d *Directory) find(person string) *usm.Person {
	for i := range d.Domain.People {
		if p := &d.Domain.People[i]; p.ID == person {
			return p
		}
	}
	return nil
}

// apart says why segregation keeps a person from deciding; "" when it does not.
func (r resolver) apart(person string) string {
	if r.blind {
		return ""
	}
	return apart(r.a, person)
}

func apart(a usm.Approval, person string) string {
	call, _ := a.Content["call"].(map[string]any)
	switch {
	case text(call, "requester") == person:
		return "has asked for it"
	case a.By.Is(person):
		return "has proposed it"
	case slices.Contains(a.Barred, person):
		return "has a part in it already"
	}
	return ""
}

// describe says in words whom the policy names.
func describe(who usm.Approver) string {
	switch {
	case who.Person != "":
		return who.Person
	case who.Profile != "":
		return "holder of the profile " + who.Profile
	}
	roles := map[usm.ApproverRole]string{
		usm.RoleManager: "manager of the requester", usm.RoleManagerOfManager: "manager of the requester's manager",
		usm.RoleServiceOwner: "owner of the service", usm.RoleComponentOwner: "owner of a component",
		usm.RoleCustomer: "representative of the customer",
	}
	if words, ok := roles[who.Role]; ok {
		return words
	}
	return fmt.Sprintf("%q", who.Role)
}

func text(object map[string]any, key string) string {
	value, _ := object[key].(string)
	return value
}
