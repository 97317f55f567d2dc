package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// World is what the domain that is asked has to offer: ids, sorted.
type World struct {
	Domain     string
	Requesters []string // people whom a customer authorises and who hold no profile
	Categories []string
	Services   []string
	Components []string
	Teams      []string // the provider's own
	Suppliers  []string
	Zone       *time.Location // of dates that carry none; nil: UTC
}

func (w World) zone() *time.Location {
	if w.Zone == nil {
		return time.UTC
	}
	return w.Zone
}

func (w World) ids(over string) []string {
	switch over {
	case "services":
		return w.Services
	case "components":
		return w.Components
	}
	return w.Categories
}

// learn asks the gateway what the domain has to offer, as somebody who belongs to it.
func (d *driver) learn(ctx context.Context) error {
	var refused error
	for _, person := range sortedKeys(d.people) {
		domain, err := d.people[person].Domain(ctx, d.Domain)
		if err == nil {
			d.world = WorldOf(domain, func(person string) bool { return d.people[person] != nil })
			break
		}
		if _, ok := errors.AsType[*client.Problem](err); !ok {
			return err
		}
		refused = err
	}
	switch {
	case d.world.Domain == "" && refused != nil:
		return fmt.Errorf("domain %s: %w", d.Domain, refused)
	case d.world.Domain == "":
		return errors.New("there are no tokens of people to replay with")
	case len(d.world.Requesters) == 0:
		return fmt.Errorf("domain %s: there is no token of a person whom a customer authorises and who holds no profile", d.Domain)
	}
	return nil
}

// WorldOf returns what a domain has to offer; asks says which of its people may be made to ask.
func WorldOf(domain usm.Domain, asks func(person string) bool) World {
	w := World{Domain: domain.ID}
	for _, p := range domain.People {
		if p.Customer != "" && len(p.Profiles) == 0 && !p.Inactive && asks(p.ID) {
			w.Requesters = append(w.Requesters, p.ID)
		}
	}
	for _, c := range domain.Categories {
		w.Categories = append(w.Categories, c.ID)
	}
	for _, s := range domain.Services {
		w.Services = append(w.Services, s.ID)
	}
	for _, c := range domain.Components {
		w.Components = append(w.Components, c.ID)
	}
	for _, t := range domain.Teams {
		if t.External {
			w.Suppliers = append(w.Suppliers, t.ID)
		} else {
			w.Teams = append(w.Teams, t.ID)
		}
	}
	for _, ids := range [][]string{w.Requesters, w.Categories, w.Services, w.Components, w.Teams, w.Suppliers} {
		slices.Sort(ids)
	}
	return w
}
