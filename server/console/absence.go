package console

import (
	"strconv"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// absencePage is who stands in for whom.
type absencePage struct {
	Delegations []usm.Delegation // the latest first
	Next        string
	Domains     []client.DomainSummary
	Names       directories
	To, Person  form // who stands in, and for whom
	Services    []client.Service
	Entry       entry
	Problem     *client.Problem // with ending one
}

// Domain is the one that a delegation is made for.
func (p absencePage) Domain() string {
	if chosen := p.Entry.Value("domain"); chosen != "" || len(p.Domains) == 0 {
		return chosen
	}
	return p.Domains[0].ID
}

// absence shows who stands in for whoever visits, and for whom he stands in.
func (s *site) absence(v *visit) (page, error) { return v.absent(absencePage{}) }

func (v *visit) absent(p absencePage) (page, error) {
	filter := usm.DelegationFilter{Page: v.page(50)}
	if v.query("of") != "domains" {
		filter.Person = v.me.Person
	}
	var err error
	if p.Delegations, p.Next, err = v.api.Delegations(v.ctx(), filter); err != nil {
		return page{}, err
	}
	if p.Domains, err = v.domains(); err != nil {
		return page{}, err
	}
	of := mentioned{}
	if p.Domain() != "" {
		of.in(p.Domain())
	}
	for _, d := range p.Delegations {
		in := of.in(d.Domain)
		in.people = append(in.people, d.Person, d.To)
	}
	if p.Names, err = v.directories(of); err != nil {
		return page{}, err
	}
	chosen := p.Names[p.Domain()]
	if p.To, err = v.personForm(&chosen, p.Entry, "to", v.T("absence.who"), true); err != nil {
		return page{}, err
	}
	if p.Person, err = v.personForm(&chosen, p.Entry, "person", v.T("absence.for"), false); err != nil {
		return page{}, err
	}
	if p.Services, err = v.services(); err != nil {
		return page{}, err
	}
	return page{Place: "absence", Title: v.T("absence.title"), Body: absence(v, p)}.refusing(p.Entry.Problem, p.Problem), nil
}

// Ends reports whether a delegation can still be ended.
func (v *visit) ends(d usm.Delegation) bool { return d.RevokedAt == nil && d.Until.After(v.now) }

// beAbsent lets somebody stand in for whoever visits, or for another of a domain that he coordinates; or ends that.
func (s *site) beAbsent(v *visit) (page, error) {
	e := v.entered()
	if id := e.Value("end"); id != "" {
		return v.endAbsence(id)
	}
	if e.Value("show") != "" {
		return v.absent(absencePage{Entry: e})
	}
	asked, ok := v.delegation(&e)
	if !ok {
		return v.absent(absencePage{Entry: e})
	}
	_, err := v.api.Delegate(v.ctx(), asked, client.WithKey(v.key()))
	if err == nil {
		return see(v.with("said", "delegated")), nil
	}
	if e.refused(err) {
		return v.absent(absencePage{Entry: e})
	}
	if problem, ok := asProblem(err); ok && problem.Code == usm.CodeForbidden {
		e.Problem = problem
		return v.absent(absencePage{Entry: e})
	}
	return page{}, err
}

func (v *visit) endAbsence(id string) (page, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return page{}, errUnknown
	}
	if _, err := v.api.RevokeDelegation(v.ctx(), number); err != nil {
		if problem, ok := asProblem(err); ok && problem.Code == usm.CodeForbidden {
			return v.absent(absencePage{Problem: problem})
		}
		return page{}, err
	}
	return see(v.with("said", "ended")), nil
}

// delegation reads what was typed; ok is false when the entry says what is wrong with it.
func (v *visit) delegation(e *entry) (d usm.Delegation, ok bool) {
	e.needs(v, "domain", "until")
	if e.picked("to") == "" {
		e.wrong(v, "/to", v.T("form.missing"))
	}
	d = usm.Delegation{
		Domain: e.Value("domain"), Person: e.picked("person"), To: e.picked("to"), From: v.moment(e, "from"), Until: v.moment(e, "until"),
		Process: usm.Process(e.Value("process")), Service: e.Value("service"), When: e.Value("when"), Reason: e.Value("reason"),
	}
	if amount := e.Value("amount"); amount != "" {
		var err error
		if d.Amount, err = strconv.ParseFloat(amount, 64); err != nil || d.Amount < 0 {
			e.wrong(v, "/amount", v.T("form.no_number"))
		}
	}
	return d, e.Problem == nil
}

// moment reads a moment by the clock of the reader; the zero time for none.
func (v *visit) moment(e *entry, name string) time.Time {
	text := e.Value(name)
	if text == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, v.look.Zone); err == nil {
			return at
		}
	}
	e.wrong(v, "/"+name, v.T("form.no_instant"))
	return time.Time{}
}
