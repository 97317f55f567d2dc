package test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

const (
	deployment = "usm" // that the workers of this test belong to
	keptOpen   = 6     // calls across all versions: short ones and long ones, with and without forks
)

// upgraded is the product on its way through three versions, with calls that are open across all of them.
type upgraded struct {
	*fleet

	domain   usm.Domain
	temporal client.Client
	builds   map[string]string // program by build ID
	workers  map[string]*product.Process
	kept     []usm.CallView // each of the first mixed ones, a step further after each advance
	opened   atomic.Int64   // calls, those included
	moves    atomic.Int64
	stop     chan struct{}
	riders   sync.WaitGroup
}

// another is the sources of a product in which every step of a call records so many things more: a history of one does not
// replay on another. It has as many migrations of its own, each of which changes two tables that everybody writes to.
func another(t *testing.T, more int) map[string]string {
	t.Helper()
	const path, line = "workflows/call.go", "\t\tc.current, c.activity = step, activity\n"
	source, err := os.ReadFile("../" + path)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(source), line), "the line that this test changes")
	recorded := strings.Repeat("\t\tworkflow.SideEffect(c.ctx, func(workflow.Context) any { return nil })\n", more)
	sources := map[string]string{path: strings.Replace(string(source), line, line+recorded, 1)}
	for i := range more {
		sources[fmt.Sprintf("store/migrations/9999%d_later.sql", i)] = fmt.Sprintf(`-- A later version keeps more of a call and of the trail.
-- +goose Up
ALTER TABLE calls ADD COLUMN later_%[1]d text NOT NULL DEFAULT '';
ALTER TABLE trail ADD COLUMN later_%[1]d text NOT NULL DEFAULT '';
`, i)
	}
	return sources
}

// startUpgraded starts the product as it is, with an unversioned worker, and opens calls that it leaves at their second step.
func startUpgraded(t *testing.T) *upgraded {
	t.Helper()
	u := &upgraded{
		fleet: &fleet{t: t}, builds: map[string]string{"a": product.Program(t)},
		workers: map[string]*product.Process{}, stop: make(chan struct{}),
	}
	var builds errgroup.Group
	var programs [2]string
	for i := range programs {
		dir, sources := t.TempDir(), another(t, i+1)
		builds.Go(func() (err error) {
			programs[i], err = product.Variant(dir, sources)
			return err
		})
	}
	u.Product = product.Start(t, product.Options{Domains: []string{"it"}})
	var err error
	u.temporal, err = client.Dial(client.Options{HostPort: u.TemporalAddress, Namespace: u.Namespace})
	require.NoError(t, err)
	t.Cleanup(u.temporal.Close)
	u.domain = builtin(t, u.Product, "it")
	u.Tokens("it")
	require.NoError(t, builds.Wait())
	u.builds["b"], u.builds["c"] = programs[0], programs[1]
	for i := range keptOpen {
		view := open(t, u.Product, u.domain, mixed(i).callType)
		u.kept = append(u.kept, view)
		u.opened.Add(1)
	}
	u.advance(t, 1)
	for range 2 {
		u.riders.Go(func() { u.load(t) })
	}
	return u
}

// load opens calls and drives them to their end, one after another, until it is told to stop.
func (u *upgraded) load(t *testing.T) {
	t.Helper()
	for {
		select {
		case <-u.stop:
			return
		default:
		}
		view, err := u.ride(t.Context(), u.domain, int(u.opened.Add(1))-1, &u.moves)
		if err != nil || view.Status != usm.StatusClosed {
			t.Errorf("the load: %s is %s: %v", view.Number, view.Status, err)
			return
		}
	}
}

// advance moves every call that is kept open to its step of that number; 0 is its end.
func (u *upgraded) advance(t *testing.T, step int) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(4)
	for i := range u.kept {
		group.Go(func() error {
			plan := mixed(i).plan()
			if step > 0 {
				plan.Until = u.kept[i].Type.Start().Process.Steps()[step]
			}
			view, err := u.Drive(t.Context(), u.kept[i].Number, plan)
			u.kept[i] = view
			return err
		})
	}
	require.NoError(t, group.Wait())
}

// work starts a worker of a build.
func (u *upgraded) work(build string) {
	u.t.Helper()
	u.Use(u.builds[build])
	u.workers[build] = u.Background([]string{"USM_DEPLOYMENT=" + deployment, "USM_BUILD_ID=" + build}, "worker",
		"--outbound-allow", "127.0.0.0/8", "--public-url", u.URL)
	u.await(build, "a worker", func(v versionState) bool { return v.Workers > 0 })
}

// ridesOn waits for so many more moves of the load.
func (u *upgraded) ridesOn(more int64) {
	u.t.Helper()
	next := u.moves.Load() + more
	product.Eventually(u.t, crashLimit, "the load goes on", func() error {
		if u.t.Failed() {
			u.t.FailNow()
		}
		if now := u.moves.Load(); now < next {
			return fmt.Errorf("%d of %d moves", now, next)
		}
		return nil
	})
}

// taken waits until every call that is kept open has been on a build, and asks those that are on another one to go on.
func (u *upgraded) taken(t *testing.T, build, other string) {
	t.Helper()
	product.Eventually(t, crashLimit, build+" takes the open calls", func() error {
		u.requireUpgrade(build, "drain", other)
		for _, call := range u.kept {
			if used := u.used(t, call.Number); !slices.Contains(used, build) {
				return fmt.Errorf("%s was on %v", call.Number, used)
			}
		}
		return nil
	})
}

// used are the build IDs whose workers any run of a call was on.
func (u *upgraded) used(t *testing.T, number string) []string {
	t.Helper()
	answer, err := u.temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: u.Namespace, Query: fmt.Sprintf("WorkflowId = '%s'", number),
	})
	require.NoError(t, err)
	var builds []string
	for _, run := range answer.GetExecutions() {
		require.NotEqual(t, enums.WORKFLOW_EXECUTION_STATUS_FAILED, run.GetStatus(), number)
		var versions []string
		if field := run.GetSearchAttributes().GetIndexedFields()["TemporalUsedWorkerDeploymentVersions"]; field != nil {
			require.NoError(t, converter.GetDefaultDataConverter().FromPayload(field, &versions))
		}
		for _, v := range versions {
			builds = append(builds, strings.TrimPrefix(v, deployment+":"))
		}
	}
	slices.Sort(builds)
	return slices.Compact(builds)
}
