package approval

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// most is how many people stand in the relation to one call at most, without those who are gone.
func (c *checker) most(role usm.ApproverRole, gone []string) int {
	most, owners := 0, []string{}
	switch role {
	case usm.RoleManager:
		for _, person := range c.domain.People {
			most = max(most, len(c.instead([]string{person.Manager}, gone)))
		}
	case usm.RoleManagerOfManager:
		for _, person := range c.domain.People {
			most = max(most, len(c.instead([]string{c.people[person.Manager].Manager}, gone)))
		}
	case usm.RoleServiceOwner:
		for _, service := range c.domain.Services {
			most = max(most, len(c.named(usm.Approver{Profile: service.Owner}, gone)))
		}
	case usm.RoleComponentOwner:
		for _, component := range c.domain.Components { // a call may be about all of them
			owners = slices.Concat(owners, []string{component.Owner}, c.holders[component.Owner])
		}
		most = len(c.instead(owners, gone))
	case usm.RoleCustomer:
		for _, customer := range c.domain.Customers {
			most = max(most, len(c.instead(customer.RepresentedBy, gone)))
		}
	}
	return most
}

// tried is how many people are looked at as proposers: with more of them, one will do.
const tried = 50

// apart refuses a policy that segregation keeps from ever being met at a step: whoever proposes, and whoever prepared what
// is proposed, approves nothing of it.
func (c *checker) apart(at string, step usm.Step, q usm.Quorum) {
	asked := c.asked(q)
	// Who is not asked takes nobody away, so one such proposer is enough; of the others each is tried.
	proposers := c.candidates(step, asked)
	earlier := c.candidates(map[usm.Step]usm.Step{usm.ReleaseChange: usm.PrepareChange, usm.NegotiateOffer: usm.DraftOffer}[step], asked)
	if len(proposers) > tried || len(earlier) > tried {
		return
	}
	for _, proposer := range proposers {
		for _, before := range earlier {
			if (proposer != before || proposer == "") && c.reached(q, []string{proposer, before}) {
				return
			}
		}
	}
	c.mistakef(at, "can never be met at %s: whoever proposes it, or has prepared it, approves nothing of it, and then too few are left", step)
}

// candidates are those of the people who are asked who may have performed the step, and "" when somebody else may have.
func (c *checker) candidates(step usm.Step, asked []string) []string {
	rule := c.domain.Procedure(step.Process()).Rule(step)
	if step == "" || rule.Performer != usm.ByPeople || rule.NotApplicable != "" {
		return []string{""}
	}
	var who []string
	for _, profile := range rule.Profiles() {
		for _, id := range c.holders[profile] {
			if !slices.Contains(asked, id) {
				id = ""
			}
			if !slices.Contains(who, id) {
				who = append(who, id)
			}
		}
	}
	if len(who) == 0 || slices.Contains(who, "") {
		return []string{""}
	}
	return who
}

// asked are the people whom the quorum names whatever the call is.
func (c *checker) asked(q usm.Quorum) []string {
	var ids []string
	for _, who := range q.Approvers {
		ids = append(ids, c.named(who, nil)...)
	}
	for _, part := range slices.Concat(q.Stages, q.Groups) {
		ids = append(ids, c.asked(part)...)
	}
	return ids
}
