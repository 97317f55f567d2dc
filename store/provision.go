package store

import (
	"context"
	"slices"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// Provision makes people of a domain as a provisioning system wants them: all, or none. From then on it keeps them, also
// those who came from the domain file. It returns them as they are now; what is so already changes nothing.
//
// usm.CodeInvalid when somebody has no id or name, or names a profile, a customer or a manager that the domain does not have,
// or would hold two profiles that conflict, or would be above himself; usm.CodeConflict when there is another of that id or
// external id; usm.CodePrecondition when he was changed since he was read; usm.CodeNotFound when there is no such domain.
func (s *Store) Provision(
	ctx context.Context, domain, by string, people ...usm.Provisioned,
) (entries []usm.DirectoryEntry, err error) {
	defer wrapf(&err, "Provision(%s, %d)", domain, len(people))
	err = s.changeDirectory(ctx, domain, by, whoIsConcerned(people), func(d *directoryEdit) error {
		for _, wanted := range people {
			if err := d.put(wanted); err != nil {
				return err
			}
		}
		return nil
	}, func(d *directoryEdit) {
		entries = each(people, func(p usm.Provisioned) usm.DirectoryEntry { return d.rows[p.ID].entry() })
	})
	return entries, err
}

// Deprovision removes somebody: the directory goes on knowing him as one who has left and holds nothing, and no domain file
// brings him back. match is the version that he was read under, "" any; errors as of Provision, usm.CodeNotFound also when
// there is nobody of that id.
func (s *Store) Deprovision(ctx context.Context, domain, by, id, match string) (err error) {
	defer wrapf(&err, "Deprovision(%s, %s)", domain, id)
	return s.changeDirectory(ctx, domain, by, concerned{ids: []string{id}}, func(d *directoryEdit) error {
		row, err := d.find(id, match)
		if err != nil {
			return err
		}
		row.Inactive, row.Removed, row.External, row.Profiles = true, true, "", []string{}
		d.set(row)
		return nil
	}, nil)
}

// SetMembers changes who holds a profile. usm.CodeNotFound when there is no such profile, usm.CodeInvalid for members whom
// the domain does not have or who hold a profile that conflicts with it; else as of Provision.
func (s *Store) SetMembers(ctx context.Context, domain, by string, change usm.MembersChange) (group usm.Group, err error) {
	defer wrapf(&err, "SetMembers(%s, %s)", domain, change.Profile)
	who := concerned{ids: slices.Concat(change.Add, change.Remove), profile: change.Profile}
	err = s.changeDirectory(ctx, domain, by, who, func(d *directoryEdit) error { return d.members(change) },
		func(d *directoryEdit) { group = groupOf(domain, d.profile(change.Profile), d.holders(change.Profile)) })
	return group, err
}

// changeDirectory lets do put changes together, writes them, and tells what became of them, in one transaction that keeps
// others from the domain.
func (s *Store) changeDirectory(
	ctx context.Context, domain, by string, who concerned, do func(*directoryEdit) error, done func(*directoryEdit),
) error {
	return s.transact(ctx, func(t *tx) error {
		if err := t.lockDomain(ctx, domain); err != nil {
			return err
		}
		now, err := t.currentDomain(ctx, domain)
		if err != nil {
			return err
		}
		edit, err := t.edit(ctx, now, who)
		if err != nil {
			return err
		}
		if err := do(edit); err != nil {
			return err
		}
		changes := edit.changes()
		if err := edit.check(changes); err != nil {
			return err
		}
		if err := t.changePeople(ctx, domain, by, changes); err != nil {
			return err
		}
		if err := t.noteNudges(ctx, domain, affectedBy(now, now, changes)); err != nil {
			return err
		}
		if len(changes) > 0 {
			if edit, err = t.edit(ctx, now, who); err != nil {
				return err
			}
		}
		if done != nil {
			done(edit)
		}
		return nil
	})
}

func (r personRow) entry() usm.DirectoryEntry {
	return usm.DirectoryEntry{
		Person: r.person(), Domain: r.Domain, Source: r.Source, External: r.External, ManagerName: r.ManagerName,
		Version: strconv.FormatInt(r.Revision, 10), CreatedAt: r.CreatedAt.UTC(), ChangedAt: r.ChangedAt.UTC(),
	}
}

// asKept is the row as it is read: profiles sorted, each once.
func (r personRow) asKept() personRow {
	r.Profiles = list(slices.Compact(slices.Sorted(slices.Values(r.Profiles))))
	return r
}
