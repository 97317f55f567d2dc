package store

import (
	"context"
	"slices"

	"github.com/usm-works/usm/usm"
)

// workOrder is the order in which a person's work is listed, that of the index calls_work: a call without a due date comes
// after those that have one.
const workOrder = "c.priority_rank, " + dueLast + ", c.waiting_since, c.number"

const dueLast = "coalesce(c.due, 'infinity')"

// waitsForPeople holds for the calls of the index calls_work.
const waitsForPeople = `c.closed_at IS NULL AND c.waiting ->> 'kind' IN ('step', 'answer', 'confirmation', 'approval')`

// waits is waitsForPeople, and from where a priority begins in the index: "" is any.
func (q *query) waits(priority usm.Priority) string {
	if priority == "" {
		return waitsForPeople
	}
	return waitsForPeople + " AND c.priority_rank = " + q.arg(priority.Rank()+1)
}

// mayAct holds for the calls that a person can move on now. Its first part says no more than the second, in words that have
// indexes.
const mayAct = `(` + waitsForPeople + `
	AND (c.waiting ->> 'person' = %s
		OR c.number = ANY(ARRAY(
			SELECT a.call FROM approval_asks k JOIN approvals a ON a.id = k.approval WHERE k.person = ANY(%people)))
		OR c.waiting -> 'profiles' ?| ARRAY(SELECT g.profile FROM grants g WHERE g.person = ANY(%people))
			AND c.domain = ANY(ARRAY(SELECT g.domain FROM grants g WHERE g.person = ANY(%people))))
	AND CASE c.waiting ->> 'kind' WHEN 'approval' THEN EXISTS (
		SELECT FROM approval_asks k WHERE k.approval = c.waiting ->> 'approval' AND k.person = ANY(%people))
	ELSE NOT coalesce(c.waiting -> 'exclude' ? %s, false)
		AND coalesce(c.waiting ->> 'claimed' = ANY(%people), true)
		AND (c.waiting ->> 'person' = %s OR EXISTS (
			SELECT FROM grants g JOIN people p ON (p.domain, p.id) = (g.domain, g.person)
			WHERE g.person = ANY(%people) AND g.domain = c.domain AND NOT p.inactive AND c.waiting -> 'profiles' ? g.profile
				AND (g.person = %s OR c.waiting ->> 'kind' = 'step' AND NOT coalesce(c.waiting -> 'exclude' ? g.person, false)))) END)`

// mayActFor are the people for whom somebody may act, himself first; nobody when nobody is asked about.
func (s *Store) mayActFor(ctx context.Context, person string) ([]string, error) {
	if person == "" {
		return nil, nil
	}
	return s.stoodInFor(ctx, s.db, person)
}

// actable reports whether somebody can act on a call after all: he may stand in for one of its people, and not for this.
// Nobody ("") asks for work.
func actable(call usm.CallView, person string) bool {
	return person == "" || slices.Contains(call.WaitingFor.People, person)
}
