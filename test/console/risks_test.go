package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

func sized(effect, likelihood usm.Level) func(*usm.NewCall) {
	return func(c *usm.NewCall) { c.Impact, c.Urgency = effect, likelihood }
}

func TestRisks(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	high := w.opened(t, usm.Risk, sized(usm.High, usm.Low), subject("The line may break"))
	w.opened(t, usm.Risk, sized(usm.High, usm.Low), about("network"))
	w.opened(t, usm.Risk, sized(usm.Nil, usm.High), subject(unkind))
	w.opened(t, usm.Risk)

	t.Run("AreCountedAndEachNumberLeadsToItsList", func(t *testing.T) {
		got := w.get(t, "olga", "/risks")
		require.Equal(t, []string{"0", "0", "0", "0"}, got.texts("tbody tr td:nth-child(3) a")[:4])
		total := 0
		got.Find(".matrix td a").Each(func(_ int, cell *goquery.Selection) {
			count, err := strconv.Atoi(cell.Text())
			require.NoError(t, err)
			total += count
			list := w.get(t, "olga", cell.AttrOr("href", ""))
			require.Equal(t, count, list.Find("#risks tbody tr").Length(), cell.AttrOr("href", ""))
			require.Equal(t, 1, list.Find(".matrix .chosen").Length())
		})
		require.Equal(t, 3, total)
		require.Contains(t, got.all("#matrix"), "1 open risk has no effect")
		first := got.Find(`.matrix a[href*="effect=high"]`).First()
		require.Equal(t, "2 risks of effect High and likelihood Low", first.AttrOr("aria-label", ""))
		require.NotContains(t, got.Body, "<script>alert")
		require.Contains(t, got.all("#risks"), unkind)
	})
	t.Run("AreNarrowedWithTheirMatrix", func(t *testing.T) {
		got := w.get(t, "olga", "/risks?service=network")
		require.Equal(t, 1, got.Find("#risks tbody tr").Length())
		require.Equal(t, "1", got.Find(`.matrix a[href*="effect=high"]`).First().Text())
		require.Equal(t, http.StatusUnprocessableEntity, w.get(t, "olga", "/risks?effect=huge").Status)
	})
	t.Run("ShowCauseMeasureAndWhatRemains", func(t *testing.T) {
		view, who := w.drivenTo(t, high, usm.DetermineCause)
		_, err := w.As(who).FinishWith(t.Context(), high.Number, view.Step, map[string]any{"fields": map[string]any{
			"cause": "One digger is enough", "known_error": true,
		}})
		require.NoError(t, err)
		view, who = w.drivenTo(t, high, usm.SelectMeasure)
		_, err = w.As(who).FinishWith(t.Context(), high.Number, view.Step, map[string]any{"outcome": "operate", "fields": map[string]any{
			"measures": []any{map[string]any{"title": "A second line", "business_case": "An hour costs more"}}, "choice": "A second line",
			"residual_risk": map[string]any{"effect": "low", "likelihood": "low", "text": "Two diggers"},
		}})
		require.NoError(t, err)
		row := spaced(w.get(t, "olga", "/risks").Find(`#risks a[href$="` + high.Number + `"]`).Closest("tr"))
		for _, text := range []string{"One digger is enough", "Known error", "A second line", "Low × Low", "Two diggers"} {
			require.Contains(t, row, text)
		}
		_, err = w.Drive(t.Context(), high.Number, product.Plan{})
		require.NoError(t, err)
		require.NotContains(t, w.get(t, "olga", "/risks").all("#risks"), high.Number)
		require.Contains(t, w.get(t, "olga", "/risks?status=closed").all("#risks"), high.Number)
	})
	t.Run("AreThereForOnesOwnDomainsOnly", func(t *testing.T) {
		got := w.get(t, "fatou", "/risks?domain=it")
		require.Zero(t, got.Find("#risks tbody tr").Length())
		require.Empty(t, strings.Trim(strings.Join(got.texts(".matrix td a"), ""), "0"))
	})
}

func TestRisksAreRaised(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	form := w.get(t, "olga", "/risks")
	typed := url.Values{
		"subject": {"The line may break"}, "description": {unkind}, "impact": {"high"}, "urgency": {"medium"}, "about": {"network"},
	}
	sent := w.submit(t, "olga", form, "#raise", typed)
	require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
	require.Regexp(t, `^/calls/RSK-\d+\?said=raised$`, sent.Header.Get("Location"))
	calls, _, err := w.Admin.Calls(t.Context(), usm.CallFilter{Type: usm.Risk})
	require.NoError(t, err)
	require.Len(t, calls, 1)
	require.Equal(t, []string{"olga", "network", "high", "medium", unkind},
		[]string{calls[0].Requester, calls[0].Service, string(calls[0].Impact), string(calls[0].Urgency), calls[0].Description})

	typed.Set("subject", "")
	got := w.submit(t, "olga", form, "#raise", typed)
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.NotEmpty(t, got.all("#field-subject-wrong"))
	require.Equal(t, unkind, got.Find("#field-description").Text())
	require.Equal(t, "network", got.Find(`select[name="about"] [selected]`).AttrOr("value", ""))

	require.Zero(t, w.get(t, "anna", "/risks").Find("#raise").Length(), "who only asks raises none")
	require.Equal(t, http.StatusForbidden, w.post(t, "anna", "/risks", url.Values{"of": {"it"}, "subject": {"x"}}).Status)
}

func TestRisksInABrowser(t *testing.T) {
	t.Parallel()
	w := start(t, "it")
	chromium := chromium(t)
	for _, size := range [][2]usm.Level{{usm.High, usm.High}, {usm.High, usm.Medium}, {usm.Medium, usm.Medium}, {usm.Low, usm.Low}} {
		w.opened(t, usm.Risk, sized(size[0], size[1]))
	}
	b := w.window(t, chromium, "olga").open("/risks").sees("html[data-live=on] #matrix", "1").screenshot("risks").accessible().fits()
	w.opened(t, usm.Risk, sized(usm.High, usm.High))
	b.sees(".matrix .weight-5", "2")
	b.click(".matrix .weight-5 a").sees("#risks", "RSK-").accessible()
	b.click("details.card summary").screenshot("risks-raise").accessible()
	b.dark().open("/risks").screenshot("risks-dark").phone().open("/risks").fits().screenshot("risks-phone").accessible()
}
