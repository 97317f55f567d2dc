package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// callAction is something that may be done to a call beside finishing its step: the path under the call that the API has for
// it, and the schema of what it takes.
type callAction struct {
	Path   string
	Schema map[string]any
}

// callActions are all of them, in the order in which they are shown.
var callActions = []callAction{
	{"ask", takes("question", longText)},
	{"answer", takes("text", longText)},
	{"notes", takes("text", longText)},
	{"confirm", takes("remarks", longText)},
	{"dispute", takes("reason", longText)},
	{"claim", takes("note", longText)},
	{"release", takes("note", longText)},
	{"reassign", takes("profiles", ids, "reason", longText)},
	{"redo", takes("reason", longText, "step", shortText)},
	{"retype", takes("type", shortText, "reason", longText)},
	{"pause", takes("reason", shortText, "note", longText)},
	{"resume", takes("reason", shortText, "note", longText)},
	{"rebind", takes("reason", longText, "applies", oneOfThem("retroactive", "from_change", "recompute"))},
	{"links", takes("to", shortText, "kind", oneOfThem("related", "duplicate_of", "caused_by"))},
	{"abort", takes("reason", longText)},
}

var (
	shortText = map[string]any{"type": "string", "minLength": 1}
	longText  = map[string]any{"type": "string", "minLength": 1, "maxLength": 20000}
	ids       = map[string]any{"type": "array", "items": shortText, "minItems": 1}
)

func oneOfThem(values ...any) map[string]any { return map[string]any{"enum": values} }

// optionalMembers are those that an action may go without.
var optionalMembers = []string{"note", "step", "applies", "remarks"}

// takes makes the schema of an action from the names and schemas of its members.
func takes(pairs ...any) map[string]any {
	properties := map[string]any{}
	var required, order []any
	for i := 0; i+1 < len(pairs); i += 2 {
		member, _ := pairs[i].(string)
		properties[member] = pairs[i+1]
		order = append(order, member)
		if !slices.Contains(optionalMembers, member) {
			required = append(required, member)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "x-order": order}
}

// form is the form of an action at a call, with what was typed when it was refused.
func (a callAction) form(p callPage) form {
	var typed map[string]any
	var problem *client.Problem
	if p.Refused.Path == a.Path {
		typed = p.Refused.Typed
		if p.Refused.Problem != nil {
			problem = &client.Problem{}
			for _, wrong := range p.Refused.Problem.Errors {
				problem.Errors = append(problem.Errors, usm.FieldError{Pointer: "/" + a.Path + wrong.Pointer, Detail: wrong.Detail})
			}
		}
	}
	f := formOf(a.Schema, a.Path, typed, problem)
	p.offerAction(f, a.Path)
	return f
}

// offerAction lets somebody choose where an action takes what the call or its domain knows.
func (p callPage) offerAction(f form, path string) {
	switch path {
	case "reassign":
		f.choose("profiles", choices(p.Domain.Profiles, func(o usm.Profile) (string, string) { return o.ID, o.Name }))
	case "redo":
		var steps []choice
		for _, step := range p.Call.Process.Steps() {
			if step.Ordinal() <= p.Call.Step.Ordinal() && step.Kind() != usm.KindFork {
				steps = append(steps, choice{Value: string(step)})
			}
		}
		f.choose("step", steps)
	case "retype":
		var types []choice
		for _, kind := range []usm.CallType{usm.Wish, usm.ChangeRequest, usm.Incident, usm.ServiceRequest, usm.Risk} {
			if kind != p.Call.Type {
				types = append(types, choice{Value: string(kind)})
			}
		}
		f.choose("type", types)
	case "pause":
		f.choose("reason", p.pauses())
	case "resume":
		f.choose("reason", choices(p.Call.Paused, func(id string) (string, string) { return id, cmp.Or(p.pauseName(id), id) }))
	}
}

// reasons are those for which the clocks of the call pause, of its domain and its agreements.
func (p callPage) reasons() []usm.PauseReason {
	reasons := slices.Clone(p.Domain.Pauses)
	for _, terms := range p.Clocks.Terms {
		for _, agreement := range terms.Links {
			reasons = append(reasons, agreement.Pauses...)
		}
	}
	slices.SortFunc(reasons, func(a, b usm.PauseReason) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(reasons, func(a, b usm.PauseReason) bool { return a.ID == b.ID })
}

// pauses are the reasons for which somebody may pause the clocks: those that do not hold by themselves.
func (p callPage) pauses() []choice {
	reasons := slices.DeleteFunc(p.reasons(), func(r usm.PauseReason) bool { return r.While != nil })
	return choices(reasons, func(r usm.PauseReason) (string, string) { return r.ID, r.Name })
}

// pauseName is what the domain or an agreement calls a reason to pause, "" for one that every call knows.
func (p callPage) pauseName(id string) string {
	for _, reason := range p.reasons() {
		if reason.ID == id {
			return reason.Name
		}
	}
	return ""
}

// actOnCall performs an action of the table.
func (s *site) actOnCall(v *visit) (page, error) {
	number, path := v.param("number"), v.param("action")
	i := slices.IndexFunc(callActions, func(a callAction) bool { return a.Path == path })
	if i < 0 {
		return page{}, errUnknown
	}
	body, _ := v.readForm(callActions[i].Schema, path)
	after := number
	err := v.unlessChanged(func(options ...client.Option) error {
		call, err := v.api.Act(v.ctx(), number, path, body, options...)
		if err == nil {
			after = call.Number // of a retyped call it is the new one
		}
		return err
	})
	if err != nil {
		return v.again(path, body, err)
	}
	return see("/calls/" + escapePath(after) + "?said=" + path), nil
}
