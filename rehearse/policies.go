package rehearse

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/usm/clock"
)

// policies is the part of a domain file that says who approves.
type policies struct {
	domain    usm.Domain
	rule      *replay.ApprovalRule
	at        []usm.ApprovalPolicy       // of the step
	calendars map[string]*clock.Calendar // by id; "" is the domain's own
	proposers []string                   // who may finish the step
}

func newPolicies(domain usm.Domain, rule *replay.ApprovalRule) (p *policies, err error) {
	p = &policies{domain: domain, rule: rule}
	for _, policy := range domain.Approvals {
		if slices.Contains(policy.Steps, rule.At) || policy.Steps == nil && slices.Contains(usm.DefaultApprovalSteps(), rule.At) {
			p.at = append(p.at, policy)
		}
	}
	responsible := domain.Procedure(rule.At.Process()).Rule(rule.At).Responsible
	for _, person := range domain.People {
		holds := func(profile string) bool { return slices.Contains(person.Profiles, profile) }
		if !person.Inactive && slices.ContainsFunc(responsible, holds) {
			p.proposers = append(p.proposers, person.ID)
		}
	}
	p.calendars, err = calendarsOf(usm.NewTerms(domain, "", nil))
	return p, err
}

// roles are those that a quorum of a policy asks, in the order in which it names them; whom the log does not know of is named
// as the policy does.
func (p *policies) roles(policy usm.ApprovalPolicy, q usm.Quorum) (roles []string) {
	for _, who := range q.Approvers {
		roles = append(roles, p.role(policy, who))
	}
	for _, part := range slices.Concat(q.Stages, q.Groups) {
		roles = append(roles, p.roles(policy, part)...)
	}
	return roles
}

func (p *policies) role(policy usm.ApprovalPolicy, who usm.Approver) string {
	if role := p.rule.RoleOf(policy, who); role != "" {
		return role
	}
	return cmp.Or(who.Person, who.Profile, string(who.Role))
}

// hearing is one case under the policies.
type hearing struct {
	*policies
	plan      replay.Plan
	call      usm.Call
	by        usm.Actor
	directory approval.Directory
	course    course
}

// course is what became of a case.
type course struct {
	outcome Outcome
	why     string
	at      time.Time // it went through; zero: it did not
	began   time.Time // what was to be approved; zero: never
	asked   []asked
	answers []answer
	missing []string // roles, one for each approval that waits for it
	band    string
}

// asked is an approval.
type asked struct {
	policy       string
	state        usm.ApprovalState // as the last of it; void when it was submitted again
	silent       bool
	stuck, apart bool
	waited       time.Duration
}

// hear runs the rounds of a case through the policies. Service is what the call is about, "" what the plan says. A round that
// goes through is the last one, whatever the log tells after it.
func (p *policies) hear(plan replay.Plan, service string) (course, error) {
	h := hearing{policies: p, plan: plan, call: usm.Call{NewCall: plan.Call, Number: plan.Case}}
	h.prepare(service)
	over := false
	for i, round := range plan.Rounds {
		answers := answersOf(round)
		if !over {
			var until time.Time
			if i+1 < len(plan.Rounds) {
				until = plan.Rounds[i+1].At
			}
			if err := h.round(round, answers, until); err != nil {
				return course{}, fmt.Errorf("round %d: %w", i+1, err)
			}
			over = !h.course.at.IsZero() || h.course.outcome == OutcomeAborted
		}
		for _, a := range answers {
			h.course.answers = append(h.course.answers, *a)
		}
	}
	return h.course, nil
}

// prepare completes the call as it is when it comes to the step: what classifies it, who proposes, who is who.
func (h *hearing) prepare(service string) {
	classified := h.plan.Steps[h.rule.At.Process().Find(usm.KindClassify)].Fields
	text := func(name string) string { value, _ := classified[name].(string); return value }
	level := func(name string, otherwise usm.Level) usm.Level { return cmp.Or(usm.Level(text(name)), otherwise) }
	h.call.Service = cmp.Or(service, h.call.Service)
	h.call.Category = text("category")
	h.call.Impact, h.call.Urgency = level("impact", h.call.Impact), level("urgency", h.call.Urgency)
	h.call.Priority = h.domain.Priorities.Priority(h.call.Impact, h.call.Urgency)
	h.by = usm.Automatic
	if len(h.proposers) > 0 {
		h.by = usm.Actor{Person: replay.Spread(h.plan.Case, h.proposers), Rule: "responsible"}
	}
	h.directory = approval.Directory{Domain: h.domain}
	for _, c := range h.domain.Components {
		if slices.Contains(h.call.Components, c.ID) {
			h.directory.Components = append(h.directory.Components, c)
		}
	}
	for _, person := range h.domain.People {
		if person.ID == h.call.Requester {
			h.directory.Customer = person.Customer
		}
	}
	h.course.band = h.plan.Rounds[0].Verdicts[0].Band
	h.course.began = h.plan.Rounds[0].Began
}

// content is what is shown in a round of that route.
func (h *hearing) content(route []any) map[string]any {
	fields := map[string]any{}
	for _, step := range h.rule.At.Process().Steps() {
		if step.Ordinal() < h.rule.At.Ordinal() {
			maps.Copy(fields, h.plan.Steps[step].Fields)
		}
	}
	maps.Copy(fields, h.plan.Call.Fields)
	fields[h.rule.Route] = route
	proposed := h.plan.Steps[h.rule.At]
	return approval.Content(h.call, fields, usm.Action{Step: h.rule.At, Outcome: proposed.Outcome, Fields: proposed.Fields})
}
