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

// TestGatewayAndWorkerNeedLittleWhileNothingHappens, with the five domains applied. Both run the same program, whose pages they
// share.
func TestGatewayAndWorkerNeedLittleWhileNothingHappens(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{})
	var own, program float64
	product.Eventually(t, eventual, "they are at rest", func() error {
		own, program = 0, 0
		for _, part := range []string{"gateway", "worker"} {
			pid := p.Part(part).PID()
			own, program = own+memory(t, pid, "RssAnon"), max(program, memory(t, pid, "RssFile"))
		}
		if own+program > mostIdle {
			return fmt.Errorf("they have %.0f MiB of their own, and %.0f of the program", own, program)
		}
		return nil
	})
	t.Logf("%.0f MiB of their own, %.0f MiB of the program", own, program)
}

// memory is what a process has of that kind, such as VmRSS, in MiB.
func memory(tb testing.TB, pid int, kind string) float64 {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(tb, err)
	found := regexp.MustCompile(kind + `:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(tb, found)
	kib, err := strconv.ParseFloat(string(found[1]), 64)
	require.NoError(tb, err)
	return kib / 1024
}
