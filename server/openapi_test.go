package server_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contract is every operation the gateway promises, in the order of the contract.
var contract = []string{
	"POST /calls", "GET /calls", "GET /calls/{number}", "GET /calls/{number}/path", "GET /calls/{number}/events",
	"GET /calls/{number}/steps/{step}", "POST /calls/{number}/steps/{step}", "POST /calls/{number}/ask",
	"POST /calls/{number}/answer", "POST /calls/{number}/confirm", "POST /calls/{number}/dispute", "POST /calls/{number}/redo",
	"POST /calls/{number}/retype", "POST /calls/{number}/abort", "POST /calls/{number}/notes", "POST /calls/{number}/links",
	"POST /calls/{number}/signals/{name}", "POST /callbacks/{secret}", "GET /work", "GET /agreements", "GET /services",
	"GET /catalogue", "GET /components", "GET /components/{domain}/{id}", "GET /people", "GET /profiles", "GET /domains",
	"GET /domains/{id}", "PUT /domains/{id}", "POST /domains/{id}/plan", "GET /solutions", "GET /signals/dead-letters",
	"POST /signals/dead-letters/{id}/replay", "GET /events", "GET /me", "GET /calls/{number}/clocks", "POST /calls/{number}/pause",
	"POST /calls/{number}/resume", "POST /calls/{number}/rebind", "GET /agreements/{domain}/{id}",
	"GET /agreements/{domain}/{id}/difference", "GET /reports/norms", "GET /reports/norms/calls", "GET /reports/availability",
	"GET /reports/flow", "GET /reports/open", "GET /reports/waiting", "GET /reports/bounces", "GET /reports/calls", "GET /system",
	"GET /approvals", "GET /approvals/{id}", "POST /approvals/{id}/decisions", "POST /approvals/{id}/bypass", "POST /approvals/{id}/approvers",
	"GET /delegations", "GET /delegations/{id}", "POST /delegations", "DELETE /delegations/{id}", "GET /calls/{number}/refusals",
	"POST /calls/{number}/claim", "POST /calls/{number}/release", "POST /calls/{number}/reassign",
	"GET /domains/{id}/directory-changes", "GET /components/{domain}/{id}/impact", "GET /risks", "GET /filters", "POST /filters",
	"DELETE /filters/{id}", "GET /tokens", "DELETE /tokens/{id}",
}

type operationDoc struct {
	OperationID string `json:"operationId"` //nolint:tagliatelle // as OpenAPI spells it
	Summary     string
	Security    []map[string][]string
	Parameters  []struct{ Name, In string }
	RequestBody *struct{ Content map[string]any } `json:"requestBody"` //nolint:tagliatelle // as OpenAPI spells it
	Responses   map[string]any
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.send("", http.MethodGet, "/api/openapi.json", nil).status(http.StatusOK)
	var doc struct {
		OpenAPI    string
		Servers    []struct{ URL string }
		Paths      map[string]map[string]operationDoc
		Components struct {
			Schemas         map[string]any
			SecuritySchemes map[string]any `json:"securitySchemes"` //nolint:tagliatelle // as OpenAPI spells it
		}
	}
	got.into(&doc)

	t.Run("IsVersion31", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "3.1.0", doc.OpenAPI)
		require.Equal(t, "http://usm.example", doc.Servers[0].URL)
		require.Contains(t, doc.Components.SecuritySchemes, "token")
	})

	t.Run("HasEveryOperationOfTheContractAndNoOther", func(t *testing.T) {
		t.Parallel()
		var documented []string
		for path, operations := range doc.Paths {
			for method := range operations {
				documented = append(documented, strings.ToUpper(method)+" "+strings.TrimPrefix(path, "/api/v1"))
			}
		}
		require.ElementsMatch(t, contract, documented)
	})

	t.Run("DescribesEveryOperation", func(t *testing.T) {
		t.Parallel()
		ids := map[string]bool{}
		for path, operations := range doc.Paths {
			for method, operation := range operations {
				where := method + " " + path
				require.NotEmpty(t, operation.Summary, where)
				require.False(t, ids[operation.OperationID], "%s: id %s is used twice", where, operation.OperationID)
				ids[operation.OperationID] = true
				open := strings.HasPrefix(path, "/api/v1/callbacks/")
				require.Equal(t, open, len(operation.Security) == 0, where)
				require.Contains(t, operation.Responses, "401", where)
				for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
					require.True(t, slices.ContainsFunc(operation.Parameters, func(p struct{ Name, In string }) bool {
						return p.Name == name[1] && p.In == "path"
					}), "%s: %s", where, name[1])
				}
			}
		}
	})

	t.Run("ResolvesEveryReference", func(t *testing.T) {
		t.Parallel()
		for _, ref := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(string(got.body), -1) {
			require.Contains(t, doc.Components.Schemas, ref[1])
		}
		require.NotContains(t, string(got.body), "$schema")
	})

	t.Run("SaysWhatASignalMayBe", func(t *testing.T) {
		t.Parallel()
		content := doc.Paths["/api/v1/calls/{number}/signals/{name}"]["post"].RequestBody.Content
		require.Contains(t, content, "application/cloudevents+json")
		require.Contains(t, content, "application/json")
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, c := range map[string]struct{ contentType, holds string }{
		"/api/docs":    {"text/html; charset=utf-8", `src="/api/docs.js"`},
		"/api/docs.js": {"text/javascript; charset=utf-8", "openapi.json"},
		"/style.css":   {"text/css; charset=utf-8", ":root"},
	} {
		t.Run("NeedNoTokenAndNothingFromElsewhere "+path, func(t *testing.T) {
			t.Parallel()
			got := w.send("", http.MethodGet, path, nil).status(http.StatusOK)
			require.Equal(t, c.contentType, got.Header.Get("Content-Type"))
			require.Contains(t, string(got.body), c.holds)
			policy := got.Header.Get("Content-Security-Policy")
			require.Contains(t, policy, "default-src 'none'")
			require.NotContains(t, policy, "unsafe")
			require.NotRegexp(t, `(src|href)="(https?:)?//[^"]*\.(js|css)`, string(got.body))
			require.NotRegexp(t, `<script>|style="|onclick=`, string(got.body))
			require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
		})
	}
}
