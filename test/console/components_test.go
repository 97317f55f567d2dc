package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

func TestComponents(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")

	t.Run("AreNarrowedByTheirAddress", func(t *testing.T) {
		for query, want := range map[string]string{
			"type=switch":                      "Core switch Switch second floor",
			"owner=bilal&domain=it":            "Laptop of Bilal Haddad",
			"q=virtualisation":                 "Virtualisation host 1 Virtualisation host 2",
			"q=host&type=switch":               "",
			"owner=" + url.QueryEscape(unkind): "",
		} {
			got := w.get(t, "farah", "/components?"+query)
			require.Equal(t, http.StatusOK, got.Status)
			require.Equal(t, want, strings.Join(got.texts("main table td:first-child a"), " "), query)
			require.NotContains(t, got.Body, "<script>alert")
		}
		require.Equal(t, http.StatusUnprocessableEntity, w.get(t, "farah", "/components?q="+strings.Repeat("x", 201)).Status)
	})
	t.Run("ShowWhatIsKeptOfThem", func(t *testing.T) {
		got := w.get(t, "farah", "/components/it/mail-cluster")
		require.Equal(t, "Mail cluster", got.all("h1"))
		for _, text := range []string{"In use", "Platform team", "Version 8.2", "Nodes 3"} {
			require.Contains(t, got.all(".pair"), text)
		}
		require.Zero(t, got.Find("main form").Length(), "it is only read")
		require.Equal(t, http.StatusNotFound, w.get(t, "farah", "/components/it/moon").Status)
	})
	t.Run("ShowWhatRestsOnThemAndWhatTheyRestOn", func(t *testing.T) {
		got := w.get(t, "farah", "/components/it/vm-host-1")
		want := map[string]string{
			"/components/it/vm-host-1":    "",
			"/components/it/mail-cluster": "rests on it directly",
			"/components/it/directory":    "rests on it directly",
			"/components/it/vpn-gateway":  "rests on it, 2 relations away",
			"/components/it/sw-core":      "it rests on this directly",
			"/components/it/line-north":   "it rests on this, 2 relations away",
		}
		require.Equal(t, len(want), got.Find("svg a").Length())
		for address, where := range want {
			require.Equal(t, 1, got.Find(`svg a[href="`+address+`"]`).Length(), address)
			if where != "" {
				require.Contains(t, spaced(got.Find(`#impact a[href="`+address+`"]`).Closest("tr")), where)
			}
		}
		require.Equal(t, 7, got.Find("svg .arrow").Length())
		require.Contains(t, got.all("svg"), "Mail cluster depends on Directory")
		require.Contains(t, w.get(t, "farah", "/components/it/doc-byod").all("main"), "rests on nothing")
	})
	t.Run("AreThereForOnesOwnDomainsOnly", func(t *testing.T) {
		for _, path := range []string{"/components/it/vm-host-1", "/components/it/vm-host-1/change", "/components?domain=it"} {
			require.Equal(t, http.StatusNotFound, w.get(t, "fatou", path).Status, path)
		}
		require.NotContains(t, w.get(t, "fatou", "/components").Body, "vm-host-1")
		require.Equal(t, http.StatusNotFound, w.post(t, "fatou", "/components/it/vm-host-1/change", url.Values{"subject": {"x"}}).Status)
	})
}

func TestChangesOfComponents(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	const component, form = "/components/it/order-db", "/components/it/order-db/change"

	t.Run("AreRefusedWithWhatIsWrongAndKeepWhatWasTyped", func(t *testing.T) {
		page := w.get(t, "ivan", form)
		require.Contains(t, page.Find("#field-subject").AttrOr("value", ""), "Order database")
		got := w.submit(t, "ivan", page, "#raise", url.Values{
			"subject": {strings.Repeat("x", 201)}, "description": {unkind}, "impact": {"high"},
		})
		require.Equal(t, http.StatusUnprocessableEntity, got.Status)
		require.NotEmpty(t, got.all("#field-subject-wrong"))
		require.Equal(t, "true", got.Find("#field-subject").AttrOr("aria-invalid", ""))
		require.Equal(t, strings.Repeat("x", 201), got.Find("#field-subject").AttrOr("value", ""))
		require.Equal(t, unkind, got.Find("#field-description").Text())
		require.Equal(t, "high", got.Find("#field-impact [selected]").AttrOr("value", ""))
		require.NotContains(t, got.Body, "<script>alert")
		require.Equal(t, http.StatusSeeOther, w.submit(t, "ivan", got, "#raise", url.Values{"subject": {"Shorter"}}).Status, "once it is right")
	})
	t.Run("AreRaisedAndEndInTheRegister", func(t *testing.T) {
		asked := url.Values{"subject": {"More room"}, "description": {unkind}, "impact": {"medium"}, "urgency": {"low"}}
		page := w.get(t, "anna", w.get(t, "anna", component).Find("main .button").AttrOr("href", ""))
		sent := w.submit(t, "anna", page, "#raise", asked)
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
		number, _, _ := strings.Cut(strings.TrimPrefix(sent.Header.Get("Location"), "/calls/"), "?")
		again := w.submit(t, "anna", page, "#raise", asked)
		require.Equal(t, sent.Header.Get("Location"), again.Header.Get("Location"), "sent twice it is the same")
		call, err := w.Admin.Call(t.Context(), number)
		require.NoError(t, err)
		require.Equal(t, usm.ChangeRequest, call.Type)
		require.Equal(t, []string{"order-db"}, call.Components)
		require.Equal(t, []string{"anna", "order-system", "More room", unkind},
			[]string{call.Requester, call.Service, call.Subject, call.Description})
		require.Contains(t, w.get(t, "farah", component).all("#calls"), number)

		view, who := w.drivenTo(t, call, usm.UpdateRegister)
		_, err = w.As(who).FinishWith(t.Context(), number, view.Step, map[string]any{"fields": map[string]any{"components": []any{
			map[string]any{"action": "update", "component": map[string]any{
				"id": "order-db", "owner": "workplace-team", "attributes": map[string]any{"size_gb": 900},
			}},
		}}})
		require.NoError(t, err)
		_, err = w.Drive(t.Context(), number, product.Plan{})
		require.NoError(t, err)
		got := w.get(t, "farah", component)
		require.Equal(t, []string{"Attributes › Size gb 840 900", "Owner Platform team Workplace team"}, got.texts(".history tbody tr"))
		require.Equal(t, number, got.all(".history .number"))
		require.NotContains(t, got.all("#calls"), number, "it has ended")
	})
}

func TestComponentsInABrowser(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	chromium := chromium(t)
	b := w.window(t, chromium, "ivan").open("/components").screenshot("components").accessible().fits()
	b.open("/components/it/vm-host-1").screenshot("component").accessible().fits()
	b.open("/components/it/vm-host-1/change").screenshot("component-change").accessible()
	b.dark().open("/components/it/vm-host-1").screenshot("component-dark")
	b.phone().open("/components/it/vm-host-1").fits().screenshot("component-phone").accessible()
	b.click(`#impact a[href$="/sw-core"]`).sees("h1", "Core switch")
}
