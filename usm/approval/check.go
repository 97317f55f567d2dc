package approval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// Check says what is wrong with the approval policies of a domain, with the managers of its people and with who speaks for
// its customers: references that lead nowhere, policies that can never be met, that ask the same people again, that nobody
// can read. The pointers lead into the domain. What is absent, and what is not of the right type, is the business of the
// schema of domain files.
func Check(domain usm.Domain) []usm.FieldError {
	c := &checker{domain: domain, people: map[string]usm.Person{}, holders: map[string][]string{}, calendars: map[string]bool{}}
	for _, profile := range domain.Profiles {
		c.holders[profile.ID] = nil
	}
	for _, person := range domain.People {
		c.people[person.ID] = person
		for _, profile := range person.Profiles {
			if held, known := c.holders[profile]; known && !person.Inactive {
				c.holders[profile] = append(held, person.ID)
			}
		}
	}
	c.calendars[""], c.calendars[usm.AroundTheClock] = true, true
	for _, calendar := range domain.Calendars {
		c.calendars[calendar.ID] = true
	}
	c.managers()
	c.representatives()
	taken := map[string]bool{}
	for i, policy := range domain.Approvals {
		at := fmt.Sprintf("/approvals/%d", i)
		if taken[policy.ID] && policy.ID != "" {
			c.mistakef(at+"/id", "the id %q is taken already", policy.ID)
		}
		taken[policy.ID] = true
		c.policy(at, policy)
	}
	return c.mistakes
}

type checker struct {
	domain    usm.Domain
	mistakes  []usm.FieldError
	people    map[string]usm.Person
	holders   map[string][]string // ids of the active people who hold a profile; a key for each profile
	calendars map[string]bool
}

func (c *checker) mistakef(pointer, format string, args ...any) {
	c.mistakes = append(c.mistakes, usm.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

func (c *checker) policy(at string, policy usm.ApprovalPolicy) {
	if policy.When != "" {
		if err := CheckCondition(policy.When); err != nil {
			c.mistakef(at+"/when", "%s", strings.Join(strings.Fields(sentence(err)), " "))
		}
	}
	gated := c.steps(at, policy)
	before := len(c.mistakes)
	c.quorum(at+"/require", policy.Require)
	if len(c.mistakes) == before { // else it would be an echo
		for _, step := range gated {
			c.apart(at+"/require", step, policy.Require)
		}
	}
	c.material(at, policy.Material)
	c.time(at, policy)
	c.standIns(at, policy)
	if d, err := time.ParseDuration(policy.StepUp); policy.StepUp != "" && (err != nil || d <= 0) {
		c.mistakef(at+"/step_up", "must be a positive duration like 8h or 1h30m")
	}
	if policy.Emergency == nil {
		return
	}
	if len(policy.Emergency.Profiles) == 0 {
		c.mistakef(at+"/emergency/profiles", "is required: who may go on without the approval")
	}
	for i, profile := range policy.Emergency.Profiles {
		c.held(fmt.Sprintf("%s/emergency/profiles/%d", at, i), profile)
	}
	if policy.Emergency.Within == "" {
		c.mistakef(at+"/emergency/within", "is required: how long the approval may be owed")
	}
	c.target(at+"/emergency/within", policy.Emergency.Within)
}

// steps returns the steps of the policy that a proposal can be made at, and refuses the others.
func (c *checker) steps(at string, policy usm.ApprovalPolicy) []usm.Step {
	var gated []usm.Step
	for i, step := range policy.Steps {
		if why := c.ungated(step); why != "" {
			c.mistakef(fmt.Sprintf("%s/steps/%d", at, i), "%s", why)
			continue
		}
		gated = append(gated, step)
	}
	if policy.Steps == nil {
		gated = slices.DeleteFunc(usm.DefaultApprovalSteps(), func(s usm.Step) bool { return c.ungated(s) != "" })
	}
	return gated
}

// ungated says why nothing can wait for approval at the step, "" when it can.
func (c *checker) ungated(step usm.Step) string {
	if !step.Valid() {
		return fmt.Sprintf("%q is none of the 37 steps", step)
	}
	switch step.Kind() { //nolint:exhaustive // the other kinds can be gated
	case usm.KindAccept:
		return fmt.Sprintf("nothing is proposed at %s: whether somebody may ask is what his agreement says", step)
	case usm.KindFork:
		return fmt.Sprintf("nothing is proposed at %s: the calls that it opens finish it", step)
	case usm.KindReview:
		return fmt.Sprintf("nothing is proposed at %s: whoever asked confirms it, and nobody for him", step)
	case usm.KindClose:
		return fmt.Sprintf("nothing is proposed at %s: what was delivered has been confirmed", step)
	}
	if why := c.domain.Procedure(step.Process()).Rule(step).NotApplicable; why != "" {
		return fmt.Sprintf("nothing is proposed at %s: the procedure leaves it out", step)
	}
	return ""
}

// shown are the parts of what is shown to approvers, and what stands in those that have fixed keys.
var shown = map[string][]string{
	"call": {
		"number", "type", "subject", "description", "requester", "service", "components", "category", "impact", "urgency", "priority",
	},
	"fields":   nil,
	"proposal": {"step", "outcome", "fields", "note"},
}

func (c *checker) material(at string, pointers []string) {
	for i, pointer := range pointers {
		place := fmt.Sprintf("%s/material/%d", at, i)
		if !strings.HasPrefix(pointer, "/") || strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(pointer), "~") {
			c.mistakef(place, "%q is no JSON pointer (RFC 6901), such as /proposal/fields/cost", pointer)
			continue
		}
		tokens := strings.Split(pointer[1:], "/")
		keys, known := shown[tokens[0]]
		if !known || len(tokens) > 1 && keys != nil && !slices.Contains(keys, tokens[1]) {
			c.mistakef(place, "nothing is shown at %q: the parts are call, fields and proposal", pointer)
		}
	}
}

// held refuses a profile that does not exist or that nobody active holds.
func (c *checker) held(pointer, profile string) {
	holders, known := c.holders[profile]
	switch {
	case profile == "":
	case !known:
		c.mistakef(pointer, "unknown profile %q", profile)
	case len(holders) == 0:
		c.mistakef(pointer, "nobody who is active holds %q", profile)
	}
}

// managers refuses a manager whom the domain does not know, and managers in a circle, each circle once.
func (c *checker) managers() {
	seen := map[string]bool{} // no circle that has not been refused leads through them
	for i, person := range c.domain.People {
		_, known := c.people[person.Manager]
		if person.Manager != "" && !known {
			c.mistakef(fmt.Sprintf("/people/%d/manager", i), "unknown person %q", person.Manager)
		}
		var chain []string
		for at := person.ID; at != "" && !seen[at]; at = c.people[at].Manager {
			if begin := slices.Index(chain, at); begin >= 0 {
				c.mistakef(fmt.Sprintf("/people/%d/manager", c.place(at)), "managers lead in a circle: %s",
					strings.Join(append(chain[begin:], at), " → "))
				break
			}
			chain = append(chain, at)
		}
		for _, id := range chain {
			seen[id] = true
		}
	}
}

// place is where a person stands.
func (c *checker) place(id string) int {
	return slices.IndexFunc(c.domain.People, func(p usm.Person) bool { return p.ID == id })
}

// representatives refuses who cannot speak for a customer: somebody unknown, or of another customer.
func (c *checker) representatives() {
	for i, customer := range c.domain.Customers {
		for j, id := range customer.RepresentedBy {
			at := fmt.Sprintf("/customers/%d/represented_by/%d", i, j)
			person, known := c.people[id]
			switch {
			case !known:
				c.mistakef(at, "unknown person %q", id)
			case person.Customer != customer.ID:
				c.mistakef(at, "%q is nobody whom %q authorises", id, cmp.Or(customer.ID, customer.Name))
			}
		}
	}
}
