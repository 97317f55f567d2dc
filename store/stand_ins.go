package store

import (
	"context"
	"slices"
)

// stoodInFor are the people whom somebody may stand in for now, whatever narrows it and in any domain, himself first.
func (s *Store) stoodInFor(ctx context.Context, q querier, person string) ([]string, error) {
	represented, err := representedBy(ctx, q, person)
	people := []string{person}
	for _, r := range represented {
		if !slices.Contains(people, r.Person) {
			people = append(people, r.Person)
		}
	}
	return people, err
}

// represented is somebody whom another may stand in for in a domain.
type represented struct {
	Domain string `db:"domain" json:"domain"`
	Person string `db:"person" json:"person"`
}

// representedBy follows the delegations that count now back from who stands in, whatever narrows them.
func representedBy(ctx context.Context, q querier, person string) (all []represented, err error) {
	err = q.SelectContext(ctx, &all, `
		WITH RECURSIVE counting AS (
			SELECT domain, person, to_person FROM delegations
			WHERE revoked_at IS NULL AND from_at <= now() AND until_at > now()),
		represented AS (
			SELECT domain, person FROM counting WHERE to_person = $1
			UNION
			SELECT c.domain, c.person FROM counting c JOIN represented r ON c.domain = r.domain AND c.to_person = r.person)
		SELECT domain, person FROM represented ORDER BY domain, person`, person)
	return all, err
}
