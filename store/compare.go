package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/usm-works/usm/usm"
)

// leaveAlone replaces in a file what only calls may change by what the registers hold, takes out the people whom
// provisioning keeps, and says what that was.
func leaveAlone(
	file, now usm.Domain, held map[string]heldService, provisioned []usm.Person,
) (domain usm.Domain, notApplied []string) {
	say := func(what, id, why string) { notApplied = append(notApplied, fmt.Sprintf("%s %s: %s", what, id, why)) }
	components := each(file.Components, componentInFile)
	differences("agreement", "a wish", each(file.Agreements, asDated), each(now.Agreements, asDated), agreementID, say)
	differences("component", "a request for change", components, now.Components, componentID, say)
	keptPeople(file.People, provisioned, say)
	file.People = notIn(file.People, provisioned)
	kept := index(now.Services, serviceID)
	services := each(file.Services, func(service usm.Service) usm.Service {
		if !held[service.ID].Brought || equal(service, kept[service.ID]) {
			return service
		}
		say("service", service.ID, "only a wish may change it")
		return kept[service.ID]
	})
	for _, service := range now.Services {
		switch {
		case has(file.Services, serviceID, service.ID):
			continue
		case held[service.ID].Brought:
			say("service", service.ID, "a wish brought it and the file does not have it")
		case held[service.ID].Agreed:
			say("service", service.ID, "an agreement covers it")
		default:
			continue
		}
		services = append(services, service)
	}
	file.Services, file.Agreements, file.Components = services, now.Agreements, now.Components
	file.Version = now.Version
	return file, notApplied
}

// keptPeople says which people of a file provisioning keeps otherwise.
func keptPeople(file, provisioned []usm.Person, say func(what, id, why string)) {
	kept := index(provisioned, personID)
	for _, person := range file {
		person.Profiles = slices.Sorted(slices.Values(person.Profiles))
		switch known, ok := kept[person.ID]; {
		case !ok || equal(person, known):
		case known.Inactive && !person.Inactive:
			say("person", person.ID, "has left, as provisioning says, and only it brings him back")
		default:
			say("person", person.ID, "provisioning keeps him, and only it may change him")
		}
	}
}

// notIn are the people of whom others are none.
func notIn(people, others []usm.Person) []usm.Person {
	if len(others) == 0 {
		return people
	}
	known := index(others, personID)
	return slices.DeleteFunc(slices.Clone(people), func(p usm.Person) bool { _, is := known[p.ID]; return is })
}

// asDated is an agreement as a file has it, without the states that its dates bring.
func asDated(a usm.Agreement) usm.Agreement {
	a = agreementInFile(a)
	if a.State == usm.AgreementAgreed || a.State == usm.AgreementExpired {
		a.State = ""
	}
	return a
}

func agreementID(a usm.Agreement) string { return a.ID }

func serviceID(s usm.Service) string { return s.ID }

func componentID(c usm.Component) string { return c.ID }

// differences says how a list of the file differs from the register.
func differences[T any](what, who string, file, now []T, id func(T) string, say func(what, id, why string)) {
	kept := index(now, id)
	for _, value := range file {
		known, exists := kept[id(value)]
		switch {
		case !exists:
			say(what, id(value), "not in the register, and only "+who+" may add it")
		case !equal(value, known):
			say(what, id(value), "differs from the register, and only "+who+" may change it")
		}
	}
	for _, value := range now {
		if !has(file, id, id(value)) {
			say(what, id(value), "in the register and not in the file; only "+who+" may end it")
		}
	}
}

// equal compares as documents, so that a list that is nil and an empty one are the same, and numbers have no type. Where a
// type tells an absent list from an empty one, so does this.
func equal(a, b any) bool { return reflect.DeepEqual(plain(a), plain(b)) }

func plain(value any) (read any) {
	raw, err := json.Marshal(value)
	if err != nil {
		return value
	}
	_ = json.Unmarshal(raw, &read)
	return prune(read)
}

// prune drops empty objects from objects, and makes lists of nothing.
func prune(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = prune(value[i])
		}
	case map[string]any:
		for key, member := range value {
			switch member := prune(member).(type) {
			case nil:
				value[key] = []any{}
			case map[string]any:
				if len(member) == 0 {
					delete(value, key)
				}
			}
		}
	}
	return value
}

// index returns the values by their id.
func index[T any](all []T, id func(T) string) map[string]T {
	byID := make(map[string]T, len(all))
	for _, value := range all {
		byID[id(value)] = value
	}
	return byID
}

// has reports whether one of the values has the id.
func has[T any](all []T, id func(T) string, wanted string) bool {
	return slices.ContainsFunc(all, func(value T) bool { return id(value) == wanted })
}

// each returns the values changed one by one, in a list of its own.
func each[A, B any](all []A, change func(A) B) []B {
	changed := make([]B, len(all))
	for i, value := range all {
		changed[i] = change(value)
	}
	return changed
}
