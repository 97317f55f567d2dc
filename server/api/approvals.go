package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
	quorum "github.com/usm-works/usm/usm/approval" // an approval is a variable here
)

// registerApprovals adds where people approve what is proposed at a step.
func (a *API) registerApprovals(to huma.API) {
	const one = "/approvals/{id}"
	huma.Register(to, operation(http.MethodGet, "/approvals", "list-approvals", "List approvals, the newest first"), a.approvals)
	huma.Register(to, operation(http.MethodGet, one, "get-approval", "Show an approval: what is asked, of whom and how it stands"),
		a.getApproval)
	huma.Register(to, operation(http.MethodPost, one+"/decisions", "decide", "Approve, reject or abstain"), a.decide)
	huma.Register(to, operation(http.MethodPost, one+"/bypass", "bypass", "Go on without the approval in an emergency; it is owed afterwards"),
		a.bypass)
	huma.Register(to, operation(http.MethodPost, one+"/approvers", "add-approver", "Ask one more person or profile"), a.addApprover)
}

// ApprovalPath is embedded by every input about one approval.
type ApprovalPath struct {
	ID string `path:"id" maxLength:"48" doc:"id of the approval, e.g. RFC-000042.1"`
}

// ApprovalChange is the path and the headers of what people do to an approval.
type ApprovalChange struct {
	ApprovalPath
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer again"`
	IfMatch string `header:"If-Match" doc:"412 unless the approval is still as it was under this tag"`
}

// approvalOutput has a status so that an unchanged approval is answered with 304 and no body.
type approvalOutput struct {
	Tagged
	Status int
	Body   usm.ApprovalView
}

type approvalsInput struct {
	Paging
	Domain string            `query:"domain"`
	Call   string            `query:"call" doc:"number of the call"`
	Step   usm.Step          `query:"step"`
	State  usm.ApprovalState `query:"state" enum:"open,approved,rejected,expired,withdrawn,void,bypassed,escalated"`
	Policy string            `query:"policy" doc:"id of the policy"`
	Asks   string            `query:"asks" enum:"me" doc:"open ones that the caller may decide now, the earliest due first"`
}

func (a *API) approvals(ctx context.Context, in *approvalsInput) (*list[usm.ApprovalView], error) {
	filter := usm.ApprovalFilter{
		Page: in.page(), Domain: in.Domain, Call: in.Call, Step: in.Step, State: in.State, Policy: in.Policy, Sight: sight(ctx),
	}
	if in.Asks != "" {
		if filter.Asks = caller(ctx).Token.Person; filter.Asks == "" {
			return listOf[usm.ApprovalView](nil, ""), nil // nothing asks a machine
		}
	}
	found, cursor, err := a.reader.Approvals(ctx, filter)
	if err != nil {
		return nil, err
	}
	return listOf(each(found, func(one usm.Approval) usm.ApprovalView { return presentApproval(ctx, one) }), in.next(cursor)), nil
}

type getApprovalInput struct {
	ApprovalPath
	IfNoneMatch string `header:"If-None-Match" doc:"304 when the approval is still as it was under this tag"`
}

func (a *API) getApproval(ctx context.Context, in *getApprovalInput) (*approvalOutput, error) {
	approval, err := a.seeApproval(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := showApproval(ctx, approval)
	if in.IfNoneMatch != "" && matches(in.IfNoneMatch, out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, nil
}

// seeApproval returns an approval of a call that the caller may see; another one does not exist for him.
func (a *API) seeApproval(ctx context.Context, id string) (usm.Approval, error) {
	unknown := usm.Errorf(usm.CodeNotFound, "there is no approval %s", id)
	number, n, _ := strings.Cut(id, ".")
	if _, err := strconv.ParseUint(n, 10, 32); err != nil {
		return usm.Approval{}, unknown
	}
	RequestOf(ctx).Call = number
	approval, err := a.reader.Approval(ctx, id)
	// For whoever belongs to the domain the call need not be read.
	if err == nil && access.Decide(caller(ctx), access.SeeCall, approval.Domain) != nil {
		_, err = a.see(ctx, number)
	}
	switch {
	case usm.CodeOf(err) == usm.CodeNotFound:
		return usm.Approval{}, unknown
	case err != nil:
		return usm.Approval{}, err
	}
	return approval, nil
}

// changeableApproval returns the approval that the caller is about to change, when it is still what he has seen.
func (a *API) changeableApproval(ctx context.Context, in ApprovalChange) (usm.Approval, error) {
	approval, err := a.seeApproval(ctx, in.ID)
	if err == nil && in.IfMatch != "" && !matches(in.IfMatch, showApproval(ctx, approval).ETag) {
		err = usm.Errorf(usm.CodePrecondition, "approval %s has changed since it was read", in.ID)
	}
	return approval, err
}

// approvalNow answers with the approval as it is after something was done to it.
func (a *API) approvalNow(ctx context.Context, id string) (*approvalOutput, error) {
	approval, err := a.reader.Approval(ctx, id)
	if err != nil {
		return nil, err
	}
	return showApproval(ctx, approval), nil
}

// Shown is an approval with its content as it is digested, for who decides by a link and sees nothing else of it.
func Shown(approval usm.Approval) usm.ApprovalView {
	return usm.ApprovalView{Approval: approval, Canonical: quorum.Canonical(approval.Content)}
}

// showApproval tags an approval by what the caller sees of it: it has no revision of its own.
func showApproval(ctx context.Context, approval usm.Approval) *approvalOutput {
	view := presentApproval(ctx, approval)
	view.Canonical = quorum.Canonical(approval.Content)
	digest := sha256.New()
	_ = json.NewEncoder(digest).Encode(view) // the same value is written to the client
	tag := strconv.Quote(hex.EncodeToString(digest.Sum(nil)[:12]))
	return &approvalOutput{Tagged: Tagged{ETag: tag}, Status: http.StatusOK, Body: view}
}

// steering is what is done to an approval beside deciding it, and who may.
var steering = []struct {
	path string
	may  func(usm.Caller, usm.Approval) (usm.Actor, *usm.Error)
}{{"bypass", usm.MayBypass}, {"approvers", usm.MayAddApprover}}

// presentApproval completes an approval for the caller. Lists are never null.
func presentApproval(ctx context.Context, approval usm.Approval) usm.ApprovalView {
	who := caller(ctx)
	view := usm.ApprovalView{Approval: approval, Groups: quorum.Groups(approval), For: []string{}}
	lacks := access.Decide(who, "decide", approval.Domain)
	if approval.State == usm.ApprovalOpen && lacks == nil {
		view.For = approval.DecidesFor(who.Token.Person)
	}
	view.MayDecide = len(view.For) > 0
	if _, refusal := usm.MayDecide(who, approval, ""); refusal != nil && !view.MayDecide {
		view.WhyNot = refusal.Error()
	} else if lacks != nil {
		view.WhyNot = lacks.Error()
	}
	view.AllowedActions, view.Refused = []string{}, map[string]string{}
	switch {
	case view.MayDecide:
		view.AllowedActions = append(view.AllowedActions, "decisions")
	default:
		view.Refused["decisions"] = view.WhyNot
	}
	for _, action := range steering {
		switch _, refusal := action.may(who, approval); {
		case lacks != nil:
			view.Refused[action.path] = lacks.Error()
		case refusal != nil:
			view.Refused[action.path] = refusal.Error()
		default:
			view.AllowedActions = append(view.AllowedActions, action.path)
		}
	}
	view.Members, view.Ballots = append([]usm.Member{}, view.Members...), append([]usm.Ballot{}, view.Ballots...)
	view.Deciders, view.Asking = append([]usm.Decider{}, view.Deciders...), append([]string{}, view.Asking...)
	return view
}
