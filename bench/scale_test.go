package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScale(t *testing.T) {
	t.Parallel()
	in, out := filepath.Join(t.TempDir(), "results.json"), filepath.Join(t.TempDir(), "scale.md")
	require.ErrorContains(t, scale([]string{"-in", in, "-out", out}), "measure first")

	cell := Cell{Case: "approval", Load: "10", Cost: Cost{CPU: 108, Log: 1 << 20}, Trace: trace{Events: 30}}
	require.NoError(t, (Results{
		Blocks: []Block{{Run: 1, Engine: "usm", Cells: []Cell{cell}}},
		Asleep: []Asleep{
			{Engine: "usm", Cases: 512, Data: Change{Before: 3, After: 7}}, // what is written once counts less where more wait
			{Engine: "usm", Cases: 1024, Data: Change{Before: 3, After: 4}},
		},
	}).save(in))
	require.NoError(t, scale([]string{"-in", in, "-out", out}))
	page, err := os.ReadFile(out)
	require.NoError(t, err)
	for _, line := range []string{
		"| kept while it waits, KiB | 1.00 |",
		"| calls a second at the peak | 58 | 579 | 5787 |",
		"| cores | 13 | 125 | 1250 |",
		"| events of histories a second | 1736 | 17361 | 173611 |",
		"| history shards | 64 | 512 | 8192 |",
		"| written, MiB a second | 58 | 579 | 5787 |",
		"| kept in a year, at most, GiB | 348 | 3481 | 34809 |",
	} {
		require.Contains(t, string(page), line)
	}
}
