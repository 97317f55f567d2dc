package usm

import "slices"

// Conflict returns two of the profiles that nobody holds both of (usm.md §6), in the order in which they are given; ok is
// false when there are none.
func (d Domain) Conflict(profiles []string) (one, other string, ok bool) {
	apart := map[string][]string{}
	for _, profile := range d.Profiles {
		for _, conflict := range profile.Conflicts {
			apart[profile.ID] = append(apart[profile.ID], conflict)
			apart[conflict] = append(apart[conflict], profile.ID)
		}
	}
	for i, profile := range profiles {
		for _, next := range profiles[i+1:] {
			if slices.Contains(apart[profile], next) {
				return profile, next, true
			}
		}
	}
	return "", "", false
}
