package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// department is a directory that knows some of each.
func department() directory {
	d := directory{Domain: usm.Domain{
		ID: "it", Name: "Information technology",
		People:     []usm.Person{{ID: "anna", Name: "Anna Kowalska"}},
		Services:   []usm.Service{{ID: "mail", Name: "Mail and calendar"}, {ID: "net", Name: "Network"}},
		Components: []usm.Component{{ID: "sw-1", Name: "Core switch"}},
		Teams:      []usm.Party{{ID: "desk", Name: "Service desk"}},
		Catalogue: []usm.Item{{ID: "move", Name: "Move a desk", Schema: map[string]any{"properties": map[string]any{
			"whose": map[string]any{"title": "Whose desk", "format": "usm-person"},
			"with":  map[string]any{"title": "What comes along", "items": map[string]any{"format": "usm-component"}},
		}}}},
	}}
	d.learn()
	return d
}

func TestDiffer(t *testing.T) {
	t.Parallel()
	norm := func(priority, handling string) map[string]any {
		return map[string]any{"type": "incident", "priority": priority, "handling": handling}
	}
	before := map[string]any{
		"same": "x", "empty": "", "cost": "1", "gone": map[string]any{"a": "b"}, "services": []any{"mail", "net"},
		"norms": []any{norm("high", "8h"), norm("low", "2d")}, "order": []any{"a", "b"}, "rows": []any{map[string]any{"x": "y"}},
	}
	after := map[string]any{
		"same": "x", "cost": "2", "new": []any{}, "services": []any{"mail", "hr"}, "norms": []any{norm("critical", "1h"), norm("high", "6h")},
		"order": []any{"b", "a"}, "rows": []any{map[string]any{"x": "z"}},
	}
	require.Equal(t, []difference{
		{[]string{"cost"}, "1", "2"},
		{[]string{"gone"}, map[string]any{"a": "b"}, nil},
		{[]string{"norms", "[incident/critical"}, nil, norm("critical", "1h")},
		{[]string{"norms", "[incident/high", "handling"}, "8h", "6h"},
		{[]string{"norms", "[incident/low"}, norm("low", "2d"), nil},
		{[]string{"order"}, []any{"a", "b"}, []any{"b", "a"}},
		{[]string{"rows"}, []any{map[string]any{"x": "y"}}, []any{map[string]any{"x": "z"}}},
		{[]string{"services"}, "net", nil},
		{[]string{"services"}, nil, "hr"},
	}, differ(nil, before, after))
	require.Empty(t, differ(nil, before, before))
	require.Empty(t, differ(nil, map[string]any(nil), map[string]any{"a": nil}))
}

func TestPaths(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"norms", "[incident/high", "named", "[first answer", "target"},
		pathNamed("norms[incident/high].named[first answer].target"))
	require.Equal(t, []string{"people", "[a.b"}, pathNamed("people[a.b]"))
	require.Equal(t, []string{"fields", "a/b", "[0", "to"}, pathAt("/fields/a~1b/0/to"))
	require.Equal(t, []string{"/norms/incident~1high/handling"},
		[]string{difference{Path: []string{"norms", "[incident/high", "handling"}}.place()})
}

func TestDifferencesSpeakInWords(t *testing.T) {
	t.Parallel()
	v, d := reader(t, nil), department()
	for want, path := range map[string]string{
		"Norms › Incident · High › Handling time": "norms[incident/high].handling",
		"People › Anna Kowalska › Manager":        "people[anna].manager",
		"Procedures › Change › Steps › Deploy":    "procedures[change].steps[deploy_change]",
		"Services › moon":                         "services[moon]",
	} {
		require.Equal(t, want, v.where(d, pathNamed(path)))
	}
	const hostile = `<script>alert(1)</script>`
	rows := differ(nil, map[string]any{"services": []any{"mail"}, "reason": "old", "requester": "anna"},
		map[string]any{"services": []any{"mail", "net"}, "reason": hostile, "requester": "omar", "handling": "1h30m", "step": "plan_change"})
	var page strings.Builder
	require.NoError(t, differences(v, d, rows, "Before", "After").Render(t.Context(), &page))
	for _, part := range []string{
		"Anna Kowalska", ">omar<", "Network", "1 h 30 min", "Plan and agree", ">added<", "&lt;script&gt;alert(1)",
		"<code>/requester</code>", "&#34;anna&#34;",
	} {
		require.Contains(t, page.String(), part)
	}
	require.NotContains(t, page.String(), hostile)
	require.NotContains(t, page.String(), "Mail and calendar", "what is the same is left out")
}

func TestValuesAreCalledByTheirNames(t *testing.T) {
	t.Parallel()
	v := reader(t, nil)
	asked := map[string]any{"item": "move", "whose": "anna", "with": []any{"sw-1", "sw-2"}, "from": "2026-11-24", "reason": "mail"}
	d := department().askedBy(asked)
	var page strings.Builder
	require.NoError(t, values(v, d, asked).Render(t.Context(), &page))
	for _, part := range []string{
		"Move a desk", "Whose desk", "Anna Kowalska", "What comes along", "Core switch", "sw-2", "24 Nov 2026", ">mail<",
	} {
		require.Contains(t, page.String(), part)
	}
	var of wanted
	of.add(d, "", asked)
	require.Equal(t, []string{"anna"}, of.people)
	require.ElementsMatch(t, []string{"sw-1", "sw-2"}, of.components)
}

// asking is a visit whose API answers each path with a body.
func asking(t *testing.T, v *visit, answers map[string]string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for path, body := range answers {
			if r.URL.RequestURI() == "/api/v1"+path {
				_, _ = w.Write([]byte(body))
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"status": 404, "code": "not_found", "detail": "nothing at ` + r.URL.RequestURI() + `"}`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	v.api = client.New(server.URL, "secret")
}
