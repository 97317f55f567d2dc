package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func (w world) offersPeople(t *testing.T) {
	t.Helper()
	const path = "/ask/it/shared-mailbox"
	form := w.get(t, "anna", path)
	require.Equal(t, 1, form.Find(`#field-fields-owner input[type="search"]`).Length())
	typed := url.Values{"fields/address": {hostile}, "fields/owner": {"haddad"}, "fields/members": {"kowal"}, "show": {"/fields/owner"}}
	found := w.submit(t, "anna", form, "#item", typed)
	require.Equal(t, http.StatusOK, found.Status)
	require.Contains(t, found.words("#field-fields-owner label"), "Bilal Haddad")
	require.Contains(t, found.words("#field-fields-members label"), "Anna Kowalska")
	require.Equal(t, hostile, found.Find(`[name="fields/address"]`).AttrOr("value", ""), "what was typed is kept")
	chosen := url.Values{"fields/owner": {"bilal", "haddad"}, "fields/members": {"anna", "kowal"}}
	call := w.asked(t, "anna", w.submit(t, "anna", found, "#item", chosen))
	require.Equal(t, "bilal", call.Fields["owner"])
	require.Equal(t, []any{"anna"}, call.Fields["members"])
	page := w.get(t, "olga", "/calls/"+call.Number)
	for _, words := range []string{"New shared mailbox", "Owner", "Bilal Haddad", "Members", "Anna Kowalska"} {
		require.Contains(t, page.words("main dl"), words)
	}
	require.NotContains(t, page.Body, "<script>alert")
	w.window(t, chromium(t), "anna").open(path).accessible().screenshot("ask-people")
}

func (w world) offersComponents(t *testing.T) {
	call := w.incident(t)
	page := w.get(t, "farah", address+call.Number)
	require.Equal(t, "Mail and calendar", page.words(`#field-fields-service option[value="mail"]`))
	page = w.sends(t, "farah", page, "#finish", url.Values{
		"show": {"/fields/components"}, "fields/components": {"switch"}, "note": {"Kept"}, "fields/service": {"network"},
	})
	require.Equal(t, http.StatusOK, page.Status)
	require.Equal(t, "Core switch sw-core Switch second floor sw-2", page.all("#field-fields-components label"))
	require.Equal(t, "Kept", page.words("#note"))
	require.Equal(t, "network", page.Find(`#field-fields-service option[selected]`).AttrOr("value", ""))
	// One is marked, and another is looked for: the first stays.
	page = w.sends(t, "farah", page, "#finish", url.Values{
		"show": {"/fields/components"}, "fields/components": {"sw-core", "gateway"},
	})
	require.Equal(t, "sw-core", page.Find(`[name="fields/components"][checked]`).AttrOr("value", ""))
	require.Contains(t, page.all("#field-fields-components label"), "VPN gateway")
	wrong := w.sends(t, "farah", page, "#finish", url.Values{"fields/components": {"sw-core", "cluster"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
	require.Contains(t, wrong.words("#field-fields-components .wrong"), `has no component "cluster"`)
	require.Contains(t, wrong.all("#field-fields-components label"), "Mail cluster", "it is looked for")
	w.does(t, "farah", call.Number, "Accept", "#finish", url.Values{"fields/components": {"sw-core", "vpn-gateway"}})
	page = w.until(t, "farah", call.Number, "#call-facts", "VPN gateway")
	require.Contains(t, page.words("#call-trail .compared"), "Core switch")
	require.NotContains(t, page.words("#call-trail .compared tbody td"), "sw-core", "exact values are below the table only")
	require.Contains(t, page.words("#call-trail .exact"), `"sw-core"`)
	require.Equal(t, "sw-core", page.Find(`#call-trail .compared [title="sw-core"]`).AttrOr("title", ""))
}
