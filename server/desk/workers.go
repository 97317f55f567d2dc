package desk

import (
	"context"
	"slices"
	"time"

	enums "go.temporal.io/api/enums/v1"

	"github.com/usm-works/usm/usm"
)

// livesFor is how long a worker counts after it asked for work.
const livesFor = 90 * time.Second

// Workers returns the workers that asked for work of these queues lately, "" being the usual one, the latest first.
func (d *Desk) Workers(ctx context.Context, queues []string) (workers []usm.Worker, err error) {
	limited, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	for _, queue := range queues {
		if queue == "" {
			queue = d.options.TaskQueue
		}
		answer, err := d.temporal.DescribeTaskQueue(limited, queue, enums.TASK_QUEUE_TYPE_WORKFLOW)
		if err != nil {
			return nil, refusal(err)
		}
		for _, p := range answer.GetPollers() {
			at := p.GetLastAccessTime().AsTime()
			if time.Since(at) > livesFor {
				continue
			}
			w := usm.Worker{Identity: p.GetIdentity(), Queue: queue, SeenAt: at}
			if o := p.GetDeploymentOptions(); o.GetWorkerVersioningMode() == enums.WORKER_VERSIONING_MODE_VERSIONED {
				w.Version = o.GetDeploymentName() + ":" + o.GetBuildId()
			}
			workers = append(workers, w)
		}
	}
	slices.SortFunc(workers, func(a, b usm.Worker) int { return b.SeenAt.Compare(a.SeenAt) })
	return workers, nil
}
