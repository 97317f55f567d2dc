package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/usm-works/usm/usm"
)

// livesFor is how long a worker counts after it asked for work.
const livesFor = 90 * time.Second

// running are the runs of the product that are open.
const running = "ExecutionStatus = 'Running'"

// deploymentView is the state of a deployment.
type deploymentView struct {
	Deployment string        `json:"deployment"`
	Versions   []versionView `json:"versions"` // newest first
}

// versionView is one version of it.
type versionView struct {
	BuildID string  `json:"build_id"`
	State   string  `json:"state"`             // current, ramping, draining, drained or inactive; "" of unversioned workers that are not current
	Percent float32 `json:"percent,omitempty"` // of the calls, while it is ramping
	Open    int64   `json:"open"`              // runs that are pinned to it; of unversioned workers those that no version has taken
	Workers int     `json:"workers"`           // that asked for work within the last 90 s
}

func (a *app) upgradeStatusCommand() *cobra.Command {
	cmd := a.upgrading(&cobra.Command{
		Use:   "status",
		Short: "Show the versions of the deployment, and what is open on each",
		Args:  arguments(0, 0),
	}, true, func(ctx context.Context, e *engine, _ []string) error {
		view, err := e.deployment(ctx, a.settings.get("deployment"), a.settings.get("task-queue"))
		if err != nil {
			return err
		}
		return a.print(view, func() { a.versions(view) })
	})
	useSettings(cmd, "task-queue")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON")
	return cmd
}

func (a *app) versions(view deploymentView) {
	w := a.columns("build id", "state", "open", "workers")
	for _, v := range view.Versions {
		state := v.State
		if v.Percent > 0 {
			state += fmt.Sprintf(" %g %%", v.Percent)
		}
		w.AppendRow(table.Row{a.strong(v.BuildID), state, v.Open, v.Workers})
	}
	a.write(w)
}

// deployment asks Temporal for a deployment and what is open on its versions.
func (e *engine) deployment(ctx context.Context, name, queue string) (deploymentView, error) {
	view := deploymentView{Deployment: name}
	d, err := e.client.WorkflowService().DescribeWorkerDeployment(ctx, &workflowservice.DescribeWorkerDeploymentRequest{
		Namespace: e.namespace, DeploymentName: name,
	})
	if err != nil {
		return view, err
	}
	info := d.GetWorkerDeploymentInfo()
	summaries := info.GetVersionSummaries()
	slices.SortFunc(summaries, func(a, b *versionSummary) int { return b.GetCreateTime().AsTime().Compare(a.GetCreateTime().AsTime()) })
	for _, summary := range summaries {
		v, err := e.version(ctx, summary)
		if err != nil {
			return view, err
		}
		if v.State == "ramping" {
			v.Percent = info.GetRoutingConfig().GetRampingVersionPercentage()
		}
		view.Versions = append(view.Versions, v)
	}
	none, err := e.unversioned(ctx, queue)
	if info.GetRoutingConfig().GetCurrentDeploymentVersion() == nil {
		none.State = "current"
	}
	view.Versions = append(view.Versions, none)
	return view, err
}

// unversioned is what no deployment has.
func (e *engine) unversioned(ctx context.Context, queue string) (versionView, error) {
	v := versionView{BuildID: unversioned}
	pollers, err := e.pollers(ctx, queue)
	if err != nil {
		return v, err
	}
	v.Workers = len(pollers[""])
	v.Open, err = e.count(ctx, untaken())
	return v, err
}

type versionSummary = deploymentpb.WorkerDeploymentInfo_WorkerDeploymentVersionSummary

func (e *engine) version(ctx context.Context, summary *versionSummary) (v versionView, err error) {
	of := summary.GetDeploymentVersion()
	v.BuildID = of.GetBuildId()
	v.State = strings.ToLower(summary.GetStatus().String())
	if v.Open, err = e.count(ctx, pinnedTo(of)); err != nil {
		return v, err
	}
	full, err := e.client.WorkflowService().DescribeWorkerDeploymentVersion(ctx, &workflowservice.DescribeWorkerDeploymentVersionRequest{
		Namespace: e.namespace, DeploymentVersion: of,
	})
	if err != nil {
		return v, err
	}
	workers := map[string]bool{}
	for _, queue := range full.GetVersionTaskQueues() {
		if queue.GetType() != enums.TASK_QUEUE_TYPE_WORKFLOW {
			continue
		}
		pollers, err := e.pollers(ctx, queue.GetName())
		if err != nil {
			return v, err
		}
		maps.Copy(workers, pollers[versioned(of)])
	}
	v.Workers = len(workers)
	return v, nil
}

// pinnedTo is the query for what is open on a version.
func pinnedTo(of *deploymentpb.WorkerDeploymentVersion) string {
	const query = "%s AND TemporalWorkflowVersioningBehavior = 'Pinned' AND TemporalWorkerDeploymentVersion = '%s'"
	return fmt.Sprintf(query, running, versioned(of))
}

// untaken is the query for the calls, and approvals that are owed, that no version has taken yet.
func untaken() string {
	names := []string{"'RetroApproval'"}
	for _, w := range usm.Workflows() {
		names = append(names, "'"+w.Name+"'")
	}
	return running + " AND TemporalWorkflowVersioningBehavior IS NULL AND WorkflowType IN (" + join(names) + ")"
}

// versioned is how Temporal writes a version; "" for none.
func versioned(of *deploymentpb.WorkerDeploymentVersion) string {
	if of.GetBuildId() == "" {
		return ""
	}
	return of.GetDeploymentName() + ":" + of.GetBuildId()
}

func (e *engine) count(ctx context.Context, query string) (int64, error) {
	answer, err := e.client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: e.namespace, Query: query})
	return answer.GetCount(), err
}

// pollers are the workers that asked for workflow tasks of a queue lately, by version; "" has those without. Temporal tells of
// them for five minutes, and one that lives asks every minute.
func (e *engine) pollers(ctx context.Context, queue string) (map[string]map[string]bool, error) {
	answer, err := e.client.DescribeTaskQueue(ctx, queue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	pollers := map[string]map[string]bool{}
	for _, p := range answer.GetPollers() {
		if time.Since(p.GetLastAccessTime().AsTime()) > livesFor {
			continue
		}
		of := ""
		if o := p.GetDeploymentOptions(); o.GetWorkerVersioningMode() == enums.WORKER_VERSIONING_MODE_VERSIONED {
			of = versioned(&deploymentpb.WorkerDeploymentVersion{DeploymentName: o.GetDeploymentName(), BuildId: o.GetBuildId()})
		}
		if pollers[of] == nil {
			pollers[of] = map[string]bool{}
		}
		pollers[of][p.GetIdentity()] = true
	}
	return pollers, err
}
