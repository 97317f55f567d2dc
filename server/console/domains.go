package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// domainsPage lists the domains that somebody belongs to.
type domainsPage struct {
	Domains []client.DomainSummary
	Next    string
}

// domains lists the domains that somebody belongs to.
func (s *site) domains(v *visit) (page, error) {
	found, next, err := v.api.Domains(v.ctx(), v.page(50))
	return page{Place: "domains", Title: v.T("domains.title"), Body: domains(v, domainsPage{found, next})}, err
}

// domainPage shows a domain as its file says it.
type domainPage struct{ Domain directory }

// domain shows who does what in a domain, and when.
func (s *site) domain(v *visit) (page, error) {
	domain, err := v.api.Domain(v.ctx(), v.param("id"))
	if err != nil {
		return page{}, err
	}
	d := directory{Domain: domain}
	d.learn()
	return page{Place: "domains", Title: domain.Name, Body: oneDomain(v, domainPage{d})}, nil
}

// domainFile is the file of a domain, to change and to apply again.
func (s *site) domainFile(v *visit) (page, error) {
	content, err := v.api.DomainFile(v.ctx(), v.param("id"))
	return page{File: &file{Name: fileName(v.param("id")) + ".yaml", Kind: "application/yaml", Content: content}}, err
}

// fileName is an id as it can stand in the name of a file.
func fileName(id string) string {
	name := []rune(id)
	for i, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			name[i] = '-'
		}
	}
	return string(name)
}

// holders are the names of who holds a profile and has not left.
func (p domainPage) holders(profile string) (names []string) {
	for _, person := range p.Domain.People {
		if !person.Inactive && slices.Contains(person.Profiles, profile) {
			names = append(names, person.Name)
		}
	}
	return names
}

// calendars are the domain's own and the others.
func (p domainPage) calendars() []usm.Calendar {
	return append([]usm.Calendar{p.Domain.Calendar}, p.Domain.Calendars...)
}

// weekdays are the keys of the hours of a calendar, in the order of the week, with the names that texts have for them.
var weekdays = []struct{ Key, Name string }{
	{"mon", "Monday"},
	{"tue", "Tuesday"},
	{"wed", "Wednesday"},
	{"thu", "Thursday"},
	{"fri", "Friday"},
	{"sat", "Saturday"},
	{"sun", "Sunday"},
}

// dayName is the name of a weekday in the reader's language.
func (v *visit) dayName(english string) string { return v.or("calendar."+english, english) }

// priority is what an urgency and an impact come to in the domain.
func (p domainPage) priority(urgency, impact usm.Level) usm.Priority {
	return p.Domain.Priorities.Priority(impact, urgency)
}

// performer says who or what performs a step.
func (v *visit) performer(rule usm.ProcedureStep) string {
	return v.or("performer."+string(rule.Performer), string(rule.Performer))
}

// approvers says in a line who has to approve: stages come one after the other, groups are asked at the same time.
func (p domainPage) approvers(v *visit, q usm.Quorum) string {
	var parts []string
	between := " + "
	for _, a := range q.Approvers {
		switch {
		case a.Person != "":
			parts = append(parts, p.Domain.person(a.Person))
		case a.Profile != "":
			parts = append(parts, p.Domain.profile(a.Profile))
		default:
			parts = append(parts, v.T("role."+string(a.Role)))
		}
	}
	for _, group := range q.Groups {
		parts = append(parts, "("+p.approvers(v, group)+")")
	}
	for _, stage := range q.Stages {
		parts, between = append(parts, p.approvers(v, stage)), " → "
	}
	line := strings.Join(parts, between)
	if q.Need != "" && q.Need != "all" {
		line = v.T("domains.needs", q.Need) + " " + line
	}
	if q.Name != "" {
		line = q.Name + ": " + line
	}
	return line
}

// approvalSteps are the steps at which a policy asks.
func (v *visit) approvalSteps(policy usm.ApprovalPolicy) string {
	steps := policy.Steps
	if steps == nil {
		steps = usm.DefaultApprovalSteps()
	}
	var names []string
	for _, step := range steps {
		names = append(names, v.placeName(step.Process(), step))
	}
	return strings.Join(names, ", ")
}

// holiday says what a rule for holidays is about.
func (v *visit) holiday(r usm.HolidayRule) string {
	switch {
	case r.Country != "":
		return v.T("domains.holidays_of", strings.ToUpper(r.Country))
	case r.Easter != nil:
		return strings.TrimSpace(r.Name + " " + v.T("domains.easter", *r.Easter))
	case r.RRule != "":
		return strings.TrimSpace(r.Name + " " + r.RRule)
	}
	return strings.TrimSpace(r.Name + " " + strconv.Itoa(r.Day) + " " + v.dayName(time.Month(r.Month).String()))
}
