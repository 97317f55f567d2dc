package workflows

import (
	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// recoverService runs the process Recover: it answers an incident.
func (c *call) recoverService() {
	var a *activities.Recover // nil: it only names the activities

	for c.pass() {
		c.step(usm.AcceptIncident, a.AcceptIncident)
		c.step(usm.ClassifyIncident, a.ClassifyIncident)
		c.step(usm.AnalyseIncident, a.AnalyseIncident)
		c.step(usm.PrepareRecovery, a.PrepareRecovery)
		c.bind()
		c.fork(usm.RecoverService, a.RecoverService)
		c.step(usm.ReviewRecovery, a.ReviewRecovery)
		c.step(usm.CloseIncident, a.CloseIncident)
	}
}
