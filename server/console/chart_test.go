package console

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChart(t *testing.T) {
	t.Parallel()
	figures := chart{
		Categories: []string{`<b>"Monday"</b>`, "Tuesday", "Wednesday"},
		Series: []series{
			{Name: "In", Class: "in", Values: []float64{3, 0, 7}, Links: []string{"/a?x=1&y=2", "", "/c"}},
			{Name: "Out", Class: "out", Values: []float64{1, 2, 0}, Links: []string{"", "/d", ""}},
		},
	}
	for name, lying := range map[string]bool{"Standing": false, "Lying": true} {
		for _, stacked := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := figures
				c.Lying, c.Stacked = lying, stacked
				drawn, err := c.svg()
				require.NoError(t, err)
				require.NoError(t, xml.Unmarshal([]byte(drawn), new(any)))
				for _, none := range []string{"style", "<b>", "script", "xlink", "rgb("} {
					require.NotContains(t, drawn, none)
				}
				require.Equal(t, 3, strings.Count(drawn, `<path class="in"`), drawn)
				require.Equal(t, 3, strings.Count(drawn, `<path class="out"`))
				require.Equal(t, 3, strings.Count(drawn, "<a "))
				require.Contains(t, drawn, `<a tabindex="-1" href="/a?x=1&amp;y=2"><path class="in"`)
				require.Contains(t, drawn, "<title>Tuesday: Out 2</title>")
				require.Contains(t, drawn, "<title>Wednesday: In 7</title>")
			})
		}
	}
}
