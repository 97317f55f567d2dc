package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// matrixColumns are the callers of testdata/authority.txt, in its order: of the domain that is asked about, then of another.
var matrixColumns = []string{
	"requester", "operator", "coordinator", "manager", "other-requester", "other-operator", "other-coordinator", "other-manager",
	"admin", "machine",
}

// matrixScopes are the scopes of tokens; that they are all of them, the access package tests.
var matrixScopes = []string{"read", "call", "decide", "signal", "domains", "tokens"}

func matrixCallers() map[string]usm.Caller {
	callers := map[string]usm.Caller{"admin": {Token: usm.Token{ID: "a", Admin: true}}, "machine": {Token: usm.Token{ID: "m", Name: "sensor"}}}
	held := map[string]struct{ person, profile string }{
		"requester": {"rita", ""}, "operator": {"omar", "desk"}, "coordinator": {"carla", "steer"}, "manager": {"mona", "boss"},
	}
	for class, h := range held {
		for prefix, domain := range map[string]string{"": "it", "other-": "hr"} {
			caller := usm.Caller{Token: usm.Token{ID: prefix + class, Person: prefix + h.person}, Domains: map[string][]string{domain: {}}}
			if h.profile != "" {
				caller.Domains[domain] = []string{h.profile}
			}
			if class == "coordinator" || class == "manager" {
				caller.Steers = map[string][]string{domain: {h.profile}}
			}
			caller.Manages = map[string]bool{domain: class == "manager"}
			callers[prefix+class] = caller
		}
	}
	return callers
}

// matrixRow is one line of the table.
type matrixRow struct {
	scope   string // that an operation needs: "-" for none, "any" for one of them
	answers map[string]string
}

// readMatrix reads testdata/authority.txt: rows by operation, and the routes before which no policy stands.
func readMatrix(t *testing.T) (rows map[string]matrixRow, open []string) {
	t.Helper()
	file, err := os.ReadFile("testdata/authority.txt")
	require.NoError(t, err)
	rows = map[string]matrixRow{}
	for line := range strings.Lines(string(file)) {
		cells := strings.Fields(strings.ReplaceAll(line, "|", " "))
		switch {
		case len(cells) == 0 || strings.HasPrefix(line, "#"):
		case cells[0] == "open":
			open = append(open, cells[1]+" "+cells[2])
		default:
			require.Len(t, cells, 2+len(matrixColumns), line)
			require.NotContains(t, rows, cells[0])
			row := matrixRow{cells[1], map[string]string{}}
			for i, column := range matrixColumns {
				row.answers[column] = cells[2+i]
			}
			rows[cells[0]] = row
		}
	}
	return rows, open
}

// classOf is an answer as a cell of the table: "." when it is not refused to who asks, whatever else may be wrong with it.
func classOf(cell string, code int) string {
	refused := code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusNotFound
	if cell == "." && !refused && code < http.StatusInternalServerError {
		return "."
	}
	return strconv.Itoa(code)
}

// matrix is a gateway with what is asked of it. Each test has its own: a request leaves its mark on the registers.
type matrix struct {
	*world

	doc      matrixDoc
	requests []matrixRequest
	rows     map[string]matrixRow
	open     []string
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{world: setup(t, func(o *server.Options) { o.Post, o.Limits = newFakePost(), server.Limits{Rate: 1e9, Burst: 1e9} })}
	m.send("", http.MethodGet, "/api/openapi.json", nil).status(http.StatusOK).into(&m.doc)
	m.requests = m.doc.requests(t)
	m.rows, m.open = readMatrix(t)
	m.store.others = matrixCallers()
	m.desk.act = func(usm.Action) (usm.Ack, error) {
		return usm.Ack{Number: "INC-000001", Opened: []string{"INC-000002"}}, nil
	}
	return m
}

// expect asks and holds the answer to a cell of the table.
func (m *matrix) expect(r matrixRequest, token, cell string) *httptest.ResponseRecorder {
	m.t.Helper()
	got := m.ask(token, r)
	require.Equal(m.t, cell, classOf(cell, got.Code), "%s as %s: %s", r.row, token, got.Body)
	if got.Code == http.StatusUnauthorized {
		require.Contains(m.t, got.Header().Get("WWW-Authenticate"), "Bearer")
	}
	return got
}

func TestAuthority(t *testing.T) {
	t.Parallel()

	t.Run("OfEveryCaller", func(t *testing.T) {
		t.Parallel()
		m := newMatrix(t)
		for _, r := range m.requests {
			for column, cell := range m.rows[r.row].answers {
				m.expect(r, column, cell)
			}
		}
	})

	t.Run("OfASessionIsThatOfItsPerson", func(t *testing.T) {
		t.Parallel()
		m := newMatrix(t)
		for _, r := range m.requests {
			for _, of := range []string{"requester", "operator", "manager", "other-operator"} {
				session := m.store.others[of]
				session.Token.Session, session.Token.SignedIn = true, new(time.Now())
				m.store.others["session"] = session
				m.expect(r, "session", m.rows[r.row].answers[of])
			}
		}
	})

	t.Run("OfNobodyIsNone", func(t *testing.T) {
		t.Parallel()
		m := newMatrix(t)
		expired := m.store.others["manager"]
		expired.Token.ExpiresAt = new(time.Now().Add(-time.Second))
		m.store.others["expired"] = expired
		for _, r := range m.requests {
			cell := "401"
			if m.rows[r.row].scope == "-" {
				cell = "."
			}
			for _, token := range []string{"", "unknown", "expired"} {
				m.expect(r, token, cell)
			}
		}
	})

	t.Run("OfATokenWithAScopeIsNoWider", func(t *testing.T) {
		t.Parallel()
		m := newMatrix(t)
		for _, r := range m.requests {
			for _, of := range []string{"operator", "manager", "other-manager", "admin", "machine"} {
				for _, scope := range append(matrixScopes, "scim:it") {
					m.narrow(r, of, scope)
				}
			}
		}
	})
}

// narrow asks with one scope of one column: the answer is that of the column, or the one that names the scope which is missing.
func (m *matrix) narrow(r matrixRequest, of, scope string) {
	m.t.Helper()
	row, caller := m.rows[r.row], m.store.others[of]
	caller.Token.Scopes = []string{scope}
	m.store.others["narrow"] = caller
	if row.scope == "-" || row.scope == scope || row.scope == "any" && scope != "scim:it" {
		m.expect(r, "narrow", row.answers[of])
		return
	}
	got := m.expect(r, "narrow", "403")
	machine := caller.Token.Person == "" && row.answers[of] != "." // to which a scope would not help
	if !machine && row.scope != "any" {
		named(m.t, got.Header(), got.Body.Bytes(), row.scope)
	}
}

// TestAuthorityKnowsEveryRoute fails for an operation without a line, a line without an operation, and a route beside the API that
// nobody has thought about.
func TestAuthorityKnowsEveryRoute(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	var asked, documented, beside []string
	for _, r := range m.requests {
		asked = append(asked, r.row)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(m.rows)), asked)
	for path, operations := range m.doc.Paths {
		for method := range operations {
			documented = append(documented, strings.ToUpper(method)+" "+strings.NewReplacer("{", ":", "}", "").Replace(path))
		}
	}
	engine, ok := m.handler.(*gin.Engine)
	require.True(t, ok)
	for _, route := range engine.Routes() {
		if at := route.Method + " " + route.Path; !slices.Contains(documented, at) {
			beside = append(beside, at)
		}
	}
	require.ElementsMatch(t, m.open, beside)
}

// named asserts that a refusal names the scope which is missing, in its document and in its header.
func named(t *testing.T, header http.Header, body []byte, scope string) {
	t.Helper()
	var problem struct {
		Scope string `json:"scope"`
	}
	require.NoError(t, json.Unmarshal(body, &problem))
	require.Equal(t, scope, problem.Scope)
	require.Contains(t, header.Get("WWW-Authenticate"), `error="insufficient_scope", scope="`+scope+`"`)
}
