package console

import (
	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// componentsPage is a part of the register of the managed infrastructure.
type componentsPage struct {
	Components []client.Component
	Next       string
	Domains    []choice // to choose from, when there are several
	Names      directories
	Meant      []meaning // by a filter that leaves nothing
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
	if err != nil {
		return page{}, err
	}
	if p.Domains, err = v.domainChoices(); err != nil {
		return page{}, err
	}
	if p.Meant, err = v.meant(len(p.Components)); err != nil {
		return page{}, err
	}
	of := mentioned{}
	for _, c := range p.Components {
		in := of.in(c.Domain)
		in.people = append(in.people, c.Owner)
	}
	p.Names, err = v.directories(of)
	return page{Place: "components", Title: v.T("component.title"), Body: components(v, p)}.refusing(p.Problem), err
}

// componentPage is a component with all that is known of it. It is only read: the last step of a request for change writes it.
type componentPage struct {
	client.Component
	Names   directory
	Impact  usm.Impact
	Changes []componentChange // newest first
	Calls   []usm.CallView
}

// componentChange is a version of a component and in what it differs from the one before.
type componentChange struct {
	usm.ComponentVersion
	Differences []difference // none for the first version
}

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
	if p.Names, err = v.componentNames(p); err != nil {
		return p, err
	}
	p.Changes = versionChanges(p.History)
	p.Calls, err = v.openCalls(usm.CallFilter{Domain: domain, Component: id})
	return p, err
}

// componentNames is the directory of the domain of a component, with those whom its versions name and what is drawn beside it.
func (v *visit) componentNames(p componentPage) (directory, error) {
	var of wanted
	for _, version := range p.History {
		of.people = append(append(of.people, version.Owner), version.Users...)
		for _, relation := range version.Relations {
			of.components = append(of.components, relation.To)
		}
	}
	for _, node := range p.Impact.Nodes {
		of.components = append(of.components, node.ID)
	}
	return v.directory(p.Domain, of)
}

// versionChanges compares each version with the one before it, which is after it in the list.
func versionChanges(history []usm.ComponentVersion) []componentChange {
	changes := make([]componentChange, len(history))
	for i, version := range history {
		changes[i].ComponentVersion = version
		if i+1 < len(history) {
			changes[i].Differences = differ(nil, recordedOf(history[i+1].Component), recordedOf(version.Component))
		}
	}
	return changes
}

// recordedOf is what is recorded of a component, without the number of its version.
func recordedOf(c usm.Component) any {
	c.Version = 0
	return generic(c)
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
	if err != nil {
		return page{}, err
	}
	if !e.Values.Has("subject") {
		e.Values.Set("subject", v.T("component.change_subject", c.Name))
	}
	d, err := v.directory(c.Domain, wanted{})
	shown := changeForm(v, c, d.service(c.Service), e)
	return page{Place: "components", Title: v.T("component.change", c.Name), Body: shown}.refusing(e.Problem), err
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
