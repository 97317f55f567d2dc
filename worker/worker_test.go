package worker_test

import (
	"context"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/worker"
)

// recorder is a registry that remembers what was registered, and under which names.
type recorder struct {
	*testsuite.TestWorkflowEnvironment
	workflows  map[string]workflow.VersioningBehavior
	activities map[string]string // method → struct
	twice      []string
}

func (r *recorder) RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions) {
	name := runtime.FuncForPC(reflect.ValueOf(w).Pointer()).Name()
	r.workflows[name[strings.LastIndex(name, ".")+1:]] = options.VersioningBehavior
	r.TestWorkflowEnvironment.RegisterWorkflowWithOptions(w, options)
}

func (r *recorder) RegisterActivity(a any) {
	kind := reflect.TypeOf(a)
	for method := range kind.Methods() {
		name := method.Name
		if r.activities[name] != "" {
			r.twice = append(r.twice, name)
		}
		r.activities[name] = kind.Elem().Name()
	}
	r.TestWorkflowEnvironment.RegisterActivity(a)
}

func register(t *testing.T) *recorder {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	r := &recorder{
		TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(),
		workflows:               map[string]workflow.VersioningBehavior{}, activities: map[string]string{},
	}
	worker.Register(r, worker.Options{PublicURL: "https://usm.example/"})
	return r
}

func TestRegister(t *testing.T) {
	t.Parallel()

	t.Run("TheWorkflowTypesAreTheEightAndTechnicalOnes", func(t *testing.T) {
		t.Parallel()
		r := register(t)
		require.Len(t, r.workflows, 12)
		for _, w := range usm.Workflows() {
			require.Contains(t, r.workflows, w.Name)
		}
	})

	t.Run("WhatCanGoOnInANewRunIsPinned", func(t *testing.T) {
		t.Parallel()
		r := register(t)
		for _, w := range usm.Workflows() {
			require.Equal(t, workflow.VersioningBehaviorPinned, r.workflows[w.Name], w.Name)
		}
		require.Equal(t, workflow.VersioningBehaviorPinned, r.workflows["RetroApproval"])
		for _, name := range []string{"ApplyDomain", "AgreementTerm", "CallSystem"} {
			require.Equal(t, workflow.VersioningBehaviorAutoUpgrade, r.workflows[name], name)
		}
	})

	t.Run("EveryStepIsAnActivityOfItsProcess", func(t *testing.T) {
		t.Parallel()
		r := register(t)
		for _, process := range usm.Processes() {
			for _, step := range process.Steps() {
				require.Equal(t, string(process), strings.ToLower(r.activities[camel(step)]), step)
			}
		}
	})

	t.Run("NoTwoActivitiesShareAName", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, register(t).twice)
	})
}

func TestRunFailsWithoutATemporal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.ErrorContains(t, worker.Run(ctx, worker.Options{Client: c}), "start worker")
}

// camel is a step's name as that of a method.
func camel(step usm.Step) string {
	var b strings.Builder
	for word := range strings.SplitSeq(string(step), "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
