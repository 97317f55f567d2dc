package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// askPage is where somebody asks for help: what is agreed in advance for him, and what is known already.
type askPage struct {
	Q         string
	Items     []usm.CoveredItem // those that fit best first
	More      bool              // there are others
	Solutions []client.Solution
	Waiting   waiting
	Domains   map[string]string // names by id; nil when whoever visits belongs to one only
}

// shownItems and shownSolutions are how many of them a page shows.
const (
	shownItems     = 24
	shownSolutions = 6
)

// ask shows what can be asked for, searched first for what already helps.
func (s *site) ask(v *visit) (page, error) {
	p := askPage{Q: strings.TrimSpace(v.query("q"))}
	items, err := every(func(part usm.Page) ([]usm.CoveredItem, string, error) { return v.api.Catalogue(v.ctx(), "", "", part) })
	if err != nil {
		return page{}, err
	}
	p.Items = fitting(items, p.Q)
	if p.More = len(p.Items) > shownItems; p.More {
		p.Items = p.Items[:shownItems]
	}
	if p.Solutions, err = v.known(p.Q); err != nil {
		return page{}, err
	}
	if p.Waiting, err = v.waiting(); err != nil {
		return page{}, err
	}
	if len(v.me.Profiles) > 1 {
		p.Domains, err = v.domainNames()
	}
	return page{Place: "ask", Title: v.T("ask.title"), Body: ask(v, p)}, err
}

// fitting leaves the items that have a word of what is looked for, those with most of them first; all when nothing is.
func fitting(items []usm.CoveredItem, q string) []usm.CoveredItem {
	words := strings.Fields(strings.ToLower(q))
	if len(words) == 0 {
		return items
	}
	hits := func(item usm.CoveredItem) (n int) {
		text := strings.ToLower(item.Name + " " + item.Description + " " + item.Service)
		for _, word := range words {
			if strings.Contains(text, word) {
				n++
			}
		}
		return n
	}
	items = slices.DeleteFunc(slices.Clone(items), func(item usm.CoveredItem) bool { return hits(item) == 0 })
	slices.SortStableFunc(items, func(a, b usm.CoveredItem) int { return cmp.Compare(hits(b), hits(a)) })
	return items
}

// known finds solutions with all words of what is looked for, else with any of them; none when nothing is looked for.
func (v *visit) known(q string) ([]client.Solution, error) {
	words := strings.Fields(q)
	if len(words) == 0 {
		return nil, nil
	}
	part := usm.Page{Limit: shownSolutions}
	found, _, err := v.api.Solutions(v.ctx(), "", q, part)
	if err == nil && len(found) == 0 && len(words) > 1 {
		found, _, err = v.api.Solutions(v.ctx(), "", strings.Join(words, " or "), part)
	}
	return found, err
}

// domainNames are those of the domains of whoever visits, by id.
func (v *visit) domainNames() (map[string]string, error) {
	domains, err := v.domains()
	names := map[string]string{}
	for _, domain := range domains {
		names[domain.ID] = domain.Name
	}
	return names, err
}

// domainChoices are the domains of whoever visits when there are several; one alone needs no choice.
func (v *visit) domainChoices() ([]choice, error) {
	if len(v.me.Profiles) < 2 && !v.me.Admin {
		return nil, nil
	}
	return v.everyDomain()
}

// everyDomain are the domains of whoever visits, also when there is one.
func (v *visit) everyDomain() ([]choice, error) {
	domains, err := v.domains()
	return choices(domains, func(d client.DomainSummary) (string, string) { return d.ID, d.Name }), err
}

// nameAmong is the name of a choice, its value when it is none of them.
func nameAmong(all []choice, value string) string {
	for _, o := range all {
		if o.Value == value {
			return o.Name
		}
	}
	return value
}

// domains are those of whoever visits.
func (v *visit) domains() ([]client.DomainSummary, error) {
	return every(func(part usm.Page) ([]client.DomainSummary, string, error) { return v.api.Domains(v.ctx(), part) })
}

// services are those of the domains of whoever visits.
func (v *visit) services() ([]client.Service, error) {
	return every(func(part usm.Page) ([]client.Service, string, error) { return v.api.Services(v.ctx(), "", part) })
}

// everyMost is how many rows of a list a page reads at most to show it whole.
const everyMost = 2000

// every reads the pages of a list that is shown whole.
func every[T any](read func(usm.Page) ([]T, string, error)) (all []T, err error) {
	for part := (usm.Page{Limit: 200}); len(all) < everyMost; {
		rows, next, err := read(part)
		if err != nil {
			return nil, err
		}
		if all = append(all, rows...); next == "" {
			break
		}
		part.Cursor = next
	}
	return all, nil
}
