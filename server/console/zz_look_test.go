package console

import (
	"bytes"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

func TestZZLook(t *testing.T) {
	for _, lang := range []string{"en", "nl"} {
		for _, theme := range []string{"light", "dark"} {
			v := reader(t, nil)
			c, _ := gin.CreateTestContext(httptest.NewRecorder())
			c.Request = httptest.NewRequest("GET", "/calls/INC-000042", nil)
			v.c = c
			v.site = &site{}
			v.look.Language, v.look.Theme, v.texts, v.now = lang, theme, readTexts()[lang], time.Now()
			v.me = client.Me{Person: "farah", Name: "Farah Nouri", Profiles: map[string][]string{"it": {"service-desk"}}}
			at := time.Now().Add(-3 * time.Hour)
			due := time.Now().Add(2 * time.Hour)
			path := pathOf(usm.Incident)
			for i := range path {
				p := &path[i]
				switch {
				case i < 4:
					p.State, p.By, p.At = usm.StepDone, "farah", &at
				case i == 1:
				case i == 4:
					p.State = usm.StepOpen
				case i == 5 || i == 6:
					p.State = usm.StepInherited
				case i == 7:
					p.State = usm.StepOpen
				}
				if p.Depth == 0 {
					p.Call = "INC-000042"
				} else {
					p.Call = "SRQ-000017"
				}
			}
			path[2].State, path[2].Reason = usm.StepNotApplicable, "Known"
			p := callPage{Path: path}
			p.Domain.Domain = usm.Domain{ID: "it", Name: "Information technology", People: []usm.Person{{ID: "farah", Name: "Farah Nouri"}, {ID: "anna", Name: "Anna Kowalska"}, {ID: "olga", Name: "Olga Ivanova"}},
				Services: []usm.Service{{ID: "mail", Name: "Mail"}}, Profiles: []usm.Profile{{ID: "service-desk", Name: "Service desk"}, {ID: "engineer", Name: "Engineer"}},
				Categories: []usm.Category{{ID: "mail", Name: "Mail"}, {ID: "net", Name: "Network"}}}
			p.Call = usm.CallView{Number: "INC-000042", Type: usm.Incident, Domain: "it", Subject: "Mail does not arrive", Description: "Since nine o'clock.\nAll of sales.",
				Status: usm.StatusOpen, Workflow: usm.WorkflowView{Number: 4, Name: "IncidentWithoutChange"}, Process: usm.Recover, Step: usm.ClassifyIncident, Attempt: 2, Priority: "high", Impact: usm.Medium, Urgency: usm.High,
				Requester: "anna", Service: "mail", Components: []string{"mx-1", "mx-2"}, Children: []string{"SRQ-000017"}, Due: &due, OpenedAt: at, Agreement: "sa-sales@1", OpenedBy: "anna",
				WaitingFor:     usm.WaitingView{Kind: usm.WaitStep, Step: usm.ClassifyIncident, Profiles: []string{"service-desk"}, People: []string{"farah", "olga"}, Since: &at, Accountable: "service-desk"},
				AllowedActions: []string{"ask", "notes", "claim", "reassign", "redo", "retype", "pause", "abort", "links"}, WhyNot: map[string]string{"confirm": "the call waits for no confirmation", "answer": "the call waits for no answer"},
				Typing: usm.Typing{Type: usm.Incident, Reason: "something is broken"}, TemporalURL: "http://x"}
			p.Events = []usm.Event{
				{Sequence: 1, At: at, Kind: usm.EventOpened, By: "anna", After: map[string]any{"status": "open", "step": "accept_incident"}, Rule: "requester"},
				{Sequence: 2, At: at, Kind: usm.EventAsked, By: "farah", Text: "Which building is it?", Profile: "service-desk", Rule: "responsible", Before: map[string]any{"status": "open"}, After: map[string]any{"status": "waiting"}},
				{Sequence: 3, At: at, Kind: usm.EventAnswered, By: "anna", Text: "The tower."},
				{Sequence: 4, At: at, Kind: usm.EventStepFinished, Step: usm.AcceptIncident, By: "farah", State: usm.StepDone, Fields: map[string]any{"components": []any{"mx-1"}, "done": true}, Outcome: usm.Accepted},
			}
			p.Clocks.Clocks = []usm.Clock{{Norm: "handling", State: usm.ClockRunning, Due: &due, Used: usm.Span(time.Hour), Target: usm.Span(4 * time.Hour)}, {Norm: "reaction", State: usm.ClockStopped, Breaches: 1, Used: usm.Span(time.Hour), Target: usm.Span(30 * time.Minute)}}
			p.Clocks.Rows = []usm.LedgerRow{{At: at, Norm: "handling", Cause: "started: the call was opened", Holder: "provider"}}
			p.Step = &stepForm{}
			p.Step.Schema = stepSchemas(t)[usm.ClassifyIncident]
			p.Step.Allowed = true
			p.Step.Outcomes = []usm.Outcome{usm.Accepted, usm.Rejected}
			problem := &client.Problem{Detail: "this does not finish classify_incident", Errors: []usm.FieldError{{Pointer: "/fields/category", Detail: "is required"}}}
			p.Step.fill(&p, map[string]any{"impact": "medium"}, problem)
			if theme == "dark" {
				p.Refused = refusedAction{Path: "steps/classify_incident", Problem: problem, Since: p.Events[1:3]}
			}
			var out bytes.Buffer
			require.NoError(t, frame(v, page{Title: "x", Body: call(v, p)}).Render(t.Context(), &out))
			html := strings.Replace(out.String(), address("console.css"), "/work/wt/c-call/server/console/static/console.css", 1)
			html = strings.Replace(html, `<script src="`+address("console.js")+`" defer></script>`, "", 1)
			require.NoError(t, os.WriteFile("/tmp/look-"+lang+"-"+theme+".html", []byte(html), 0o644))
		}
	}
}
