package activities

import (
	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// The states of an offer, as usm.Effects.OfferState has them.
const (
	offerAgreed    = "agreed"
	offerNotAgreed = "not_agreed"
	offerInForce   = "in_force"
)

func specify(in usm.StepInput) (usm.Effects, error) {
	draft, err := steps.Decode[usm.ServiceDraft](in.Fields)
	return usm.Effects{Specification: &draft}, err
}

func draft(in usm.StepInput) (usm.Effects, error) {
	offer, err := steps.Decode[usm.Offer](in.Fields)
	return usm.Effects{Offer: &offer}, err
}

func negotiate(in usm.StepInput) (usm.Effects, error) {
	if in.Outcome == usm.NotAgreed {
		notice := usm.Notice{To: in.Call.Requester, Text: "No agreement was reached on " + in.Call.Number + "; reservations are released."}
		return usm.Effects{OfferState: offerNotAgreed, Notices: []usm.Notice{notice}}, nil
	}
	return usm.Effects{OfferState: offerAgreed}, nil
}

func putInForce(in usm.StepInput) (usm.Effects, error) {
	if in.Outcome != usm.Confirmed {
		return usm.Effects{}, nil
	}
	return usm.Effects{OfferState: offerInForce}, nil
}

func planChange(in usm.StepInput) (usm.Effects, error) {
	plan, err := steps.Decode[usm.ChangePlan](in.Fields)
	return usm.Effects{ChangePlan: &plan}, err
}

func prepareChange(in usm.StepInput) (usm.Effects, error) {
	preparation, err := steps.Decode[usm.Preparation](in.Fields)
	return usm.Effects{Preparation: &preparation}, err
}

func releaseChange(in usm.StepInput) (usm.Effects, error) {
	decision, err := steps.Decode[usm.ReleaseDecision](in.Fields)
	decision.Decision = in.Outcome
	return usm.Effects{Release: &decision}, err
}

func updateRegister(in usm.StepInput) (usm.Effects, error) {
	update, err := steps.Decode[steps.RegisterUpdate](in.Fields)
	return usm.Effects{Components: update.Components}, err
}
