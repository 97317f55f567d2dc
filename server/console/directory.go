package console

import (
	"slices"
	"sync"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// directory gives names to the ids of a domain. What it does not know is called by its id.
type directory struct {
	usm.Domain // of its people and components it has those that a page has asked for

	names map[string]map[string]string // by what an id is of, and id
	item  map[string]any               // schema of the item of the catalogue that what is shown is asked by; nil for none
}

// wanted are people and components of a domain that a page calls by their names.
type wanted struct{ people, components []string }

// directory reads what a domain consists of, and of its people and components those that are wanted. It knows nothing of a domain
// that whoever visits does not see.
func (v *visit) directory(domain string, of wanted) (directory, error) {
	var d, known directory
	err := together(
		func() (err error) { d.Domain, err = v.api.Configuration(v.ctx(), domain); return err },
		func() error { return v.introduce(&known, domain, of) },
	)
	if client.CodeOf(err) == usm.CodeNotFound {
		d.Domain, err = usm.Domain{ID: domain, Name: domain}, nil
	}
	d.People, d.Components = known.People, known.Components
	d.learn()
	return d, err
}

// idsOfARequest is how many ids one request of the API names at most.
const idsOfARequest = 200

// introduce adds people and components of a domain to those that a directory knows; none for who does not see the domain.
func (v *visit) introduce(d *directory, domain string, of wanted) error {
	part := usm.Page{Limit: idsOfARequest}
	err := together(
		func() error {
			for some := range slices.Chunk(unique(of.people), idsOfARequest) {
				found, _, err := v.api.People(v.ctx(), client.PersonFilter{Domain: domain, IDs: some, Page: part})
				if err != nil {
					return err
				}
				for _, person := range found {
					d.People = append(d.People, person.Person)
				}
			}
			return nil
		},
		func() error {
			for some := range slices.Chunk(unique(of.components), idsOfARequest) {
				found, _, err := v.api.Components(v.ctx(), usm.ComponentFilter{Domain: domain, IDs: some, Page: part})
				if err != nil {
					return err
				}
				for _, component := range found {
					d.Components = append(d.Components, component.Component)
				}
			}
			return nil
		},
	)
	d.learn()
	if client.CodeOf(err) == usm.CodeNotFound {
		return nil
	}
	return err
}

// unique are ids, every one of them once.
func unique(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// directories are those of several domains, by id.
type directories map[string]directory

// directories reads those of the domains that a list is of.
func (v *visit) directories(of mentioned) (directories, error) { return of.each(v.directory) }

// introductions are directories that know nothing but the people and components that a list shows.
func (v *visit) introductions(of mentioned) (directories, error) {
	return of.each(func(domain string, of wanted) (directory, error) {
		var d directory
		err := v.introduce(&d, domain, of)
		return d, err
	})
}

func (m mentioned) each(read func(domain string, of wanted) (directory, error)) (directories, error) {
	found, lock := directories{}, sync.Mutex{}
	var all []func() error
	for domain, of := range m {
		all = append(all, func() error {
			d, err := read(domain, *of)
			lock.Lock()
			defer lock.Unlock()
			found[domain] = d
			return err
		})
	}
	return found, together(all...)
}

// namesIn are the directories of the domains of calls, with the people and components that lists show of them, and whole where a
// column needs more than these.
func (v *visit) namesIn(calls []usm.CallView, columns []string) (directories, error) {
	of := mentioned{}
	for _, call := range calls {
		in := of.in(call.Domain)
		in.people = append(in.people, call.Requester, call.WaitingFor.Claimed)
		in.components = append(in.components, call.Components...)
	}
	if !slices.Contains(columns, "category") && !slices.Contains(columns, "team") {
		return v.introductions(of)
	}
	return v.directories(of)
}

// mentioned is what a page shows of several domains.
type mentioned map[string]*wanted

func (m mentioned) in(domain string) *wanted {
	if m[domain] == nil {
		m[domain] = &wanted{}
	}
	return m[domain]
}

// add adds the people and components that are recorded in a value, whatever it is made of.
func (w *wanted) add(d directory, name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, one := range value {
			w.add(d, key, one)
		}
	case []any:
		for _, one := range value {
			w.add(d, name, one)
		}
	case string:
		switch d.register(name) {
		case ofPerson, ofOwner:
			w.people = append(w.people, value)
		case ofComponent:
			w.components = append(w.components, value)
		}
	}
}
