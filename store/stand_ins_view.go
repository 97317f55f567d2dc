package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// countingRow is a delegation that counts at a moment.
type countingRow struct {
	delegationRow
	Moment time.Time `db:"moment"`
	Acts   bool      `db:"acts"` // who stands in has not left
}

// standingIn says of calls that wait for a step who may finish it now: who claimed it, else those of its profiles, and who
// stands in for one of them. One query finds the delegations of all of them; it is not made when no call waits so. at is the
// moment that is asked about; nil is now.
func (s *Store) standingIn(ctx context.Context, at *time.Time, rows []viewRow, calls []usm.CallView) error {
	var domains []string
	for i := range rows {
		if waitsForStep(calls[i].WaitingFor.Kind) && len(rows[i].People) > 0 && !slices.Contains(domains, rows[i].Domain) {
			domains = append(domains, rows[i].Domain)
		}
	}
	if len(domains) == 0 {
		return nil
	}
	var counting []countingRow
	err := s.db.SelectContext(ctx, &counting, `
		SELECT `+delegationColumns+`, m.moment, EXISTS (
			SELECT FROM people p WHERE (p.domain, p.id) = (d.domain, d.to_person) AND NOT p.inactive) AS acts
		FROM (SELECT coalesce($2, now()) AS moment) m, delegations d
		WHERE d.domain = ANY ($1) AND d.revoked_at IS NULL AND d.until_at > m.moment AND d.from_at <= m.moment
		ORDER BY d.id`, pq.StringArray(domains), at)
	for i := range rows {
		if waitsForStep(calls[i].WaitingFor.Kind) {
			mayFinish(&calls[i].WaitingFor, rows[i], counting)
		}
	}
	return err
}

func waitsForStep(kind usm.WaitKind) bool { return kind == usm.WaitStep || kind == usm.WaitSignal }

// mayFinish completes the people of a call that waits for a step, whose row has those of its profiles. Nobody hands on what
// segregation keeps from himself.
func mayFinish(waits *usm.WaitingView, row viewRow, counting []countingRow) {
	own, claimed := row.People, waits.Claimed
	var standIns []usm.StandIn
	if from := handedOn(row, counting); len(from.Delegations) > 0 {
		content := approval.Content(row.call(), row.Fields.value, usm.Action{Step: row.Step})
		standIns = approval.StandIns(own, row.Process, content, from, counting[0].Moment.UTC())
	}
	standIns = slices.DeleteFunc(standIns, func(s usm.StandIn) bool {
		return slices.Contains(own, s.By) || claimed != "" && s.By != claimed && s.Person != claimed
	})
	people := slices.DeleteFunc(slices.Clone(own), func(id string) bool { return claimed != "" && id != claimed })
	for _, s := range standIns {
		people = append(people, s.By)
	}
	slices.Sort(people)
	waits.People, waits.StandIns = list(slices.Compact([]string(people))), standIns
}

// handedOn are the delegations that begin with one of the call's people, and those that these lead to, with all of their
// people who act. Most of a domain's delegations concern others.
func handedOn(row viewRow, counting []countingRow) approval.Directory {
	people := map[string]bool{}
	for _, id := range row.People {
		people[id] = true
	}
	taken := make([]bool, len(counting))
	for more := true; more; {
		more = false
		for i, d := range counting {
			if taken[i] || !people[d.Person] || !d.Acts || d.Domain != row.Domain || slices.Contains(row.Waiting.value.Exclude, d.To) {
				continue
			}
			taken[i], people[d.To], more = true, true, true
		}
	}
	var from approval.Directory
	for i, d := range counting {
		if taken[i] {
			from.Delegations = append(from.Delegations, d.delegation())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(people)) {
		from.Domain.People = append(from.Domain.People, usm.Person{ID: id})
	}
	return from
}
