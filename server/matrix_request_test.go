package server_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// matrixDoc is what the matrix takes from the OpenAPI document.
type matrixDoc struct {
	Paths      map[string]map[string]matrixOperation
	Components struct{ Schemas map[string]matrixSchema }
}

type matrixOperation struct {
	OperationID string `json:"operationId"` //nolint:tagliatelle // as OpenAPI spells it
	Parameters  []struct {
		Name, In string
		Required bool
	}
	RequestBody struct {
		Content map[string]struct{ Schema matrixSchema }
	} `json:"requestBody"` //nolint:tagliatelle // as OpenAPI spells it
}

type matrixSchema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Required   []string
	Properties map[string]matrixSchema
	Items      *matrixSchema
}

// samples are what requests of the matrix name: all of it is of the domain "it".
var samples = map[string]string{
	"number": "INC-000001", "step": "classify_incident", "name": "analysed", "domain": "it", "requester": "rita", "to": "ravi",
	"secret": "0123456789abcdef0123", "digest": "sha256:1", "profiles": "desk", "until": "2999-01-01T00:00:00Z",
}

// ids are the samples of {id}, by what it is the id of.
var ids = map[string]string{
	"approvals": "INC-000001.1", "delegations": "1", "domains": "it", "components": "srv-1", "agreements": "sa-1", "signals": "1",
	"filters": "1", "tokens": "t-1",
}

// more is what a body holds beside what it has to.
var more = map[string]map[string]any{"add-approver": {"person": "ravi"}, "add-link": {"to": "INC-000002"}}

// value makes what a schema asks for.
func (d *matrixDoc) value(name string, s matrixSchema) any {
	if s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	switch s.Type {
	case "object":
		made := map[string]any{}
		for _, property := range s.Required {
			made[property] = d.value(property, s.Properties[property])
		}
		return made
	case "array":
		return []any{d.value(name, *s.Items)}
	case "integer", "number":
		return 1
	case "boolean":
		return true
	}
	if sample, known := samples[name]; known {
		return sample
	}
	return "x"
}

// matrixRequest is one request for an operation, as anybody could make it.
type matrixRequest struct{ row, operation, method, address, body string }

// requests makes one for each operation, and a second one that names the domain where a query can.
func (d *matrixDoc) requests(t *testing.T) (all []matrixRequest) {
	t.Helper()
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	for path, operations := range d.Paths {
		for method, operation := range operations {
			id := operation.OperationID
			address := placeholder.ReplaceAllStringFunc(path, func(p string) string {
				if p == "{id}" {
					return ids[strings.Split(path, "/")[3]]
				}
				return samples[strings.Trim(p, "{}")]
			})
			query, names := url.Values{}, false
			for _, p := range operation.Parameters {
				if p.In == "query" && p.Required {
					query.Set(p.Name, "1")
				}
				names = names || p.In == "query" && p.Name == "domain"
			}
			request := matrixRequest{id, id, strings.ToUpper(method), address + "?" + query.Encode(), ""}
			if content, has := operation.RequestBody.Content["application/json"]; has {
				made := d.value("", content.Schema)
				if body, ok := made.(map[string]any); ok {
					maps.Copy(body, more[id])
				}
				raw, err := json.Marshal(made)
				require.NoError(t, err)
				request.body = string(raw)
			}
			all = append(all, request)
			if names {
				request.row += "?domain"
				request.address += "&domain=it"
				all = append(all, request)
			}
		}
	}
	return all
}

// matrixState puts two calls and an approval into the store, where the operation is in turn.
func (s *fakeStore) matrixState(operation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	incident := usm.CallView{
		Number: "INC-000001", Type: usm.Incident, Domain: "it", Status: usm.StatusOpen, Requester: "rita", OpenedBy: "rita",
		Process: usm.Recover, Step: usm.ClassifyIncident, Revision: 1, Clocks: []usm.Clock{{ID: "c", State: usm.ClockRunning}},
		WaitingFor: usm.WaitingView{Kind: usm.WaitStep, Step: usm.ClassifyIncident, Profiles: []string{"desk"}, People: []string{"omar"}},
	}
	switch operation {
	case "confirm", "dispute":
		incident.Step = usm.ReviewRecovery
		incident.WaitingFor = usm.WaitingView{Kind: usm.WaitConfirmation, Step: incident.Step, People: []string{"rita"}}
	case "answer":
		incident.WaitingFor = usm.WaitingView{Kind: usm.WaitAnswer, Step: incident.Step, People: []string{"rita"}}
	case "release":
		incident.WaitingFor.Claimed = "omar"
	case "resume-clocks":
		incident.Paused = []string{"x"}
	}
	other := incident
	other.Number = "INC-000002"
	s.views, s.order = map[string]usm.CallView{incident.Number: incident, other.Number: other}, []string{incident.Number, other.Number}
	s.approvals = map[string]usm.Approval{"INC-000001.1": {
		ID: "INC-000001.1", Call: "INC-000001", Domain: "it", Step: usm.ClassifyIncident, State: usm.ApprovalOpen, Digest: "sha256:1",
		Policy:  usm.ApprovalPolicy{ID: "p", Emergency: &usm.Emergency{Profiles: []string{"boss"}}},
		Members: []usm.Member{{Person: "omar"}}, Deciders: []usm.Decider{{Person: "omar", By: "omar", Rule: usm.RuleApprover}},
	}}
	s.delegations = []usm.Delegation{{ID: 1, Domain: "it", Person: "omar", To: "ravi"}}
	s.letters = []usm.DeadLetter{{ID: 1, Call: "INC-000001", At: time.Now()}}
	s.filters = []ownFilter{{usm.SavedFilter{ID: 1, Register: usm.Incident, Name: "x"}, "omar"}}
	s.tokens = []usm.Token{{ID: "t-1", Person: "rita"}}
	s.keys = map[string]*claim{}
}

// impatient hangs up once an answer begins, for the stream has no end.
type impatient struct {
	*httptest.ResponseRecorder

	hangUp context.CancelFunc
}

func (w *impatient) WriteHeader(code int) {
	w.ResponseRecorder.WriteHeader(code)
	w.hangUp()
}

// ask sends a request of the matrix straight to the gateway.
func (w *world) ask(token string, r matrixRequest) *httptest.ResponseRecorder {
	w.store.matrixState(r.operation)
	ctx, hangUp := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer hangUp()
	request := httptest.NewRequestWithContext(ctx, r.method, r.address, strings.NewReader(r.body))
	if r.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer token-of-"+token)
	}
	answer := &impatient{httptest.NewRecorder(), hangUp}
	w.handler.ServeHTTP(answer, request)
	return answer.ResponseRecorder
}

var _ http.ResponseWriter = (*impatient)(nil)
