package store

import (
	"context"
	"slices"

	"github.com/usm-works/usm/usm"
)

// gated are the steps of a process that some policy asks about.
func gated(policies []usm.ApprovalPolicy, process usm.Process) []usm.Step {
	var steps []usm.Step
	for _, step := range process.Steps() {
		if slices.ContainsFunc(policies, func(p usm.ApprovalPolicy) bool { return asksAt(p, step) }) {
			steps = append(steps, step)
		}
	}
	return steps
}

func asksAt(p usm.ApprovalPolicy, step usm.Step) bool {
	if len(p.Steps) == 0 {
		return slices.Contains(usm.DefaultApprovalSteps(), step)
	}
	return slices.Contains(p.Steps, step)
}

// withdrawApproval ends the approval that the call waited for when its step is finished all the same: what is proposed last
// needs none.
func (f *finishing) withdrawApproval(ctx context.Context) error {
	if f.row.was.Waiting.value.Approval == "" {
		return nil
	}
	d, err := f.dossier(ctx, f.row)
	if err != nil {
		return err
	}
	if open, waits := d.open(); waits {
		f.withdrawn = open.ID
		d.end(open, usm.ApprovalWithdrawn, "what is proposed last does not need it")
	}
	return d.finish(ctx, &f.change)
}
