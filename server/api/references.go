package api

import (
	"context"
	"slices"

	"github.com/usm-works/usm/usm"
)

// checkReferences reports every category, service and component in a step's fields that the domain does not have. The
// fields fit their schema already. Agree 3 and 4 bring new services, so theirs are left to the agreement.
func (a *API) checkReferences(ctx context.Context, view usm.CallView, binding usm.Binding, action usm.Action) error {
	wrong := &faults{}
	if kind := action.Step.Kind(); kind == usm.KindAccept || kind == usm.KindClassify {
		a.checkFacts(wrong, binding, action.Fields)
	}
	services, components := referencesOf(action)
	if len(services) > 0 {
		domain, err := a.reader.Configuration(ctx, view.Domain, 0)
		if err != nil {
			return err
		}
		for at, id := range services {
			if !hasService(domain, id) {
				wrong.addf(at, "the domain %s has no service %q", view.Domain, id)
			}
		}
	}
	for at, id := range components {
		if err := a.checkComponent(ctx, wrong, at, view.Domain, id); err != nil {
			return err
		}
	}
	return wrong.err()
}

// checkComponent reports a component that the domain does not have, at its place.
func (a *API) checkComponent(ctx context.Context, wrong *faults, at, domain, id string) error {
	_, _, err := a.reader.Component(ctx, domain, id)
	if usm.CodeOf(err) == usm.CodeNotFound {
		wrong.addf(at, "the domain %s has no component %q", domain, id)
		return nil
	}
	return err
}

func (a *API) checkFacts(wrong *faults, binding usm.Binding, fields map[string]any) {
	category, given := fields["category"].(string)
	if given && !slices.Contains(binding.Categories, category) {
		wrong.addf("/fields/category", "there is no category %q; there are %v", category, binding.Categories)
	}
}

// referencesOf returns the ids of services and components that the fields name, by their place.
func referencesOf(action usm.Action) (services, components map[string]string) {
	services, components = map[string]string{}, map[string]string{}
	switch kind := action.Step.Kind(); {
	case kind == usm.KindAccept, kind == usm.KindClassify:
		collect(action.Fields, services, components, "fields")
	case action.Step == usm.PlanChange:
		collect(action.Fields, map[string]string{}, components, "fields")
	case action.Step == usm.ExecuteOperation:
		collectEach(action.Fields["incidents"], services, components, "fields", "incidents")
		collectEach(action.Fields["risks"], services, components, "fields", "risks")
	case kind == usm.KindClose:
		collectEach(action.Fields["improvements"], services, components, "fields", "improvements")
	case action.Step == usm.UpdateRegister:
		collectChanged(action.Fields["components"], components)
	}
	return services, components
}

func collect(from any, services, components map[string]string, at ...any) {
	fields, _ := from.(map[string]any)
	if id, _ := fields["service"].(string); id != "" {
		services[pointer(append(slices.Clip(at), "service")...)] = id
	}
	ids, _ := fields["components"].([]any)
	for i, id := range ids {
		if id, _ := id.(string); id != "" {
			components[pointer(append(slices.Clip(at), "components", i)...)] = id
		}
	}
}

func collectEach(from any, services, components map[string]string, at ...any) {
	items, _ := from.([]any)
	for i, item := range items {
		collect(item, services, components, append(slices.Clip(at), i)...)
	}
}

// collectChanged names the components that are updated or retired; those that are added need not exist.
func collectChanged(from any, components map[string]string) {
	changes, _ := from.([]any)
	for i, change := range changes {
		change, _ := change.(map[string]any)
		component, _ := change["component"].(map[string]any)
		if id, _ := component["id"].(string); id != "" && change["action"] != "add" {
			components[pointer("fields", "components", i, "component", "id")] = id
		}
	}
}
