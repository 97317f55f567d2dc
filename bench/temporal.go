package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/usm-works/usm/devstack"
)

// The ways in which Temporal keeps its data.
const (
	onFile     = "file"     // SQLite, in the process that developers run
	onPostgres = "postgres" // beside that of the engine, in the process that is deployed
)

// temporalServer is a running Temporal.
type temporalServer struct {
	address string
	file    *devstack.Temporal // nil when its data are in Postgres
	data    string             // folder of its file
	process *process           // nil when they are in a file
}

// startTemporal starts it for a stack.
func startTemporal(ctx context.Context, s *stack, kind string) (*temporalServer, error) {
	if kind == onPostgres {
		return startOnPostgres(ctx, s)
	}
	data := filepath.Join(s.dir, "temporal")
	t, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{
		Dir: data, Address: "127.0.0.1:0", UIAddress: devstack.NoUI, Namespaces: []string{namespace},
	})
	if err != nil {
		return nil, err
	}
	return &temporalServer{address: t.Address(), file: t, data: data}, nil
}

func (t *temporalServer) pid() int {
	if t.file != nil {
		return t.file.PID()
	}
	return t.process.cmd.Process.Pid
}

func (t *temporalServer) stop(ctx context.Context) error {
	if t.file != nil {
		return t.file.Stop(ctx)
	}
	t.process.stop()
	return nil
}

// version is that of the server.
func (t *temporalServer) version(ctx context.Context) (string, error) {
	c, err := t.dial()
	if err != nil {
		return "", err
	}
	defer c.Close()
	info, err := c.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	return info.GetServerVersion(), err
}

// dial connects to it, whether it answers yet or not.
func (t *temporalServer) dial() (client.Client, error) {
	return client.NewLazyClient(client.Options{
		HostPort: t.address, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
}

// trace sums up the histories of these workflows, those that do not exist left out.
func (t *temporalServer) trace(ctx context.Context, ids []string) (sum trace, err error) {
	c, err := t.dial()
	if err != nil {
		return sum, err
	}
	defer c.Close()
	for _, id := range ids {
		history := c.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for history.HasNext() {
			event, err := history.Next()
			if _, missing := errors.AsType[*serviceerror.NotFound](err); missing {
				break
			}
			if err != nil {
				return sum, err
			}
			sum.Events++
			local := event.GetMarkerRecordedEventAttributes().GetMarkerName() == "LocalActivity"
			if local || event.GetEventType() == enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED {
				sum.Activities++
			}
		}
	}
	return sum, nil
}
