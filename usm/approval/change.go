package approval

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Renewed is the approval that asks for a new content in place of a void one, to be completed by Open once it has an ID and
// By; Changed says everything that differs. ok is false when nothing of what the policy calls material differs: then a goes
// on, with the new content and digest and the ballots that were given.
func Renewed(a usm.Approval, content map[string]any) (next usm.Approval, ok bool) {
	if material(a.Policy, content) == material(a.Policy, a.Content) {
		a.Content, a.Digest = content, Digest(content)
		return a, false
	}
	next = successor(a)
	next.Content = content
	next.Changed = differences(nil, "", a.Content, content)
	return next, true
}

// Escalated is the approval that asks Policy.Escalate in place of one whose time was over, to be completed by Open: one of
// them decides, in as much time again, and after that it is rejected.
func Escalated(a usm.Approval) usm.Approval {
	next := successor(a)
	next.Policy.Require = usm.Quorum{Name: "escalation", Need: "any", Approvers: a.Policy.Escalate}
	next.Policy.Expiry, next.Policy.Escalate, next.Policy.Substitute = usm.ExpiryReject, nil, nil
	return next
}

// successor is another approval of the same, of which nothing is decided.
func successor(a usm.Approval) usm.Approval {
	return usm.Approval{
		Call: a.Call, Domain: a.Domain, Subject: a.Subject, Step: a.Step, Attempt: a.Attempt, Policy: a.Policy, Version: a.Version,
		Outcome: a.Outcome, By: a.By, Content: a.Content, Barred: a.Barred, Retro: a.Retro, Replaces: a.ID,
	}
}

// differences appends the places at which two JSON values differ, members of objects in the order of their names. Lists that
// differ in length differ as a whole.
func differences(found []usm.ContentChange, pointer string, before, after any) []usm.ContentChange {
	if objects(before, after) {
		was, now := before.(map[string]any), after.(map[string]any) //nolint:errcheck // objects has looked
		names := slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(now)))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			old, had := was[name]
			fresh, has := now[name]
			place := pointer + "/" + escaped(name)
			switch {
			case had && has:
				found = differences(found, place, old, fresh)
			case had:
				found = append(found, usm.ContentChange{Pointer: place, Before: string(canonical(nil, old))})
			default:
				found = append(found, usm.ContentChange{Pointer: place, After: string(canonical(nil, fresh))})
			}
		}
		return found
	}
	was, isList := before.([]any)
	now, areLists := after.([]any)
	if isList && areLists && len(was) == len(now) {
		for i := range was {
			found = differences(found, pointer+"/"+strconv.Itoa(i), was[i], now[i])
		}
		return found
	}
	if old, fresh := string(canonical(nil, before)), string(canonical(nil, after)); old != fresh {
		found = append(found, usm.ContentChange{Pointer: pointer, Before: old, After: fresh})
	}
	return found
}

func objects(a, b any) bool {
	_, first := a.(map[string]any)
	_, second := b.(map[string]any)
	return first && second
}

func escaped(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// at looks up a JSON pointer (RFC 6901). ok is false when nothing is there.
func at(value any, pointer string) (found any, ok bool) {
	if pointer == "" {
		return value, true
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil, false
	}
	for name := range strings.SplitSeq(pointer[1:], "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch v := value.(type) {
		case map[string]any:
			if value, ok = v[name]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) || strconv.Itoa(i) != name {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
