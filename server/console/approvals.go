package console

import (
	"net/http"
	"slices"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// approvalsPage lists approvals: those that wait for whoever visits, the earliest due first, or others, the newest first.
type approvalsPage struct {
	Approvals []usm.ApprovalView
	Next      string
	Domains   []choice // of whoever visits, when there are several
	Names     directories
	Entry     entry
	Decided   []string // ids that were decided just now, while others were refused
	Refused   []refusedApproval
}

// refusedApproval is one that was not decided, and why.
type refusedApproval struct {
	ID, Why string
	Code    usm.Code
}

// Stale is one that has changed since it was shown.
func (r refusedApproval) Stale() bool { return r.Code == usm.CodeStale }

// anyState asks for approvals in every state; without a state the list is of those that wait for whoever visits.
const anyState = "all"

// approvalTabs are the lists that most people want, by state.
var approvalTabs = []string{"", string(usm.ApprovalOpen), string(usm.ApprovalApproved), string(usm.ApprovalRejected), anyState}

// approvalStates are those that a list can be narrowed to.
func approvalStates() []usm.ApprovalState {
	return []usm.ApprovalState{
		usm.ApprovalOpen, usm.ApprovalApproved, usm.ApprovalRejected, usm.ApprovalExpired, usm.ApprovalWithdrawn, usm.ApprovalVoid,
		usm.ApprovalBypassed, usm.ApprovalEscalated,
	}
}

// Decides reports whether one of the approvals that are shown can be decided now.
func (p approvalsPage) Decides() bool {
	return slices.ContainsFunc(p.Approvals, func(a usm.ApprovalView) bool { return a.MayDecide })
}

// marked reports whether an approval stays marked: it was, and is still what was shown.
func (p approvalsPage) marked(id string) bool {
	return slices.Contains(p.Entry.Values["approval"], id) &&
		!slices.ContainsFunc(p.Refused, func(r refusedApproval) bool { return r.ID == id && r.Stale() })
}

// approvals shows what whoever visits is to approve.
func (s *site) approvals(v *visit) (page, error) { return v.approving(approvalsPage{}) }

func (v *visit) approving(p approvalsPage) (page, error) {
	filter := usm.ApprovalFilter{Domain: v.query("domain"), Call: v.query("call"), Page: v.page(25)}
	switch state := v.query("state"); state {
	case "":
		filter.Asks = "me"
	case anyState:
	default:
		filter.State = usm.ApprovalState(state)
	}
	var err error
	if p.Approvals, p.Next, err = v.api.Approvals(v.ctx(), filter); err != nil {
		return page{}, err
	}
	if p.Domains, err = v.domainChoices(); err != nil {
		return page{}, err
	}
	of := map[string][]usm.ApprovalView{}
	for _, a := range p.Approvals {
		of[a.Domain] = append(of[a.Domain], a)
	}
	p.Names = directories{}
	for domain, asked := range of {
		if p.Names[domain], err = v.approvalNames(domain, asked...); err != nil {
			return page{}, err
		}
	}
	shown := page{Place: "approvals", Title: v.T("approvals.title"), Body: approvals(v, p)}
	switch {
	case len(p.Refused) > 0:
		shown.Status = http.StatusConflict
	case p.Entry.Problem != nil:
		shown.Status = p.Entry.Problem.Status
	}
	return shown, nil
}

// decideMarked gives one answer to every approval that is marked, each on the content that was shown. What is refused is told for
// each, and keeps the others from nothing.
func (s *site) decideMarked(v *visit) (page, error) {
	p := approvalsPage{Entry: v.entered()}
	if !p.Entry.decides(v) {
		return v.approving(p)
	}
	for _, id := range p.Entry.Values["approval"] {
		request := usm.DecisionRequest{
			Decision: usm.Decision(p.Entry.Value("decision")), Reason: p.Entry.Value("reason"),
			Digest: p.Entry.Value("digest-" + id), For: p.Entry.Value("for-" + id),
		}
		_, err := v.api.Decide(v.ctx(), id, request, client.WithKey(v.key()+"-"+id))
		switch {
		case err == nil:
			p.Decided = append(p.Decided, id)
		case away(err), client.CodeOf(err) == usm.CodeUnauthenticated:
			return page{}, err
		default:
			p.Refused = append(p.Refused, refusedApproval{id, v.whyNotDecided(err), client.CodeOf(err)})
		}
	}
	if len(p.Refused) == 0 {
		return see(v.with("said", "decided")), nil
	}
	return v.approving(p)
}

// decides reports whether the entry holds a decision, with a reason where one is needed.
func (e *entry) decides(v *visit) bool {
	if usm.Decision(e.Value("decision")) == usm.Reject {
		return e.needs(v, "decision", "reason")
	}
	return e.needs(v, "decision")
}

// whyNotDecided says why a decision was refused.
func (v *visit) whyNotDecided(err error) string {
	switch client.CodeOf(err) { //nolint:exhaustive // the others say it themselves
	case usm.CodeStale:
		return v.T("approvals.stale")
	case usm.CodeStepUp:
		return v.T("approvals.step_up")
	}
	return err.Error()
}
