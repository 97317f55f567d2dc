package console

import (
	"slices"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// servicesPage is what the domains of whoever visits provide.
type servicesPage struct {
	Services []client.Service
	Next     string
	Domains  []choice // to choose from, when there are several
}

// services lists services.
func (s *site) services(v *visit) (page, error) {
	var p servicesPage
	var err error
	if p.Domains, err = v.domainChoices(); err != nil {
		return page{}, err
	}
	p.Services, p.Next, err = v.api.Services(v.ctx(), v.query("domain"), v.page(50))
	return page{Place: "services", Title: v.T("service.title"), Body: services(v, p)}, err
}

// servicePage is a service with what can be asked of it, what is agreed about it, and what is open.
type servicePage struct {
	usm.Service
	Domain     directory
	Items      []usm.Item
	Agreed     map[string]string // by item: the agreement under which whoever visits has it
	Agreements []client.Agreement
	Calls      []usm.CallView
}

// service shows a service.
func (s *site) service(v *visit) (page, error) {
	domain, err := v.directory(v.param("domain"), wanted{})
	if err != nil {
		return page{}, err
	}
	i := slices.IndexFunc(domain.Services, func(s usm.Service) bool { return s.ID == v.param("id") })
	if i < 0 {
		return page{}, errUnknown
	}
	p := servicePage{Service: domain.Services[i], Domain: domain}
	if err := v.introduce(&p.Domain, domain.ID, wanted{people: []string{p.Owner}}); err != nil {
		return page{}, err
	}
	p.Items = slices.DeleteFunc(domain.Catalogue, func(item usm.Item) bool { return item.Service != p.ID })
	if p.Agreed, err = v.agreedItems(domain.ID); err != nil {
		return page{}, err
	}
	p.Agreements, _, err = v.api.Agreements(v.ctx(), client.AgreementFilter{
		Domain: domain.ID, Service: p.ID, State: usm.AgreementInForce, Page: usm.Page{Limit: 200},
	})
	if err != nil {
		return page{}, err
	}
	p.Calls, err = v.openCalls(usm.CallFilter{Domain: domain.ID, Service: p.ID})
	return page{Place: "services", Title: p.Name, Body: service(v, p)}, err
}

// agreedItems are the items of the catalogue that are agreed in advance for whoever visits, with the agreement.
func (v *visit) agreedItems(domain string) (map[string]string, error) {
	items, _, err := v.api.Catalogue(v.ctx(), domain, "", usm.Page{Limit: 200})
	agreed := map[string]string{}
	for _, item := range items {
		agreed[item.ID] = item.Coverage.Agreement
	}
	return agreed, err
}
