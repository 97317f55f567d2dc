package console

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// axe is the checker of accessibility, which make axe brings.
var axe = sync.OnceValues(func() (string, error) {
	content, err := os.ReadFile("../../.usm/axe/axe.min.js")
	return string(content), err
})

// accessible has axe look at the page by the rules of WCAG 2.2 AA, in both themes, and fails on each violation.
func (b *browser) accessible() *browser {
	b.t.Helper()
	script, err := axe()
	require.NoError(b.t, err, "make axe brings the checker of accessibility")
	for _, theme := range []string{"light", "dark"} {
		var found string
		b.run(
			page.SetBypassCSP(true),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}),
			chromedp.Evaluate(script+"; 0", nil),
			chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
				.then((r) => JSON.stringify(r.violations.map((v) =>
					({id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html + " " + n.failureSummary)}))))`,
				&found, chromedp.EvalAsValue, awaited))
		var violations []struct {
			ID    string   `json:"id"`
			Help  string   `json:"help"`
			Nodes []string `json:"nodes"`
		}
		require.NoError(b.t, json.Unmarshal([]byte(found), &violations))
		for _, v := range violations {
			b.t.Errorf("%s (%s): %s: %s\n%v", b.at(), theme, v.ID, v.Help, fmt.Sprint(v.Nodes))
		}
	}
	return b
}
