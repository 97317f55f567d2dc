package console

import (
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// askedCallPage tells somebody where what he asked for stands, and what he must do.
type askedCallPage struct {
	Call     usm.CallView
	Names    directory
	Standing string    // names its text
	Why      string    // it was not done
	Instead  string    // number under which it goes on
	Promises []promise // earliest first
	Story    []told    // oldest first
	Entry    entry
}

// promise is a moment by which something is promised.
type promise struct {
	What string
	At   time.Time
	Late bool
}

// May reports whether whoever visits may do something to the call now: answer, confirm, dispute, notes, abort.
func (p askedCallPage) May(action string) bool { return slices.Contains(p.Call.AllowedActions, action) }

// askedCall shows one of the calls of whoever visits.
func (s *site) askedCall(v *visit) (page, error) { return v.asking(entry{}) }

// asking makes the page of the call that the address names, with what was typed.
func (v *visit) asking(e entry) (page, error) {
	call, err := v.api.Call(v.ctx(), v.param("number"))
	if err != nil {
		return page{}, err
	}
	events, err := v.trail(call.Number)
	if err != nil {
		return page{}, err
	}
	of := wanted{}
	for _, event := range events {
		of.people = append(of.people, event.By)
	}
	names, err := v.directory(call.Domain, of)
	if err != nil {
		return page{}, err
	}
	p := askedCallPage{
		Call: call, Names: names, Standing: v.standing(call), Promises: v.promises(call), Story: v.story(events, names), Entry: e,
	}
	if call.Status == usm.StatusRejected || call.Status == usm.StatusNotAgreed {
		p.Why, _ = call.Fields["reason"].(string)
	}
	for _, link := range call.Links {
		if link.Kind == "retyped_to" {
			p.Instead = link.To
		}
	}
	keepInNote(&p)
	return page{Place: "asked", Title: call.Subject, Body: askedCall(v, p)}.refusing(e.Problem), nil
}

// keepInNote keeps what was typed into a form that is there no more: it can be sent as a message.
func keepInNote(p *askedCallPage) {
	for action, field := range map[string]string{"answer": "answer", "dispute": "dispute"} {
		if typed := p.Entry.Value(field); typed != "" && !p.May(action) && p.Entry.Value("note") == "" {
			p.Entry.Values.Set("note", typed)
		}
	}
}

// promises are those of the agreement that still run.
func (v *visit) promises(call usm.CallView) (all []promise) {
	for _, clock := range call.Clocks {
		key := "asked.promise." + clock.Norm
		if clock.Link == "" && clock.State == usm.ClockRunning && clock.Due != nil && v.has(key) {
			all = append(all, promise{v.T(key), *clock.Due, clock.Due.Before(v.now)})
		}
	}
	slices.SortStableFunc(all, func(a, b promise) int { return a.At.Compare(b.At) })
	return all
}
