package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/usm/clock"
)

// aboutCall is of a call what approvals are looked at with.
type aboutCall struct {
	Domain     string
	Agreement  string // id@version
	Components []string
}

func (c *callRow) approvedAs() aboutCall {
	return aboutCall{c.Domain, c.Agreement, c.Components}
}

// whoIsWho is the directory of a domain as it is now, with the delegations of the moment.
func (s *Store) whoIsWho(ctx context.Context, q querier, domain string) (d approval.Directory, err error) {
	if d.Domain, err = s.directory(ctx, q, domain); err != nil {
		return d, err
	}
	d.Delegations, err = s.delegated(ctx, q, domain)
	return d, err
}

// around completes a directory by what a call is about. Only a policy that names somebody by his relation to the call needs
// that, so only then it is read.
func (s *Store) around(ctx context.Context, q querier, d approval.Directory, of aboutCall, policy usm.ApprovalPolicy) (
	approval.Directory, error,
) {
	if namesRole(policy, usm.RoleCustomer) {
		id, version, _ := strings.Cut(of.Agreement, "@")
		err := q.GetContext(ctx, &d.Customer, `
			SELECT coalesce((SELECT customer FROM agreements WHERE domain = $1 AND id = $2 AND version::text = $3), '')`,
			of.Domain, id, version)
		if err != nil {
			return d, err
		}
	}
	if namesRole(policy, usm.RoleComponentOwner) && len(of.Components) > 0 {
		var rows []document[usm.Component]
		err := q.SelectContext(ctx, &rows, `SELECT document FROM components WHERE domain = $1 AND id = ANY($2) ORDER BY place`,
			of.Domain, pq.StringArray(of.Components))
		if err != nil {
			return d, err
		}
		d.Components = values(rows)
	}
	return d, nil
}

// namesRole reports whether a policy can ask somebody by that relation to the call.
func namesRole(policy usm.ApprovalPolicy, role usm.ApproverRole) bool {
	is := func(who usm.Approver) bool { return who.Role == role }
	var in func(usm.Quorum) bool
	in = func(q usm.Quorum) bool {
		return slices.ContainsFunc(q.Approvers, is) || slices.ContainsFunc(q.Stages, in) || slices.ContainsFunc(q.Groups, in)
	}
	substitute := policy.Substitute != nil && slices.ContainsFunc(policy.Substitute.Approvers, is)
	return in(policy.Require) || substitute || slices.ContainsFunc(policy.Escalate, is)
}

// worldOf is the world that an approval is looked at in.
func (s *Store) worldOf(
	ctx context.Context, q querier, d approval.Directory, of aboutCall, a usm.Approval, now time.Time,
) (approval.World, error) {
	w := approval.World{Now: now.UTC()}
	var err error
	if w.Directory, err = s.around(ctx, q, d, of, a.Policy); err != nil {
		return w, err
	}
	if w.Calendar, err = s.compiledCalendar(ctx, q, calendarKey{a.Domain, a.Version, a.Policy.Calendar}); err != nil {
		return w, err
	}
	w.Hours, err = s.compiledCalendar(ctx, q, calendarKey{a.Domain, a.Version, ""})
	return w, err
}

// calendarKey names a calendar of a version of a domain; id "" is the domain's own.
type calendarKey struct {
	domain  string
	version int
	id      string
}

// compiledCalendar is a calendar of a version of a domain, made ready once: it never changes.
func (s *Store) compiledCalendar(ctx context.Context, q querier, key calendarKey) (*clock.Calendar, error) {
	if known, ok := s.calendars.Load(key); ok {
		return known.(*clock.Calendar), nil //nolint:errcheck,forcetypeassert // nothing else is kept there
	}
	domain, err := s.version(ctx, q, key.domain, key.version)
	if err != nil {
		return nil, err
	}
	compiled, err := calendarOf(domain, key.id)
	if err != nil {
		return nil, err
	}
	s.calendars.Store(key, compiled)
	return compiled, nil
}
