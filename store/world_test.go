package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// world is a store with the test domain, and the shortest way to move calls through it.
type world struct {
	*store.Store
	t   testing.TB
	url string
}

// setup applies the domain of storetest as version 1.
func setup(t *testing.T) world {
	t.Helper()
	url := storetest.URL(t)
	w := world{storetest.Open(t, store.Options{URL: url, ConsoleURL: "http://console"}), t, url}
	_, err := w.ApplyDomain(t.Context(), storetest.Domain(), "test")
	require.NoError(t, err)
	return w
}

// read asks the database itself, past the store.
func read[T any](w world, query string, args ...any) (value T) {
	w.t.Helper()
	db := sqlx.MustConnect("postgres", w.url)
	defer func() { _ = db.Close() }()
	require.NoError(w.t, db.QueryRowContext(w.ctx(), query, args...).Scan(&value))
	return value
}

// exec changes the database itself, past the store: time that has passed, for example.
func (w world) exec(query string, args ...any) error {
	w.t.Helper()
	db := sqlx.MustConnect("postgres", w.url)
	defer func() { _ = db.Close() }()
	_, err := db.ExecContext(w.ctx(), query, args...)
	return err
}

func (w world) ctx() context.Context { return w.t.Context() }

// asked is what eve asks; change narrows it.
func asked(kind usm.CallType, change ...func(*usm.NewCall)) usm.NewCall {
	call := usm.NewCall{
		Domain: "it", Type: kind, Subject: "The printer is broken", Description: "It smokes", Requester: "eve",
		Service: "mail", Components: []string{"srv-1"}, Fields: map[string]any{"room": "12"},
	}
	for _, c := range change {
		c(&call)
	}
	return call
}

func (w world) register(asked usm.NewCall) usm.Call {
	w.t.Helper()
	call, err := w.Register(w.ctx(), usm.IntakeRequest{}, usm.Call{NewCall: asked})
	require.NoError(w.t, err)
	return call
}

// open registers and opens a call.
func (w world) open(asked usm.NewCall) usm.Call {
	w.t.Helper()
	call := w.register(asked)
	w.start(call)
	return call
}

func (w world) start(call usm.Call) usm.Binding {
	w.t.Helper()
	binding, err := w.Open(w.ctx(), call, call.Type.Start().Name)
	require.NoError(w.t, err)
	return binding
}

func (w world) view(number string) usm.CallView {
	w.t.Helper()
	call, err := w.Call(w.ctx(), number)
	require.NoError(w.t, err)
	return call
}

func (w world) events(number string) []usm.Event {
	w.t.Helper()
	events, _, err := w.Events(w.ctx(), number, usm.Page{Limit: 200})
	require.NoError(w.t, err)
	return events
}

// input finishes a step in the ordinary way: done by olga, and the next step of the process opens for operators.
func input(call usm.Call, step usm.Step, change ...func(*usm.StepInput)) usm.StepInput {
	next := usm.Next{
		Step: step.Next(), Attempt: 1, Status: usm.StatusOpen,
		Waiting: usm.Waiting{Kind: usm.WaitStep, Step: step.Next(), Profiles: []string{"operator"}, Exclude: []string{call.Requester}},
	}
	if step.Kind() == usm.KindClose {
		next = usm.Next{Status: usm.StatusClosed, Outcome: usm.OutcomeFulfilled, Waiting: usm.Waiting{Kind: usm.WaitNone}}
	}
	in := usm.StepInput{
		Call: call, Version: 1, Step: step, Attempt: 1, State: usm.StepDone, Digest: "digest of " + string(step),
		Actor: usm.Actor{Person: "olga", Profile: "operator", Rule: "responsible"}, Next: next,
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

func (w world) finish(in usm.StepInput, effects usm.Effects) usm.StepResult {
	w.t.Helper()
	result, err := w.FinishStep(w.ctx(), in, effects)
	require.NoError(w.t, err)
	return result
}

// through finishes the steps one after the other, with no effects.
func (w world) through(call usm.Call, steps ...usm.Step) {
	w.t.Helper()
	for _, step := range steps {
		w.finish(input(call, step), usm.Effects{})
	}
}

// requireCode checks the code of an error.
func requireCode(tb testing.TB, code usm.Code, err error) {
	tb.Helper()
	require.Equal(tb, code, usm.CodeOf(err), "%v", err)
}

// refusal checks the code of an error and returns it.
func refusal(tb testing.TB, code usm.Code, err error) *usm.Error {
	tb.Helper()
	requireCode(tb, code, err)
	var refused *usm.Error
	require.ErrorAs(tb, err, &refused)
	return refused
}

// atOnce runs do in n goroutines that begin together, and returns their errors.
func atOnce(n int, do func(i int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-begin
			errs[i] = do(i)
		})
	}
	close(begin)
	group.Wait()
	return errs
}

// kinds lists what a trail records, in order.
func kinds(events []usm.Event) []usm.EventKind {
	all := make([]usm.EventKind, len(events))
	for i, e := range events {
		all[i] = e.Kind
	}
	return all
}

// setActive has a provisioning system say that somebody has left, or is back. match is the version that he was read under.
func (w world) setActive(domain, id, match string, active bool) (usm.DirectoryEntry, error) {
	w.t.Helper()
	entry, err := w.DirectoryEntry(w.ctx(), domain, id)
	require.NoError(w.t, err)
	entry.Inactive = !active
	entries, err := w.Provision(w.ctx(), domain, "idp", usm.Provisioned{Person: entry.Person, External: entry.External, Match: match})
	if err != nil {
		return usm.DirectoryEntry{}, err
	}
	return entries[0], nil
}
