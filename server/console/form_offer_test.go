package console

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// movingSchema asks for ids of each kind, as an item of a catalogue may.
var movingSchema = map[string]any{
	"type": "object", "required": []any{"whose"}, "properties": map[string]any{
		"whose":   map[string]any{"type": "string", "minLength": 1.0, "format": "usm-person"},
		"with":    map[string]any{"type": "array", "items": map[string]any{"type": "string", "format": "usm-component"}},
		"service": map[string]any{"type": "string", "format": "usm-service"},
		"told":    map[string]any{"type": "array", "items": map[string]any{"type": "string", "format": "usm-profile"}},
		"rows": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": map[string]any{
			"team": map[string]any{"type": "string", "format": "usm-team"},
		}}},
	},
}

// offered is the form as a page shows it.
func offered(t *testing.T, v *visit, values map[string]any) string {
	t.Helper()
	d := department()
	d.People, d.Components = nil, nil
	d.Profiles = []usm.Profile{{ID: "desk", Name: "Service desk"}, {ID: "boss", Name: "The <b>boss</b>"}}
	f := formOf(movingSchema, "fields", values, nil)
	require.True(t, f.offers())
	require.NoError(t, v.offer(f, &d))
	var page strings.Builder
	require.NoError(t, fields(v, f).Render(t.Context(), &page))
	return page.String()
}

// contains asserts what a page has and what it has not.
func contains(t *testing.T, page string, has, hasNot []string) {
	t.Helper()
	for _, part := range has {
		require.Contains(t, page, part)
	}
	for _, part := range hasNot {
		require.NotContains(t, page, part)
	}
}

const (
	fewComponents = `[{"id": "sw-1", "name": "Core switch"}, {"id": "sw-2", "name": "<i>Switch</i>"}]`
	fewPeople     = `[{"id": "anna", "name": "Anna Kowalska"}, {"id": "gone", "name": "Umar", "inactive": true}]`
)

func TestSmallRegistersAreOfferedWhole(t *testing.T) {
	t.Parallel()
	v := reader(t, nil)
	asking(t, v, map[string]string{"/components?domain=it&id=sw-2&limit=200": fewComponents})
	page := offered(t, v, map[string]any{"with": []any{"sw-2"}, "service": "fax", "told": []any{"boss"}})
	contains(t, page, []string{
		`<input type="checkbox" name="fields/with" value="sw-2" checked> &lt;i&gt;Switch&lt;/i&gt;`, `name="fields/whose" value=""`,
		`<option value="fax" selected>fax</option>`, // what it held stays possible
		`name="fields/told" value="boss" checked> The &lt;b&gt;boss&lt;/b&gt;`, `<select id="field-fields-rows-0-team" name="fields/rows/0/team"`,
		`<option value="desk">Service desk</option>`,
	}, []string{"gone", "<i>", "<b>", `name="fields/with" value="sw-1"`})
}

func TestTheFirstAreFoundWithoutWords(t *testing.T) {
	t.Parallel()
	v := reader(t, url.Values{"fields/with": {""}, "found/fields/with": {""}, "show": {"/fields/with"}})
	asking(t, v, map[string]string{"/components?domain=it&limit=12": fewComponents})
	contains(t, offered(t, v, nil), []string{`<input type="checkbox" name="fields/with" value="sw-1">`},
		[]string{`name="fields/whose" value="anna"`})
}

func TestManyAreFoundByWords(t *testing.T) {
	t.Parallel()
	sent := url.Values{
		"fields/with": {"sw-1", "second floor"}, "found/fields/with": {""}, "fields/whose": {"kowal"}, "found/fields/whose": {""},
		"show": {"/fields/with"},
	}
	v := reader(t, sent)
	asking(t, v, map[string]string{
		"/people?domain=it&limit=12&q=kowal":              fewPeople,
		"/components?domain=it&limit=12&q=second+floor":   fewComponents,
		"/components?domain=it&id=sw-1&limit=200":         `[{"id": "sw-1", "name": "Core switch"}]`,
		"/components?domain=it&id=moon&id=sw-1&limit=200": `[{"id": "sw-1", "name": "Core switch"}]`,
		"/components?domain=it&limit=12&q=moon":           `[]`,
		"/people?domain=it&id=Anna+Kowalska&limit=200":    `[]`,
		"/people?domain=it&limit=12&q=Anna+Kowalska":      fewPeople,
		"/people?domain=it&id=anna&limit=200":             fewPeople,
	})
	values, wrong := v.readForm(movingSchema, "fields")
	require.Empty(t, wrong)
	require.Equal(t, map[string]any{"with": []any{"sw-1"}}, values, "words that are looked for are no ids")
	page := offered(t, v, values)
	contains(t, page, []string{
		`<input type="checkbox" name="fields/with" value="sw-1" checked>`, `<input type="checkbox" name="fields/with" value="sw-2">`,
		`name="fields/with" value="second floor" maxlength="100" aria-label="With: words of the name" autofocus>`, // one goes on there
		`<button name="show" value="/fields/with" formnovalidate>`, `<input type="radio" name="fields/whose" value="anna">`,
		`name="fields/whose" value="kowal"`,
	}, []string{"<i>", "gone"})

	// Sent for good, words count as ids; those that are none are words again.
	sent.Del("show")
	sent.Set("found/fields/with", "second floor")
	read, _ := reader(t, sent).readForm(movingSchema, "fields")
	require.Equal(t, map[string]any{"with": []any{"sw-1"}, "whose": "kowal"}, read, "what was looked for is no id, what was not is one")
	sent["fields/with"] = []string{"sw-1", "moon"}
	sent.Set("fields/whose", "Anna Kowalska")
	again := reader(t, sent)
	again.api = v.api
	values, _ = again.readForm(movingSchema, "fields")
	require.Equal(t, map[string]any{"with": []any{"sw-1", "moon"}, "whose": "Anna Kowalska"}, values)
	page = offered(t, again, values)
	contains(t, page, []string{
		`<input type="checkbox" name="fields/with" value="sw-1" checked>`, `name="fields/with" value="moon"`,
		`name="fields/whose" value="Anna Kowalska"`, `<input type="radio" name="fields/whose" value="anna">`,
	}, []string{`type="checkbox" name="fields/with" value="moon"`})
}

func TestWhoSeesNothingFindsNothing(t *testing.T) {
	t.Parallel()
	v := reader(t, url.Values{"fields/with": {"switch"}, "found/fields/with": {""}, "show": {"/fields/whose"}})
	asking(t, v, nil)
	contains(t, offered(t, v, nil), []string{`name="fields/with" value="switch"`, "Nothing has these words."},
		[]string{`type="checkbox" name="fields/with"`})
}
