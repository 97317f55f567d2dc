package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/testing/freeport"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
)

// asServer makes the test binary the server itself, so that the tests start what they were built from.
const asServer = "USM_TEMPORAL_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a running server and a client to it.
type process struct {
	*exec.Cmd
	workflowservice.WorkflowServiceClient
}

// start runs a server on the folder db and returns when it has said ready.
func start(t *testing.T, db, address string) process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "--db", db, "--address", address, "--ui-address", "", "--namespace", "usm,other")
	cmd.Env, cmd.Stderr = append(os.Environ(), asServer+"=1"), os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "usm-temporal ready address="+address+"\n", line)
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return process{cmd, workflowservice.NewWorkflowServiceClient(conn)}
}

func (p process) startExecution(ctx context.Context, namespace, id string) error {
	_, err := p.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
		Namespace: namespace, WorkflowId: id, RequestId: id,
		WorkflowType: &common.WorkflowType{Name: "Any"}, TaskQueue: &taskqueue.TaskQueue{Name: "any"},
	})
	return err
}

func (p process) hasExecution(ctx context.Context, namespace, id string) error {
	_, err := p.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: namespace, Execution: &common.WorkflowExecution{WorkflowId: id},
	})
	return err
}

func TestServer(t *testing.T) {
	t.Parallel()
	db, address := t.TempDir(), "127.0.0.1:"+strconv.Itoa(freeport.MustGetFreePort())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	// The claims build on one another: one server, killed and started again on its file.
	first := start(t, db, address)
	require.NoError(t, first.startExecution(ctx, "usm", "kept"), "a named namespace is usable at once")
	require.NoError(t, first.startExecution(ctx, "other", "kept"), "each of a list is")

	_, err := first.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: "late", WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return first.startExecution(ctx, "late", "kept") == nil },
		time.Second, 20*time.Millisecond, "a namespace registered at run time is usable within a second")

	files, err := filepath.Glob(filepath.Join(db, "temporal-*.db"))
	require.NoError(t, err)
	require.Len(t, files, 1, "the file in a folder is named after the server's version")

	require.NoError(t, first.Process.Signal(syscall.SIGKILL))
	_ = first.Wait()
	second := start(t, db, address)
	for _, namespace := range []string{"usm", "other", "late"} {
		require.NoError(t, second.hasExecution(ctx, namespace, "kept"), "kill -9 loses nothing acknowledged")
	}
	require.NoError(t, second.Process.Signal(syscall.SIGTERM))
	require.NoError(t, second.Wait(), "SIGTERM is a clean end")
}

func TestTakenPortNamesTheFlag(t *testing.T) {
	t.Parallel()
	address := "127.0.0.1:" + strconv.Itoa(freeport.MustGetFreePort())
	running := start(t, t.TempDir(), address)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "--db", t.TempDir(), "--address", address, "--ui-address", "")
	cmd.Env = append(os.Environ(), asServer+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "choose another with --address")
	require.NoError(t, running.Process.Signal(syscall.SIGTERM))
	require.NoError(t, running.Wait())
}

func TestParseOptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"RequiresAFile":         {nil, "--db is required"},
		"RefusesAnArgument":     {[]string{"--db", "x.db", "more"}, `unexpected argument "more"`},
		"RefusesAnUnknownLevel": {[]string{"--db", "x.db", "--log-level", "loud"}, "--log-level"},
		"RefusesABareHost":      {[]string{"--db", "x.db", "--address", "localhost"}, "--address"},
		"RefusesABareUIHost":    {[]string{"--db", "x.db", "--ui-address", "localhost"}, "--ui-address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			_, err := parseOptions(c.args, &out)
			require.Error(t, err)
			require.Contains(t, out.String(), c.want)
		})
	}
	t.Run("TakesNamespacesRepeatedAndInLists", func(t *testing.T) {
		t.Parallel()
		var out strings.Builder
		got, err := parseOptions([]string{"--db", "x.db", "--namespace", "a, b", "--namespace", "c"}, &out)
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b", "c"}, got.namespaces)
	})
}
