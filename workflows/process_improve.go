package workflows

import (
	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// improve runs the process Improve: it answers a risk.
func (c *call) improve() {
	var a *activities.Improve // nil: it only names the activities

	for c.pass() {
		c.step(usm.IdentifyRisk, a.IdentifyRisk)
		c.step(usm.ClassifyRisk, a.ClassifyRisk)
		c.step(usm.DetermineCause, a.DetermineCause)
		c.step(usm.SelectMeasure, a.SelectMeasure)
		c.bind()
		c.fork(usm.DeployMeasure, a.DeployMeasure)
		c.step(usm.ReviewMeasure, a.ReviewMeasure)
		c.step(usm.CloseRisk, a.CloseRisk)
	}
}
