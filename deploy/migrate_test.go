package deploy

import (
	"fmt"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// requireMigrateToWait holds that all services of Temporal know the search attributes of a new namespace when migrate returns: the
// first workflow task that sets one is not refused. There are several namespaces, because they may know them by chance.
func (h *host) requireMigrateToWait() {
	h.t.Helper()
	for i := range 4 {
		namespace := fmt.Sprintf("new-%d", i)
		migrate := h.command("migrate", "")
		migrate.Env = append(migrate.Env, "USM_TEMPORAL_NAMESPACE="+namespace)
		said, err := migrate.CombinedOutput()
		require.NoError(h.t, err, "%s", said)
		h.requireEachTaskTaken(namespace)
	}
}

// requireEachTaskTaken runs a workflow that sets a search attribute, and holds that no task of it is refused.
func (h *host) requireEachTaskTaken(namespace string) {
	h.t.Helper()
	const queue = "first"
	c, err := client.Dial(client.Options{HostPort: h.address("temporal", "7233"), Namespace: namespace})
	require.NoError(h.t, err)
	defer c.Close()
	sets := func(ctx workflow.Context) error {
		return workflow.UpsertTypedSearchAttributes(ctx, temporal.NewSearchAttributeKeyKeyword("UsmService").ValueSet("mail"))
	}
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(sets, workflow.RegisterOptions{Name: "sets"})
	require.NoError(h.t, w.Start())
	defer w.Stop()
	run, err := c.ExecuteWorkflow(h.t.Context(), client.StartWorkflowOptions{ID: "first", TaskQueue: queue}, "sets")
	require.NoError(h.t, err)
	require.NoError(h.t, run.Get(h.t.Context(), nil))
	events := c.GetWorkflowHistory(h.t.Context(), run.GetID(), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(h.t, err)
		require.Nil(h.t, event.GetWorkflowTaskFailedEventAttributes(), event.String())
	}
}
