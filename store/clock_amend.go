package store

import (
	"context"
	"slices"

	"github.com/usm-works/usm/usm"
)

// pause checks the reason for which a person pauses the clocks, or lets them go on.
func (a *amending) pause(ctx context.Context) error {
	var reasons []string
	if a.row.Terms != "" {
		b, err := a.store.book(ctx, a.tx, a.row.Terms)
		if err != nil {
			return err
		}
		reasons = b.reasons()
	}
	if !slices.Contains(reasons, a.in.Reason) {
		return usm.Invalid("/reason", "the clocks of %s are not paused for %q; the reasons are %q", a.row.Number, a.in.Reason, reasons)
	}
	a.said.Reason = a.in.Reason
	return nil
}

// rebind puts the clocks under the agreement and the calendars in force now. Its procedure the call keeps.
func (a *amending) rebind(ctx context.Context) error {
	if !slices.Contains([]usm.Applies{"", usm.Retroactive, usm.FromChange, usm.Recompute}, a.in.Applies) {
		return usm.Invalid("/applies", "a norm does not apply %q", a.in.Applies)
	}
	a.said.Applies = a.in.Applies
	if a.row.Terms == "" { // it was opened before clocks were kept: they start now, from its notification
		a.said.Kind, a.said.At = usm.EventOpened, a.row.OpenedAt.UTC()
	}
	domain, err := a.currentDomain(ctx, a.row.Domain)
	if err != nil {
		return err
	}
	return a.bind(ctx, &a.change, a.row, domain)
}
