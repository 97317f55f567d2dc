package usm_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// typingRule is a row of the list of rules: when it holds and what follows.
type typingRule struct {
	number int
	holds  func(usm.Facts) bool
	gives  usm.CallType
}

// conditions are what the texts of the rules ask of the facts.
var conditions = map[string]func(usm.Facts) bool{
	"dissatisfied about the past, nothing broken now":    func(f usm.Facts) bool { return f.Dissatisfied && !f.Broken },
	"deviation, actual or imminent, from what is agreed": func(f usm.Facts) bool { return f.Broken },
	"not covered by an agreement":                        func(f usm.Facts) bool { return !f.Covered },
	"covered, changes a managed component or attribute":  func(f usm.Facts) bool { return f.Covered && f.Lasting },
	"covered, no lasting effect":                         func(f usm.Facts) bool { return f.Covered && !f.Lasting },
	insideTheProvider:                                    func(f usm.Facts) bool { return f.Internal },
}

const insideTheProvider = "raised inside the provider: threat or opportunity"

// differencesOfTyping tries every combination of facts: the first rule of the list that holds has to be the one the
// code names. The rule for what is raised inside the provider is asked before those about what a customer asks.
func differencesOfTyping(d document) []string {
	rules, found := rulesOf(d)
	if len(rules) != 6 {
		return append(found, fmt.Sprintf("there are 6 rules, not %d", len(rules)))
	}
	for _, facts := range everyFacts() {
		i := slices.IndexFunc(rules, func(r typingRule) bool { return r.holds(facts) })
		typing := usm.TypeCall(facts)
		if typing.Rule != rules[i].number || typing.Type != rules[i].gives {
			found = append(found, fmt.Sprintf("%+v: rule %d gives %s, but the page has rule %d and %s",
				facts, typing.Rule, typing.Type, rules[i].number, rules[i].gives))
		}
	}
	return found
}

func rulesOf(d document) (rules []typingRule, found []string) {
	for _, item := range d.section("## 4.").items() {
		condition, typ, _ := strings.Cut(item[1], " → ")
		typ = strings.TrimSuffix(typ, " (complaint)")
		n, err := strconv.Atoi(item[0])
		if conditions[condition] == nil || callTypes[typ] == "" || err != nil {
			found = append(found, fmt.Sprintf("nobody knows the rule %q → %q", condition, typ))
			continue
		}
		rule := typingRule{number: n, holds: conditions[condition], gives: callTypes[typ]}
		if condition == insideTheProvider && len(rules) >= 2 {
			rules = slices.Insert(rules, 2, rule)
		} else {
			rules = append(rules, rule)
		}
	}
	return rules, found
}

// everyFacts returns the 32 combinations.
func everyFacts() []usm.Facts {
	all := make([]usm.Facts, 0, 32)
	for bits := range 32 {
		all = append(all, usm.Facts{
			Dissatisfied: bits&1 != 0, Broken: bits&2 != 0, Covered: bits&4 != 0, Lasting: bits&8 != 0, Internal: bits&16 != 0,
		})
	}
	return all
}
