package deploy

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkDecision is that of ../test, on Temporal as it runs in production: its own server on Postgres, durable.
func BenchmarkDecision(b *testing.B) { inProduction(b, "Decision") }

// BenchmarkNoisyDomain is that of ../test, on Temporal as it runs in production.
func BenchmarkNoisyDomain(b *testing.B) { inProduction(b, "NoisyDomain") }

// inProduction runs a benchmark of ../test on a Temporal of production.
func inProduction(b *testing.B, name string) {
	b.Helper()
	h := startHost(b, true)
	h.run("temporal-schema")
	h.start("temporal", "")
	cmd := exec.CommandContext(b.Context(), "go", "run", "./test/stack", "--",
		"go", "test", "./test", "-run", "^$", "-bench", "^Benchmark"+name+"$", "-timeout", "60m")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "USM_TEMPORAL_ADDRESS="+h.address("temporal", "7233"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	require.NoError(b, cmd.Run())
}
