package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/usm-works/usm/devstack"
)

// The ways in which Temporal keeps its data.
const (
	onFile = "file" // SQLite, in one process, as on a developer's machine
)

// temporalServer is a running Temporal.
type temporalServer struct {
	address string
	file    *devstack.Temporal
	data    string // folder of its own data; "" when that is in Postgres
}

// startTemporal starts it for a stack.
func startTemporal(ctx context.Context, s *stack, kind string) (*temporalServer, error) {
	if kind != onFile {
		return nil, fmt.Errorf("no Temporal is called %q", kind)
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

func (t *temporalServer) pid() int { return t.file.PID() }

func (t *temporalServer) stop(ctx context.Context) error { return t.file.Stop(ctx) }

// trace sums up the histories of these workflows, those that do not exist left out.
func (t *temporalServer) trace(ctx context.Context, ids []string) (sum trace, err error) {
	c, err := client.Dial(client.Options{
		HostPort: t.address, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return sum, err
	}
	defer c.Close()
	for _, id := range ids {
		history := c.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for history.HasNext() {
			event, err := history.Next()
			var missing *serviceerror.NotFound
			if errors.As(err, &missing) {
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
