package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

const (
	unversioned  = "unversioned"    // stands in commands for the workers that no deployment has
	routedWithin = 30 * time.Second // every task queue knows of a change of the versions
)

// upgradeCommand groups what brings a new version of the workers into use. The words are Temporal's.
func (a *app) upgradeCommand() *cobra.Command {
	return group("upgrade", "Bring a new version of the workers into use, and take it back",
		a.upgradeCheckCommand(), a.upgradeStatusCommand(), a.upgradeRampCommand(), a.upgradeCurrentCommand(), a.upgradeDrainCommand())
}

// deploymentVersion is what the workers of this binary are by the settings; nil when they are unversioned.
func (a *app) deploymentVersion() *worker.WorkerDeploymentVersion {
	name := a.settings.get("deployment")
	if name == "" {
		return nil
	}
	return &worker.WorkerDeploymentVersion{DeploymentName: name, BuildID: a.settings.or("build-id", version())}
}

// upgrading makes a command that speaks with Temporal alone; needs says that there must be a deployment.
func (a *app) upgrading(cmd *cobra.Command, needs bool, run func(context.Context, *engine, []string) error) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		e, err := a.engine("", unobserved())
		if err != nil {
			return err
		}
		defer e.client.Close()
		if err = e.await(cmd.Context(), answerWithin, e.answers); err != nil {
			return err
		}
		return run(cmd.Context(), e, args)
	}
	useSettings(cmd, "temporal-address", "temporal-namespace", "deployment")
	if needs {
		needSetting(cmd, "deployment")
	}
	return cmd
}

// handle is the deployment that the settings name.
func (a *app) handle(e *engine) temporal.WorkerDeploymentHandle {
	return e.client.WorkerDeploymentClient().GetHandle(a.settings.get("deployment"))
}

// named is the build ID as Temporal takes it.
func named(buildID string) string {
	if buildID == unversioned {
		return ""
	}
	return buildID
}

// route changes the versions, and waits until every task queue knows of it: Temporal answers before, and till then calls begin, and
// go on, where they did. What a busy Temporal does not answer in time is asked again: the same change twice is one.
func (a *app) route(
	ctx context.Context, change func(context.Context) error, routed func(context.Context) (bool, error),
) error {
	limited, cancel := context.WithTimeout(ctx, routedWithin)
	defer cancel()
	changed := false
	err := until(limited, func() (known bool, err error) {
		if !changed {
			err = change(limited)
			changed = err == nil
		}
		if changed {
			known, err = routed(limited)
		}
		if _, late := errors.AsType[*serviceerror.DeadlineExceeded](err); late && limited.Err() == nil {
			err = nil
		}
		return known, err
	})
	if changed && limited.Err() != nil && ctx.Err() == nil {
		fmt.Fprintf(a.err, "not every task queue knows of it after %s: until then calls begin, and stay, where they did\n", routedWithin)
		return nil
	}
	return err
}

// routed says whether every task queue knows which versions are current and ramping.
func (a *app) routed(e *engine) func(context.Context) (bool, error) {
	request := &workflowservice.DescribeWorkerDeploymentRequest{Namespace: e.namespace, DeploymentName: a.settings.get("deployment")}
	return func(ctx context.Context) (bool, error) {
		d, err := e.client.WorkflowService().DescribeWorkerDeployment(ctx, request)
		return err == nil && d.GetWorkerDeploymentInfo().GetRoutingConfigUpdateState() != enums.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS, err
	}
}

func (a *app) upgradeRampCommand() *cobra.Command {
	return a.upgrading(&cobra.Command{
		Use:   "ramp BUILD-ID PERCENT",
		Short: "Give a version a share of the calls: the ramping version; 0 takes it back",
		Args:  arguments(2, 2),
	}, true, func(ctx context.Context, e *engine, args []string) error {
		percent, err := strconv.ParseFloat(strings.TrimSuffix(args[1], "%"), 32)
		if err != nil || percent < 0 || percent > 100 {
			return usagef("%q is no percentage from 0 to 100", args[1])
		}
		o := temporal.WorkerDeploymentSetRampingVersionOptions{BuildID: named(args[0]), Percentage: float32(percent)}
		if percent == 0 {
			o.BuildID = "" // else it would stay the ramping version, without calls
		}
		if err = a.route(ctx, func(ctx context.Context) error {
			_, err := a.handle(e).SetRampingVersion(ctx, o)
			return err
		}, a.routed(e)); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s gets %g %% of the calls\n", args[0], percent)
		return nil
	})
}

func (a *app) upgradeCurrentCommand() *cobra.Command {
	return a.upgrading(&cobra.Command{
		Use:   "current BUILD-ID",
		Short: "Have a version take all new calls: the current version",
		Long: "Have a version take all new calls: the current version. To roll back, name the one before. Calls that are open move when\n" +
			"somebody acts on them next, or by `usm upgrade drain`. " + unversioned + " stands for workers without a deployment.",
		Args: arguments(1, 1),
	}, true, func(ctx context.Context, e *engine, args []string) error {
		if err := a.route(ctx, func(ctx context.Context) error {
			_, err := a.handle(e).SetCurrentVersion(ctx, temporal.WorkerDeploymentSetCurrentVersionOptions{BuildID: named(args[0])})
			return err
		}, a.routed(e)); err != nil {
			return err
		}
		fmt.Fprintln(a.out, args[0], "is the current version")
		return nil
	})
}
