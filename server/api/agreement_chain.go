package api

import (
	"cmp"
	"slices"

	"github.com/usm-works/usm/usm"
)

// chain is how the agreements of a domain rest on each other: customer → provider → supplier.
type chain struct {
	order   []string                 // ids, in the order of the register
	current map[string]usm.Agreement // of each the version in force, else the newest
}

func chainOf(all []usm.Agreement) chain {
	c := chain{current: map[string]usm.Agreement{}}
	for _, agreement := range all {
		known, ok := c.current[agreement.ID]
		if !ok {
			c.order = append(c.order, agreement.ID)
		}
		if !ok || preferred(agreement, known) {
			c.current[agreement.ID] = agreement
		}
	}
	return c
}

func preferred(a, b usm.Agreement) bool {
	if aForce, bForce := a.State == usm.AgreementInForce, b.State == usm.AgreementInForce; aForce != bForce {
		return aForce
	}
	return a.Version > b.Version
}

// under opens what an agreement rests on. seen are those that are opened already: each is opened once, so that a chain
// that leads in a circle ends.
func (c chain) under(agreement usm.Agreement, seen map[string]bool) []usm.AgreementNode {
	return c.open(agreement.Under, seen, func(node *usm.AgreementNode, next usm.Agreement) { node.Under = c.under(next, seen) })
}

// above opens what rests on an agreement.
func (c chain) above(agreement usm.Agreement, seen map[string]bool) []usm.AgreementNode {
	var resting []string
	for _, id := range c.order {
		if slices.Contains(c.current[id].Under, agreement.ID) {
			resting = append(resting, id)
		}
	}
	return c.open(resting, seen, func(node *usm.AgreementNode, next usm.Agreement) { node.Above = c.above(next, seen) })
}

func (c chain) open(ids []string, seen map[string]bool, further func(*usm.AgreementNode, usm.Agreement)) []usm.AgreementNode {
	nodes := []usm.AgreementNode{}
	for _, id := range ids {
		agreement, ok := c.current[id]
		if !ok {
			continue
		}
		node := usm.AgreementNode{
			ID: id, Version: agreement.Version, State: agreement.State, Type: agreement.Type,
			Customer: agreement.Customer, Provider: agreement.Provider, Services: append([]string{}, agreement.Services...),
		}
		if !seen[id] {
			seen[id] = true
			further(&node, agreement)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

// versionsOf returns the versions of an agreement, newest first.
func versionsOf(all []usm.Agreement, id string) []usm.Agreement {
	versions := slices.DeleteFunc(slices.Clone(all), func(g usm.Agreement) bool { return g.ID != id })
	slices.SortFunc(versions, func(a, b usm.Agreement) int { return cmp.Compare(b.Version, a.Version) })
	return versions
}

// specifications returns the tree of each service: what the parties agreed, else that of the service.
func specifications(domain usm.Domain, agreement usm.Agreement) []usm.AgreedSpecification {
	return each(agreement.Services, func(id string) usm.AgreedSpecification {
		agreed := usm.AgreedSpecification{Service: id}
		if i := slices.IndexFunc(domain.Services, func(s usm.Service) bool { return s.ID == id }); i >= 0 {
			agreed.Name, agreed.Specification = domain.Services[i].Name, domain.Services[i].Specification
		}
		if agreement.Specification != nil {
			agreed.Own, agreed.Specification = true, *agreement.Specification
		}
		return agreed
	})
}
