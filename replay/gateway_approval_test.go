package replay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// propose has the open step wait for the first role of the call's route that has not approved; false when there is none.
func (g *gateway) propose(call *usm.CallView) bool {
	approved := 0
	for _, a := range g.of(call.Number) {
		if a.Attempt == call.Attempt && a.State == usm.ApprovalApproved {
			approved++
		}
	}
	if call.Step != usm.PlanOperation || approved >= len(g.routes[call.Number]) {
		return false
	}
	a := &usm.ApprovalView{Approval: usm.Approval{
		ID: fmt.Sprintf("%s.%d", call.Number, len(g.of(call.Number))+1), Call: call.Number, Attempt: call.Attempt, State: usm.ApprovalOpen,
		Policy: usm.ApprovalPolicy{ID: fmt.Sprintf("needs-%s", g.routes[call.Number][approved])}, Digest: "sha256:1",
		Deciders: []usm.Decider{{Person: "olaf", By: "olaf"}, {Person: "oona", By: "oona"}, {Person: "olaf", By: "nobody we know"}},
	}}
	g.approvals[a.ID] = a
	call.WaitingFor = usm.WaitingView{Kind: usm.WaitApproval, Step: call.Step, Approval: a.ID}
	call.Revision++
	return true
}

// of are the approvals of a call, the newest first.
func (g *gateway) of(number string) []*usm.ApprovalView {
	found := []*usm.ApprovalView{}
	for n := 1; g.approvals[fmt.Sprintf("%s.%d", number, n)] != nil; n++ {
		found = slices.Insert(found, 0, g.approvals[fmt.Sprintf("%s.%d", number, n)])
	}
	return found
}

func (g *gateway) listApprovals(w http.ResponseWriter, r *http.Request) {
	send(w, 200, g.of(r.URL.Query().Get("call")))
}

// decide takes the answer of one of the two: one approval is enough, a rejection takes both.
func (g *gateway) decide(w http.ResponseWriter, r *http.Request) {
	a, who := g.approvals[r.PathValue("id")], strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	call := g.calls[a.Call]
	var body usm.DecisionRequest
	_ = json.NewDecoder(r.Body).Decode(&body)
	i := slices.IndexFunc(a.Deciders, func(d usm.Decider) bool { return d.By == who })
	if a.State != usm.ApprovalOpen || i < 0 || body.Digest != a.Digest {
		refuse(w, 409, usm.CodeOutOfTurn, "not now")
		return
	}
	a.Deciders = slices.DeleteFunc(a.Deciders, func(d usm.Decider) bool { return d.Person == who })
	a.Ballots = append(a.Ballots, usm.Ballot{Person: who, Decision: body.Decision})
	g.changes = append(g.changes, a.Call+" "+string(body.Decision)+" "+a.Policy.ID+": "+body.Reason)
	call.Revision++
	switch {
	case body.Decision == usm.Approve:
		if a.State = usm.ApprovalApproved; !g.propose(call) {
			g.next(call)
		}
	case len(a.Deciders) == 0:
		a.State = usm.ApprovalRejected
		call.Attempt++
		g.to(call, call.Step)
	}
	send(w, 200, a)
}

func (g *gateway) act(w http.ResponseWriter, r *http.Request) {
	call, action := g.calls[r.PathValue("number")], r.PathValue("action")
	var body struct {
		Text     string         `json:"text"`
		Question string         `json:"question"`
		Reason   string         `json:"reason"`
		Fields   map[string]any `json:"fields"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	expects := map[string]usm.WaitKind{
		"ask": usm.WaitStep, "answer": usm.WaitAnswer, "confirm": usm.WaitConfirmation, "dispute": usm.WaitConfirmation,
	}
	if kind, ok := expects[action]; ok && call.WaitingFor.Kind != kind {
		refuse(w, 409, usm.CodeOutOfTurn, action+" is not possible")
		return
	}
	g.changes = append(g.changes, call.Number+" "+action+" "+body.Text+body.Question+body.Reason)
	call.Revision++
	switch action {
	case "ask":
		call.WaitingFor = usm.WaitingView{Kind: usm.WaitAnswer, Step: call.Step, People: []string{call.Requester}, Question: body.Question}
	case "answer":
		if route, given := body.Fields["route"].([]any); given {
			g.routes[call.Number] = route
		}
		g.to(call, call.Step)
	case "abort":
		call.Status, call.WaitingFor = usm.StatusAborted, usm.WaitingView{Kind: usm.WaitNone}
	case "confirm":
		g.next(call)
	case "dispute":
		call.Attempt++
		g.to(call, call.Step.Process().DisputeTo())
	}
	send(w, 200, call)
}
