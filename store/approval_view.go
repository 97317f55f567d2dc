package store

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// approving says of calls that wait for an approval who may decide it now.
func (s *Store) approving(ctx context.Context, calls []usm.CallView) error {
	var ids pq.StringArray
	for i := range calls {
		if calls[i].WaitingFor.Kind == usm.WaitApproval {
			calls[i].WaitingFor.People = []string{} // those of the step may propose something else, and not decide
			ids = append(ids, calls[i].WaitingFor.Approval)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []readApproval
	err := s.db.SelectContext(ctx, &rows, `
		SELECT `+readColumns+` FROM approvals a JOIN calls c ON c.number = a.call WHERE a.id = ANY($1)`, ids)
	if err != nil {
		return err
	}
	approvals, err := s.deciding(ctx, rows...)
	if err != nil {
		return err
	}
	byID := index(approvals, func(a usm.Approval) string { return a.ID })
	for i := range calls {
		if waits := &calls[i].WaitingFor; waits.Kind == usm.WaitApproval {
			people := each(byID[waits.Approval].Deciders, decidedBy)
			slices.Sort(people)
			waits.People = list(slices.Compact(people))
		}
	}
	return nil
}
