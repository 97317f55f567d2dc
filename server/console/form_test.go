package console

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// reader is a visit of somebody in Amsterdam who sends a form.
func reader(t *testing.T, posted url.Values) *visit {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(posted.Encode()))
	c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return &visit{c: c, look: look{Language: "en", Zone: zone}, texts: readTexts()["en"]}
}

// posted is what a browser sends of the fields.
func posted(v *visit, fields []field) url.Values {
	values := url.Values{}
	for _, f := range fields {
		switch f.Kind {
		case groupKind:
			maps.Copy(values, posted(v, f.Fields))
		case rowsKind:
			maps.Copy(values, posted(v, f.Rows))
		case instantKind:
			values.Set(f.Name, v.wall(f.Value))
		case checkKind:
			if f.Value == "true" {
				values.Set(f.Name, "true")
			}
		default:
			values.Set(f.Name, strings.ReplaceAll(f.Value, "\n", "\r\n"))
		}
	}
	return values
}

// stepSchemas are the schemas of the 37 steps, each with the definitions it refers to.
func stepSchemas(t *testing.T) map[usm.Step]map[string]any {
	t.Helper()
	read := func(name string) map[string]map[string]any {
		content, err := os.ReadFile(filepath.Join("..", "..", "steps", "schemas", name+".json"))
		require.NoError(t, err)
		var file map[string]map[string]any
		require.NoError(t, json.Unmarshal(content, &file))
		return file
	}
	shared, all := read("shared"), map[usm.Step]map[string]any{}
	for _, process := range usm.Processes() {
		own := read(string(process))
		defs := maps.Clone(shared["$defs"])
		maps.Copy(defs, own["$defs"])
		for _, step := range process.Steps() {
			row := object(own["steps"][string(step)])
			if row == nil {
				row = object(shared["kinds"][string(step.Kind())])
			}
			schema := maps.Clone(object(row["schema"]))
			require.NotNil(t, schema, step)
			schema["$defs"] = defs
			all[step] = schema
		}
	}
	return all
}

// sample is a value of a schema in which everything is filled in.
func sample(schema, root map[string]any) any {
	if ref, ok := schema["$ref"].(string); ok {
		return sample(object(object(root["$defs"])[strings.TrimPrefix(ref, "#/$defs/")]), root)
	}
	if options := list(schema["enum"]); len(options) > 0 {
		return options[len(options)-1]
	}
	switch schema["type"] {
	case "object":
		properties := object(schema["properties"])
		if len(properties) == 0 {
			return map[string]any{"height": "2 m", "of: it": `"<b>"`}
		}
		value := map[string]any{}
		for name, property := range properties {
			value[name] = sample(object(property), root)
		}
		return value
	case "array":
		item := sample(object(schema["items"]), root)
		return []any{item, item}
	case "boolean":
		return true
	case "integer":
		return float64(30)
	}
	switch schema["format"] {
	case "date":
		return "2026-11-24"
	case "date-time":
		return "2026-11-24T09:30:00+01:00"
	}
	return "Words & <signs>"
}

func TestFormsOfAllSteps(t *testing.T) {
	t.Parallel()
	schemas := stepSchemas(t)
	require.Len(t, schemas, 37)
	for step, schema := range schemas {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			whole := object(sample(map[string]any{"type": "object", "properties": schema["properties"]}, schema))
			if len(object(schema["properties"])) == 0 {
				whole = map[string]any{}
			}
			v := reader(t, nil)
			made := formOf(schema, "fields", whole, nil)
			require.Len(t, made.Fields, len(whole))
			read, wrong := reader(t, posted(v, made.Fields)).readForm(schema, "fields")
			require.Empty(t, wrong)
			require.Equal(t, generic(whole), generic(read))

			// An empty form sends what is required and may be empty, and nothing else.
			read, wrong = reader(t, posted(v, formOf(schema, "fields", nil, nil).Fields)).readForm(schema, "fields")
			require.Empty(t, wrong)
			for name := range read {
				require.Contains(t, names(schema["required"]), name)
			}
		})
	}
}

func TestFormOfAnEvaluation(t *testing.T) {
	t.Parallel()
	schema := stepSchemas(t)[usm.CloseIncident]
	made := formOf(schema, "fields", nil, nil)
	require.Equal(t, []string{"done_properly", "recorded_completely", "lessons", "standard_candidate", "improvements"}, keys(made.Fields))
	require.Equal(t, yesNoKind, made.Fields[0].Kind)
	require.True(t, made.Fields[0].Must)
	require.False(t, made.Fields[2].Must, "lessons may be empty")
	read, wrong := reader(t, url.Values{
		"fields/done_properly": {"true"}, "fields/lessons": {""}, "fields/improvements/0/subject": {""},
		"fields/improvements/2/subject": {"Second"}, "fields/improvements/10/subject": {"Third"},
	}).readForm(schema, "fields")
	require.Empty(t, wrong)
	require.Equal(t, map[string]any{
		"done_properly": true, "lessons": "",
		"improvements": []any{map[string]any{"subject": "Second"}, map[string]any{"subject": "Third"}},
	}, read)
	require.Len(t, formOf(schema, "fields", read, nil).Fields[4].Rows, 3, "one more row than there is")
}

func TestFormTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	schema := stepSchemas(t)[usm.DraftOffer]
	v := reader(t, url.Values{
		"fields/renewal": {"30\r\nsoon"}, "fields/cost": {" "}, "fields/norms/3/type": {"wish"}, "fields/norms/3/named": {"- &a [*a]"},
		"fields/valid_from": {"next week"},
	})
	read, wrong := v.readForm(schema, "fields")
	require.Equal(t, []usm.FieldError{
		{Pointer: "/fields/norms/0/named", Detail: "cannot be read as YAML or JSON"},
		{Pointer: "/fields/renewal/1", Detail: "must be a number"},
	}, wrong)
	require.Equal(t, []any{int64(30), "soon"}, read["renewal"])
	require.Equal(t, "next week", read["valid_from"], "the API judges days")
	wrong = append(wrong, usm.FieldError{Pointer: "/fields/cost", Detail: "is required"})
	made := formOf(schema, "fields", read, &client.Problem{Errors: wrong})
	at := func(key string) field { return made.Fields[slices.Index(keys(made.Fields), key)] }
	require.Equal(t, "30\nsoon", at("renewal").Value)
	require.Equal(t, []string{"1: must be a number"}, at("renewal").Wrong)
	require.Equal(t, []string{"is required"}, at("cost").Wrong)
	named := at("norms").Rows[0].Fields[slices.Index(keys(at("norms").Fields), "named")]
	require.Equal(t, "- &a [*a]", named.Value)
	require.NotEmpty(t, named.Wrong)
	var page strings.Builder
	require.NoError(t, fields(v, made).Render(t.Context(), &page))
	for _, part := range []string{
		`id="field-fields-cost-wrong"`, `aria-invalid="true"`, `aria-describedby="field-fields-cost-wrong field-fields-cost-help"`,
		">30\nsoon</textarea>",
	} {
		require.Contains(t, page.String(), part)
	}
}

func TestFormSaysWhenAFieldIsNeeded(t *testing.T) {
	t.Parallel()
	schema := stepSchemas(t)[usm.UpdateRegister]
	components := formOf(schema, "proposal", nil, nil).Fields[0]
	component := components.Rows[0].Fields[slices.Index(keys(components.Fields), "component")]
	name := component.Fields[slices.Index(keys(component.Fields), "name")]
	require.Equal(t, []condition{{Key: "action", Values: []string{"add"}}}, name.When)
	require.Equal(t, "When Action is Add.", reader(t, nil).whenOf(name.When[0]))
	read, _ := reader(t, url.Values{"proposal/components/0/action": {"add"}}).readForm(schema, "proposal")
	require.Equal(t, []any{map[string]any{"action": "add", "component": map[string]any{}}}, read["components"])
}

func keys(fields []field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Key
	}
	return all
}

func TestOtherLanguagesExplainEveryField(t *testing.T) {
	t.Parallel()
	dutch := readTexts()["nl"]
	var walk func(node any)
	walk = func(node any) {
		if text, ok := object(node)["description"].(string); ok {
			require.True(t, dutch.keys["help."+textKey(text)], text)
		}
		for _, child := range object(node) {
			walk(child)
		}
	}
	for _, schema := range stepSchemas(t) {
		walk(schema)
	}
}
