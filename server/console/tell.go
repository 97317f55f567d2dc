package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// tellPage is the form for what is in no catalogue.
type tellPage struct {
	Entry entry
	About []askedAbout
}

// askedAbout is a domain with its services.
type askedAbout struct {
	Domain   client.DomainSummary
	Services []client.Service
}

// tell shows the form in which somebody tells in his own words what he needs.
func (s *site) tell(v *visit) (page, error) {
	return v.telling(entry{Values: url.Values{"subject": {v.query("subject")}, "impact": {"low"}, "urgency": {"medium"}}})
}

func (v *visit) telling(e entry) (page, error) {
	p := tellPage{Entry: e}
	domains, err := v.domains()
	if err != nil {
		return page{}, err
	}
	services, err := v.services()
	if err != nil {
		return page{}, err
	}
	for _, domain := range domains {
		of := slices.DeleteFunc(slices.Clone(services), func(s client.Service) bool { return s.Domain != domain.ID })
		p.About = append(p.About, askedAbout{domain, of})
	}
	return page{Place: "ask", Title: v.T("tell.title"), Body: tell(v, p)}.refusing(e.Problem), nil
}

// openTold opens a call for what somebody told. Whether something is broken, he says; the type follows from the rules.
func (s *site) openTold(v *visit) (page, error) {
	e := v.entered()
	if !e.needs(v, "about", "subject", "broken") {
		return v.telling(e)
	}
	domain, service, _ := strings.Cut(e.Value("about"), "/")
	call, err := v.api.Open(v.ctx(), usm.NewCall{
		Domain: domain, Service: service, Requester: v.me.Person, Subject: e.Value("subject"), Description: e.Value("description"),
		Impact: usm.Level(e.Value("impact")), Urgency: usm.Level(e.Value("urgency")),
		Fields: map[string]any{"broken": e.Value("broken") == "yes"},
	}, client.WithKey(v.key()))
	if e.refused(err) {
		e.under("about", "/domain", "/service")
		return v.telling(e)
	}
	if err != nil {
		return page{}, err
	}
	return see("/asked/" + escapePath(call.Number) + "?said=asked"), nil
}
