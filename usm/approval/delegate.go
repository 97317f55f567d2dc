package approval

import (
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// StandIns are those who may act now for people at a step: Person, By and Delegation, chains resolved, in the order of
// people and then of the length of the chain. Nobody acts for who has left, and who has left acts for nobody.
func StandIns(people []string, process usm.Process, content map[string]any, w Directory, now time.Time) []usm.StandIn {
	var found []usm.StandIn
	for i, person := range people {
		if w.active(person) && !slices.Contains(people[:i], person) {
			found = append(found, chains(person, process, content, w, now, w.active)...)
		}
	}
	return found
}

// chains are who may act for a person at a moment: those to whom he delegates, to whom they delegate, and so on, each once
// under the first delegation of the shortest chain. may is asked about every link: who may not act hands nothing on.
func chains(person string, process usm.Process, content map[string]any, w Directory, now time.Time, may func(string) bool) []usm.StandIn {
	var found []usm.StandIn
	known := []string{person}
	for queue := []usm.StandIn{{By: person}}; len(queue) > 0; queue = queue[1:] {
		for i := range w.Delegations {
			d, next := &w.Delegations[i], usm.StandIn{Person: person, Delegation: queue[0].Delegation}
			if d.Person != queue[0].By || slices.Contains(known, d.To) || !counts(d, process, content, now) {
				continue
			}
			known = append(known, d.To)
			if next.By = d.To; next.Delegation == 0 {
				next.Delegation = d.ID
			}
			if may(d.To) {
				found, queue = append(found, next), append(queue, next)
			}
		}
	}
	return found
}

// counts reports whether a delegation holds at the moment for the content. A condition that cannot be worked out does not
// hold: rather one delegate too few.
func counts(d *usm.Delegation, process usm.Process, content map[string]any, now time.Time) bool {
	call, _ := content["call"].(map[string]any)
	switch {
	case now.Before(d.From), !now.Before(d.Until), d.RevokedAt != nil && !now.Before(*d.RevokedAt):
		return false
	case d.Process != "" && d.Process != process, d.Service != "" && d.Service != text(call, "service"):
		return false
	case d.Amount > 0 && Amount(content) > d.Amount:
		return false
	}
	holds, err := condition(d.When, content)
	return holds && err == nil
}

// Cyclic reports whether a new delegation would lead back, at some moment and for some process and service, to where a chain
// of delegations begins. How amounts and conditions narrow is not looked at.
func Cyclic(standing []usm.Delegation, added usm.Delegation) bool {
	if added.Person == added.To {
		return true
	}
	moments, processes, services := []time.Time{added.From}, []usm.Process{""}, []string{""}
	for _, d := range standing {
		if during(added, d.From) {
			moments = append(moments, d.From)
		}
		processes, services = append(processes, d.Process), append(services, d.Service)
	}
	processes, services = narrowed(processes, added.Process), narrowed(services, added.Service)
	for _, at := range moments {
		for _, process := range processes {
			for _, service := range services {
				if reaches(standing, added.To, added.Person, at, process, service) {
					return true
				}
			}
		}
	}
	return false
}

// narrowed are the values that differ; only the one to which a delegation is narrowed, where it is.
func narrowed[T ~string](values []T, to T) []T {
	if to != "" {
		return []T{to}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// during reports whether a delegation stands at the moment.
func during(d usm.Delegation, at time.Time) bool {
	return !at.Before(d.From) && at.Before(d.Until) && (d.RevokedAt == nil || at.Before(*d.RevokedAt))
}

// reaches reports whether the delegations that stand at a moment lead from one person to another.
func reaches(standing []usm.Delegation, from, to string, at time.Time, process usm.Process, service string) bool {
	reached := []string{from}
	for i := 0; i < len(reached); i++ {
		for _, d := range standing {
			fits := (d.Process == "" || d.Process == process) && (d.Service == "" || d.Service == service)
			if d.Person == reached[i] && fits && during(d, at) && !slices.Contains(reached, d.To) {
				reached = append(reached, d.To)
			}
		}
	}
	return slices.Contains(reached, to)
}
