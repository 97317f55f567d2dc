package clock

import (
	"cmp"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// promise is a norm that an agreement promises to the calls of one row.
type promise struct {
	id        string // agreement and norm: what the id of its clock begins with
	norm      string
	agreement string // id@version
	link      string // OLA and UC: team or supplier
	text      string // the target as the agreement writes it
	target    Target
	hours     string // id of the calendar
	calendar  *Calendar
	applies   usm.Applies
	pause     []string // reasons that pause it
	reasons   []usm.PauseReason
	bells     []bell
	named     *usm.NamedNorm // nil for reaction, update and handling
}

// read reads the promises of one norm row: reaction, update, handling, then the named ones, those that are given.
func (b *Book) read(l *link, n usm.Norm) ([]*promise, error) {
	var promises []*promise
	add := func(norm, target, calendar string, pause []string, named *usm.NamedNorm) error {
		if target == "" {
			return nil
		}
		p := &promise{
			id: l.ID + "/" + norm, norm: norm, agreement: l.Versioned(), text: target, applies: l.Applies,
			hours: cmp.Or(calendar, n.Calendar, l.Calendar), pause: pause, reasons: l.reasons, named: named,
		}
		if l.Type != usm.SA {
			p.link = l.Provider
		}
		var err error
		if p.target, err = ParseTarget(target); err != nil {
			return err
		}
		if p.calendar = b.calendars[p.hours]; p.calendar == nil {
			return usm.Errorf(usm.CodeInvalid, "there is no calendar %q", p.hours)
		}
		p.bells, err = l.bells(n, named)
		promises = append(promises, p)
		return err
	}
	pause := l.pausing(n.Pause)
	err := cmp.Or(
		add(usm.NormReaction, n.Reaction, "", nil, nil),
		add(usm.NormUpdate, n.Update, "", pause, nil),
		add(usm.NormHandling, n.Handling, "", pause, nil),
	)
	for i := range n.Named {
		named := &n.Named[i]
		own := pause
		if named.Pause != nil {
			own = named.Pause
		}
		err = cmp.Or(err, add(named.Name, named.Target, named.Calendar, own, named))
	}
	return promises, err
}

// pausing are the reasons that pause a norm: those it lists, or else all for which the customer is accountable.
func (l *link) pausing(listed []string) []string {
	if listed != nil {
		return listed
	}
	var ids []string
	for _, r := range l.reasons {
		if r.Accountable == usm.AccountableCustomer {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// accountable says who answers for the time that passes for the reason.
func (p *promise) accountable(reason string) string {
	for i := range p.reasons {
		if p.reasons[i].ID == reason {
			return p.reasons[i].Accountable
		}
	}
	return usm.AccountableProvider
}

// of reports whether the clock measures this promise. The agreement with the customer may be another one by now; an OLA or
// UC is the same only in another version.
func (p *promise) of(c *usm.Clock) bool {
	return p.norm == c.Norm && p.link == c.Link && (p.link == "" || strings.TrimSuffix(c.ID, number(c.ID)) == p.id)
}

// find returns the promise that the clock measures, nil when there is none.
func find(promises []*promise, c *usm.Clock) *promise {
	for _, p := range promises {
		if p.of(c) {
			return p
		}
	}
	return nil
}

// among reports whether the same norm is promised there.
func (p *promise) among(promises []*promise) bool {
	return slices.ContainsFunc(promises, func(q *promise) bool {
		return p.norm == q.norm && p.link == q.link && (p.link == "" || p.id == q.id)
	})
}

// number is the end of the id of a clock that came again: "#2"; "" of the first.
func number(id string) string {
	if i := strings.LastIndexByte(id, '#'); i >= 0 {
		return id[i:]
	}
	return ""
}
