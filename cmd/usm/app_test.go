package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// terminal is one terminal: a folder, an environment, and what was written.
type terminal struct {
	dir      string
	config   string // folder of the user; "" for none
	env      []string
	in       string
	out, err string
}

// run gives one command and returns its exit code.
func (x *terminal) run(t *testing.T, args ...string) int {
	t.Helper()
	var out, err bytes.Buffer
	a := &app{in: strings.NewReader(x.in), out: &out, err: &err, dir: x.dir, config: x.config, env: func() []string { return x.env }}
	code := a.run(t.Context(), args)
	x.out, x.err = out.String(), err.String()
	return code
}

// at is the instant at which everything in these tests happens, in the zone of whoever runs them.
var at = time.Date(2026, 11, 23, 10, 0, 0, 0, time.Local)

func incident() usm.CallView {
	return usm.CallView{
		Number: "INC-000001", Type: usm.Incident, Domain: "it", Subject: "The printer is on fire", Description: "Flames everywhere.",
		Status: usm.StatusOpen, Workflow: usm.WorkflowView{Number: 4, Name: "IncidentWithoutChange"}, Process: usm.Recover,
		Step: usm.AnalyseIncident, Attempt: 2, Priority: usm.PriorityHigh, Impact: usm.High, Urgency: usm.Medium, Category: "hardware",
		Requester: "anna", OpenedBy: "anna", OpenedAt: at, DomainVersion: 3, Components: []string{"printer"},
		Children: []string{"SRQ-000002"}, Links: []usm.Link{{To: "INC-000009", Kind: "related"}},
		WaitingFor:     usm.WaitingView{Kind: usm.WaitStep, Step: usm.AnalyseIncident, People: []string{"olaf", "oona"}},
		AllowedActions: []string{"steps/analyse_incident", "notes"}, TemporalURL: "http://ui/INC-000001",
	}
}

// gateway serves canned answers by "METHOD /path", and keeps what came in as "token METHOD /path body".
type gateway struct {
	*httptest.Server
	answers map[string]any // a func(token string) any gives another answer to each
	got     []string
}

func newGateway(t *testing.T, answers map[string]any) *gateway {
	t.Helper()
	g := &gateway{answers: answers}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		line := r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/api/v1")
		g.got = append(g.got, strings.TrimRight(token+" "+line+" "+string(body), " "))
		answer, known := g.answers[line]
		if choose, ok := answer.(func(string) any); ok {
			answer = choose(token)
		}
		status := http.StatusOK
		if problem, ok := answer.(map[string]any); ok && problem["status"] != nil {
			status, _ = problem["status"].(int)
		}
		if !known || answer == nil {
			status, answer = http.StatusNotFound, map[string]any{"code": "not_found", "detail": "there is no such thing here"}
		}
		if text, ok := answer.(string); ok {
			_, _ = io.WriteString(w, text)
			return
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(g.Close)
	return g
}

// dev is a terminal below the folder of `usm dev`, with tokens of these people.
func (g *gateway) dev(t *testing.T, people ...string) *terminal {
	t.Helper()
	root := t.TempDir()
	tokens := map[string]string{}
	for _, person := range people {
		tokens[person] = "t-" + person
	}
	raw, err := json.Marshal(tokens)
	require.NoError(t, err)
	below := filepath.Join(root, "some", "where")
	require.NoError(t, os.MkdirAll(below, 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(root, ".usm"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, ".usm", tokensFile), raw, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, ".usm", urlFile), []byte(g.URL+"\n"), 0o600))
	return &terminal{dir: below}
}

func TestWhatMakesNoSenseIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args, env []string
		says      string
	}{
		"AnUnknownCommand":       {[]string{"nonsense"}, nil, `unknown command "nonsense" for "usm"`},
		"AnUnknownCallCommand":   {[]string{"call", "shw"}, nil, "there is no command `usm call shw`; did you mean show?"},
		"AMissingArgument":       {[]string{"call", "show"}, nil, "usage: usm call show NUMBER [flags]"},
		"AnUnknownFlag":          {[]string{"gateway", "--log-lvl", "x"}, nil, "unknown flag: --log-lvl"},
		"AnUnknownVariable":      {[]string{"version"}, []string{"USM_LOGLEVEL=x"}, "USM_LOGLEVEL: there is no such variable; did"},
		"AnAddressThatIsNone":    {[]string{"call", "list"}, []string{"USM_URL=gateway"}, `"gateway" is not of the form http://host:port`},
		"APersonWithoutAToken":   {[]string{"work", "--as", "nobody"}, nil, `there is no token of "nobody"`},
		"FieldsThatAreNoJSON":    {[]string{"call", "finish", "INC-000001", "--fields", "{"}, nil, "--fields: "},
		"AFieldWithoutAName":     {[]string{"call", "finish", "INC-000001", "--field", "=x"}, nil, `--field "=x" is not of the form name=value`},
		"ACallWithoutADomain":    {[]string{"call", "open", "--subject", "x"}, nil, "usage: usm call open --domain ID --subject TEXT"},
		"AReplayWithoutTokens":   {[]string{"replay", "log.csv"}, nil, "it needs the tokens.json"},
		"AGatewayWithoutStorage": {[]string{"gateway"}, nil, "USM_DATABASE_URL: it is needed"},
		"ALogLevelThatIsNone":    {[]string{"gateway", "--log-level", "loud"}, nil, `USM_LOG_LEVEL: "loud" is none of`},
		"ALogFormatThatIsNone":   {[]string{"worker"}, []string{"USM_LOG_FORMAT=xml"}, `USM_LOG_FORMAT: "xml" is none of json, text`},
		"ATokenForNobody":        {[]string{"token", "issue"}, nil, "needs a --name"},
		"AScopeThatIsNone": {
			[]string{"token", "issue", "ada", "--scope", "read", "--scope", "write"},
			nil,
			`no scope "write": there are call, decide, domains, read, signal, tokens, and scim:DOMAIN`,
		},
		"ATokenWithoutADatabase": {[]string{"token", "list"}, nil, "USM_DATABASE_URL is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := &terminal{dir: t.TempDir(), env: test.env}
			require.Equal(t, exitUsage, x.run(t, test.args...))
			require.Empty(t, x.out)
			require.Contains(t, x.err, "usm: ")
			require.Contains(t, x.err, test.says)
		})
	}
}

func TestAGatewayThatDoesNotAnswerHasItsOwnExitCode(t *testing.T) {
	t.Parallel()
	g := newGateway(t, nil)
	g.Close()
	x := &terminal{dir: t.TempDir(), env: []string{"USM_URL=" + g.URL, "USM_TOKEN=x"}}
	require.Equal(t, exitUnreachable, x.run(t, "call", "show", "INC-000001"))
	require.Contains(t, x.err, "usm: no gateway answers at "+g.URL)
}

func TestARefusalIsToldWithItsPlaces(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{
		"GET /calls/INC-000001": map[string]any{
			"status": 422, "code": "invalid", "detail": "the input is not valid", "allowed_actions": []string{"notes", "abort"},
			"errors": []usm.FieldError{{Pointer: "/fields/category", Detail: "is required"}, {Detail: "query parameter q: is too long"}},
		},
		"GET /calls/INC-000002": map[string]any{"status": 401, "code": "unauthenticated", "detail": "send a token"},
		"GET /calls/INC-000003": map[string]any{"status": 500, "code": "internal", "detail": "something went wrong", "trace_id": "abc"},
	})
	x := &terminal{dir: t.TempDir(), env: []string{"USM_URL=" + g.URL, "USM_TOKEN=x"}}
	require.Equal(t, exitRefused, x.run(t, "call", "show", "INC-000001"))
	require.Equal(t, "usm: the input is not valid\n  /fields/category: is required\n  query parameter q: is too long\n"+
		"  allowed now: notes, abort\n", x.err)
	require.Equal(t, exitRefused, x.run(t, "call", "show", "INC-000002"))
	require.Contains(t, x.err, "usm: send a token\n  set USM_TOKEN")
	require.Equal(t, exitRefused, x.run(t, "call", "show", "INC-000003"))
	require.Contains(t, x.err, "  trace id: abc\n")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	x := &terminal{dir: t.TempDir()}
	require.Zero(t, x.run(t, "version"))
	require.Regexp(t, `^usm \S+\n$`, x.out)
	require.Zero(t, x.run(t, "call"))
	require.Contains(t, x.out, "watch")
}
