package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/usm-works/usm/usm"
)

// retired is the status of a component that is out of use.
const retired = "retired"

// writeComponents changes the register of components. After a domain's first load nothing else does.
func (f *finishing) writeComponents(ctx context.Context) error {
	changes := f.effects.Components
	if len(changes) == 0 {
		return nil
	}
	known, err := f.lockComponents(ctx, f.row.Domain, changes)
	if err != nil {
		return err
	}
	changed, err := changeComponents(known, changes)
	if err != nil {
		return err
	}
	if err := f.checkRelations(ctx, changes); err != nil {
		return err
	}
	return f.insertComponents(ctx, f.row.Domain, f.row.Number, changed)
}

// lockComponents reads the components concerned, in the order of their ids so that two changes cannot lock each other out.
func (t *tx) lockComponents(ctx context.Context, domain string, changes []usm.ComponentChange) (map[string]usm.Component, error) {
	var rows []document[usm.Component]
	err := t.SelectContext(ctx, &rows, `
		SELECT document FROM components WHERE domain = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`,
		domain, texts(each(changes, func(c usm.ComponentChange) string { return c.Component.ID })))
	known := map[string]usm.Component{}
	for _, row := range rows {
		known[row.value.ID] = row.value
	}
	return known, err
}

// changeComponents applies the changes one after the other and returns each component as it ends up, in the order in which
// it was first named.
func changeComponents(known map[string]usm.Component, changes []usm.ComponentChange) ([]usm.Component, error) {
	now := maps.Clone(known)
	var order []string
	for i, c := range changes {
		before, exists := now[c.Component.ID]
		pointer := fmt.Sprintf("/fields/components/%d/component/id", i)
		switch {
		case c.Action == "add" && exists:
			return nil, usm.Invalid(pointer, "component %q is in the register already", c.Component.ID)
		case c.Action != "add" && !exists:
			return nil, usm.Invalid(pointer, "there is no component %q", c.Component.ID)
		}
		after, ok := applyChange(before, c)
		if !ok {
			return nil, usm.Invalid(fmt.Sprintf("/fields/components/%d/action", i), "is not add, update or retire")
		}
		now[after.ID] = after
		if !slices.Contains(order, after.ID) {
			order = append(order, after.ID)
		}
	}
	changed := make([]usm.Component, len(order))
	for i, id := range order {
		changed[i] = now[id]
		changed[i].Version = known[id].Version + 1 // one version for each request for change
	}
	return changed, nil
}

// applyChange returns what becomes of a component. An update keeps what it does not mention; attributes are replaced one
// by one, relations as a whole.
func applyChange(before usm.Component, c usm.ComponentChange) (after usm.Component, ok bool) {
	switch c.Action {
	case "add":
		after = c.Component
		after.Status = orElse(after.Status, "in_use")
		return after, true
	case "update", "retire":
		after = before
		keep(&after.Name, c.Component.Name)
		keep(&after.Type, c.Component.Type)
		keep(&after.Owner, c.Component.Owner)
		keep(&after.Status, c.Component.Status)
		keep(&after.Service, c.Component.Service)
		if len(c.Component.Attributes) > 0 {
			after.Attributes = maps.Clone(object(before.Attributes))
			maps.Copy(after.Attributes, c.Component.Attributes)
		}
		if c.Component.Relations != nil {
			after.Relations = c.Component.Relations
		}
		if c.Action == "retire" {
			after.Status = retired
		}
		return after, true
	}
	return usm.Component{}, false
}

// checkRelations refuses an arrow to a component that neither exists nor is added by this change, and an unknown service.
func (f *finishing) checkRelations(ctx context.Context, changes []usm.ComponentChange) error {
	added := map[string]bool{}
	for _, c := range changes {
		added[c.Component.ID] = added[c.Component.ID] || c.Action == "add"
	}
	var r references
	for i, c := range changes {
		place := fmt.Sprintf("/fields/components/%d/component", i)
		r.add("service", c.Component.Service, place+"/service")
		for j, relation := range c.Component.Relations {
			if !added[relation.To] {
				r.add("component", relation.To, fmt.Sprintf("%s/relations/%d/to", place, j))
			}
		}
	}
	return r.check(ctx, f.tx, f.row.Domain)
}

// insertComponents writes components with their history and relations. call is "" for a domain's first load.
func (t *tx) insertComponents(ctx context.Context, domain, call string, components []usm.Component) error {
	if len(components) == 0 {
		return nil
	}
	_, err := t.ExecContext(ctx, `
		WITH input AS (
			SELECT document, place, document ->> 'id' AS id, (document ->> 'version')::integer AS version
			FROM jsonb_array_elements($2) WITH ORDINALITY AS d (document, place)),
		written AS (
			INSERT INTO components (domain, id, version, status, document)
			SELECT $1, id, version, coalesce(document ->> 'status', ''), document FROM input ORDER BY place
			ON CONFLICT (domain, id) DO UPDATE SET (version, status, document)
				= (excluded.version, excluded.status, excluded.document)),
		remembered AS (
			INSERT INTO component_history (domain, id, version, document, call)
			SELECT $1, id, version, document, nullif($3, '') FROM input),
		arrows AS (
			SELECT DISTINCT id, n ->> 'kind' AS kind, n ->> 'to' AS "to"
			FROM input, jsonb_array_elements(document -> 'relations') n),
		gone AS (
			DELETE FROM relations r USING input WHERE r.domain = $1 AND r.component = input.id
				AND (r.component, r.kind, r."to") NOT IN (SELECT id, kind, "to" FROM arrows))
		INSERT INTO relations (domain, component, kind, "to") SELECT $1, id, kind, "to" FROM arrows ON CONFLICT DO NOTHING`,
		domain, doc(components), call)
	return err
}
