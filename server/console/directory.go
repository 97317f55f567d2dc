package console

import "github.com/usm-works/usm/usm"

// directory gives names to the ids of a domain. What it does not know is called by its id.
type directory struct{ usm.Domain }

func (d directory) person(id string) string {
	return nameOf(d.People, id, func(p usm.Person) (string, string) { return p.ID, p.Name })
}

func (d directory) profile(id string) string {
	return nameOf(d.Profiles, id, func(p usm.Profile) (string, string) { return p.ID, p.Name })
}

func (d directory) service(id string) string {
	return nameOf(d.Services, id, func(s usm.Service) (string, string) { return s.ID, s.Name })
}

func (d directory) category(id string) string {
	return nameOf(d.Categories, id, func(c usm.Category) (string, string) { return c.ID, c.Name })
}

func (d directory) component(id string) string {
	return nameOf(d.Components, id, func(c usm.Component) (string, string) { return c.ID, c.Name })
}

func (d directory) team(id string) string {
	return nameOf(d.Teams, id, func(p usm.Party) (string, string) { return p.ID, p.Name })
}

// people are the names of several.
func (d directory) people(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.person(id)
	}
	return names
}

// profiles are the names of several.
func (d directory) profiles(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.profile(id)
	}
	return names
}

func nameOf[T any](all []T, id string, of func(T) (id, name string)) string {
	for _, one := range all {
		if is, name := of(one); is == id && name != "" {
			return name
		}
	}
	return id
}

// choices are what somebody may choose from, by id and name.
func choices[T any](all []T, of func(T) (id, name string)) []choice {
	made := make([]choice, len(all))
	for i, one := range all {
		id, name := of(one)
		if name == "" {
			name = id
		}
		made[i] = choice{Value: id, Name: name, JSON: id}
	}
	return made
}
