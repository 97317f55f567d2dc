package api

import (
	"context"

	"github.com/usm-works/usm/usm"
)

type addApproverInput struct {
	ApprovalChange
	Body struct {
		Person  string `json:"person,omitempty" doc:"either a person"`
		Profile string `json:"profile,omitempty" doc:"or whoever holds a profile"`
		Reason  string `json:"reason" minLength:"1" maxLength:"20000"`
	}
}

func (a *API) addApprover(ctx context.Context, in *addApproverInput) (*approvalOutput, error) {
	approval, err := a.changeableApproval(ctx, in.ApprovalChange)
	if err != nil {
		return nil, err
	}
	domain, err := a.reader.Configuration(ctx, approval.Domain, 0)
	if err != nil {
		return nil, err
	}
	added := usm.Approver{Person: in.Body.Person, Profile: in.Body.Profile}
	if err := canApprove(domain, approval, added); err != nil {
		return nil, err
	}
	return a.steerApproval(ctx, approval, usm.MayAddApprover,
		usm.Action{Name: usm.ActionAddApprover, Approver: &added, Text: in.Body.Reason}, "approvers")
}

// canApprove refuses an approver whom the domain does not have, or whom segregation would leave out.
func canApprove(domain usm.Domain, approval usm.Approval, added usm.Approver) error {
	switch person := added.Person; {
	case (person == "") == (added.Profile == ""):
		return usm.Invalid("/person", "give either a person or a profile")
	case added.Profile != "" && !hasProfile(domain, added.Profile):
		return usm.Invalid("/profile", "the domain %s has no profile %q", domain.ID, added.Profile)
	case person != "" && !works(domain, person):
		return usm.Invalid("/person", "nobody of that id works in the domain %s: %q", domain.ID, person)
	case person != "" && approval.Concerns(person):
		return usm.Invalid("/person", "%s has asked for what is to be approved, or proposed it", person)
	}
	return nil
}
