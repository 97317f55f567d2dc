package scim

import (
	"strings"

	"github.com/scim2/filter-parser/v2"

	"github.com/usm-works/usm/usm"
)

// membership is what a request makes of the members of a group.
type membership struct {
	all    bool // who is not named is no member
	member map[string]bool
	order  []string // who is named, in the order of the request
	names  []string // that the client says the group has
}

func (m *membership) say(ids []string, member bool) {
	if m.member == nil {
		m.member = map[string]bool{}
	}
	for _, id := range ids {
		if _, named := m.member[id]; !named {
			m.order = append(m.order, id)
		}
		m.member[id] = member
	}
}

func (m *membership) replace(ids []string) {
	m.all, m.member, m.order = true, nil, nil
	m.say(ids, true)
}

// change is what the directory is to do.
func (m *membership) change(profile string) usm.MembersChange {
	change := usm.MembersChange{Profile: profile, All: m.all}
	for _, id := range m.order {
		if m.member[id] {
			change.Add = append(change.Add, id)
		} else {
			change.Remove = append(change.Remove, id)
		}
	}
	return change
}

// apply does one operation of a PATCH.
func (m *membership) apply(op operation) error {
	if op.path == "" {
		fields, ok := op.value.(object)
		if !ok {
			return usm.Errorf(codeInvalidValue, "without a path the value is an object")
		}
		if name, says := fields["displayname"]; says {
			if err := m.name(name); err != nil {
				return err
			}
		}
		if value, says := fields["members"]; says {
			return m.set(op.kind, value)
		}
		return nil
	}
	to, err := groups.target(op.path)
	if err != nil {
		return err
	}
	switch {
	case to.path == "members" && to.sub == "" && to.where == nil:
		return m.set(op.kind, op.value)
	case to.path == "members" && to.sub == "" && op.kind == opRemove:
		ids, err := chosen(to.where)
		m.say(ids, false)
		return err
	case to.path == "displayname":
		return m.name(op.value)
	case to.path == "externalid":
		return nil // groups have none, and big clients send one
	case to.path == "id" || to.path == "schemas" || strings.HasPrefix(to.path, "meta"):
		return usm.Errorf(codeMutability, "%s is read only", to.path)
	}
	return usm.Errorf(codeInvalidPath, "of groups only members are changed: by members, or members[value eq …] to remove some")
}

// set changes the members.
func (m *membership) set(kind string, value any) error {
	ids, err := members(value)
	switch {
	case err != nil:
		return err
	case kind == opReplace || kind == opRemove && value == nil:
		m.replace(ids)
	default:
		m.say(ids, kind == opAdd)
	}
	return nil
}

// name is what a client says the group is called.
func (m *membership) name(value any) error {
	name, err := text("displayName", value)
	m.names = append(m.names, name)
	return err
}

// members are the ids of a list of members, as objects or texts; one of them may stand alone.
func members(value any) ([]string, error) {
	if value == nil {
		return nil, nil
	}
	list, several := value.([]any)
	if !several {
		list = []any{value}
	}
	ids := make([]string, len(list))
	for i, item := range list {
		if fields, ok := item.(object); ok {
			if kind, _ := fields["type"].(string); strings.EqualFold(kind, groups.name) {
				return nil, usm.Errorf(codeInvalidValue, "the members of a group are users: no groups")
			}
			item = fields["value"]
		}
		id, ok := item.(string)
		if !ok || id == "" {
			return nil, usm.Errorf(codeInvalidValue, "member %d has no value", i+1)
		}
		ids[i] = id
	}
	return ids, nil
}

// chosen are the ids that a filter on members names.
func chosen(where filter.Expression) ([]string, error) {
	switch e := where.(type) {
	case *filter.LogicalExpression:
		left, err := chosen(e.Left)
		if err != nil || e.Operator != filter.OR {
			break
		}
		right, err := chosen(e.Right)
		return append(left, right...), err
	case *filter.AttributeExpression:
		named, err := groups.condition(e, "members.")
		if err != nil || named.Operator != "eq" {
			break
		}
		return []string{named.Value}, nil
	}
	return nil, usm.Errorf(codeInvalidFilter, `members are chosen by value eq "…", joined by 'or'`)
}
