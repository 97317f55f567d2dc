package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// band names the bounds that an amount lies between.
func (r *ApprovalRule) band(amount string) string {
	value, err := strconv.ParseFloat(amount, 64)
	if err != nil {
		return "no amount"
	}
	i := slices.IndexFunc(r.Bands, func(bound float64) bool { return value < bound })
	if i < 0 {
		i = len(r.Bands)
	}
	return r.bands()[i]
}

// bands are the names of all bands that are known by an amount.
func (r *ApprovalRule) bands() []string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	if len(r.Bands) == 0 {
		return []string{"any amount"}
	}
	names := []string{"under " + number(r.Bands[0])}
	for i, bound := range r.Bands[1:] {
		names = append(names, number(r.Bands[i])+" to "+number(bound))
	}
	return append(names, number(r.Bands[len(r.Bands)-1])+" and more")
}

// Compare orders roles as the mapping has them and then bands of the amount from low to high. Roles that it does not have
// come after the others, and no amount after all amounts.
func (r *ApprovalRule) Compare(role, band, otherRole, otherBand string) int {
	place := func(role, band string) (int, int) {
		first := slices.IndexFunc(r.Roles, func(known RoleRule) bool { return known.Role == role })
		second := slices.Index(r.bands(), band)
		return (first + len(r.Roles) + 1) % (len(r.Roles) + 1), (second + len(r.Bands) + 2) % (len(r.Bands) + 2)
	}
	first, second := place(role, band)
	otherFirst, otherSecond := place(otherRole, otherBand)
	return cmp.Or(cmp.Compare(first, otherFirst), cmp.Compare(role, otherRole), cmp.Compare(second, otherSecond))
}

// RoleOf names the role whose decisions are those of an approver in a policy: the one that is such an approver, else the one
// that the policy itself asks where it does not name that role's approver beside him; "" when the log knows of none.
func (r *ApprovalRule) RoleOf(policy usm.ApprovalPolicy, who usm.Approver) string {
	same := func(known usm.Approver) func(usm.Approver) bool {
		return func(who usm.Approver) bool {
			who.Weight, who.Mandatory = 0, false
			return who == known
		}
	}
	found := ""
	for _, role := range r.Roles {
		switch {
		case same(role.Approver)(who):
			return role.Role
		case role.Policy == policy.ID && !names(policy.Require, same(role.Approver)):
			found = role.Role
		}
	}
	return found
}

// names reports whether a quorum asks such an approver.
func names(q usm.Quorum, such func(usm.Approver) bool) bool {
	in := func(part usm.Quorum) bool { return names(part, such) }
	return slices.ContainsFunc(q.Approvers, such) || slices.ContainsFunc(q.Stages, in) || slices.ContainsFunc(q.Groups, in)
}

// check returns what is wrong with the rule, a sentence each.
func (r *ApprovalRule) check(m Mapping) []string {
	var mistakes []string
	wrong := func(format string, args ...any) {
		mistakes = append(mistakes, fmt.Sprintf("approvals."+format, args...))
	}
	if kind := r.At.Kind(); kind != usm.KindWork && kind != usm.KindClassify {
		wrong("at: nothing waits for approval at %q", r.At)
	}
	if m.Columns[r.Time].Date == "" {
		wrong("time: %q is no column with a date", r.Time)
	}
	if r.Route == "" || len(r.Round) == 0 || len(r.Roles) == 0 || r.Question == "" || r.Answer == "" || r.Withdrawn == "" {
		wrong("round, route, roles, question, answer and withdrawn are needed")
	}
	if !slices.IsSorted(r.Bands) {
		wrong("bands: must rise")
	}
	for i, role := range r.Roles {
		if role.Role == "" || role.Policy == "" || len(role.Approve) == 0 || len(role.Reject) == 0 || strings.TrimSpace(role.Text) == "" {
			wrong("roles[%d]: role, policy, approve, reject and text are needed", i)
		}
		if mistake := role.twice(r.Roles[:i]); mistake != "" {
			wrong("roles[%d].approver: %s", i, mistake)
		}
	}
	return mistakes
}

// twice says why an approver does not tell which role is meant; "" when it does.
func (r RoleRule) twice(before []RoleRule) string {
	who := r.Approver
	switch {
	case who == usm.Approver{}:
		return ""
	case who.Weight != 0 || who.Mandatory,
		who.Person != "" && (who.Profile != "" || who.Role != ""), who.Profile != "" && who.Role != "":
		return "is one of person, profile and role"
	case slices.ContainsFunc(before, func(other RoleRule) bool { return other.Approver == who }):
		return "is another role already"
	}
	return ""
}

func (r *ApprovalRule) patterns() []Pattern {
	if r == nil {
		return nil
	}
	patterns := []Pattern{r.Round, r.Began}
	for _, role := range r.Roles {
		patterns = append(patterns, role.Approve, role.Reject)
	}
	return patterns
}

// columns are those that the rule names beside those of its patterns, and its templates.
func (r *ApprovalRule) columns() (columns, templates []string) {
	if r == nil {
		return nil, nil
	}
	columns, templates = []string{r.Time}, []string{r.Question, r.Answer, r.Withdrawn}
	if r.Amount != "" {
		columns = append(columns, r.Amount)
	}
	for _, role := range r.Roles {
		templates = append(templates, role.Text)
	}
	return columns, templates
}
