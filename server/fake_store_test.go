package server_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// fakeStore is the registers and the intake in memory.
type fakeStore struct {
	fakeApprovals

	mu       sync.Mutex
	views    map[string]usm.CallView
	order    []string
	keys     map[string]*claim
	letters  []usm.DeadLetter
	pending  []usm.Call
	started  []string
	events   []usm.Event
	wakes    []func()
	filter   usm.CallFilter // of the last list
	risks    usm.RiskFilter // of the last count
	filters  []ownFilter
	tokens   []usm.Token
	listed   usm.TokenFilter // of the last list of tokens
	norms    usm.NormFilter  // of the last report
	report   usm.ReportFilter
	covered  usm.Coverage
	away     error // what Ready and Caller return, when set
	secret   string
	listener int          // how many listen now
	foundOut atomic.Int64 // how often Caller was asked

	others map[string]usm.Caller // who calls beside the people of Caller, by name
}

type claim struct {
	fingerprint string
	answer      usm.IntakeAnswer
	running     bool
	number      string
}

var (
	_ api.Reader = (*fakeStore)(nil)
	_ api.Intake = (*fakeStore)(nil)
)

func newFakeStore() *fakeStore {
	return &fakeStore{views: map[string]usm.CallView{}, keys: map[string]*claim{}, secret: "0123456789abcdef0123"}
}

// change alters a call as the engine would.
func (s *fakeStore) change(number string, alter func(*usm.CallView)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view := s.views[number]
	alter(&view)
	view.Revision++
	s.views[number] = view
}

func (s *fakeStore) Begin(_ context.Context, in usm.IntakeRequest) (usm.IntakeAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.keys[in.Caller+in.Key]
	switch {
	case known == nil:
		s.keys[in.Caller+in.Key] = &claim{fingerprint: in.Fingerprint, running: true}
		return usm.IntakeAnswer{}, nil
	case known.fingerprint != in.Fingerprint:
		return usm.IntakeAnswer{}, usm.Errorf(usm.CodeKeyReused, "the key belongs to another request")
	case known.running:
		return usm.IntakeAnswer{}, usm.Errorf(usm.CodeInProgress, "the first request still runs")
	}
	if known.answer.Status == 0 {
		known.running = true
	}
	return known.answer, nil
}

func (s *fakeStore) Finish(_ context.Context, in usm.IntakeRequest, answer usm.IntakeAnswer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.keys[in.Caller+in.Key]
	known.running = false
	if answer.Status < 500 {
		known.answer = answer
	}
	return nil
}

func (s *fakeStore) Register(_ context.Context, in usm.IntakeRequest, call usm.Call) (usm.Call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.keys[in.Caller+in.Key]; in.Key != "" && known != nil && known.number != "" {
		call.Number = known.number
		return call, nil
	}
	call.Number = call.Type.Number(int64(len(s.order) + 1))
	if known := s.keys[in.Caller+in.Key]; in.Key != "" && known != nil {
		known.number = call.Number
	}
	s.order = append(s.order, call.Number)
	workflow := call.Type.Start()
	s.views[call.Number] = usm.CallView{
		Number: call.Number, Type: call.Type, Domain: call.Domain, Subject: call.Subject, Description: call.Description,
		Status: usm.StatusRegistered, Workflow: usm.WorkflowView{Number: workflow.Number, Name: workflow.Name},
		Process: workflow.Process, Requester: call.Requester, Service: call.Service, Components: call.Components,
		Typing: call.Typing, OpenedBy: call.OpenedBy, OpenedAt: time.Now(), Parent: call.Parent, Revision: 1,
	}
	s.pending = append(s.pending, call)
	return call, nil
}

func (s *fakeStore) Started(_ context.Context, number string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = append(s.started, number)
	s.pending = slices.DeleteFunc(s.pending, func(c usm.Call) bool { return c.Number == number })
	return nil
}

func (s *fakeStore) Pending(_ context.Context, limit int) ([]usm.Call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pending[:min(limit, len(s.pending))]), nil
}

func (s *fakeStore) FindDeadLetter(_ context.Context, id int64) (usm.DeadLetter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id < 1 || id > int64(len(s.letters)) {
		return usm.DeadLetter{}, usm.Errorf(usm.CodeNotFound, "there is no dead letter %d", id)
	}
	return s.letters[id-1], nil
}

func (s *fakeStore) DeadLetter(_ context.Context, number string, signal usm.Signal, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	letter := usm.DeadLetter{ID: int64(len(s.letters) + 1), Call: number, Name: signal.Name, Signal: signal, Reason: reason, At: time.Now()}
	s.letters = append(s.letters, letter)
	return nil
}

func (s *fakeStore) DeadLetterReplayed(_ context.Context, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.letters[id-1].ReplayedAt = &now
	return nil
}

func (s *fakeStore) Call(_ context.Context, number string) (usm.CallView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view, ok := s.views[number]
	if !ok {
		return usm.CallView{}, usm.Errorf(usm.CodeNotFound, "no call %s", number)
	}
	view.Unheard = slices.ContainsFunc(s.unanswered, func(sent usm.SentAction) bool { return sent.Call == number })
	return view, nil
}

func (s *fakeStore) Calls(_ context.Context, filter usm.CallFilter) ([]usm.CallView, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filter = filter
	start, err := strconv.Atoi("0" + filter.Cursor)
	if err != nil {
		return nil, "", err
	}
	var views []usm.CallView
	for i := start; i < len(s.order); i++ {
		if len(views) == filter.Limit {
			return views, strconv.Itoa(i), nil
		}
		views = append(views, s.views[s.order[i]])
	}
	return views, "", nil
}

func (s *fakeStore) Path(context.Context, string) ([]usm.PathView, error) {
	return []usm.PathView{{Process: usm.Recover, Step: usm.AcceptIncident, State: usm.StepDone}}, nil
}

func (s *fakeStore) Events(_ context.Context, number string, _ usm.Page) ([]usm.Event, string, error) {
	return []usm.Event{{Call: number, Sequence: 1, Kind: usm.EventRegistered}}, "", nil
}

func (s *fakeStore) Binding(_ context.Context, number string) (usm.Binding, error) {
	return usm.Binding{Version: 3, Categories: []string{"software"}, Procedure: procedure(number)}, nil
}

func (s *fakeStore) Callback(_ context.Context, secret string) (string, usm.Step, int, error) {
	if secret != s.secret {
		return "", "", 0, usm.Errorf(usm.CodeNotFound, "this address is not, or no longer, in use")
	}
	return s.order[0], usm.AnalyseIncident, 1, nil
}

func (s *fakeStore) Ready(context.Context) error { return s.away }

// contains is a helper of the searches.
func contains(q string, texts ...string) bool {
	return strings.Contains(strings.ToLower(strings.Join(texts, " ")), strings.ToLower(q))
}
