package workflows_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
	"github.com/usm-works/usm/workflows"
)

// functions are the eight, by the name of their workflow type.
var functions = map[string]any{
	"AgreementChange": workflows.AgreementChange, "ResourceChange": workflows.ResourceChange,
	"IncidentWithChange": workflows.IncidentWithChange, "IncidentWithoutChange": workflows.IncidentWithoutChange,
	"Operation": workflows.Operation, "RiskWithAgreementChange": workflows.RiskWithAgreementChange,
	"RiskWithResourceChange": workflows.RiskWithResourceChange, "RiskWithoutChange": workflows.RiskWithoutChange,
}

// technical are the workflows with nothing of USM in them.
var technical = map[string]any{
	"ApplyDomain": workflows.ApplyDomain, "AgreementTerm": workflows.AgreementTerm, "CallSystem": workflows.CallSystem,
	"RetroApproval": workflows.RetroApproval,
}

// registerAll makes known what a worker of the product makes known, over the registers of the test; others are the
// workflows of another build.
func registerAll(to interface {
	worker.WorkflowRegistry
	worker.ActivityRegistry
}, r activities.Registers, others map[string]any,
) {
	for _, known := range []map[string]any{functions, technical} {
		for name, function := range known {
			if other, ok := others[name]; ok {
				function = other
			}
			to.RegisterWorkflowWithOptions(function, workflow.RegisterOptions{Name: name})
		}
	}
	for _, a := range []any{
		&activities.Agree{Registers: r}, &activities.Change{Registers: r}, &activities.Recover{Registers: r},
		&activities.Operate{Registers: r}, &activities.Improve{Registers: r}, &activities.Domains{Registers: r},
		&activities.Agreements{Registers: r}, &activities.Calls{Registers: r},
		&activities.Outbound{Registers: r, Client: http.DefaultClient, CallbackURL: "https://usm.example/callbacks"},
	} {
		to.RegisterActivity(a)
	}
}

// host runs a call as its child, as far as the test environment is concerned: every call has an ID then, children can
// signal their parent, and a call that continues as new does.
func host(ctx workflow.Context, name string, call usm.Call) (usm.Result, error) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: call.Number})
	var result usm.Result
	err := workflow.ExecuteChildWorkflow(ctx, name, call).Get(ctx, &result)
	return result, err
}

// world is one test's own Temporal and registers. What a test wants to happen is a script: one thing each minute, and
// after it the staff finish whatever is open, if there is staff.
type world struct {
	*registers
	t      *testing.T
	env    *testsuite.TestWorkflowEnvironment
	script []func()
	staff  bool
	bodies map[usm.Step][]usm.Action                                   // what the staff finish a step with, by attempt; then the usual
	number string                                                      // of the call under test
	root   bool                                                        // it runs without host
	live   func(id, number string, action usm.Action) (usm.Ack, error) // sends to a real Temporal; nil: to env
	asked  int
	ticks  int
	builds map[string]any // workflows of another build of the worker, by type
	pause  time.Duration  // before the next thing of the script; 0 is a minute
}

// always is a calendar without closing time.
var always = func() *clock.Calendar {
	c, err := clock.Compile(usm.Calendar{TimeZone: "UTC", Always: true})
	if err != nil {
		panic(err)
	}
	return c
}()

var started = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

// patient lets a workflow task take longer than the usual second: a busy machine is no deadlock.
var patient = worker.Options{DeadlockDetectionTimeout: time.Minute}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, registers: newRegisters(), staff: true, bodies: map[usm.Step][]usm.Action{}}
	w.renew()
	return w
}

// renew gives the world a new Temporal over the same registers.
func (w *world) renew() {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetStartTime(started)
	w.now = func() time.Time { return w.env.Now().UTC() }
	w.env.SetTestTimeout(time.Minute) // of real time, when nothing moves any more
	w.env.SetWorkerOptions(patient)
	w.env.SetDetachedChildWait(false)
	registerAll(w.env, w.registers, w.builds)
	w.env.RegisterWorkflow(host)
}

// request is the call under test, registered as a gateway does it.
func (w *world) request(as usm.Workflow) usm.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	kind := as.Process.CallType()
	call := w.register(usm.Call{NewCall: usm.NewCall{
		Domain: "it", Type: kind, Subject: "The laptop does not start", Requester: "ann", Service: "workplace",
		Components: []string{"laptop-7"}, Impact: usm.Medium, Urgency: usm.High,
	}, OpenedBy: "desk"}, as.Name)
	w.number = call.Number
	return call
}

// run takes the call to its end and returns how it ended.
func (w *world) run(as usm.Workflow) usm.Result {
	w.t.Helper()
	return w.resume(as.Name, w.request(as))
}

// resume is run for a call that is there already.
func (w *world) resume(name string, call usm.Call) usm.Result {
	w.t.Helper()
	w.env.RegisterDelayedCallback(w.tick, time.Minute)
	w.env.ExecuteWorkflow(host, name, call)
	require.True(w.t, w.env.IsWorkflowCompleted())
	require.NoError(w.t, w.env.GetWorkflowError())
	var result usm.Result
	require.NoError(w.t, w.env.GetWorkflowResult(&result))
	return result
}

// runAlone runs the call without host, for what only the environment of a root can do: to suggest a new run. It returns
// the error of the run.
func (w *world) runAlone(name string, call usm.Call) error {
	w.root = true
	defer func() { w.root = false }()
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: call.Number})
	w.env.RegisterDelayedCallback(w.tick, time.Minute)
	w.env.ExecuteWorkflow(name, call)
	return w.env.GetWorkflowError()
}

// continued is the input with which the run wants to go on, and under which name.
func continued(t *testing.T, err error) (name string, call usm.Call) {
	t.Helper()
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, err, &again)
	require.EqualValues(t, workflow.ContinueAsNewVersioningBehaviorAutoUpgrade, again.InitialVersioningBehavior)
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &call))
	return again.WorkflowType.Name, call
}
