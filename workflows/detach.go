package workflows

import "go.temporal.io/sdk/workflow"

// detachChildren prepares children that are under way for a parent that continues in a new run: a new run has no hold
// on children of the old one, so they are asked to report their end by a signal. A child that cannot be reached has just
// ended; its end is then noted here.
func (c *call) detachChildren() {
	for i, child := range c.p.Children {
		if child.Closed || child.Detached {
			continue
		}
		asked := workflow.SignalExternalWorkflow(c.ctx, child.Number, "", signalReport, c.in.Number).Get(c.ctx, nil)
		if asked == nil {
			c.p.Children[i].Detached = true
			continue
		}
		number := child.Number
		_ = workflow.Await(c.ctx, func() bool { return c.closed(number) }) // cancelled: the end comes by the next run
	}
}

func (c *call) closed(number string) bool {
	for _, child := range c.p.Children {
		if child.Number == number {
			return child.Closed
		}
	}
	return true
}

// report tells a parent that asked for it how this call ended.
func (c *call) report(ctx workflow.Context) {
	if c.p.ReportTo == "" {
		return
	}
	// A parent that has ended meanwhile wants no report.
	_ = workflow.SignalExternalWorkflow(ctx, c.p.ReportTo, "", signalChildEnded, c.result()).Get(ctx, nil)
}
