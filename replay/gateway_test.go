package replay

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// gateway is a small fake of the product: it runs the steps of calls in memory, with idempotency keys, forks and waits.
type gateway struct {
	*httptest.Server
	mu        sync.Mutex
	calls     map[string]*usm.CallView
	answers   map[string]answered // by token and key
	changes   []string            // what was carried out, in order: "RSK-000001 note …"
	requests  int
	routes    map[string][]any // by call: the roles that have to approve at plan_operation
	approvals map[string]*usm.ApprovalView
	// before, unless nil, may answer a request itself; it returns whether it did.
	before func(w http.ResponseWriter, r *http.Request, n int) bool
	// after, unless nil, is called when a request was carried out and before it is answered.
	after func(r *http.Request, n int) (lose bool)
}

type answered struct {
	status int
	body   []byte
	sent   string
}

var fakeDomain = usm.Domain{
	ID: "it",
	People: []usm.Person{
		{ID: "ann", Customer: "c"}, {ID: "bob", Customer: "c"}, {ID: "olaf", Profiles: []string{"op"}}, {ID: "oona", Profiles: []string{"op"}},
	},
	Categories: []usm.Category{{ID: "hardware"}, {ID: "software"}},
	Components: []usm.Component{{ID: "laptop"}},
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{
		calls: map[string]*usm.CallView{}, answers: map[string]answered{},
		routes: map[string][]any{}, approvals: map[string]*usm.ApprovalView{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/domains/it", func(w http.ResponseWriter, _ *http.Request) { send(w, 200, fakeDomain) })
	mux.HandleFunc("GET /api/v1/calls/{number}", g.get)
	mux.HandleFunc("GET /api/v1/calls/{number}/steps/{step}", func(w http.ResponseWriter, _ *http.Request) {
		send(w, 200, usm.StepView{Example: map[string]any{"fields": map[string]any{"example": true}}})
	})
	mux.HandleFunc("GET /api/v1/approvals", g.listApprovals)
	mux.HandleFunc("GET /api/v1/approvals/{id}", func(w http.ResponseWriter, r *http.Request) { send(w, 200, g.approvals[r.PathValue("id")]) })
	mux.HandleFunc("POST /api/v1/approvals/{id}/decisions", g.once(g.decide))
	mux.HandleFunc("POST /api/v1/calls", g.once(g.open))
	mux.HandleFunc("POST /api/v1/calls/{number}/steps/{step}", g.once(g.finish))
	mux.HandleFunc("POST /api/v1/calls/{number}/{action}", g.once(g.act))
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.requests++
		n := g.requests
		if g.before != nil && g.before(w, r, n) {
			return
		}
		recorded := httptest.NewRecorder()
		mux.ServeHTTP(recorded, r)
		if g.after != nil && g.after(r, n) {
			panic(http.ErrAbortHandler) // the answer is lost
		}
		maps.Copy(w.Header(), recorded.Header())
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes()) // a client that is gone
	}))
	g.Config.ErrorLog = nil
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) options(l *Log, m Mapping) Options {
	return Options{
		Log: l, Mapping: m, Concurrency: 4,
		Client: client.NewWith(g.URL, "", client.Options{Patience: 20 * time.Second, Reconnect: true}),
		Tokens: map[string]string{"ann": "ann", "bob": "bob", "olaf": "olaf", "oona": "oona"},
	}
}

func send(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone
}

func refuse(w http.ResponseWriter, status int, code usm.Code, detail string) {
	send(w, status, map[string]any{"status": status, "code": code, "detail": detail})
}

// once keeps the first answer of an idempotency key.
func (g *gateway) once(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key := r.Header.Get("Authorization") + r.Header.Get("Idempotency-Key")
		first, known := g.answers[key]
		if known && first.sent != r.URL.Path+string(body) {
			refuse(w, 422, usm.CodeKeyReused, "another body")
			return
		}
		if !known {
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			recorded := httptest.NewRecorder()
			do(recorded, r)
			first = answered{recorded.Code, recorded.Body.Bytes(), r.URL.Path + string(body)}
			if recorded.Code < 300 {
				g.answers[key] = first
			}
		}
		w.WriteHeader(first.status)
		_, _ = w.Write(first.body)
	}
}

func (g *gateway) get(w http.ResponseWriter, r *http.Request) {
	call := g.calls[r.PathValue("number")]
	if call == nil {
		refuse(w, 404, usm.CodeNotFound, "no such call")
		return
	}
	send(w, 200, call)
}

func (g *gateway) open(w http.ResponseWriter, r *http.Request) {
	var in usm.NewCall
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Subject == "refuse" {
		send(w, 422, map[string]any{
			"status": 422, "code": usm.CodeInvalid, "detail": "the input is not valid",
			"errors": []usm.FieldError{{Pointer: "/subject", Detail: "will not do"}},
		})
		return
	}
	call := g.start(in.Type.Start(), in, "")
	g.routes[call.Number], _ = in.Fields["route"].([]any)
	send(w, 201, call)
}

// start opens a call; a child's accept and classify steps are inherited.
func (g *gateway) start(workflow usm.Workflow, in usm.NewCall, parent string) *usm.CallView {
	kind := workflow.Process.CallType()
	call := &usm.CallView{
		Number: kind.Number(int64(len(g.calls) + 1)), Type: kind, Subject: in.Subject, Requester: in.Requester, Parent: parent,
		Workflow: usm.WorkflowView{Number: workflow.Number, Name: workflow.Name}, OpenedAt: time.Now(), Forked: parent != "",
	}
	g.calls[call.Number] = call
	g.to(call, workflow.Process.Steps()[0])
	if parent != "" {
		g.to(call, workflow.Process.Steps()[2])
	}
	g.changes = append(g.changes, call.Number+" open "+in.Requester)
	return call
}

// to moves a call to a step and says what it waits for there.
func (g *gateway) to(call *usm.CallView, step usm.Step) {
	call.Step, call.Status, call.Attempt, call.Revision = step, usm.StatusOpen, max(call.Attempt, 1), call.Revision+1
	call.WaitingFor = usm.WaitingView{Kind: usm.WaitStep, Step: step, People: []string{"olaf", "oona"}}
	switch step.Kind() {
	case usm.KindReview:
		call.WaitingFor.Kind = usm.WaitConfirmation
		if !call.Forked {
			call.WaitingFor.People = []string{call.Requester}
		}
	case usm.KindFork:
		call.WaitingFor = usm.WaitingView{Kind: usm.WaitChild, Step: step}
		workflow, _ := usm.WorkflowNamed(call.Workflow.Name)
		child := g.start(workflow.Forks("")[0], usm.NewCall{Subject: call.Subject, Requester: call.Requester}, call.Number)
		call.Children = append(call.Children, child.Number)
	}
}

// next finishes the open step.
func (g *gateway) next(call *usm.CallView) {
	if step := call.Step.Next(); step != "" {
		g.to(call, step)
		return
	}
	call.Step, call.Status, call.WaitingFor = "", usm.StatusClosed, usm.WaitingView{Kind: usm.WaitNone}
	call.Revision++
	if parent := g.calls[call.Parent]; parent != nil {
		g.next(parent)
	}
}

func (g *gateway) finish(w http.ResponseWriter, r *http.Request) {
	call, step := g.calls[r.PathValue("number")], usm.Step(r.PathValue("step"))
	who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case call.Step != step || call.WaitingFor.Kind != usm.WaitStep:
		refuse(w, 409, usm.CodeOutOfTurn, string(step)+" is not open")
		return
	case !slices.Contains(call.WaitingFor.People, who):
		refuse(w, 403, usm.CodeForbidden, who+" may not")
		return
	}
	var body usm.FinishRequest
	_ = json.NewDecoder(r.Body).Decode(&body)
	fields, _ := json.Marshal(body.Fields)
	g.changes = append(g.changes, call.Number+" "+string(step)+" "+string(fields))
	if workflow, _ := usm.WorkflowNamed(call.Workflow.Name); step == usm.PrepareRecovery {
		bound := workflow.Bind(body.Outcome)
		call.Workflow = usm.WorkflowView{Number: bound.Number, Name: bound.Name}
	}
	if !g.propose(call) {
		g.next(call)
	}
	send(w, 200, call)
}
