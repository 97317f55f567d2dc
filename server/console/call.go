package console

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// callPage is a call with all that is known of it.
type callPage struct {
	Call      usm.CallView
	Path      []usm.PathView
	Events    []usm.Event
	Clocks    usm.ClockExport
	Approvals []usm.ApprovalView
	Refusals  []usm.Refusal
	Domain    directory
	Step      *stepForm // nil when no step is open
	Refused   refusedAction
}

// refusedAction is what somebody wanted to do and could not.
type refusedAction struct {
	Path    string // of the action under the call
	Problem *client.Problem
	Typed   map[string]any
	Since   []usm.Event // what happened to the call after the page that he acted on was made
}

// call shows a call.
func (s *site) call(v *visit) (page, error) {
	p, err := v.readCall(v.param("number"))
	if err != nil {
		return page{}, err
	}
	return v.showCall(p, http.StatusOK), nil
}

func (v *visit) showCall(p callPage, status int) page {
	return page{Place: "calls", Title: p.Call.Number + " " + p.Call.Subject, Body: call(v, p), Status: status}
}

// readCall reads all that is known of a call, and what its open step needs.
func (v *visit) readCall(number string) (callPage, error) {
	p := callPage{}
	var err error
	if p.Call, err = v.api.Call(v.ctx(), number); err != nil {
		return p, err
	}
	outcome := v.outcomeNow(p.Call.Step)
	err = together(
		func() (err error) { p.Path, err = v.api.Path(v.ctx(), number); return err },
		func() (err error) { p.Events, err = v.trail(number); return err },
		func() (err error) { p.Clocks, err = v.api.Clocks(v.ctx(), number); return err },
		func() (err error) {
			p.Approvals, _, err = v.api.Approvals(v.ctx(), usm.ApprovalFilter{Call: number, Page: usm.Page{Limit: 200}})
			return err
		},
		func() (err error) { p.Refusals, err = v.api.Refusals(v.ctx(), number); return err },
		func() (err error) { p.Domain, err = v.directory(p.Call.Domain, wanted{}); return err },
		func() (err error) { p.Step, err = v.readStep(p.Call, outcome); return err },
	)
	if err != nil {
		return p, err
	}
	p.Domain = p.Domain.askedBy(p.asked())
	if err = v.introduce(&p.Domain, p.Call.Domain, p.named()); err == nil && p.Step != nil {
		err = v.fill(&p, p.known(), nil)
	}
	return p, err
}

// named are the people and components that the page calls by their names.
func (p callPage) named() wanted {
	of := wanted{people: []string{p.Call.Requester, p.Call.OpenedBy, p.Call.WaitingFor.Claimed}, components: p.Call.Components}
	of.people = append(of.people, p.Call.WaitingFor.People...)
	of.add(p.Domain, "", p.Call.Fields)
	for _, event := range p.Events {
		of.people = append(of.people, event.By, event.For)
		for _, recorded := range []map[string]any{event.Fields, event.Before, event.After} {
			of.add(p.Domain, "", recorded)
		}
	}
	for _, row := range p.Path {
		of.people = append(of.people, row.By, row.For)
	}
	for _, a := range p.Approvals {
		for _, ballot := range a.Ballots {
			of.people = append(of.people, ballot.Person, ballot.By)
		}
	}
	for _, refusal := range p.Refusals {
		of.people = append(of.people, refusal.Person)
	}
	return of
}

// trail is what happened to a call, oldest first.
func (v *visit) trail(number string) ([]usm.Event, error) {
	return every(func(part usm.Page) ([]usm.Event, string, error) { return v.api.Events(v.ctx(), number, part) })
}

// atOnce is how many requests of a page run at a time.
const atOnce = 4

// together does all, several at once, and returns the first error.
func together(all ...func() error) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, one := range all {
		group.Go(one)
	}
	return group.Wait()
}

// family are the numbers of the calls whose changes change the page of this one.
func (p callPage) family() string {
	numbers := []string{p.Call.Number}
	for _, row := range p.Path {
		if last := numbers[len(numbers)-1]; row.Call != "" && row.Call != last {
			numbers = append(numbers, row.Call)
		}
	}
	return strings.Join(numbers, " ")
}

// may reports whether an action is allowed now.
func (p callPage) may(action string) bool { return slices.Contains(p.Call.AllowedActions, action) }

// whyNot says why an action is not allowed, "" when it is.
func (p callPage) whyNot(action string) string { return p.Call.WhyNot[action] }

// finished are the events that finished steps of the call, the latest attempt of each.
func (p callPage) finished() []usm.Event {
	var latest []usm.Event
	for _, event := range p.Events {
		if event.Kind != usm.EventStepFinished || len(event.Fields) == 0 {
			continue
		}
		for i := range latest {
			if latest[i].Step == event.Step {
				latest = append(latest[:i], latest[i+1:]...)
				break
			}
		}
		latest = append(latest, event)
	}
	return latest
}

// asked are the fields of the request itself: those that no step has recorded.
func (p callPage) asked() map[string]any {
	asked := maps.Clone(p.Call.Fields)
	for _, event := range p.finished() {
		for name := range event.Fields {
			delete(asked, name)
		}
	}
	return asked
}

// talk are the events in which people speak with each other.
func (p callPage) talk() []usm.Event {
	var said []usm.Event
	for _, event := range p.Events {
		switch event.Kind {
		case usm.EventAsked, usm.EventAnswered, usm.EventNoted:
			said = append(said, event)
		}
	}
	return said
}
