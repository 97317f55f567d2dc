package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// directoryEdit are the people of a domain whom a change concerns, while they are being changed.
type directoryEdit struct {
	domain  usm.Domain
	before  map[string]personRow
	rows    map[string]personRow
	changed []string // ids, in the order in which they were first changed
}

// concerned are the people whom an edit of a directory has to know.
type concerned struct {
	ids       []string
	externals []string
	profile   string // those who hold it; "" for nobody
}

func whoIsConcerned(people []usm.Provisioned) concerned {
	var c concerned
	for _, person := range people {
		c.ids = append(c.ids, person.ID, person.Manager)
		c.externals = append(c.externals, person.External)
	}
	return c
}

// edit reads the people of a domain that is locked: those concerned, others that are called the same, and who is above them.
func (t *tx) edit(ctx context.Context, domain usm.Domain, who concerned) (*directoryEdit, error) {
	var rows []personRow
	err := t.SelectContext(ctx, &rows, `
		WITH RECURSIVE above AS (
			SELECT id, manager FROM (
				SELECT id, manager FROM people WHERE domain = $1 AND lower(id) = ANY ($2)
				UNION SELECT id, manager FROM people WHERE domain = $1 AND external = ANY ($3) AND external <> '' AND NOT removed
				UNION SELECT p.id, p.manager FROM people p JOIN grants g ON (g.domain, g.person) = (p.domain, p.id)
					WHERE g.domain = $1 AND g.profile = $4) named
			UNION
			SELECT p.id, p.manager FROM people p JOIN above a ON p.domain = $1 AND p.id = a.manager)
		SELECT `+personColumns+` FROM people p WHERE p.domain = $1 AND p.id IN (SELECT id FROM above)`,
		domain.ID, pq.StringArray(each(who.ids, strings.ToLower)), pq.StringArray(who.externals), who.profile)
	id := func(r personRow) string { return r.ID }
	return &directoryEdit{domain: domain, before: index(rows, id), rows: index(rows, id)}, err
}

func (d *directoryEdit) set(row personRow) {
	row.Source = usm.SourceSCIM
	d.rows[row.ID] = row.asKept()
	if !slices.Contains(d.changed, row.ID) {
		d.changed = append(d.changed, row.ID)
	}
}

// find returns somebody who is in the directory and was not removed.
func (d *directoryEdit) find(id, match string) (personRow, error) {
	row, ok := d.rows[id]
	if !ok || row.Removed {
		return personRow{}, usm.Errorf(usm.CodeNotFound, "there is nobody %q in the domain %s", id, d.domain.ID)
	}
	if match != "" && match != strconv.FormatInt(row.Revision, 10) {
		return personRow{}, usm.Errorf(usm.CodePrecondition, "%s was changed since he was read", id)
	}
	return row, nil
}

func (d *directoryEdit) put(wanted usm.Provisioned) error {
	known, ok := d.rows[wanted.ID]
	if wanted.Match != "" || ok && !known.Removed {
		if wanted.New {
			return d.taken(wanted.ID)
		}
		if _, err := d.find(wanted.ID, wanted.Match); err != nil {
			return err
		}
	}
	for id, row := range d.rows {
		switch {
		case id == wanted.ID || row.Removed:
		case strings.EqualFold(id, wanted.ID):
			return d.taken(id)
		case wanted.External != "" && row.External == wanted.External:
			return usm.Errorf(usm.CodeConflict, "%s of the domain %s has the external id %q", id, d.domain.ID, wanted.External)
		}
	}
	row := rowOf(d.domain.ID, wanted.Person, usm.SourceSCIM)
	row.External, row.Revision = wanted.External, known.Revision
	row.CreatedAt, row.ChangedAt, row.ManagerName = known.CreatedAt, known.ChangedAt, known.ManagerName
	d.set(row)
	return nil
}

func (d *directoryEdit) taken(id string) error {
	return usm.Errorf(usm.CodeConflict, "there is somebody %q in the domain %s already", id, d.domain.ID)
}

// changes are those that change something.
func (d *directoryEdit) changes() []personChange {
	var changes []personChange
	for _, id := range d.changed {
		before, known := d.before[id]
		after := d.rows[id]
		switch {
		case !known:
			changes = append(changes, personChange{after: &after})
		case !equal(before.asKept(), after):
			changes = append(changes, personChange{before: &before, after: &after})
		}
	}
	return changes
}

// members changes who holds a profile.
func (d *directoryEdit) members(change usm.MembersChange) error {
	if d.profile(change.Profile).ID == "" {
		return usm.Errorf(usm.CodeNotFound, "the domain %s has no profile %q", d.domain.ID, change.Profile)
	}
	holders := d.holders(change.Profile)
	if group := groupOf(d.domain.ID, d.profile(change.Profile), holders); change.Match != "" && change.Match != group.Version {
		return usm.Errorf(usm.CodePrecondition, "the members of %s were changed since they were read", change.Profile)
	}
	remove := change.Remove
	if change.All {
		remove = slices.DeleteFunc(holders, func(id string) bool { return slices.Contains(change.Add, id) })
	}
	for _, id := range remove {
		row, err := d.find(id, "")
		if err != nil || !slices.Contains(row.Profiles, change.Profile) {
			continue // he is no member, which is what is wanted
		}
		row.Profiles = slices.DeleteFunc(slices.Clone(row.Profiles), func(p string) bool { return p == change.Profile })
		d.set(row)
	}
	for _, id := range change.Add {
		row, err := d.find(id, "")
		if err != nil {
			return usm.Invalid("/members", "there is nobody %q in the domain %s", id, d.domain.ID)
		}
		if !slices.Contains(row.Profiles, change.Profile) {
			row.Profiles = append(slices.Clone(row.Profiles), change.Profile)
			d.set(row)
		}
	}
	return nil
}

// profile is the zero profile when the domain has none of that id.
func (d *directoryEdit) profile(id string) usm.Profile {
	return index(d.domain.Profiles, func(p usm.Profile) string { return p.ID })[id]
}

// holders are the ids of those who hold a profile and were not removed, sorted.
func (d *directoryEdit) holders(profile string) []string {
	var ids []string
	for id, row := range d.rows {
		if !row.Removed && slices.Contains(row.Profiles, profile) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
