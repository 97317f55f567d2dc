package workflows

import (
	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// operate runs the process Operate: it answers a service request.
func (c *call) operate() {
	var a *activities.Operate // nil: it only names the activities

	for c.pass() {
		c.step(usm.AcceptRequest, a.AcceptRequest)
		c.step(usm.ClassifyRequest, a.ClassifyRequest)
		c.step(usm.PlanOperation, a.PlanOperation)
		c.step(usm.ExecuteOperation, a.ExecuteOperation)
		c.step(usm.ReviewOperation, a.ReviewOperation)
		c.step(usm.CloseRequest, a.CloseRequest)
	}
}
