package workflows

import (
	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// agree runs the process Agree: it answers a wish.
func (c *call) agree() {
	var a *activities.Agree // nil: it only names the activities

	for c.pass() {
		c.step(usm.AcceptWish, a.AcceptWish)
		c.step(usm.ClassifyWish, a.ClassifyWish)
		c.step(usm.SpecifyService, a.SpecifyService)
		c.step(usm.DraftOffer, a.DraftOffer)
		c.step(usm.NegotiateOffer, a.NegotiateOffer)
		c.fork(usm.RealiseAgreement, a.RealiseAgreement)
		c.step(usm.ReviewAgreement, a.ReviewAgreement)
		c.step(usm.CloseWish, a.CloseWish)
	}
}
