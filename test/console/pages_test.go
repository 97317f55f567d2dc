package console

import (
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// visitors are the callers of testdata/pages.txt, in its order: who they are in the domains that come with the product.
var visitors = []struct{ column, person string }{
	{"requester", "anna"},
	{"operator", "farah"},
	{"coordinator", "olga"},
	{"manager", "rosa"},
	{"stranger", "fatou"},
	{"admin", "admin"},
	{"machine", "machine"},
	{"nobody", ""},
}

// pageLine is a line of testdata/pages.txt.
type pageLine struct {
	route, address string
	status         []int
}

func readPages(t *testing.T) (lines []pageLine) {
	t.Helper()
	file, err := os.ReadFile("testdata/pages.txt")
	require.NoError(t, err)
	for line := range strings.Lines(string(file)) {
		cells := strings.Fields(line)
		if len(cells) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		require.Len(t, cells, 2+len(visitors), line)
		page := pageLine{route: cells[0], address: cells[1]}
		for _, cell := range cells[2:] {
			status, err := strconv.Atoi(cell)
			require.NoError(t, err, line)
			page.status = append(page.status, status)
		}
		lines = append(lines, page)
	}
	return lines
}

// pageRoutes are the routes of pages: those that the server's own table, which names every route, calls so.
func pageRoutes(t *testing.T) (routes []string) {
	t.Helper()
	file, err := os.ReadFile("../../server/testdata/authority.txt")
	require.NoError(t, err)
	for line := range strings.Lines(string(file)) {
		cells := strings.Fields(line)
		if len(cells) > 4 && cells[0] == "open" && cells[1] == http.MethodGet && cells[3] == "a" && strings.HasPrefix(cells[4], "page") {
			routes = append(routes, cells[2])
		}
	}
	return routes
}

// secret is a word that only the seeded call has.
const secret = "Quetzalcoatl"

// seeded is a call of the domain it.
func (w world) seeded(t *testing.T) string {
	t.Helper()
	call, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Subject: secret + " is down", Description: "Since " + secret + " was changed.", Requester: "anna", Service: "mail",
		Impact: usm.Medium, Urgency: usm.High, Fields: map[string]any{"broken": true},
	})
	require.NoError(t, err)
	return call.Number
}

func TestPages(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	w.withToken("admin", w.AdminToken)
	w.withToken("machine", strings.TrimSpace(w.Run("token", "issue", "--name", "sensor")))
	number, lines := w.seeded(t), readPages(t)

	t.Run("HaveALineEach", func(t *testing.T) {
		for _, route := range pageRoutes(t) {
			require.True(t, slices.ContainsFunc(lines, func(l pageLine) bool { return l.route == route }), "no line for %s", route)
		}
		for _, l := range lines {
			require.Contains(t, pageRoutes(t), l.route, "a line for no page")
		}
	})

	t.Run("AreForWhoMayAndKeepWhatIsOfAnother", func(t *testing.T) {
		seen := map[string]bool{}
		for _, l := range lines {
			address := strings.ReplaceAll(l.address, "{call}", number)
			for i, visitor := range visitors {
				got := w.get(t, visitor.person, address)
				assert.Equal(t, l.status[i], got.Status, "%s for the %s:\n%s", address, visitor.column, got.words("main"))
				shown := strings.Contains(got.Body, secret)
				seen[visitor.column] = seen[visitor.column] || shown
				if slices.Contains([]string{"stranger", "machine", "nobody"}, visitor.column) {
					require.False(t, shown, "%s shows the %s a call of another domain", address, visitor.column)
				}
				safe(t, w, got)
			}
		}
		require.True(t, seen["operator"], "somebody sees the call")
	})
}
