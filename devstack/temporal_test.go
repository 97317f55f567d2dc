package devstack

import (
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
)

func itoa(n int) string { return strconv.Itoa(n) }

// startTemporalTest starts a server on free ports that is stopped with the test, and a client to it.
func startTemporalTest(t *testing.T, dir string) (*Temporal, client.Client) {
	t.Helper()
	server, err := StartTemporal(deadline(t), TemporalOptions{
		Dir: dir, Address: "127.0.0.1:0", UIAddress: NoUI, Namespaces: []string{"usm", "second"},
	})
	require.NoError(t, err)
	c, err := client.DialContext(deadline(t), client.Options{HostPort: server.Address(), Namespace: "usm"})
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return server, c
}

func TestTemporalKeepsExecutionsThroughKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, c := startTemporalTest(t, dir)
	run, err := c.ExecuteWorkflow(deadline(t), client.StartWorkflowOptions{ID: "kept", TaskQueue: "nobody"}, "Any")
	require.NoError(t, err)
	require.NoError(t, healthy(deadline(t), first.Address(), "usm", "second"))
	first.Kill()
	require.False(t, running(first.PID()), "it is gone when Kill returns")
	<-first.Done()

	second, c := startTemporalTest(t, dir)
	found, err := c.DescribeWorkflowExecution(deadline(t), "kept", "")
	require.NoError(t, err)
	require.Equal(t, run.GetRunID(), found.GetWorkflowExecutionInfo().GetExecution().GetRunId())
	require.Empty(t, second.UIAddress())

	_, err = StartTemporal(deadline(t), TemporalOptions{Dir: dir, Address: "127.0.0.1:0", UIAddress: NoUI})
	require.ErrorIs(t, err, ErrInUse, "a folder has one user")
}

func TestTemporalNamesTheOverrideOfATakenAddress(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	taken := listener.Addr().String()

	for override, o := range map[string]TemporalOptions{
		EnvDevTemporalAddress:   {Address: taken, UIAddress: NoUI},
		EnvDevTemporalUIAddress: {Address: "127.0.0.1:0", UIAddress: taken},
	} {
		_, err = startTemporalOnce(deadline(t), temporalBinary{path: "never started"}, o)
		var refused *AddressTakenError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, override, refused.Override)
		require.ErrorContains(t, err, taken)
	}
}

func TestTemporalEndingEarlyTellsWhy(t *testing.T) {
	t.Parallel()
	_, err := startTemporalOnce(deadline(t), temporalBinary{path: "/bin/false"},
		TemporalOptions{Dir: t.TempDir(), Address: "127.0.0.1:0", UIAddress: NoUI})
	require.ErrorContains(t, err, "temporal ended: exit status 1")
}

func TestTemporalElsewhere(t *testing.T) {
	t.Parallel()
	t.Run("IsUsedAndNeverStopped", func(t *testing.T) {
		t.Parallel()
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		server, err := externalTemporal(deadline(t), listener.Addr().String())
		require.NoError(t, err)
		require.True(t, server.External())
		require.Zero(t, server.PID())
		require.NoError(t, server.Stop(deadline(t)))
	})
	t.Run("IsMissedWithAReason", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := externalTemporal(ctx, "127.0.0.1:1")
		require.ErrorContains(t, err, EnvTemporalAddress)
	})
}

func TestTemporalCommandLines(t *testing.T) {
	t.Parallel()
	o := TemporalOptions{Dir: "/d", Address: "127.0.0.1:1", UIAddress: "127.0.0.1:2", Namespaces: []string{"a", "b"}}
	require.Equal(t, []string{
		"x/usm-temporal", "--db", "/d/", "--address", "127.0.0.1:1", "--ui-address", "127.0.0.1:2",
		"--namespace", "a,b",
	}, temporalBinary{path: "x/usm-temporal"}.command(o).Args)
	cli := temporalBinary{path: "temporal", cli: true}.command(o).Args
	require.Subset(t, cli, []string{"start-dev", "--db-filename", "/d/temporal-cli.db", "--ui-port", "2", "a", "b"})
	o.UIAddress = NoUI
	require.Contains(t, temporalBinary{path: "temporal", cli: true}.command(o).Args, "--headless")
}
