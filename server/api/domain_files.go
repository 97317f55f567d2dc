package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// ExampleDomains are the files of domains that come with the product, by id.
func ExampleDomains() map[string][]byte { return domains.Builtin() }

// readDomain reads a domain file. Every mistake is reported at its place, with line and column.
func readDomain(id string, source []byte) (usm.Domain, error) {
	domain, err := domains.Parse(id+".yaml", source)
	if mistakes, ok := errors.AsType[*domains.FileError](err); ok {
		return domain, mistakes.Invalid()
	}
	return domain, err
}

// planOf says what applying wanted would do to the domain as it is now (zero: it does not exist).
func planOf(now, wanted usm.Domain) planView {
	plan := planView{Version: now.Version, Changes: []string{}, NotApplied: []string{}, Differences: []domains.Difference{}}
	plan.Differences = append(plan.Differences, domains.Plan(now, wanted)...)
	for _, difference := range plan.Differences {
		if difference.Action == domains.Kept {
			plan.NotApplied = append(plan.NotApplied, difference.Path)
			continue
		}
		plan.Changes = append(plan.Changes, lineOf(difference))
	}
	if plan.Changed = len(plan.Changes) > 0; plan.Changed {
		plan.Version++
	}
	return plan
}

// lineOf is a difference for people: "change services[mail].name: "Mail" → "E-mail"".
func lineOf(d domains.Difference) string {
	line := string(d.Action) + " " + d.Path
	switch d.Action {
	case domains.Add:
		return line + ": " + short(d.After)
	case domains.Change:
		return line + ": " + short(d.Before) + " → " + short(d.After)
	default:
		return line
	}
}

// short is a value in one line that fits a terminal.
func short(value any) string {
	const limit = 60
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	text := []rune(string(raw))
	if len(text) > limit {
		return string(text[:limit-1]) + "…"
	}
	return string(text)
}
