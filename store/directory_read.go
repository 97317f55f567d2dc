package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// longestDirectory is how many people or groups one answer has at most.
const longestDirectory = 1000

// DirectoryEntry returns somebody of a domain; usm.CodeNotFound when there is nobody of that id, or he was removed.
func (s *Store) DirectoryEntry(ctx context.Context, domain, id string) (entry usm.DirectoryEntry, err error) {
	defer wrapf(&err, "DirectoryEntry(%s, %s)", domain, id)
	var row personRow
	err = s.db.GetContext(ctx, &row, `
		SELECT `+personColumns+` FROM people p WHERE p.domain = $1 AND p.id = $2 AND NOT p.removed`, domain, id)
	return row.entry(), noneAs(err, "there is nobody %q in the domain %s", id, domain)
}

// Directory lists the people of a domain who were not removed, by id, and says how many the filter leaves in all.
// usm.CodeInvalid for a condition that people do not have, usm.CodeNotFound when there is no such domain.
func (s *Store) Directory(ctx context.Context, f usm.DirectoryFilter) (entries []usm.DirectoryEntry, total int, err error) {
	defer wrapf(&err, "Directory(%s)", f.Domain)
	if _, err := currentVersion(ctx, s.db, f.Domain); err != nil {
		return nil, 0, err
	}
	q := &query{conditions: []string{"NOT p.removed"}}
	q.where("p.domain = %s", f.Domain)
	for _, c := range f.Where {
		if err := q.person(c); err != nil {
			return nil, 0, err
		}
	}
	from := " FROM people p WHERE " + strings.Join(q.conditions, " AND ")
	if err := s.db.GetContext(ctx, &total, anyPlan+"SELECT count(*)"+from, q.args...); err != nil || f.Limit <= 0 {
		return []usm.DirectoryEntry{}, total, err
	}
	var rows []personRow
	err = s.db.SelectContext(ctx, &rows, anyPlan+"SELECT "+personColumns+from+" ORDER BY p.id LIMIT "+
		q.arg(min(f.Limit, longestDirectory))+" OFFSET "+q.arg(max(f.Offset, 0)), q.args...)
	return each(rows, personRow.entry), total, err
}

// person adds a condition on people.
func (q *query) person(c usm.Condition) error {
	switch c.Field {
	case "id", "name", "email", "external", "manager":
		return q.comparing("p."+c.Field, c, c.Field == "external")
	case "active":
		active, err := strconv.ParseBool(c.Value)
		if c.Operator == "pr" {
			return nil // everybody is or is not
		}
		if err != nil || c.Operator != "eq" && c.Operator != "ne" {
			return badCondition(c)
		}
		q.where("p.inactive = %s", active == (c.Operator == "ne"))
		return nil
	case "profile":
		inner := &query{args: q.args}
		if err := inner.comparing("g.profile", c, false); err != nil {
			return err
		}
		q.args = inner.args
		q.conditions = append(q.conditions,
			"EXISTS (SELECT FROM grants g WHERE (g.domain, g.person) = (p.domain, p.id) AND "+inner.conditions[0]+")")
		return nil
	}
	return badCondition(c)
}

// comparing adds a condition on a text. exact regards upper and lower case.
func (q *query) comparing(column string, c usm.Condition, exact bool) error {
	value := c.Value
	if c.Operator == "pr" {
		q.conditions = append(q.conditions, column+" <> ''")
		return nil
	}
	if !exact {
		column, value = "lower("+column+")", strings.ToLower(value)
	}
	like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(value)
	switch c.Operator {
	case "eq":
		q.where(column+" = %s", value)
	case "ne":
		q.where(column+" <> %s", value)
	case "co":
		q.where(column+" LIKE %s", "%"+like+"%")
	case "sw":
		q.where(column+" LIKE %s", like+"%")
	case "ew":
		q.where(column+" LIKE %s", "%"+like)
	default:
		return badCondition(c)
	}
	return nil
}

func badCondition(c usm.Condition) error {
	return usm.Invalid("/filter", "%s cannot be asked about %q", c.Operator, c.Field)
}

// Group returns a profile of a domain with those who hold it; usm.CodeNotFound when there is none.
func (s *Store) Group(ctx context.Context, domain, profile string) (group usm.Group, err error) {
	defer wrapf(&err, "Group(%s, %s)", domain, profile)
	groups, _, err := s.groups(ctx, usm.DirectoryFilter{Domain: domain, Limit: 1}, profile)
	if err == nil && len(groups) == 0 {
		err = usm.Errorf(usm.CodeNotFound, "the domain %s has no profile %q", domain, profile)
	}
	if err != nil {
		return usm.Group{}, err
	}
	return groups[0], nil
}

// Groups lists the profiles of a domain with those who hold them, by id; else as Directory.
func (s *Store) Groups(ctx context.Context, f usm.DirectoryFilter) (groups []usm.Group, total int, err error) {
	defer wrapf(&err, "Groups(%s)", f.Domain)
	return s.groups(ctx, f, "")
}

// groupOf is a profile with its holders, sorted.
func groupOf(domain string, profile usm.Profile, people []string) usm.Group {
	sum := sha256.Sum256([]byte(profile.Name + "\n" + strings.Join(people, "\n")))
	return usm.Group{Profile: profile, Domain: domain, People: list(people), Version: hex.EncodeToString(sum[:8])}
}
