package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// unkind is what somebody types who means no good.
const unkind = `<script>alert(1)</script>"'`

// opened opens a call of the domain it for anna; change alters what she asks.
func (w world) opened(t *testing.T, kind usm.CallType, change ...func(*usm.NewCall)) usm.CallView {
	t.Helper()
	asked := usm.NewCall{Domain: "it", Type: kind, Subject: "It could be better", Requester: "anna", Service: "mail"}
	for _, c := range change {
		c(&asked)
	}
	call, err := w.As("anna").Open(t.Context(), asked)
	require.NoError(t, err)
	return call
}

// drivenTo drives a call to a step, and returns it with who may finish that.
func (w world) drivenTo(t *testing.T, call usm.CallView, step usm.Step) (usm.CallView, string) {
	t.Helper()
	view, err := w.Drive(t.Context(), call.Number, product.Plan{Until: step})
	require.NoError(t, err)
	product.Eventually(t, patience, "somebody may finish "+string(step), func() error {
		view, err = w.Admin.Call(t.Context(), call.Number)
		if err == nil && len(view.WaitingFor.People) == 0 {
			err = errors.New("nobody may act yet")
		}
		return err
	})
	return view, view.WaitingFor.People[0]
}

// texts are those of all that a selector finds, in their order, with a space between what stands in elements of its own.
func (r response) texts(selector string) (all []string) {
	r.Find(selector).Each(func(_ int, found *goquery.Selection) { all = append(all, spaced(found)) })
	return all
}

// all is the text of all that a selector finds.
func (r response) all(selector string) string { return strings.Join(r.texts(selector), " ") }

func spaced(of *goquery.Selection) string {
	var parts []string
	of.Contents().Each(func(_ int, part *goquery.Selection) {
		if goquery.NodeName(part) == "#text" {
			parts = append(parts, strings.Fields(part.Text())...)
		} else if text := spaced(part); text != "" {
			parts = append(parts, text)
		}
	})
	return strings.Join(parts, " ")
}

// follow opens the page that an action led to.
func (w world) follow(t *testing.T, person string, after response) response {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, after.Status, after.Body)
	to, err := url.Parse(after.Header.Get("Location"))
	require.NoError(t, err)
	require.Empty(t, to.Host)
	return w.get(t, person, to.RequestURI())
}

// fits fails when a page is wider than its window.
func (b *browser) fits() *browser {
	b.t.Helper()
	var over float64
	b.run(chromedp.Evaluate(`document.documentElement.scrollWidth - innerWidth`, &over))
	require.LessOrEqual(b.t, over, 0.0, "%s is wider than the window", b.at())
	return b
}

// deepest leaves the items of a tree that have none below them.
func deepest(_ int, item *goquery.Selection) bool { return item.Find("li").Length() == 0 }
