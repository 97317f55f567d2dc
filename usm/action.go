package usm

// Action is the payload of every update: what somebody asks of an open call. Name is the name of the update.
type Action struct {
	Name          ActionName     `json:"name"`
	Actor         Actor          `json:"actor"`
	Step          Step           `json:"step,omitempty"` // finish_step: the step; redo: the step to go back to, "" repeats the open one
	Outcome       Outcome        `json:"outcome,omitempty"`
	Fields        map[string]any `json:"fields,omitempty"`
	Text          string         `json:"text,omitempty"`           // note, question, answer or reason
	NotApplicable string         `json:"not_applicable,omitempty"` // finish_step: the reason
	To            string         `json:"to,omitempty"`             // link
	LinkKind      string         `json:"link_kind,omitempty"`      // link
	Type          CallType       `json:"type,omitempty"`           // retype
	Reason        string         `json:"reason,omitempty"`         // pause, resume: id of the reason
	Applies       Applies        `json:"applies,omitempty"`        // rebind; "" is what the agreement says
	Vote          *Vote          `json:"vote,omitempty"`           // decide
	Approver      *Approver      `json:"approver,omitempty"`       // add_approver
	Profiles      []string       `json:"profiles,omitempty"`       // reassign
	RequestID     string         `json:"request_id,omitempty"`     // of the HTTP request, for the trail
	ID            string         `json:"id,omitempty"`             // idempotency key of the action within the call; "" takes the update ID
}

// SentAction is an action with the number of the call that it was sent to.
type SentAction struct {
	Call   string `json:"call"`
	Action Action `json:"action"`
}

// As returns the action as the update of that name takes it: confirm and dispute are the two ways to finish the review
// step, named by Step or left open.
func (a Action) As(name ActionName) Action {
	a.Name = name
	switch name {
	case ActionConfirm:
		a.Outcome = Confirmed
	case ActionDispute:
		a.Outcome = Disputed
		if a.Fields == nil && a.Text != "" {
			a.Fields, a.Text = map[string]any{"reason": a.Text}, ""
		}
	}
	return a
}

// ActionName is the name of an update.
type ActionName string

// The updates that every USM workflow answers.
const (
	ActionFinish      ActionName = "finish_step"
	ActionAsk         ActionName = "ask"
	ActionAnswer      ActionName = "answer"
	ActionConfirm     ActionName = "confirm" // finishes the review step as confirmed
	ActionDispute     ActionName = "dispute" // finishes the review step as disputed
	ActionRedo        ActionName = "redo"
	ActionRetype      ActionName = "retype"
	ActionAbort       ActionName = "abort"
	ActionNote        ActionName = "note"
	ActionLink        ActionName = "link"
	ActionPause       ActionName = "pause"  // the clocks that the reason pauses stand still
	ActionResume      ActionName = "resume" // the reason holds no longer
	ActionRebind      ActionName = "rebind" // the clocks run under the agreement and the calendars that are in force now
	ActionDecide      ActionName = "decide" // a vote in the approval of the open step
	ActionBypass      ActionName = "bypass" // goes on without the approval, which is then owed
	ActionAddApprover ActionName = "add_approver"
	ActionRecheck     ActionName = "recheck"  // the directory changed: somebody who was to approve has left
	ActionClaim       ActionName = "claim"    // the open step is for this person alone
	ActionRelease     ActionName = "release"  // it is for all of its profiles again
	ActionReassign    ActionName = "reassign" // it is for other profiles
	// ActionSettle changes nothing: it is answered once the call waits for somebody or has ended, and knows of the end of
	// its child To.
	ActionSettle ActionName = "settle"
)
