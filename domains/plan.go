package domains

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Action is what applying a domain does to one part of it.
type Action string

// The actions.
const (
	Add    Action = "add"
	Change Action = "change"
	Remove Action = "remove"
	// Kept is a difference that applying leaves alone: components and agreements are written by the first version only,
	// afterwards by a change or a wish, and so is a service that a wish brought or an agreement covers.
	Kept Action = "kept"
)

// Difference is one place in which two domains differ. In its path an item of a list stands under its id, a procedure
// under its process and a step under its name: "people[anna].profiles", "procedures[change].steps[plan_change]".
type Difference struct {
	Path   string `json:"path"`
	Action Action `json:"action"`
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
}

// registerOwned are the keys of components and agreements that the registers add by themselves: a file that is silent
// about them does not differ.
var registerOwned = []string{"version", "state", "status", "call", "valid_from", "customer", "provider"}

// Plan says what applying next would change about current, sorted by path; nothing means that they are the same. A
// current without an id is a domain that does not exist yet. Versions are not compared.
func Plan(current, next usm.Domain) []Difference {
	current.Version, next.Version = 0, 0
	before, errBefore := generic(current)
	after, errAfter := generic(next)
	if errBefore != nil || errAfter != nil {
		// Only a domain built in code with values that are no JSON gets here, and then nothing finer can be said.
		return []Difference{{Action: Change}}
	}
	p := &planner{first: current.ID == "", brought: map[string]bool{}, covered: map[string]bool{}}
	for _, agreement := range current.Agreements {
		for _, service := range agreement.Services {
			p.covered[service] = true
			p.brought[service] = p.brought[service] || agreement.Call != ""
		}
	}
	if p.first {
		before = map[string]any{}
	}
	p.objects("", before, after)
	slices.SortStableFunc(p.differences, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(string(a.Action), string(b.Action)))
	})
	return p.differences
}

type planner struct {
	first       bool            // there is no current domain: nothing is kept
	brought     map[string]bool // services that a wish brought or changed: only a wish alters them
	covered     map[string]bool // services of an agreement: they cannot be removed
	differences []Difference
}

func (p *planner) differ(path string, before, after any) {
	action := Change
	switch {
	case !p.first && (isRegister(path) || p.keepsService(path, after == nil)):
		action = Kept
	case before == nil:
		action = Add
	case after == nil:
		action = Remove
	}
	p.differences = append(p.differences, Difference{Path: path, Action: action, Before: before, After: after})
}

// objects compares key by key.
func (p *planner) objects(path string, before, after map[string]any) {
	for key, old := range before {
		at := strings.TrimPrefix(path+"."+key, ".")
		value, ok := after[key]
		switch {
		case ok:
			p.values(at, old, value)
		case !ownedByRegister(path, key):
			p.differ(at, old, nil)
		}
	}
	for key, value := range after {
		if _, ok := before[key]; !ok {
			p.added(strings.TrimPrefix(path+"."+key, "."), value)
		}
	}
}

// added lists the items of a new list one by one.
func (p *planner) added(path string, value any) {
	list, isList := value.([]any)
	if items, ok := keyed(list); isList && ok && !strings.Contains(path, ".") {
		p.lists(path, nil, items)
		return
	}
	p.differ(path, nil, value)
}

// isRegister reports whether the path is in what only a change or a wish may alter.
func isRegister(path string) bool {
	return strings.HasPrefix(path, "components") || strings.HasPrefix(path, "agreements")
}

// keepsService reports whether the path is in a service that only a wish may alter.
func (p *planner) keepsService(path string, removed bool) bool {
	inside, isService := strings.CutPrefix(path, "services[")
	id, rest, _ := strings.Cut(inside, "]")
	return isService && (p.brought[id] || removed && rest == "" && p.covered[id])
}

func ownedByRegister(path, key string) bool {
	inRegister := strings.HasPrefix(path, "components[") || strings.HasPrefix(path, "agreements[")
	return inRegister && slices.Contains(registerOwned, key)
}

func (p *planner) values(path string, before, after any) {
	if reflect.DeepEqual(before, after) {
		return
	}
	oldObject, ok1 := before.(map[string]any)
	newObject, ok2 := after.(map[string]any)
	if ok1 && ok2 {
		p.objects(path, oldObject, newObject)
		return
	}
	oldList, ok1 := before.([]any)
	newList, ok2 := after.([]any)
	if ok1 && ok2 {
		oldItems, ok1 := keyed(oldList)
		newItems, ok2 := keyed(newList)
		if ok1 && ok2 {
			p.lists(path, oldItems, newItems)
			return
		}
	}
	if oldText, isText := before.(string); isText && oldText != "" && after == "" {
		key := path[strings.LastIndexByte(path, '.')+1:]
		if ownedByRegister(path, key) {
			return
		}
	}
	p.differ(path, before, after)
}

// item is an element of a list whose elements have names.
type item struct {
	key    string
	object map[string]any
}

// keyed names the elements of a list; ok is false when one has no name or two have the same.
func keyed(list []any) (items []item, ok bool) {
	taken := map[string]bool{}
	for _, element := range list {
		object, _ := element.(map[string]any)
		key := ""
		for _, name := range []string{"id", "process", "step"} {
			if text, isText := object[name].(string); isText && text != "" {
				key = text
				break
			}
		}
		if key == "" || taken[key] {
			return nil, false
		}
		taken[key] = true
		items = append(items, item{key, object})
	}
	return items, true
}

// lists compares item by item. Where the same items stand in another order, that order is the difference.
func (p *planner) lists(path string, before, after []item) {
	find := func(items []item, key string) int {
		return slices.IndexFunc(items, func(i item) bool { return i.key == key })
	}
	var oldOrder, newOrder []any
	for _, old := range before {
		at := fmt.Sprintf("%s[%s]", path, old.key)
		i := find(after, old.key)
		if i < 0 {
			p.differ(at, old.object, nil)
			continue
		}
		oldOrder = append(oldOrder, old.key)
		p.objects(at, old.object, after[i].object)
	}
	for _, added := range after {
		if find(before, added.key) < 0 {
			p.differ(fmt.Sprintf("%s[%s]", path, added.key), nil, added.object)
			continue
		}
		newOrder = append(newOrder, added.key)
	}
	// A register has no order of its own.
	if !isRegister(path) && !reflect.DeepEqual(oldOrder, newOrder) {
		p.differ(path, oldOrder, newOrder)
	}
}
