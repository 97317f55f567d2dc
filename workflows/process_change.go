package workflows

import (
	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// change runs the process Change: it answers a request for change.
func (c *call) change() {
	var a *activities.Change // nil: it only names the activities

	for c.pass() {
		c.step(usm.AcceptChange, a.AcceptChange)
		c.step(usm.ClassifyChange, a.ClassifyChange)
		c.step(usm.PlanChange, a.PlanChange)
		c.step(usm.PrepareChange, a.PrepareChange)
		c.step(usm.ReleaseChange, a.ReleaseChange)
		c.fork(usm.DeployChange, a.DeployChange)
		c.step(usm.ReviewChange, a.ReviewChange)
		c.step(usm.UpdateRegister, a.UpdateRegister)
		c.step(usm.CloseChange, a.CloseChange)
	}
}
