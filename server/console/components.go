package console

import (
	"reflect"
	"slices"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// componentsPage is a part of the register of the managed infrastructure.
type componentsPage struct {
	Components []client.Component
	Next       string
	Problem    *client.Problem
}

// components lists the managed infrastructure.
func (s *site) components(v *visit) (page, error) {
	var p componentsPage
	var err error
	p.Components, p.Next, err = v.api.Components(v.ctx(), usm.ComponentFilter{
		Domain: v.query("domain"), Type: v.query("type"), Owner: v.query("owner"), Q: v.query("q"), Page: v.page(50),
	})
	if p.Problem = wrongInput(err); p.Problem != nil {
		err = nil
	}
	return page{Place: "components", Title: v.T("component.title"), Body: components(v, p)}.refusing(p.Problem), err
}

// componentPage is a component with all that is known of it. It is only read: the last step of a request for change writes it.
type componentPage struct {
	client.Component
	Impact  usm.Impact
	Changes []componentChange // newest first
	Calls   []usm.CallView
}

// componentChange is a version of a component and in what it differs from the one before.
type componentChange struct {
	usm.ComponentVersion
	Differences []fieldChange // none for the first version
}

// fieldChange is a property before and after; "" where it was not there.
type fieldChange struct{ Name, Before, After string }

// component shows a component.
func (s *site) component(v *visit) (page, error) {
	p, err := v.readComponent()
	return page{Place: "components", Title: p.Name, Body: component(v, p)}, err
}

func (v *visit) readComponent() (p componentPage, err error) {
	domain, id := v.param("domain"), v.param("id")
	if p.Component, err = v.api.Component(v.ctx(), domain, id); err != nil {
		return p, err
	}
	if p.Impact, err = v.api.Impact(v.ctx(), domain, id); err != nil {
		return p, err
	}
	p.Changes = versionChanges(p.History)
	p.Calls, err = v.openCalls(usm.CallFilter{Domain: domain, Component: id})
	return p, err
}

// versionChanges compares each version with the one before it, which is after it in the list.
func versionChanges(history []usm.ComponentVersion) []componentChange {
	changes := make([]componentChange, len(history))
	for i, version := range history {
		changes[i].ComponentVersion = version
		if i+1 < len(history) {
			changes[i].Differences = differences(history[i+1].Component, version.Component)
		}
	}
	return changes
}

// differences are the properties that two versions of a component have not in common, attributes each by itself.
func differences(before, after usm.Component) (found []fieldChange) {
	add := func(name string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			found = append(found, fieldChange{name, shown(a), shown(b)})
		}
	}
	add("name", before.Name, after.Name)
	add("type", before.Type, after.Type)
	add("owner", before.Owner, after.Owner)
	add("state", before.Status, after.Status)
	add("service", before.Service, after.Service)
	add("users", before.Users, after.Users)
	for _, name := range attributeNames(before.Attributes, after.Attributes) {
		add(name, before.Attributes[name], after.Attributes[name])
	}
	add("relations", before.Relations, after.Relations)
	return found
}

// attributeNames are those of both, sorted.
func attributeNames(attributes ...map[string]any) (names []string) {
	for _, of := range attributes {
		for name := range of {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// stateName is the state of a component in words; domains may have states of their own.
func (v *visit) stateName(state string) string { return v.or("state."+state, state) }

// stateClass is how a state looks, beside its word.
func stateClass(state string) string {
	switch state {
	case "in_use", usm.AgreementInForce:
		return "fulfilled"
	case "retired", usm.AgreementExpired, usm.AgreementEnded:
		return ""
	case usm.AgreementDraft, usm.AgreementAgreed:
		return "open"
	}
	return "waiting"
}

// askChange shows the form of a request for change of a component.
func (s *site) askChange(v *visit) (page, error) { return v.changeForm(v.entered()) }

// changeForm is the form with what was typed, and what is wrong with it.
func (v *visit) changeForm(e entry) (page, error) {
	c, err := v.api.Component(v.ctx(), v.param("domain"), v.param("id"))
	if !e.Values.Has("subject") {
		e.Values.Set("subject", v.T("component.change_subject", c.Name))
	}
	return page{Place: "components", Title: v.T("component.change", c.Name), Body: changeForm(v, c, e)}.refusing(e.Problem), err
}

// raiseChange opens a request for change of a component.
func (s *site) raiseChange(v *visit) (page, error) {
	c, err := v.api.Component(v.ctx(), v.param("domain"), v.param("id"))
	if err != nil {
		return page{}, err
	}
	return v.raise(usm.NewCall{Domain: c.Domain, Type: usm.ChangeRequest, Service: c.Service, Components: []string{c.ID}}, v.changeForm)
}

// raise opens a call of which a form says the rest, asked for by who sends it; what is refused is shown again.
func (v *visit) raise(call usm.NewCall, again func(entry) (page, error)) (page, error) {
	e := v.entered()
	call.Subject, call.Description, call.Requester = e.Value("subject"), e.Value("description"), v.me.Person
	call.Impact, call.Urgency = usm.Level(e.Value("impact")), usm.Level(e.Value("urgency"))
	opened, err := v.api.Open(v.ctx(), call, client.WithKey(v.key()))
	if e.refused(err) {
		return again(e)
	}
	return see("/calls/" + escapePath(opened.Number) + "?said=raised"), err
}
