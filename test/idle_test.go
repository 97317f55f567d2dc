package test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// mostIdle is what a gateway and a worker that have nothing to do may need together, in MiB.
const mostIdle = 150

// TestGatewayAndWorkerNeedLittleWhileNothingHappens, with the five domains applied.
func TestGatewayAndWorkerNeedLittleWhileNothingHappens(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{})
	var gateway, worker float64
	product.Eventually(t, eventual, "they are at rest", func() error {
		gateway, worker = resident(t, p.Part("gateway").PID()), resident(t, p.Part("worker").PID())
		if gateway+worker > mostIdle {
			return fmt.Errorf("the gateway has %.0f MiB and the worker %.0f", gateway, worker)
		}
		return nil
	})
	t.Logf("gateway %.0f MiB, worker %.0f MiB", gateway, worker)
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is the memory of a process, in MiB.
func resident(tb testing.TB, pid int) float64 {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(tb, err)
	found := residentLine.FindSubmatch(status)
	require.NotNil(tb, found)
	kib, err := strconv.ParseFloat(string(found[1]), 64)
	require.NoError(tb, err)
	return kib / 1024
}
