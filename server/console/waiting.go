package console

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// waiting is what cannot go on without whoever visits, beside the steps of his profiles: what he asked for himself, and what he is
// to approve.
type waiting struct {
	Asked     []usm.CallView // wait for his answer or his confirmation
	Approvals int
	More      bool // there are more approvals
}

// waitingMost is how many of each are counted.
const waitingMost = 50

// waiting asks what waits for whoever visits; nothing waits for a machine.
func (v *visit) waiting() (w waiting, err error) {
	if v.me.Person == "" {
		return waiting{}, nil
	}
	part := usm.Page{Limit: waitingMost}
	calls, _, err := v.api.Work(v.ctx(), usm.CallFilter{Requester: v.me.Person, Page: part})
	if err != nil {
		return waiting{}, err
	}
	w.Asked = slices.DeleteFunc(calls, func(call usm.CallView) bool { return !v.asksMe(call) })
	approvals, next, err := v.api.Approvals(v.ctx(), usm.ApprovalFilter{Asks: v.me.Person, Page: part})
	w.Approvals, w.More = len(approvals), next != ""
	return w, err
}

// asksMe reports whether a call waits for the answer or the confirmation of whoever visits, as its requester.
func (v *visit) asksMe(call usm.CallView) bool {
	kind := call.WaitingFor.Kind
	return call.Requester == v.me.Person && !call.Forked && (kind == usm.WaitAnswer || kind == usm.WaitConfirmation)
}
