package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// agreed brings the second version of the agreement with sales, by a wish.
func (w world) agreed(t *testing.T) usm.CallView {
	t.Helper()
	wish, who := w.drivenTo(t, w.opened(t, usm.Wish), usm.DraftOffer)
	_, err := w.As(who).FinishWith(t.Context(), wish.Number, wish.Step, map[string]any{"fields": map[string]any{
		"agreement": "sa-sales", "type": "SA", "services": []string{"workplace", "mail", "network", "order-system"},
		"under": []string{"ola-workplace"}, "cost": "EUR 90 a month for each user", "ready": "It works.",
		"norms": []any{map[string]any{"type": "incident", "priority": "high", "reaction": "20m", "handling": "6h"}},
	}})
	require.NoError(t, err)
	ended, err := w.Drive(t.Context(), wish.Number, product.Plan{})
	require.NoError(t, err)
	require.Equal(t, usm.OutcomeFulfilled, ended.Outcome)
	return ended
}

func TestAgreements(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	const sales = "/agreements/it/sa-sales"
	incident := w.incident(t)
	wish := w.agreed(t)

	t.Run("AreNarrowedByTheirAddress", func(t *testing.T) {
		for query, want := range map[string][]string{
			"type=UC":                             {"uc-northline", "uc-lumen"},
			"customer=sales&state=in_force":       {"sa-sales"},
			"customer=sales":                      {"sa-sales", "sa-sales"},
			"service=order-system&type=OLA":       {"ola-platform"},
			"state=draft&domain=it":               nil,
			"customer=" + url.QueryEscape(unkind): nil,
		} {
			got := w.get(t, "rosa", "/agreements?"+query)
			require.Equal(t, http.StatusOK, got.Status, query)
			require.ElementsMatch(t, want, got.texts("main table td:first-child a"), query)
			require.NotContains(t, got.Body, "<script>alert")
		}
		require.Equal(t, http.StatusUnprocessableEntity, w.get(t, "rosa", "/agreements?state=lost").Status)
	})
	t.Run("ShowTheVersionInForceOrTheOneThatIsAskedFor", func(t *testing.T) {
		got := w.get(t, "rosa", sales)
		require.Contains(t, got.all("#facts"), "Version 2")
		require.Contains(t, got.all(".pair"), "EUR 90")
		require.Contains(t, got.all(".pair"), wish.Number)
		require.Contains(t, got.all("main"), "Incident High 20 min 6 h")
		got = w.get(t, "rosa", sales+"?version=1")
		require.Contains(t, got.all("#facts"), "Version 1")
		require.Contains(t, got.all("main"), "Diagnosis 1 h 30 min")
		require.Contains(t, got.all(".pair"), "Ended")
		require.Equal(t, http.StatusNotFound, w.get(t, "rosa", sales+"?version=9").Status)
		require.Equal(t, http.StatusNotFound, w.get(t, "rosa", "/agreements/it/sa-moon").Status)
	})
	t.Run("ShowInWhatTwoVersionsDiffer", func(t *testing.T) {
		got := w.get(t, "rosa", sales)
		require.Zero(t, got.Find("#difference").Length())
		require.Equal(t, "1", got.Find(`#compare select[name="from"] option`).First().AttrOr("value", ""))
		got = w.get(t, "rosa", sales+"?from=1&to=2")
		rows := got.texts("#difference tbody tr")
		require.Contains(t, rows, "Cost EUR 84 a month for each user EUR 90 a month for each user")
		require.Contains(t, rows, "Norms › Incident · High › Handling time 8 h 6 h")
		require.NotContains(t, strings.Join(rows, " "), "Customer", "what is the same is left out")
		require.NotEmpty(t, slices.DeleteFunc(rows, func(row string) bool { return !strings.Contains(row, " removed ") }), "not by colour alone")
		require.Contains(t, got.all("#difference .exact"), `/norms/incident~1high/handling : "8h" → "6h"`)
		require.NotContains(t, strings.Join(rows, " "), `"`, "no JSON")
		require.Contains(t, w.dutch(t, "rosa", sales+"?from=1&to=2").all("#difference"), "Normen › Incident · Hoog › Afhandeltijd")
		require.Contains(t, w.get(t, "rosa", sales+"?from=2&to=2").all("#difference"), "the same")
		for _, query := range []string{"?from=1&to=7", "?from=one&to=2", "?from=" + url.QueryEscape(unkind)} {
			got = w.get(t, "rosa", sales+query)
			require.Equal(t, http.StatusUnprocessableEntity, got.Status, query)
			require.Equal(t, 1, got.Find("#difference .problem").Length())
			require.NotContains(t, got.Body, "<script>alert")
		}
	})
	t.Run("ShowTheChainTheyStandIn", func(t *testing.T) {
		got := w.get(t, "rosa", "/agreements/it/ola-workplace")
		require.Equal(t, "/agreements/it/sa-sales", got.Find(`section[aria-labelledby="above"] a`).First().AttrOr("href", ""))
		require.Equal(t, "/agreements/it/uc-lumen", got.Find(`section[aria-labelledby="under"] a`).AttrOr("href", ""))
		got = w.get(t, "rosa", sales)
		require.Equal(t, 1, got.Find(`section[aria-labelledby="under"] li a[href="/agreements/it/uc-lumen"]`).Length())
		require.Contains(t, got.all("main"), "Agreement with the customer Sales, provided by Information technology")
	})
	t.Run("ShowTheirServicesAsTrees", func(t *testing.T) {
		got := w.get(t, "rosa", sales)
		require.Equal(t, 4, got.Find("details.tree").Length())
		require.Contains(t, got.Find("details.tree").Eq(2).Text(), "Guest network")
	})
	t.Run("ShowWhatWasAttainedAndTheCallsBehindIt", func(t *testing.T) {
		row := w.get(t, "rosa", sales).Find("#attainment tbody tr").First()
		require.Contains(t, spaced(row), "Incident")
		behind := row.Find("a").First().AttrOr("href", "")
		got := w.get(t, "rosa", behind)
		require.Equal(t, http.StatusOK, got.Status)
		require.Contains(t, got.texts("main .number"), incident.Number)
		got = w.get(t, "anna", sales)
		require.Zero(t, got.Find("#attainment").Length())
		require.Contains(t, got.all("main"), "told to who holds a profile")
		require.Equal(t, http.StatusForbidden, w.get(t, "anna", behind).Status)
	})
	t.Run("AreThereForOnesOwnDomainsOnly", func(t *testing.T) {
		for _, path := range []string{
			sales, sales + "/calls", sales + "?from=1&to=2", "/agreements?domain=it", "/services/it/mail", "/services?domain=it",
		} {
			require.Equal(t, http.StatusNotFound, w.get(t, "fatou", path).Status, path)
		}
		require.NotContains(t, w.get(t, "fatou", "/agreements").Body, "sa-sales")
		require.NotContains(t, w.get(t, "fatou", "/services").Body, "order-system")
	})
}

func TestServices(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	call := w.opened(t, usm.Incident, subject(unkind), about("network"))
	require.Equal(t, []string{"Workplace", "Mail and calendar", "Network and remote access", "Order system"},
		w.get(t, "anna", "/services").texts("main h2"))
	got := w.get(t, "anna", "/services/it/network")
	require.Equal(t, "Network and remote access", got.all("h1"))
	require.Equal(t, "Guest network", got.Find("ul.chain li").FilterFunction(deepest).Eq(2).Text())
	require.Contains(t, got.all("section"), "Availability : 99.9 % of business time")
	require.Equal(t, "/ask/it/vpn-access", got.Find(".items .button").AttrOr("href", ""))
	require.Contains(t, got.all(".items"), "agreed in advance by sa-sales@1")
	require.NotContains(t, w.get(t, "farah", "/services/it/network").all(".items"), "agreed in advance", "it is not agreed for her")
	covering := []string{"sa-sales", "sa-logistics", "sa-head-office", "ola-platform", "uc-northline"}
	require.ElementsMatch(t, covering, got.texts("#agreements a"))
	require.Contains(t, got.all("#calls"), call.Number)
	require.NotContains(t, got.Body, "<script>alert")
	require.Contains(t, w.get(t, "farah", got.Find(`main a[href^="/registers/incidents"]`).AttrOr("href", "")).all("#register"), call.Number)
	require.NotContains(t, w.get(t, "anna", "/services/it/mail").all("#calls"), call.Number)
	require.Equal(t, http.StatusNotFound, w.get(t, "anna", "/services/it/moon").Status)
}

func TestAgreementsInABrowser(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	chromium := chromium(t)
	w.agreed(t)
	b := w.window(t, chromium, "rosa").open("/agreements").screenshot("agreements").accessible().fits()
	b.open("/agreements/it/sa-sales").click("details.tree summary").click("#compare button").sees("#difference", "EUR 90")
	b.screenshot("agreement").accessible().fits()
	b.open("/services").screenshot("services").accessible().fits()
	b.open("/services/it/network").screenshot("service").accessible().fits()
	b.dark().open("/agreements/it/sa-sales?from=1&to=2").screenshot("agreement-dark")
	b.phone().open("/agreements/it/sa-sales?from=1&to=2").fits().screenshot("agreement-phone").accessible()
	b.open("/services/it/network").fits().screenshot("service-phone").accessible()
	require.NotEmpty(t, strings.TrimSpace(b.text("h1")))
}
