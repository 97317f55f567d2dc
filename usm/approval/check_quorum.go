package approval

import (
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

// quorum checks a node of the tree of who has to approve, and those below it.
func (c *checker) quorum(at string, q usm.Quorum) {
	given := 0
	for _, parts := range []int{len(q.Stages), len(q.Groups), len(q.Approvers)} {
		if parts > 0 {
			given++
		}
	}
	if given != 1 {
		c.mistakef(at, "must have exactly one of stages, groups and approvers")
		return
	}
	for i, part := range q.Stages {
		c.quorum(fmt.Sprintf("%s/stages/%d", at, i), part)
	}
	for i, part := range q.Groups {
		c.quorum(fmt.Sprintf("%s/groups/%d", at, i), part)
	}
	before := len(c.mistakes)
	for i, who := range q.Approvers {
		c.approver(fmt.Sprintf("%s/approvers/%d", at, i), who, q.Need)
	}
	if c.need(at+"/need", q) && len(c.mistakes) == before {
		c.met(at, q)
	}
}

// need refuses a need that cannot be read or does not fit the node.
func (c *checker) need(at string, q usm.Quorum) bool {
	needed, err := parseNeed(q.Need)
	switch {
	case err != nil:
		c.mistakef(at, "%s", sentence(err))
	case len(q.Stages) > 0 && q.Need != "" && q.Need != "all":
		c.mistakef(at, "stages are all needed, one after the other: %q belongs to groups or approvers", q.Need)
	case len(q.Groups) > 0 && needed.kind == needWeight:
		c.mistakef(at, "groups have no weight: only approvers do")
	default:
		return true
	}
	return false
}

func (c *checker) approver(at string, who usm.Approver, of string) {
	needed, errNeed := parseNeed(of)
	named := 0
	for _, name := range []string{who.Person, who.Profile, string(who.Role)} {
		if name != "" {
			named++
		}
	}
	_, known := c.people[who.Person]
	switch {
	case named != 1:
		c.mistakef(at, "must have exactly one of person, profile and role")
	case who.Person != "" && !known:
		c.mistakef(at+"/person", "unknown person %q", who.Person)
	case who.Person != "" && who.Mandatory && len(c.named(who, nil)) == 0:
		c.mistakef(at+"/person", "%q has left and has no manager: what he has to approve can never be approved", who.Person)
	case who.Role != "":
		c.role(at+"/role", who.Role)
	default:
		c.held(at+"/profile", who.Profile)
	}
	if who.Weight != 0 && needed.kind != needWeight && errNeed == nil {
		c.mistakef(at+"/weight", "counts nowhere: the need is no sum of weights, such as weight 5")
	}
}

// role refuses a relation in which nobody stands to any call.
func (c *checker) role(at string, role usm.ApproverRole) {
	why := map[usm.ApproverRole]string{
		usm.RoleManager:          "nobody of the domain has a manager",
		usm.RoleManagerOfManager: "nobody of the domain has a manager who has one",
		usm.RoleServiceOwner:     "no service has an owner whose profile anybody active holds",
		usm.RoleComponentOwner:   "no component is owned by a person, or by a profile that anybody active holds",
		usm.RoleCustomer:         "no customer is represented by anybody active",
	}
	sentence, known := why[role]
	switch {
	case !known:
		c.mistakef(at, "%q is none of manager, manager_of_manager, service_owner, component_owner and customer", role)
	case c.most(role, nil) == 0:
		c.mistakef(at, "names nobody: %s", sentence)
	}
}

// met refuses a leaf, or groups, of which not as many as are needed can ever approve.
func (c *checker) met(at string, q usm.Quorum) {
	needed, _ := parseNeed(q.Need)
	if n := needed.n; needed.kind == needCount && len(q.Groups) > 0 && n > len(q.Groups) {
		c.mistakef(at+"/need", "can never be met: %d groups are needed, and there are %d", n, len(q.Groups))
	}
	if len(q.Approvers) == 0 || c.reached(q, nil) {
		return
	}
	people, weight := c.strength(q.Approvers, nil)
	switch {
	case needed.kind == needWeight:
		c.mistakef(at+"/need", "can never be met: weight %d is needed, and the active people who are asked have %d together", needed.n, weight)
	case needed.kind == needCount && needed.n > 1:
		c.mistakef(at+"/need", "can never be met: %d are needed, and of the people who are asked %d are active", needed.n, people)
	default:
		c.mistakef(at+"/approvers", "can never be met: nobody who is asked is active")
	}
}

// reached reports whether the quorum can be met by all who are asked, without those who are gone.
func (c *checker) reached(q usm.Quorum, gone []string) bool {
	needed, _ := parseNeed(q.Need)
	parts, unmet := slices.Concat(q.Stages, q.Groups), 0
	for _, part := range parts {
		if !c.reached(part, gone) {
			unmet++
		}
	}
	if len(parts) > 0 {
		// A share may be all of those who do not abstain.
		return needed.met(len(parts)-unmet, unmet, 0) || needed.kind == needPercent && unmet < len(parts)
	}
	for _, who := range q.Approvers {
		if people, _ := c.strength([]usm.Approver{who}, gone); who.Mandatory && people == 0 {
			return false
		}
	}
	people, weight := c.strength(q.Approvers, gone)
	return needed.met(people, 0, weight)
}

// strength is how many people the approvers are at most, without those who are gone, and what they weigh together.
func (c *checker) strength(approvers []usm.Approver, gone []string) (people, weight int) {
	weights := map[string]int{}
	for _, who := range approvers {
		if who.Role != "" {
			most := c.most(who.Role, gone)
			people += most
			weight += most * weightOf(who)
		}
		for _, id := range c.named(who, gone) {
			weights[id] = max(weights[id], weightOf(who))
		}
	}
	for _, w := range weights {
		weight += w
	}
	return people + len(weights), weight
}

// named are the people whom an approver names whatever the call is, without those who are gone; nil for a role.
func (c *checker) named(who usm.Approver, gone []string) []string {
	if who.Person != "" {
		return c.instead([]string{who.Person}, gone)
	}
	return slices.DeleteFunc(slices.Clone(c.holders[who.Profile]), func(id string) bool { return slices.Contains(gone, id) })
}

// instead are the people, each once, and in the place of one who has left or is gone his manager, or that one's manager and
// so on, as in the resolver.
func (c *checker) instead(people, gone []string) []string {
	var found []string
	for _, id := range people {
		for range c.domain.People { // managers may lead in a circle
			if person, known := c.people[id]; !known || !person.Inactive && !slices.Contains(gone, id) {
				break
			}
			id = c.people[id].Manager
		}
		if person, known := c.people[id]; known && !person.Inactive && !slices.Contains(gone, id) && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	return found
}
