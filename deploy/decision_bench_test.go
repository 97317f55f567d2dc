package deploy

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkDecision is that of ../test, on Temporal as it runs in production: its own server on Postgres, durable.
func BenchmarkDecision(b *testing.B) {
	h := startHost(b, true)
	h.run("temporal-schema")
	h.start("temporal", "")
	cmd := exec.CommandContext(b.Context(), "go", "run", "./test/stack", "--", "go", "test", "./test", "-run", "^$", "-bench", "Decision")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "USM_TEMPORAL_ADDRESS="+h.address("temporal", "7233"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	require.NoError(b, cmd.Run())
}
