package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

const number = "INC-000001"

func TestShow(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{"GET /calls/" + number: incident()})
	x := g.dev(t, "admin", "olaf")
	require.Zero(t, x.run(t, "call", "show", number))
	require.Equal(t, `INC-000001  The printer is on fire
status      open
workflow    4 IncidentWithoutChange
step        analyse_incident (attempt 2)
waits for   olaf, oona
priority    high (impact high, urgency medium)
category    hardware
domain      it (version 3)
components  printer
requester   anna
children    SRQ-000002
link        related INC-000009
opened      2026-11-23 10:00:00 by anna
you may     steps/analyse_incident, notes
Temporal    http://ui/INC-000001

Flames everywhere.
`, x.out)
	require.Zero(t, x.run(t, "call", "show", number, "--json"))
	var view usm.CallView
	require.NoError(t, json.Unmarshal([]byte(x.out), &view))
	require.Equal(t, number, view.Number)
}

func TestList(t *testing.T) {
	t.Parallel()
	waiting := incident()
	waiting.Number, waiting.Status, waiting.Attempt, waiting.Subject = "INC-000002", usm.StatusWaiting, 1, "Short"
	waiting.Requester = "noor"
	waiting.WaitingFor = usm.WaitingView{Kind: usm.WaitAnswer, People: []string{"anna"}}
	ended := usm.CallView{Number: "WSH-000003", Status: usm.StatusClosed, Requester: "bilal", OpenedAt: at}
	ended.Subject = "A longer\n one"
	g := newGateway(t, map[string]any{
		"GET /calls?limit=50&type=incident": []usm.CallView{incident(), waiting, ended},
		"GET /calls?limit=1":                []usm.CallView{},
		"GET /work?limit=50":                []usm.CallView{incident()},
	})
	x := g.dev(t, "admin", "olaf")
	require.Zero(t, x.run(t, "call", "list", "--type", "incident"))
	require.Equal(t, `NUMBER      STATUS   PRIORITY  STEP                          WAITS FOR       REQUESTER  OPENED               SUBJECT
INC-000001  open     high      analyse_incident (attempt 2)  olaf, oona      anna       2026-11-23 10:00:00  The printer is on fire
INC-000002  waiting  high      analyse_incident              answer of anna  noor       2026-11-23 10:00:00  Short
WSH-000003  closed                                                           bilal      2026-11-23 10:00:00  A longer one
`, x.out)
	require.Zero(t, x.run(t, "call", "list", "--limit", "1"))
	require.Equal(t, "no calls\n", x.out)
	require.Zero(t, x.run(t, "call", "list", "--limit", "1", "--json"))
	require.Equal(t, "[]\n", x.out)

	require.Equal(t, exitUsage, x.run(t, "work"))
	require.Contains(t, x.err, "choose a person with --as: olaf")
	require.Zero(t, x.run(t, "work", "--as", "olaf"))
	require.Contains(t, x.out, number)
}

func TestPathAndEvents(t *testing.T) {
	t.Parallel()
	moment := at
	g := newGateway(t, map[string]any{
		"GET /calls/" + number + "/path": []usm.PathView{
			{Step: usm.AcceptIncident, Call: number, State: usm.StepDone, Outcome: usm.Accepted, By: "olaf", For: "oona", At: &moment},
			{Step: usm.PlanOperation, Depth: 1, State: usm.StepPending, Attempt: 2},
		},
		"GET /calls/" + number + "/events?limit=50": []usm.Event{
			{Sequence: 1, At: at, Kind: usm.EventNoted, By: "olaf", Text: "On my way."},
		},
	})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "call", "path", number))
	require.Equal(t, `   STEP              CALL        STATE                OUTCOME   BY             AT
1  accept_incident   INC-000001  done                 accepted  olaf for oona  2026-11-23 10:00:00
2    plan_operation              pending (attempt 2)
`, x.out)
	require.Zero(t, x.run(t, "call", "events", number))
	require.Equal(t, `   AT                   WHAT   STEP  OUTCOME  BY    TEXT
1  2026-11-23 10:00:00  noted                 olaf  On my way.
`, x.out)
}

func TestFinish(t *testing.T) {
	t.Parallel()
	forOona := func(token string) any {
		view := incident()
		if token != "t-oona" {
			view.AllowedActions = []string{"notes"}
		}
		return view
	}
	step := "/calls/" + number + "/steps/analyse_incident"
	g := newGateway(t, map[string]any{
		"GET /calls/" + number: forOona,
		"GET " + step + "?outcome=x": usm.StepView{Example: map[string]any{
			"outcome": "y", "fields": map[string]any{"diagnosis": "d", "team": "t"},
		}},
		"POST " + step: incident(),
	})
	x := g.dev(t, "admin", "anna", "olaf", "oona")
	require.Zero(t, x.run(t, "call", "finish", number, "--field", "diagnosis=burnt", "--field", "count=2", "--note", "n"))
	require.Equal(t, "finished analyse_incident as oona\nINC-000001  open  at analyse_incident (attempt 2), waits for olaf, oona\n", x.out)
	require.Equal(t, "t-oona POST "+step+` {"fields":{"count":2,"diagnosis":"burnt"},"note":"n"}`, g.got[len(g.got)-1])

	require.Zero(t, x.run(t, "call", "finish", number, "analyse_incident", "--example", "--outcome", "x", "--field", "team=mine"))
	require.Equal(t, "t-oona POST "+step+` {"outcome":"x","fields":{"diagnosis":"d","team":"mine"}}`, g.got[len(g.got)-1])

	file := filepath.Join(t.TempDir(), "fields.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"a":[1]}`), 0o600))
	require.Zero(t, x.run(t, "call", "finish", number, "--fields", "@"+file, "--as", "olaf"))
	require.Equal(t, "t-olaf POST "+step+` {"fields":{"a":[1]}}`, g.got[len(g.got)-1], "whom --as names acts, allowed or not")
	x.in = `{"b":null}`
	require.Zero(t, x.run(t, "call", "finish", number, "--fields", "-", "--as", "olaf"))
	require.Equal(t, "t-olaf POST "+step+` {"fields":{"b":null}}`, g.got[len(g.got)-1])
	require.Zero(t, x.run(t, "call", "finish", number, "--not-applicable", "no need", "--as", "olaf"))
	require.Equal(t, "t-olaf POST "+step+` {"not_applicable":{"reason":"no need"}}`, g.got[len(g.got)-1])
}

func TestFinishOfACallWithoutAnOpenStep(t *testing.T) {
	t.Parallel()
	g := newGateway(t, map[string]any{"GET /calls/" + number: usm.CallView{Number: number, Status: usm.StatusClosed}})
	x := g.dev(t, "admin")
	require.Equal(t, exitRefused, x.run(t, "call", "finish", number))
	require.Equal(t, "usm: INC-000001 has no open step: it is closed\n", x.err)
}

func TestActions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, path, body string }{
		{"ask NUMBER why?", "ask", `{"question":"why?"}`},
		{"answer NUMBER so", "answer", `{"text":"so"}`},
		{"confirm NUMBER", "confirm", `{}`},
		{"dispute NUMBER no", "dispute", `{"reason":"no"}`},
		{"redo NUMBER again --step classify_incident", "redo", `{"reason":"again","step":"classify_incident"}`},
		{"retype NUMBER wish wrong", "retype", `{"reason":"wrong","type":"wish"}`},
		{"abort NUMBER gone", "abort", `{"reason":"gone"}`},
		{"note NUMBER text", "notes", `{"text":"text"}`},
		{"link NUMBER INC-000002", "links", `{"kind":"related","to":"INC-000002"}`},
	} {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, map[string]any{"POST /calls/" + number + "/" + test.path: incident()})
			x := g.dev(t, "olaf")
			args := strings.Fields("call " + strings.Replace(test.args, "NUMBER", number, 1) + " --as olaf --json")
			require.Zero(t, x.run(t, args...), x.err)
			require.Equal(t, []string{"t-olaf POST /calls/" + number + "/" + test.path + " " + test.body}, g.got)
		})
	}
}

func TestSignal(t *testing.T) {
	t.Parallel()
	path := "/calls/" + number + "/signals/deployed"
	g := newGateway(t, map[string]any{"POST " + path: map[string]any{}})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "call", "signal", number, "deployed", "--payload", `{"ok":true}`))
	require.Equal(t, "INC-000001 was told deployed\n", x.out)
	require.Equal(t, []string{"t-admin POST " + path + ` {"ok":true}`}, g.got)
	require.Equal(t, exitUsage, x.run(t, "call", "signal", number, "deployed", "--payload", "{"))
}

func TestOpen(t *testing.T) {
	t.Parallel()
	opened := incident()
	opened.Typing.Reason = "a deviation"
	g := newGateway(t, map[string]any{
		"POST /calls": opened,
		"GET /me":     map[string]any{"person": "dewi"},
		"GET /domains/it": usm.Domain{People: []usm.Person{
			{ID: "contractor"}, {ID: "olaf", Customer: "c", Profiles: []string{"op"}}, {ID: "gone", Customer: "c"}, {ID: "anna", Customer: "c"},
		}},
	})
	body := `{"domain":"it","subject":"s","description":"s","requester":"%s"}`
	x := g.dev(t, "admin", "anna", "olaf", "contractor")
	args := []string{"call", "open", "--domain", "it", "--subject", "s"}

	require.Zero(t, x.run(t, args...))
	require.Equal(t, "t-anna POST /calls "+fmt.Sprintf(body, "anna"), g.got[len(g.got)-1], "in dev somebody who only asks")
	require.Contains(t, x.out, "registered as incident: a deviation\nINC-000001  open")

	require.Zero(t, x.run(t, append(args, "--requester", "contractor")...))
	require.Equal(t, "t-contractor POST /calls "+fmt.Sprintf(body, "contractor"), g.got[len(g.got)-1])

	require.Zero(t, x.run(t, append(args, "--requester", "anna", "--as", "olaf")...))
	require.Equal(t, "t-olaf POST /calls "+fmt.Sprintf(body, "anna"), g.got[len(g.got)-1], "for somebody else")

	x.env = []string{"USM_TOKEN=secret"}
	require.Zero(t, x.run(t, args...))
	require.Equal(t, "secret POST /calls "+fmt.Sprintf(body, "dewi"), g.got[len(g.got)-1], "whoever gives the command asks")
}

func TestTokensOfThisMachineAreNotForOthers(t *testing.T) {
	t.Parallel()
	x := newGateway(t, nil).dev(t, "admin")
	s := &settings{}
	a := &app{dir: x.dir, settings: s, env: func() []string { return nil }}
	var err error
	a.settings, err = load(t, []string{"USM_URL=https://usm.example"})
	require.NoError(t, err)
	session, err := a.session()
	require.NoError(t, err)
	require.Empty(t, session.tokens)
}

func TestWatch(t *testing.T) {
	t.Parallel()
	state := usm.CallView{Number: number, Status: usm.StatusOpen, Children: []string{"SRQ-000002"}}
	events := []usm.Event{{Call: number, Sequence: 1, At: at, Kind: usm.EventOpened, By: "anna"}}
	g := newGateway(t, map[string]any{
		"GET /calls/" + number:                       func(string) any { return state },
		"GET /calls/SRQ-000002":                      usm.CallView{Number: "SRQ-000002", Status: usm.StatusOpen},
		"GET /calls/SRQ-000002/events?limit=200":     []usm.Event{{Call: "SRQ-000002", Sequence: 1, At: at, Kind: usm.EventOpened}},
		"GET /calls/" + number + "/events?limit=200": func(string) any { return events },
		"GET /events": func(string) any {
			// What is told here has happened by now; the stream then breaks off and is opened again.
			events = append(events,
				usm.Event{Call: number, Sequence: 2, At: at, Kind: usm.EventForked, Step: usm.RecoverService},
				usm.Event{Call: number, Sequence: 3, At: at, Kind: usm.EventAborted, Outcome: usm.OutcomeFulfilled, Text: "done"})
			state.Status = usm.StatusClosed
			return "id: 1\ndata: {\"call\":\"INC-000001\"}\n\nid: 2\ndata: {\"call\":\"INC-000077\"}\n\n"
		},
	})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "call", "watch", number), x.err)
	require.Equal(t, `10:00:00  INC-000001  opened                                        anna
10:00:00  INC-000001  forked recover_service
10:00:00  SRQ-000002  opened
10:00:00  INC-000001  aborted (fulfilled)                           done
`, strings.ReplaceAll(x.out, "    \n", "\n"))
}
