package console

import (
	"github.com/usm-works/usm/usm"
)

// askedPage lists what whoever visits has asked for.
type askedPage struct {
	Calls   []usm.CallView // the newest first
	Next    string
	Waiting waiting
}

// asked shows what whoever visits has asked for, and where it stands.
func (s *site) asked(v *visit) (page, error) {
	var p askedPage
	var err error
	if v.me.Person != "" {
		p.Calls, p.Next, err = v.api.Calls(v.ctx(), usm.CallFilter{Requester: v.me.Person, Page: v.page(50)})
	}
	if err == nil {
		p.Waiting, err = v.waiting()
	}
	return page{Place: "asked", Title: v.T("asked.title"), Body: asked(v, p)}, err
}

// The phases of what somebody asked for, in words of his own.
const (
	phaseReceived = iota
	phaseLookedAt
	phaseWorkedOn
	phaseChecked
	phaseFinished
)

// phases are their names among the texts.
var phases = []string{"received", "looked_at", "worked_on", "checked", "finished"}

// phaseOf says how far a call is for who asked for it.
func phaseOf(call usm.CallView) int {
	switch kind := call.Step.Kind(); {
	case call.Status == usm.StatusFulfilled, call.Status.Ended():
		return phaseFinished
	case call.Status == usm.StatusRegistered, kind == usm.KindAccept:
		return phaseReceived
	case kind == usm.KindClassify:
		return phaseLookedAt
	case kind == usm.KindReview:
		return phaseChecked
	default:
		return phaseWorkedOn
	}
}

// standing names the text that says where a call stands: how it ended, what it waits for, else how far it is.
func (v *visit) standing(call usm.CallView) string {
	kind := call.WaitingFor.Kind
	switch {
	case call.Status.Ended(), call.Status == usm.StatusFulfilled, call.Status == usm.StatusRegistered:
		return string(call.Status)
	case kind == usm.WaitAnswer || kind == usm.WaitConfirmation || kind == usm.WaitApproval || kind == usm.WaitSignal:
		return string(kind)
	default:
		return phases[phaseOf(call)]
	}
}

// askedState is the phase of a call in a list, or how it ended when it did not end well.
func askedState(call usm.CallView) string {
	if call.Status.Ended() && call.Status != usm.StatusClosed {
		return string(call.Status)
	}
	return phases[phaseOf(call)]
}
