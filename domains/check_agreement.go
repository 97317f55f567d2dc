package domains

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/steps/promise"
	"github.com/usm-works/usm/usm"
)

// parties checks the agreements: who agrees with whom, about what, for whom, resting on what.
func (c *checker) parties() {
	taken := map[string]bool{}
	for i, agreement := range c.domain.Agreements {
		at := fmt.Sprintf("/agreements/%d", i)
		version := fmt.Sprintf("%s@%d", agreement.ID, agreement.Version)
		if agreement.ID != "" && taken[version] {
			c.mistakef(at+"/id", "the id %q is taken already", agreement.ID)
		}
		taken[version] = true
		c.sides(at, agreement)
		c.allKnown(at+"/services", "service", agreement.Services, c.services)
		c.restsOn(at, agreement)
		c.coverage(at, agreement)
		c.requests(at, agreement)
		c.add(at, promise.Check(agreement))
		c.norms(at, agreement)
	}
	c.circles()
}

// sides checks customer and provider: this domain is one of them, and its type says who is the other.
func (c *checker) sides(at string, agreement usm.Agreement) {
	own := func(key, id string) {
		if id != "" && id != c.domain.ID {
			c.mistakef(at+key, "must be %q itself, or absent, for an agreement of type %s", c.domain.ID, agreement.Type)
		}
	}
	other := func(key, what, id string, ids map[string]bool) {
		if id == "" {
			c.mistakef(at+key, "is required: the %s", what)
		}
		c.known(at+key, what, id, ids)
	}
	switch agreement.Type {
	case usm.SA:
		other("/customer", "customer", agreement.Customer, c.customers)
		own("/provider", agreement.Provider)
	case usm.OLA:
		own("/customer", agreement.Customer)
		other("/provider", "team", agreement.Provider, c.teams)
		if c.suppliers[agreement.Provider] {
			c.mistakef(at+"/provider", "%q is a supplier: that is a UC", agreement.Provider)
		}
	case usm.UC:
		own("/customer", agreement.Customer)
		other("/provider", "supplier", agreement.Provider, c.teams)
		if c.teams[agreement.Provider] && !c.suppliers[agreement.Provider] {
			c.mistakef(at+"/provider", "%q is an internal team: that is an OLA", agreement.Provider)
		}
	}
}

// restsOn checks the agreements that another rests on: OLAs and UCs, which may rest on others again.
func (c *checker) restsOn(at string, agreement usm.Agreement) {
	for i, id := range agreement.Under {
		kind, ok := c.agreements[id]
		pointer := fmt.Sprintf("%s/under/%d", at, i)
		switch {
		case !ok:
			c.mistakef(pointer, "unknown agreement %q", id)
		case kind == usm.SA:
			c.mistakef(pointer, "an agreement rests on OLAs and UCs, not on %q", id)
		}
	}
}

// circles refuses agreements that in the end rest on themselves, each circle once. Versions that count no longer rest on
// nothing.
func (c *checker) circles() {
	over := map[string]bool{} // nothing that it rests on leads in a circle, or that was said
	var visit func(id string, path []string)
	visit = func(id string, path []string) {
		path = append(path, id)
		for i, a := range c.domain.Agreements {
			if a.ID != id || a.State == usm.AgreementEnded || a.State == usm.AgreementExpired {
				continue
			}
			for j, next := range a.Under {
				begin := slices.Index(path, next)
				switch {
				case c.agreements[next] == usm.SA: // refused as such
				case begin >= 0:
					circle := strings.Join(append(slices.Clone(path[begin:]), next), " → ")
					c.mistakef(fmt.Sprintf("/agreements/%d/under/%d", i, j), "agreements rest on each other in a circle: %s", circle)
				case !over[next]:
					visit(next, path)
				}
			}
		}
		over[id] = true
	}
	for _, a := range c.domain.Agreements {
		if !over[a.ID] {
			visit(a.ID, nil)
		}
	}
}

// coverage checks whom and what the clauses of an SA name: what no request could ever meet is refused.
func (c *checker) coverage(at string, agreement usm.Agreement) {
	if agreement.Type != usm.SA {
		return // which is refused as such
	}
	people, sites := map[string]bool{}, map[string]bool{}
	for _, person := range c.domain.People {
		if person.Customer != "" && person.Customer == agreement.Customer {
			people[person.ID], sites[person.Site] = true, true
		}
	}
	services := map[string]bool{}
	for _, id := range agreement.Services {
		services[id] = true
	}
	for i, clause := range agreement.Coverage {
		pointer := fmt.Sprintf("%s/coverage/%d", at, i)
		for j, site := range clause.Sites {
			if site != "" && !sites[site] {
				c.mistakef(fmt.Sprintf("%s/sites/%d", pointer, j), "nobody of %q works at %q", agreement.Customer, site)
			}
		}
		for j, id := range clause.People {
			c.member(fmt.Sprintf("%s/people/%d", pointer, j), id, agreement.Customer, people)
		}
		c.allKnown(pointer+"/components", "component", clause.Components, c.components)
		for j, id := range clause.Services {
			c.agreed(fmt.Sprintf("%s/services/%d", pointer, j), id, services)
		}
	}
}

// member refuses a person whom the customer does not authorise.
func (c *checker) member(pointer, id, customer string, people map[string]bool) {
	c.known(pointer, "person", id, c.people)
	if c.people[id] && !people[id] {
		c.mistakef(pointer, "%q is nobody whom %q authorises", id, customer)
	}
}

// agreed refuses a service that the agreement is not about.
func (c *checker) agreed(pointer, id string, services map[string]bool) {
	c.known(pointer, "service", id, c.services)
	if c.services[id] && !services[id] {
		c.mistakef(pointer, "the agreement is not about %q", id)
	}
}

// requests checks that the pre-agreed requests are items of the catalogue, of services that the agreement is about.
func (c *checker) requests(at string, agreement usm.Agreement) {
	for i, id := range agreement.Requests {
		pointer := fmt.Sprintf("%s/requests/%d", at, i)
		c.known(pointer, "item of the catalogue", id, c.items)
		for _, item := range c.domain.Catalogue {
			if item.ID == id && !slices.Contains(agreement.Services, item.Service) {
				c.mistakef(pointer, "belongs to %q, which the agreement is not about", item.Service)
			}
		}
	}
}

// duration refuses what is no positive Go duration; absent is fine.
func (c *checker) duration(pointer, text string) {
	if text == "" {
		return
	}
	if d, err := time.ParseDuration(text); err != nil || d <= 0 {
		c.mistakef(pointer, "must be a positive duration like 8h or 1h30m")
	}
}

// oneLine keeps a message of a library on one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
