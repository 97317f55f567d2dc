package replay

import (
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

// rank is the place of a band in a report; that without an amount comes last.
func (r *ApprovalRule) rank(band string) int {
	if i := slices.Index(r.bands(), band); i >= 0 {
		return i
	}
	return len(r.Bands) + 1
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
	}
	return mistakes
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
