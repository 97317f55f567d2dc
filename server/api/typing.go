package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/usm-works/usm/usm"
)

// The names in a request's fields that typing reads.
const (
	fieldItem         = "item"
	fieldDissatisfied = "dissatisfied"
	fieldBroken       = "broken"
	fieldLasting      = "lasting"
	fieldInternal     = "internal"
)

var typingFields = []string{fieldItem, fieldDissatisfied, fieldBroken, fieldLasting, fieldInternal}

// typed gives the request its type: that of the catalogue item it names, else the one it asks for, else the rules of
// usm.md §4 decide. A catalogue item also gives the service and says what the fields must be; one that no agreement has
// agreed in advance for the requester is typed by the rules too.
func (a *API) typed(ctx context.Context, domain usm.Domain, in usm.NewCall) (usm.NewCall, usm.Typing, error) {
	facts, err := factsOf(in.Fields)
	if err != nil {
		return in, usm.Typing{}, err
	}
	if _, named := in.Fields[fieldItem]; named {
		return a.fromCatalogue(ctx, domain, in, facts)
	}
	if in.Type != "" {
		return in, chosen(in), nil
	}
	coverage, err := a.reader.Covered(ctx, in)
	if err != nil {
		return in, usm.Typing{}, err
	}
	facts.Covered = coverage.Agreement != ""
	typing := usm.TypeCall(facts)
	if facts.Covered {
		typing.Reason += " (" + coverage.Why + ")"
	}
	return in, typing, nil
}

func chosen(in usm.NewCall) usm.Typing {
	return usm.Typing{Type: in.Type, Reason: "chosen by who opened the call"}
}

// factsOf reads the facts a request states; one that is absent is false.
func factsOf(fields map[string]any) (usm.Facts, error) {
	var facts usm.Facts
	wrong := &faults{}
	for name, into := range map[string]*bool{
		fieldDissatisfied: &facts.Dissatisfied, fieldBroken: &facts.Broken,
		fieldLasting: &facts.Lasting, fieldInternal: &facts.Internal,
	} {
		value, given := fields[name]
		if !given {
			continue
		}
		stated, ok := value.(bool)
		if !ok {
			wrong.addf(pointer("fields", name), "is a fact for typing: true or false")
		}
		*into = stated
	}
	return facts, wrong.err()
}

// fromCatalogue types a request for an item of the catalogue.
func (a *API) fromCatalogue(
	ctx context.Context, domain usm.Domain, in usm.NewCall, facts usm.Facts,
) (usm.NewCall, usm.Typing, error) {
	item, err := itemOf(domain, in)
	if err != nil {
		return in, usm.Typing{}, err
	}
	in.Service = item.Service
	agreed, err := a.agreedIn(ctx, domain, in.Requester)
	if err != nil {
		return in, usm.Typing{}, err
	}
	coverage, covered := agreed.covers(item, in)
	switch {
	case covered:
		reason := fmt.Sprintf("pre-agreed: item %s of the catalogue (%s); %s", item.ID, item.Name, coverage.Why)
		return in, usm.Typing{Type: item.Type, Reason: reason}, nil
	case in.Type != "":
		return in, chosen(in), nil
	}
	facts.Broken = facts.Broken || item.Type == usm.Incident
	typing := usm.TypeCall(facts)
	typing.Reason += fmt.Sprintf(" (item %s of the catalogue is not agreed in advance for %s)", item.ID, in.Requester)
	return in, typing, nil
}

// itemOf returns the item that a request names, when everything else in the request fits it.
func itemOf(domain usm.Domain, in usm.NewCall) (usm.Item, error) {
	i := slices.IndexFunc(domain.Catalogue, func(item usm.Item) bool { return item.ID == in.Fields[fieldItem] })
	if i < 0 {
		return usm.Item{}, usm.Invalid("/fields/item", "the catalogue of %s has no item %q", domain.ID, fmt.Sprint(in.Fields[fieldItem]))
	}
	item, wrong := domain.Catalogue[i], &faults{}
	if in.Type != "" && in.Type != item.Type {
		wrong.addf("/type", "the catalogue item %s is a %s", item.ID, item.Type)
	}
	if in.Service != "" && in.Service != item.Service {
		wrong.addf("/service", "the catalogue item %s belongs to the service %s", item.ID, item.Service)
	}
	asked := maps.Clone(in.Fields)
	for _, name := range typingFields {
		if _, declared := properties(item.Schema)[name]; !declared {
			delete(asked, name)
		}
	}
	if err := wrong.against(item.Schema, asked, "/fields"); err != nil {
		return item, fmt.Errorf("schema of catalogue item %s/%s: %w", domain.ID, item.ID, err)
	}
	return item, wrong.err()
}

func properties(schema map[string]any) map[string]any {
	declared, _ := schema["properties"].(map[string]any)
	return declared
}
