package domains

import (
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/usm/clock"
)

// checker collects what the schema cannot say: above all that every reference leads somewhere. It meets domains that the
// schema has refused already, so it takes nothing for granted and says nothing about what is simply absent.
type checker struct {
	domain     usm.Domain
	mistakes   []usm.FieldError
	calendars  map[string]*clock.Calendar // nil for one that does not compile; "" is the domain's own
	profiles   map[string]bool
	held       map[string]bool // profiles that somebody active holds
	people     map[string]bool
	categories map[string]bool
	services   map[string]bool
	customers  map[string]bool
	teams      map[string]bool // true for every team; suppliers tells which are external
	suppliers  map[string]bool
	items      map[string]bool
	components map[string]bool
	agreements map[string]usm.AgreementType
}

func beyondSchema(domain usm.Domain) []usm.FieldError {
	c := &checker{domain: domain, suppliers: map[string]bool{}, agreements: map[string]usm.AgreementType{}}
	c.categories = unique(c, "/categories", domain.Categories, func(x usm.Category) string { return x.ID })
	c.profiles = unique(c, "/profiles", domain.Profiles, func(x usm.Profile) string { return x.ID })
	c.customers = unique(c, "/customers", domain.Customers, func(x usm.Party) string { return x.ID })
	c.teams = unique(c, "/teams", domain.Teams, func(x usm.Party) string { return x.ID })
	c.services = unique(c, "/services", domain.Services, func(x usm.Service) string { return x.ID })
	c.components = unique(c, "/components", domain.Components, func(x usm.Component) string { return x.ID })
	c.people = unique(c, "/people", domain.People, func(x usm.Person) string { return x.ID })
	c.items = unique(c, "/catalogue", domain.Catalogue, func(x usm.Item) string { return x.ID })
	unique(c, "/solutions", domain.Solutions, func(x usm.Solution) string { return x.ID })
	c.held = map[string]bool{}
	for _, person := range domain.People {
		for _, profile := range person.Profiles {
			c.held[profile] = c.held[profile] || !person.Inactive
		}
	}
	for _, team := range domain.Teams {
		c.suppliers[team.ID] = team.External
	}
	for _, agreement := range domain.Agreements {
		c.agreements[agreement.ID] = agreement.Type
	}
	c.clocks()
	c.staff()
	c.offering()
	c.parties()
	c.register()
	c.procedures()
	c.approvals()
	return c.mistakes
}

func (c *checker) mistakef(pointer, format string, args ...any) {
	c.mistakes = append(c.mistakes, usm.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// unique returns the ids of a list and refuses one that stands there twice.
func unique[T any](c *checker, pointer string, list []T, id func(T) string) map[string]bool {
	ids := map[string]bool{}
	for i, item := range list {
		if id(item) != "" && ids[id(item)] {
			c.mistakef(fmt.Sprintf("%s/%d/id", pointer, i), "the id %q is taken already", id(item))
		}
		ids[id(item)] = true
	}
	return ids
}

// known refuses a reference that leads nowhere; an absent one is the schema's business.
func (c *checker) known(pointer, what, id string, ids map[string]bool) {
	if id != "" && !ids[id] {
		c.mistakef(pointer, "unknown %s %q", what, id)
	}
}

func (c *checker) allKnown(pointer, what string, list []string, ids map[string]bool) {
	for i, id := range list {
		c.known(fmt.Sprintf("%s/%d", pointer, i), what, id, ids)
	}
}

// staff checks profiles and who holds them.
func (c *checker) staff() {
	conflicts := map[[2]string]bool{}
	for i, profile := range c.domain.Profiles {
		at := fmt.Sprintf("/profiles/%d/conflicts", i)
		c.allKnown(at, "profile", profile.Conflicts, c.profiles)
		for j, other := range profile.Conflicts {
			if other == profile.ID {
				c.mistakef(fmt.Sprintf("%s/%d", at, j), "a profile cannot conflict with itself")
			}
			conflicts[[2]string{profile.ID, other}] = true
			conflicts[[2]string{other, profile.ID}] = true
		}
	}
	for i, person := range c.domain.People {
		at := fmt.Sprintf("/people/%d", i)
		c.known(at+"/customer", "customer", person.Customer, c.customers)
		c.allKnown(at+"/profiles", "profile", person.Profiles, c.profiles)
		for j, profile := range person.Profiles {
			for _, other := range person.Profiles[:j] {
				if profile != other && conflicts[[2]string{profile, other}] {
					c.mistakef(fmt.Sprintf("%s/profiles/%d", at, j), "nobody may hold both %q and %q", other, profile)
				}
			}
		}
	}
}

// offering checks services and the catalogue.
func (c *checker) offering() {
	for i, service := range c.domain.Services {
		c.known(fmt.Sprintf("/services/%d/owner", i), "profile", service.Owner, c.profiles)
	}
	for i, item := range c.domain.Catalogue {
		at := fmt.Sprintf("/catalogue/%d", i)
		c.known(at+"/service", "service", item.Service, c.services)
		if item.Schema == nil {
			continue
		}
		compiler := jsonschema.NewCompiler()
		compiler.UseLoader(jsonschema.SchemeURLLoader{}) // a schema stands on its own: nothing is fetched
		err := compiler.AddResource("usm:item", item.Schema)
		if err == nil {
			_, err = compiler.Compile("usm:item")
		}
		if err != nil {
			c.mistakef(at+"/schema", "is no JSON Schema: %s", oneLine(err))
		}
	}
}

// approvals checks who has to approve what, and who are whose managers.
func (c *checker) approvals() {
	c.add("", approval.Check(c.domain))
	for i, policy := range c.domain.Approvals {
		at := fmt.Sprintf("/approvals/%d", i)
		c.reached(at+"/within", policy.Within, policy.Calendar)
		if policy.Emergency != nil {
			c.reached(at+"/emergency/within", policy.Emergency.Within, policy.Calendar)
		}
		c.ladder(at, policy.Escalation)
	}
}

// register checks components and known solutions.
func (c *checker) register() {
	for i, component := range c.domain.Components {
		at := fmt.Sprintf("/components/%d", i)
		c.known(at+"/service", "service", component.Service, c.services)
		c.allKnown(at+"/users", "person", component.Users, c.people)
		for j, relation := range component.Relations {
			to := fmt.Sprintf("%s/relations/%d/to", at, j)
			c.known(to, "component", relation.To, c.components)
			if relation.To == component.ID && relation.To != "" {
				c.mistakef(to, "a component has no relation to itself")
			}
		}
	}
	for i, solution := range c.domain.Solutions {
		at := fmt.Sprintf("/solutions/%d", i)
		c.known(at+"/category", "category", solution.Category, c.categories)
		c.known(at+"/service", "service", solution.Service, c.services)
	}
}
