package server_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestRegisters(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]string{
		"/services":                      {"mail", "laptop"},
		"/catalogue":                     {"new-laptop"},
		"/people?domain=it":              {"rita", "ravi", "omar", "gone"},
		"/profiles":                      {"desk", "boss"},
		"/agreements":                    {"sa-1", "sa-1", "sa-1", "sa-0", "ola-desk", "uc-cloud"},
		"/agreements?state=ended":        {"sa-1"},
		"/agreements?type=UC&domain=it":  {"uc-cloud"},
		"/agreements?service=laptop":     {"sa-1", "sa-1", "sa-1"},
		"/agreements?limit=1&cursor=4":   {"ola-desk"},
		"/agreements?customer=it":        {"ola-desk", "uc-cloud"},
		"/solutions":                     {"restart"},
		"/components":                    {"srv-1", "srv-2"},
		"/components?q=mail&domain=it":   {"srv-1"},
		"/components?type=server":        {"srv-1", "srv-2"},
		"/components?id=srv-2&id=moon":   {"srv-2"},
		"/people?id=omar&id=rita":        {"rita", "omar"},
		"/people?domain=it&q=OMA":        {"omar"},
		"/components?type=fan":           {},
		"/components?owner=rita":         {"srv-2"},
		"/domains":                       {"it"},
		"/services?limit=1":              {"mail"},
		"/services?limit=1&cursor=1":     {"laptop"},
		"/services?limit=1&cursor=99":    {},
		"/components?limit=1":            {"srv-1"},
		"/components?cursor=it%2Fsrv-1":  {"srv-2"},
		"/catalogue?domain=it&limit=200": {"new-laptop"},
	} {
		t.Run("List "+path, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			var rows []struct{ ID, Domain string }
			w.get("rita", path).status(http.StatusOK).into(&rows)
			ids := []string{}
			for _, row := range rows {
				ids = append(ids, row.ID)
				if path != "/domains" {
					require.Equal(t, "it", row.Domain)
				}
			}
			require.Equal(t, want, ids)
		})
	}

	t.Run("PageAcrossDomains", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var seen []string
		for path := "/api/v1/solutions?limit=1"; path != ""; {
			var rows []struct{ ID, Domain string }
			got := w.send("admin", http.MethodGet, path, nil).status(http.StatusOK).into(&rows)
			for _, row := range rows {
				seen = append(seen, row.Domain)
			}
			path = nextOf(got)
		}
		require.Equal(t, []string{"it", "hr"}, seen)
	})

	t.Run("HideOtherDomains", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("heidi", "/services?domain=it").problem(http.StatusNotFound, usm.CodeNotFound)
		w.get("heidi", "/components/it/srv-1").problem(http.StatusNotFound, usm.CodeNotFound)
		w.get("heidi", "/domains/it").problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("ShowAComponentWithItsHistory", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var c struct {
			ID, Domain string
			History    []usm.ComponentVersion
		}
		w.get("rita", "/components/it/srv-1").status(http.StatusOK).into(&c)
		require.Equal(t, "srv-1", c.ID)
		require.Len(t, c.History, 1)
		require.Equal(t, "RFC-000001", c.History[0].Call)
		w.get("rita", "/components/it/srv-9").problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("RefuseACursorOfAnotherList", func(t *testing.T) {
		t.Parallel()
		setup(t).get("rita", "/services?cursor=x").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
	})

	t.Run("ShowPathAndTrail", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := "/calls/" + w.incident()
		var path []usm.PathView
		w.get("rita", call+"/path").status(http.StatusOK).into(&path)
		require.Equal(t, usm.AcceptIncident, path[0].Step)
		var trail []usm.Event
		w.get("rita", call+"/events").status(http.StatusOK).into(&trail)
		require.Equal(t, 1, trail[0].Sequence)
		w.get("heidi", call+"/path").problem(http.StatusNotFound, usm.CodeNotFound)
		w.get("heidi", call+"/events").problem(http.StatusNotFound, usm.CodeNotFound)
	})
}

// file is a domain file that means something, under the id "it".
func file(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../domains/it.yaml")
	require.NoError(t, err)
	return string(source)
}

func TestDomains(t *testing.T) {
	t.Parallel()

	t.Run("AreShownAsJSONOrYAML", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var d usm.Domain
		got := w.get("rita", "/domains/it").status(http.StatusOK).into(&d)
		require.Equal(t, "it", d.ID)
		require.Equal(t, "application/json", got.Header.Get("Content-Type"))
		require.Equal(t, `"3"`, got.Header.Get("ETag"))
		got = w.get("rita", "/domains/it", "Accept", "application/yaml").status(http.StatusOK)
		require.Equal(t, "application/yaml", got.Header.Get("Content-Type"))
		require.Contains(t, string(got.body), "id: it\n")
		require.NotEmpty(t, d.People)
		require.NotEmpty(t, d.Components)
		var lean usm.Domain
		w.get("rita", "/domains/it?lean=true").status(http.StatusOK).into(&lean)
		require.Empty(t, lean.People)
		require.Empty(t, lean.Components)
		require.Empty(t, lean.Agreements)
		require.Equal(t, d.Services, lean.Services)
	})

	t.Run("AreAppliedByManagersAndAdministratorsOnly", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		put := func(as string, headers ...string) *answer {
			return w.send(as, http.MethodPut, "/api/v1/domains/it", file(t), append(headers, "Content-Type", "application/yaml")...)
		}
		put("omar").problem(http.StatusForbidden, usm.CodeForbidden)
		put("carla").problem(http.StatusForbidden, usm.CodeForbidden)
		put("mona", "If-Match", `"2"`).problem(http.StatusPreconditionFailed, usm.CodePrecondition)
		require.Empty(t, w.desk.applied)
		var result usm.DomainResult
		put("mona", "If-Match", `"3"`).status(http.StatusOK).into(&result)
		require.Equal(t, usm.DomainResult{Version: 4, Changed: true}, result)
		put("admin").status(http.StatusOK)
		require.Len(t, w.desk.applied, 2)
	})

	t.Run("AreRefusedWithLineAndColumn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		broken := strings.Replace(file(t), "time_zone: ", "time_zone: Mars/", 1)
		p := w.send("admin", http.MethodPut, "/api/v1/domains/it", broken).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		require.Equal(t, []string{"/time_zone"}, p.places())
		require.Contains(t, p.Errors[0].Detail, "line ")
		p = w.send("admin", http.MethodPut, "/api/v1/domains/hr", file(t)).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		require.Equal(t, []string{"/id"}, p.places())
		w.send("admin", http.MethodPut, "/api/v1/domains/it", "").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		require.Empty(t, w.desk.applied)
	})

	t.Run("ShowWhatAFileWouldChange", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var plan struct {
			Version int
			Changed bool
			Changes []string

			Differences []struct{ Path, Action string }
		}
		w.post("mona", "/domains/it/plan", file(t)).status(http.StatusOK).into(&plan)
		require.True(t, plan.Changed)
		require.Equal(t, 4, plan.Version)
		require.NotEmpty(t, plan.Changes)
		require.Greater(t, len(plan.Differences), len(plan.Changes), "also those that are not applied")
		require.Equal(t, "agreements[ola-platform] kept", plan.Differences[0].Path+" "+plan.Differences[0].Action)
		require.Empty(t, w.desk.applied)
		w.post("omar", "/domains/it/plan", file(t)).problem(http.StatusForbidden, usm.CodeForbidden)
	})
}
