package console

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func subject(text string) func(*usm.NewCall)  { return func(c *usm.NewCall) { c.Subject = text } }
func about(service string) func(*usm.NewCall) { return func(c *usm.NewCall) { c.Service = service } }

func TestRegisters(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	mail := w.incident(t)
	network := w.opened(t, usm.Incident, subject("The zeppelin is slow"), about("network"))

	t.Run("AreFive", func(t *testing.T) {
		require.Equal(t, "/registers/wishes", w.get(t, "farah", "/registers").Header.Get("Location"))
		wish := w.opened(t, usm.Wish)
		for path, number := range map[string]string{"wishes": wish.Number, "changes": "", "incidents": mail.Number, "requests": "", "risks": ""} {
			got := w.get(t, "farah", "/registers/"+path)
			require.Equal(t, http.StatusOK, got.Status)
			require.Contains(t, got.all("#register"), number)
			require.Equal(t, 5, got.Find(".tabs a").Length())
			require.Equal(t, "/registers/"+path, got.Find(".tabs [aria-current]").AttrOr("href", ""))
		}
		require.Equal(t, http.StatusNotFound, w.get(t, "farah", "/registers/songs").Status)
	})
	t.Run("LeadFromANameToWhomItMeans", func(t *testing.T) {
		for address, want := range map[string]string{
			"/registers/incidents?requester=kowalska&open=true": "/registers/incidents?open=true&requester=anna",
			"/registers/incidents?component=laptop+anna":        "/registers/incidents?component=lap-1042",
			"/components?owner=kowalska":                        "/components?owner=anna",
			"/registers/incidents?requester=nobody":             "",
			"/registers/incidents?requester=anna":               "",
			"/registers/incidents?requester=anna&q=xylophone":   "",
		} {
			got := w.get(t, "farah", address)
			require.Equal(t, http.StatusOK, got.Status, address)
			require.Equal(t, want, got.Find("#meant a").AttrOr("href", ""), address)
		}
	})
	t.Run("AreNarrowedByTheirAddress", func(t *testing.T) {
		for query, want := range map[string][]string{
			"service=network":                     {network.Number},
			"q=zeppelin":                          {network.Number},
			"q=zeppelin&service=mail":             nil,
			"requester=anna&step=accept_incident": {network.Number, mail.Number},
			"status=closed":                       nil,
			"open=true&workflow=4&domain=it":      {network.Number, mail.Number},
			"component=lap-1042":                  nil,
			"process=agree":                       nil,
		} {
			got := w.get(t, "farah", "/registers/incidents?"+query)
			require.Equal(t, http.StatusOK, got.Status, query)
			require.Equal(t, want, got.texts("#register .number"), query)
		}
		got := w.get(t, "farah", "/registers/incidents?service=network&step=accept_incident&q=zeppelin&open=true")
		for selector, want := range map[string]string{
			`select[name="service"] [selected]`: "network", `select[name="step"] [selected]`: "accept_incident",
			`main input[name="q"]`: "zeppelin", `input[name="open"][checked]`: "true",
		} {
			require.Equal(t, want, got.Find(selector).AttrOr("value", ""), selector)
		}
		require.Empty(t, got.Find("#register").AttrOr("data-live", ""), "a search stays as it was found")
		require.Equal(t, "*", w.get(t, "farah", "/registers/incidents").Find("#register").AttrOr("data-live", ""))
	})
	t.Run("ShowTheColumnsThatTheirAddressNames", func(t *testing.T) {
		require.Equal(t, []string{"Number", "Service", "Requester"},
			w.get(t, "farah", "/registers/incidents?columns=service,requester").texts("#register th"))
		got := w.get(t, "farah", "/registers/incidents?columns=number&columns=subject")
		require.Equal(t, []string{"Number", "Subject"}, got.texts("#register th"))
		require.Equal(t, 2, got.Find(`input[name="columns"][checked]`).Length())
		require.Len(t, w.get(t, "farah", "/registers/incidents?columns=nothing").texts("#register th"), 9, "the usual ones")
	})
	t.Run("SayWhatIsWrongWithAFilter", func(t *testing.T) {
		got := w.get(t, "farah", "/registers/incidents?status=lost&requester=anna")
		require.Equal(t, http.StatusUnprocessableEntity, got.Status)
		require.Contains(t, got.all(".problem"), "status")
		require.Equal(t, "anna", got.Find(`input[name="requester"]`).AttrOr("value", ""), "it is kept")
	})
	t.Run("AreThereForOnesOwnDomainsOnly", func(t *testing.T) {
		got := w.get(t, "fatou", "/registers/incidents?domain=it")
		require.Empty(t, got.texts("#register .number"))
		require.NotContains(t, got.Body, "zeppelin")
		require.Equal(t, 1, strings.Count(w.get(t, "fatou", "/registers/incidents/export.csv").Body, "\n"), "only the header")
		require.Equal(t, http.StatusUnauthorized, w.get(t, "", "/registers/incidents").Status)
	})
	t.Run("EscapeWhatPeopleType", func(t *testing.T) {
		w.opened(t, usm.ServiceRequest, subject(unkind))
		got := w.get(t, "farah", "/registers/requests?requester="+url.QueryEscape(unkind))
		require.NotContains(t, got.Body, "<script>alert")
		got = w.get(t, "farah", "/registers/requests")
		require.NotContains(t, got.Body, "<script>alert")
		require.Contains(t, got.all("#register"), unkind)
	})
}

func TestRegistersAreExported(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	var want []string
	for _, text := range []string{`=HYPERLINK("http://x.example")`, "+1", "-1", "@sum", "plain", `with "quotes", and a comma`} {
		want = append(want, w.opened(t, usm.Incident, subject(text)).Number)
	}
	w.opened(t, usm.Incident, about("network"))
	got := w.get(t, "farah", "/registers/incidents/export.csv?service=mail&columns=number,subject,opened_at")
	require.Equal(t, http.StatusOK, got.Status)
	require.Equal(t, "text/csv; charset=utf-8; header=present", got.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	require.Regexp(t, `^attachment; filename="incidents-\d{4}-\d\d-\d\d\.csv"$`, got.Header.Get("Content-Disposition"))
	require.Equal(t, len(want)+1, strings.Count(got.Body, "\r\n"))
	lines, err := csv.NewReader(strings.NewReader(got.Body)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"number", "subject", "opened_at"}, lines[0])
	subjects := map[string]string{}
	for _, line := range lines[1:] {
		subjects[line[0]] = line[1]
	}
	for i, text := range []string{`'=HYPERLINK("http://x.example")`, "'+1", "'-1", "'@sum", "plain", `with "quotes", and a comma`} {
		require.Equal(t, text, subjects[want[i]])
	}
	link := w.get(t, "farah", "/registers/incidents?service=mail&columns=number,subject").Find("a[download]").AttrOr("href", "")
	require.Equal(t, "/registers/incidents/export.csv?columns=number%2Csubject&service=mail", link)
	require.Equal(t, http.StatusUnprocessableEntity, w.get(t, "farah", "/registers/incidents/export.csv?status=lost").Status)
	require.Equal(t, http.StatusNotFound, w.get(t, "farah", "/registers/songs/export.csv").Status)
}

func TestFiltersAreKept(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	const at = "/registers/incidents?service=mail&open=true"
	keep := func(name string) response {
		return w.submit(t, "farah", w.get(t, "farah", at), "#keep", url.Values{"name": {name}})
	}
	got := w.follow(t, "farah", keep(unkind))
	require.Contains(t, got.all(".said"), "kept")
	require.NotContains(t, got.Body, "<script>alert")
	link := got.Find(".saved li a")
	require.Equal(t, unkind, link.Text())
	require.Equal(t, "/registers/incidents?open=true&service=mail", link.AttrOr("href", ""))
	got = w.follow(t, "farah", w.submit(t, "farah", w.get(t, "farah", at+"&priority=high"), "#keep", url.Values{"name": {unkind}}))
	require.Equal(t, "/registers/incidents?open=true&priority=high&service=mail", got.Find(".saved li a").AttrOr("href", ""), "in its place")

	got = keep("  ")
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Equal(t, 1, got.Find(".wrong").Length())
	require.Equal(t, "true", got.Find(`#keep input[name="name"]`).AttrOr("aria-invalid", ""))
	require.Equal(t, "mail", got.Find(`select[name="service"] [selected]`).AttrOr("value", ""), "the filters are kept")
	got = keep(strings.Repeat("x", 81))
	require.Equal(t, strings.Repeat("x", 81), got.Find(`#keep input[name="name"]`).AttrOr("value", ""), "what was typed is kept")

	require.Zero(t, w.get(t, "goran", at).Find(".saved li").Length(), "they are one's own")
	require.Zero(t, w.get(t, "farah", "/registers/risks?open=true").Find(".saved li").Length(), "of a register")
	forget := w.get(t, "farah", at).Find(".saved li form").AttrOr("action", "")
	require.Equal(t, http.StatusNotFound, w.post(t, "goran", forget, url.Values{}).Status)
	got = w.follow(t, "farah", w.submit(t, "farah", w.get(t, "farah", at), ".saved li form", nil))
	require.Contains(t, got.all(".said"), "gone")
	require.Zero(t, got.Find(".saved li").Length())
	require.Equal(t, "mail", got.Find(`select[name="service"] [selected]`).AttrOr("value", ""), "where one was")
}

func TestRegistersInABrowser(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	chromium := chromium(t)
	first := w.incident(t)
	b := w.window(t, chromium, "farah").open("/registers/incidents?service=mail").sees("#register", first.Number).accessible()
	b.sees("html[data-live=on] h1", "Incidents")
	later := w.incident(t)
	b.sees("#register", later.Number)
	b.click(".saved summary").fill(`#keep input[name="name"]`, "Mail").click("#keep button").sees(".said", "kept").accessible()
	b.open("/registers/incidents").click(".columns-choice summary").screenshot("registers").accessible().fits()
	b.dark().screenshot("registers-dark").phone().open("/registers/incidents").fits().screenshot("registers-phone").accessible()
}
