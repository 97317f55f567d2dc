package domains

import (
	"fmt"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// parties checks the agreements: who agrees with whom, about what, resting on what.
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
		c.under(at, agreement)
		c.norms(at, agreement)
		if agreement.ValidUntil != "" && agreement.ValidFrom > agreement.ValidUntil {
			c.mistakef(at+"/valid_until", "must not be before the first day")
		}
	}
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

func (c *checker) under(at string, agreement usm.Agreement) {
	for i, id := range agreement.Under {
		kind, ok := c.agreements[id]
		pointer := fmt.Sprintf("%s/under/%d", at, i)
		switch {
		case !ok:
			c.mistakef(pointer, "unknown agreement %q", id)
		case kind == usm.SA || id == agreement.ID:
			c.mistakef(pointer, "an agreement rests on OLAs and UCs, not on %q", id)
		}
	}
}

func (c *checker) norms(at string, agreement usm.Agreement) {
	taken := map[string]bool{}
	for i, norm := range agreement.Norms {
		pointer := fmt.Sprintf("%s/norms/%d", at, i)
		of := fmt.Sprintf("%s %s", norm.Type, norm.Priority)
		if taken[of] {
			c.mistakef(pointer, "there is a norm for %s already", strings.TrimSpace(of))
		}
		taken[of] = true
		if norm.Reaction == "" && norm.Handling == "" {
			c.mistakef(pointer, "must promise a reaction or a handling time")
		}
		c.duration(pointer+"/reaction", norm.Reaction)
		c.duration(pointer+"/handling", norm.Handling)
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
