package console

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// worked is a world in which calls came, waited, bounced and went.
func worked(t *testing.T) (w world, numbers []string) {
	t.Helper()
	w = start(t, "it")
	for range 4 {
		numbers = append(numbers, w.incident(t).Number)
	}
	_, err := w.Drive(t.Context(), numbers[0], product.Plan{Until: usm.AnalyseIncident})
	require.NoError(t, err)
	_, err = w.As("olga").Reassign(t.Context(), numbers[1], []string{"engineer"}, "They know it.")
	require.NoError(t, err)
	_, err = w.As("rosa").Retype(t.Context(), numbers[2], usm.ServiceRequest, "Nothing is broken.")
	w.ended(t, numbers[2], usm.StatusRetyped, err)
	_, err = w.As("rosa").Abort(t.Context(), numbers[3], "It was a drill.")
	w.ended(t, numbers[3], usm.StatusAborted, err)
	return w, numbers
}

// ended asserts that a call has ended so. Of what ended it the answer may be lost on a machine with much else to do.
func (w world) ended(t *testing.T, number string, status usm.Status, err error) {
	t.Helper()
	view, failed := w.Admin.Call(t.Context(), number)
	require.NoError(t, failed)
	require.Equal(t, status, view.Status, "%v", err)
}

// figures are the numbers of a table by the names of row and column, and where each leads.
func (r response) figures(section string) (numbers, links map[string]string) {
	numbers, links = map[string]string{}, map[string]string{}
	heads := r.Find(section + " thead th").Map(func(_ int, th *goquery.Selection) string { return th.Text() })
	r.Find(section + " tbody tr").Each(func(_ int, row *goquery.Selection) {
		name := strings.TrimSpace(row.Find("th").Text())
		row.Find("td").Each(func(i int, cell *goquery.Selection) {
			key := name + " / " + heads[i+1]
			numbers[key] = strings.TrimSpace(cell.Text())
			links[key] = cell.Find("a").AttrOr("href", "")
		})
	})
	return numbers, links
}

func TestInsight(t *testing.T) {
	t.Parallel()
	w, numbers := worked(t)
	shown := w.get(t, "rosa", "/insight")
	require.Equal(t, http.StatusOK, shown.Status)

	t.Run("HasTheFiguresOfTheAPI", func(t *testing.T) {
		flow, err := w.As("rosa").Flow(t.Context(), usm.ReportFilter{Per: "day"})
		require.NoError(t, err)
		got, _ := shown.figures("#insight-flow")
		last := flow[len(flow)-1]
		require.Equal(t, strconv.Itoa(last.Opened), got[last.Day+" / In"])
		require.Equal(t, strconv.Itoa(last.Closed), got[last.Day+" / Out"])
		require.Equal(t, 2, last.Closed, "one was aborted and one retyped")
		open, err := w.As("rosa").OpenByAge(t.Context(), usm.ReportFilter{})
		require.NoError(t, err)
		got, _ = shown.figures("#insight-open")
		for _, row := range open {
			name := strings.ToUpper(string(row.Process)[:1]) + string(row.Process)[1:]
			if row.Age == "1d" {
				require.Equal(t, strconv.Itoa(row.Count), got[name+" / Under 1 day"])
			}
		}
		require.Equal(t, "2", got["Recover / Under 1 day"])
		norms, err := w.As("rosa").NormReport(t.Context(), usm.NormFilter{By: []string{"agreement", "norm", "link"}})
		require.NoError(t, err)
		require.Equal(t, len(norms), shown.Find("#insight-norms tbody tr").Length())
		waiting, err := w.As("rosa").WaitingByStep(t.Context(), usm.ReportFilter{})
		require.NoError(t, err)
		require.NotEmpty(t, waiting)
		require.Equal(t, len(waiting), shown.Find("#insight-waiting tbody tr").Length())
	})

	t.Run("LeadsFromEveryNumberToExactlyItsCalls", func(t *testing.T) {
		followed := 0
		for _, section := range []string{"#insight-flow", "#insight-open", "#insight-norms", "#insight-waiting", "#insight-bounces"} {
			got, links := shown.figures(section)
			for key, link := range links {
				if link == "" {
					continue
				}
				behind := w.get(t, "rosa", link)
				require.Equal(t, http.StatusOK, behind.Status, link)
				require.Equal(t, got[key], strconv.Itoa(behind.Find("tbody tr").Length()), "%s %s", section, key)
				followed++
			}
		}
		require.Greater(t, followed, 6)
		bounces, _ := shown.figures("#insight-bounces")
		require.NotEmpty(t, bounces)
		text := shown.words("#insight-bounces")
		require.Contains(t, text, "Handed on")
		require.Contains(t, text, "Retyped")
	})

	t.Run("DrawsBarsThatLeadThereToo", func(t *testing.T) {
		_, links := shown.figures("#insight-open")
		bars := shown.Find("#insight-open svg a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
		for _, link := range links {
			if link != "" {
				require.Contains(t, bars, link)
			}
		}
		require.NotEmpty(t, bars)
		require.Zero(t, shown.Find("svg [style]").Length())
	})

	t.Run("ShowsWhichCalls", func(t *testing.T) {
		for bounce, number := range map[string]string{"reassigned": numbers[1], "retyped": numbers[2]} {
			link := shown.Find(`#insight-bounces tbody a[href*="bounce=`+bounce+`"]`).AttrOr("href", "")
			found := w.get(t, "rosa", link).Find("tbody .number").Map(func(_ int, a *goquery.Selection) string { return a.Text() })
			require.Equal(t, []string{number}, found)
		}
	})

	t.Run("IsAboutAPeriodAndADomain", func(t *testing.T) {
		old := w.get(t, "rosa", "/insight?from=2020-01-01&to=2020-03-31&domain=it")
		require.Equal(t, http.StatusOK, old.Status)
		require.Contains(t, old.words("#insight-flow th"), "Week of")
		_, links := old.figures("#insight-flow")
		require.Equal(t, []string{""}, slices.Compact(slices.Sorted(maps.Values(links))), "nothing came in then")
		require.Equal(t, "it", old.Find("select[name=domain] option[selected]").AttrOr("value", ""))
	})

	t.Run("TellsWhatIsWrongAtItsField", func(t *testing.T) {
		for query, field := range map[string]string{
			"from=yesterday": "from", "to=2026-02-30": "to", "from=2026-02-01&to=2026-01-01": "to", "from=1900-01-01": "",
		} {
			got := w.get(t, "rosa", "/insight?"+query)
			require.Equal(t, http.StatusUnprocessableEntity, got.Status, query)
			require.NotEmpty(t, got.words(".problem"))
			if field != "" {
				require.Equal(t, "true", got.Find("input[name="+field+"]").AttrOr("aria-invalid", ""), query)
			}
		}
		hostile := w.get(t, "rosa", "/insight?from="+url.QueryEscape(`"><script>alert(1)</script>`))
		require.Zero(t, hostile.Find("main script").Length())
		require.Contains(t, hostile.Find("input[name=from]").AttrOr("value", ""), "<script>")
	})

	t.Run("IsAccessibleAndLooksWell", func(t *testing.T) {
		c := chromium(t)
		b := w.window(t, c, "rosa").open("/insight").sees("h1", "Insight").accessible()
		b.light().open("/insight").sees("h1", "Insight").screenshot("insight-light").dark().screenshot("insight-dark")
		b.phone().open("/insight").sees("h1", "Insight").screenshot("insight-phone")
		_, links := shown.figures("#insight-waiting")
		for _, link := range links {
			if link != "" {
				w.window(t, c, "rosa").open(link).sees("h1", "behind it").accessible().screenshot("insight-calls")
				break
			}
		}
	})
}
