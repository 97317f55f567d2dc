package domains

import (
	"fmt"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// AgreementDifferences says what changed from one version of an agreement to another, sorted by path. A row of norms stands
// under its call type and priority, further rows for the same counted ("norms[incident/critical#2]"), a named norm under its
// name: "norms[incident/critical].named[first answer].target". What tells versions apart (version, state, and the call that
// brought it) is not compared.
func AgreementDifferences(before, after usm.Agreement) []Difference {
	old, errBefore := plainAgreement(before)
	next, errAfter := plainAgreement(after)
	if errBefore != nil || errAfter != nil {
		return []Difference{{Action: Change}} // as in Plan
	}
	p := &planner{first: true}
	p.objects("", old, next)
	slices.SortFunc(p.differences, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	unname(old)
	unname(next)
	return p.differences
}

// plainAgreement is an agreement as plain JSON, its norms with an id to find each other by.
func plainAgreement(a usm.Agreement) (map[string]any, error) {
	a.Version, a.State, a.Call = 0, "", ""
	value, err := generic(usm.Domain{Agreements: []usm.Agreement{a}})
	if err != nil {
		return nil, err
	}
	agreement, _ := value["agreements"].([]any)[0].(map[string]any)
	eachNorm(agreement, func(norm map[string]any, id string) { norm["id"] = id })
	return agreement, nil
}

// unname takes the ids away again, which are no part of what differs.
func unname(agreement map[string]any) {
	eachNorm(agreement, func(norm map[string]any, _ string) { delete(norm, "id") })
}

func eachNorm(agreement map[string]any, visit func(norm map[string]any, id string)) {
	norms, _ := agreement["norms"].([]any)
	rows := map[string]int{}
	for _, element := range norms {
		norm, _ := element.(map[string]any)
		id, _ := norm["type"].(string)
		if priority, _ := norm["priority"].(string); priority != "" {
			id += "/" + priority
		}
		if rows[id]++; rows[id] > 1 {
			id += fmt.Sprintf("#%d", rows[id])
		}
		visit(norm, id)
		named, _ := norm["named"].([]any)
		for _, element := range named {
			named, _ := element.(map[string]any)
			name, _ := named["name"].(string)
			visit(named, name)
		}
	}
}
