package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
	workflowpb "go.temporal.io/api/workflow/v1"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

const (
	replaysAtOnce = 4  // each has one history in memory
	namedNumbers  = 50 // in a refusal
)

// checked is what becomes of the runs that are open when this binary is the current version.
type checked struct {
	Pinned int `json:"pinned"` // stay on another version, which has workers
	// OnlyThere are those of them whose history does not replay on this binary: the workers of their version must stay until
	// they have gone on in a new run or have ended.
	OnlyThere int        `json:"only_there"`
	Moved     int        `json:"moved"` // this binary goes on with them in the midst of their history, which replays
	Stuck     []stuckRun `json:"stuck"` // by number
}

// stuckRun is one that nobody could go on with.
type stuckRun struct {
	Number   string `json:"number"` // of the call, or the ID of a technical run
	Workflow string `json:"workflow"`
	Reason   string `json:"reason"`
}

func (a *app) upgradeCheckCommand() *cobra.Command {
	cmd := a.upgrading(&cobra.Command{
		Use:   "check",
		Short: "Replay the history of everything that is open on this binary: whether all of it can go on",
		Long: "Replay the history of everything that is open on this binary, and say what would become of it if this binary were the current\n" +
			"version: pinned to another version, which has workers; moved to this binary, on which it replays; or stuck, because it does\n" +
			"not replay, or because its version has no workers. What is stuck is refused by number, with exit code 1. Nothing is changed.",
		Args: arguments(0, 0),
	}, false, func(ctx context.Context, e *engine, _ []string) error {
		this := ""
		if v := a.deploymentVersion(); v != nil {
			this = v.DeploymentName + ":" + v.BuildID
		}
		result, err := a.checkOpen(ctx, e, this)
		if err != nil {
			return err
		}
		if err = a.print(result, func() { a.checked(result) }); err != nil || len(result.Stuck) == 0 {
			return err
		}
		return stuck(result.Stuck)
	})
	useSettings(cmd, "build-id")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON")
	return cmd
}

func (a *app) checked(result checked) {
	fmt.Fprintf(a.out, "%d pinned, %d moved, %d stuck\n", result.Pinned, result.Moved, len(result.Stuck))
	if result.OnlyThere > 0 {
		fmt.Fprintf(a.out, "%d of the pinned replay on their own version only: its workers stay until it is drained\n", result.OnlyThere)
	}
	if len(result.Stuck) == 0 {
		return
	}
	w := a.columns("number", "workflow", "why it would be stuck")
	for _, s := range result.Stuck {
		w.AppendRow(table.Row{a.strong(s.Number), s.Workflow, s.Reason})
	}
	a.write(w)
}

// stuck refuses an upgrade.
func stuck(runs []stuckRun) error {
	var numbers []string
	for _, s := range runs {
		numbers = append(numbers, s.Number)
	}
	return usm.Errorf(usm.CodeConflict, "do not go on with this binary: %d would be stuck: %s", len(runs), some(numbers))
}

// some are the first of many numbers.
func some(numbers []string) string {
	if more := len(numbers) - namedNumbers; more > 0 {
		return fmt.Sprintf("%s and %d more", join(numbers[:namedNumbers]), more)
	}
	return join(numbers)
}

// checkOpen replays everything that is open, a few at a time.
func (a *app) checkOpen(ctx context.Context, e *engine, this string) (checked, error) {
	result := checked{Stuck: []stuckRun{}}
	total, err := e.count(ctx, running)
	if err != nil {
		return result, err
	}
	progress := a.bar("check", "runs")
	defer progress.finish()
	var mu sync.Mutex
	done := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(replaysAtOnce)
	c := &check{engine: e, this: this, served: map[string]bool{}}
	err = e.eachOpen(ctx, running, func(run *workflowpb.WorkflowExecutionInfo) {
		group.Go(func() error {
			fate, err := c.run(ctx, run)
			mu.Lock()
			defer mu.Unlock()
			done++
			progress.step(replay.Progress{Done: done, Total: max(int(total), done)})
			result.add(run, fate)
			return err
		})
	})
	if failed := group.Wait(); failed != nil { // it is what ended the listing too
		err = failed
	}
	slices.SortFunc(result.Stuck, func(a, b stuckRun) int { return strings.Compare(a.Number, b.Number) })
	return result, err
}

// fate is what becomes of one run; the zero value is one that has ended meanwhile.
type fate struct {
	pinned, moved, onlyThere bool
	stuck                    string // why
}

func (r *checked) add(run *workflowpb.WorkflowExecutionInfo, f fate) {
	switch {
	case f.stuck != "":
		r.Stuck = append(r.Stuck, stuckRun{Number: run.GetExecution().GetWorkflowId(), Workflow: run.GetType().GetName(), Reason: f.stuck})
	case f.pinned:
		r.Pinned++
		if f.onlyThere {
			r.OnlyThere++
		}
	case f.moved:
		r.Moved++
	}
}
