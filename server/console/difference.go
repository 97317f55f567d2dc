package console

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// difference is one place in which two documents differ. A side on which there is nothing is nil.
type difference struct {
	Path          []string // names from the outside in; the key of an item of a list begins with "["
	Before, After any      // as JSON has them
}

// differ lists the places in which two values differ, each as small as it can be: objects name by name, items of lists by what they
// are called.
func differ(path []string, before, after any) []difference {
	if bare(before) && bare(after) || reflect.DeepEqual(before, after) {
		return nil
	}
	was, isObject := before.(map[string]any)
	is, areObjects := after.(map[string]any)
	if isObject && areObjects {
		return differByName(path, "", was, is)
	}
	old, isList := before.([]any)
	now, areLists := after.([]any)
	if isList && areLists {
		if was, is := byKey(old), byKey(now); was != nil && is != nil {
			return differByName(path, "[", was, is)
		}
		if all := differByItem(path, old, now); len(all) > 0 {
			return all
		}
	}
	if bare(before) {
		before = nil
	}
	if bare(after) {
		after = nil
	}
	return []difference{{path, before, after}}
}

func differByName(path []string, prefix string, before, after map[string]any) (all []difference) {
	names := map[string]any{}
	maps.Copy(names, before)
	maps.Copy(names, after)
	for _, name := range sortedNames(names) {
		all = append(all, differ(append(slices.Clip(path), prefix+name), before[name], after[name])...)
	}
	return all
}

// differByItem lists what came into a list of simple values and what went; none where only their order differs, or where they are
// not simple.
func differByItem(path []string, before, after []any) (all []difference) {
	among := func(list []any, one any) bool {
		return slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(one, other) })
	}
	for _, one := range slices.Concat(before, after) {
		if _, deep := one.(map[string]any); deep {
			return nil
		}
	}
	for _, one := range before {
		if !among(after, one) {
			all = append(all, difference{path, one, nil})
		}
	}
	for _, one := range after {
		if !among(before, one) {
			all = append(all, difference{path, nil, one})
		}
	}
	return all
}

// keyNames are what tells the items of a list from each other: the first that an item has.
var keyNames = [][]string{{"id"}, {"process"}, {"step"}, {"name"}, {"type", "priority"}, {"kind", "to"}, {"title"}, {"subject"}}

// byKey names the items of a list; nil when one has no name or two have the same.
func byKey(list []any) map[string]any {
	items := map[string]any{}
	for _, item := range list {
		key := keyOf(object(item))
		if _, taken := items[key]; taken || key == "" {
			return nil
		}
		items[key] = item
	}
	return items
}

func keyOf(item map[string]any) string {
	for _, names := range keyNames {
		var parts []string
		for _, name := range names {
			if text, _ := item[name].(string); text != "" {
				parts = append(parts, text)
			}
		}
		if first, _ := item[names[0]].(string); first != "" {
			return strings.Join(parts, "/")
		}
	}
	return ""
}

// differencesOf are those that the API found, each as small as it can be.
func differencesOf(found []client.Difference, kept bool) (all []difference) {
	for _, d := range found {
		if (d.Action == "kept") == kept {
			all = append(all, differ(pathNamed(d.Path), d.Before, d.After)...)
		}
	}
	return all
}

// pathNamed reads a path of the API: "norms[incident/high].named[first answer].target".
func pathNamed(text string) (path []string) {
	name, key := "", false
	end := func() {
		if name != "" && name != "[" {
			path = append(path, name)
		}
		name = ""
	}
	for _, r := range text {
		switch {
		case r == '[' && !key:
			end()
			name, key = "[", true
		case r == ']' && key:
			end()
			key = false
		case r == '.' && !key:
			end()
		default:
			name += string(r)
		}
	}
	end()
	return path
}

// pathAt reads a JSON Pointer.
func pathAt(pointer string) (path []string) {
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		if _, err := strconv.Atoi(name); err == nil {
			name = "[" + name
		}
		path = append(path, name)
	}
	return path
}

// changesTo are the differences between the content of an approval and that of the one before it.
func changesTo(changed []usm.ContentChange) (all []difference) {
	read := func(text string) (value any) {
		if json.Unmarshal([]byte(text), &value) != nil {
			return nil // "" is nothing
		}
		return value
	}
	for _, change := range changed {
		all = append(all, differ(pathAt(change.Pointer), read(change.Before), read(change.After))...)
	}
	return all
}
