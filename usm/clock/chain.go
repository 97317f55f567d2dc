package clock

import (
	"slices"

	"github.com/usm-works/usm/usm"
)

// Chain says who had the call for how much of its handling time, in the order in which the holders came: the sums of what
// the rows of the handling clock spent, and, given the clocks as they are read later, what it used since its last row. Where
// no agreement with the customer measures handling, as of the child of a fork, the OLAs and UCs do. Of several revisions the
// last counts, and so of a norm that was promised again its last clock.
func Chain(rows []usm.LedgerRow, clocks ...usm.Clock) []usm.ChainLink {
	if len(rows) == 0 {
		return nil
	}
	revision, handling := rows[len(rows)-1].Revision, ""
	rows = slices.DeleteFunc(slices.Clone(rows), func(r usm.LedgerRow) bool { return r.Revision != revision })
	for _, r := range rows {
		if r.Link == "" && r.Norm == usm.NormHandling {
			handling = r.Clock
		}
	}
	counts := func(id, norm string) bool { return id == handling || handling == "" && norm == usm.NormHandling }

	var c chain
	used := map[string]usm.Span{} // by clock
	for _, r := range rows {
		if counts(r.Clock, r.Norm) {
			c.add(r.Holder, r.Spent)
			used[r.Clock] = r.Used
		}
	}
	for _, now := range clocks {
		if counts(now.ID, now.Norm) {
			c.add(now.Holder, now.Used-used[now.ID])
		}
	}
	for i := range c {
		for _, r := range rows {
			if r.Link == c[i].Holder {
				c[i].Agreement = r.Agreement
			}
		}
	}
	return c
}

type chain []usm.ChainLink

func (c *chain) add(holder string, used usm.Span) {
	i := slices.IndexFunc(*c, func(l usm.ChainLink) bool { return l.Holder == holder })
	switch {
	case used == 0:
	case i < 0:
		*c = append(*c, usm.ChainLink{Holder: holder, Used: used})
	default:
		(*c)[i].Used += used
	}
}
