package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// thisProduct is how the versions name it.
const thisProduct = "This product"

// modules whose versions matter.
var modules = map[string]string{
	"go.temporal.io/sdk": "Temporal SDK", "github.com/dbos-inc/dbos-transact-golang": "DBOS", "github.com/riverqueue/river": "River",
}

// thisMachine says on what is measured.
func thisMachine(ctx context.Context) (m Machine, err error) {
	m = Machine{Cores: runtime.NumCPU(), Versions: map[string]string{"Go": runtime.Version()}, Fsync: "on"}
	cpu, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m, err
	}
	if found := regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`).FindSubmatch(cpu); found != nil {
		m.CPU = string(found[1])
	}
	kilobytes, err := number("/proc/meminfo", `(?m)^MemTotal:\s+(\d+)`)
	if err != nil {
		return m, err
	}
	m.MemoryGiB = float64(kilobytes) / (1 << 20)
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return m, err
	}
	m.Kernel, _, _ = strings.Cut(strings.TrimSpace(string(kernel)), "-")
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if name := modules[dep.Path]; name != "" {
				m.Versions[name] = dep.Version
			}
		}
	}
	m.Versions[thisProduct] = commit(ctx)
	return m, nil
}

// commit is the one that is measured, with -dirty when anything is not committed but what make bench itself writes; "" where this is
// no clone.
func commit(ctx context.Context) string {
	name, err := exec.CommandContext(ctx, "git", "describe", "--always").Output()
	if err != nil {
		return ""
	}
	changed, err := exec.CommandContext(
		ctx, "git", "status", "--porcelain", "--", ":/", ":(top,exclude)docs", ":(top,exclude)bench/results").Output()
	if err != nil || len(changed) > 0 {
		return strings.TrimSpace(string(name)) + "-dirty"
	}
	return strings.TrimSpace(string(name))
}

// show prints a block while it is fresh.
func (b Block) show(to io.Writer) {
	fmt.Fprintf(to, "run %d, %s, others used %.0f %%\n", b.Run, b.Engine, 100*b.Others)
	for _, c := range b.Cells {
		fmt.Fprintf(to, "  %-10s %5s: %5d cases, %7.1f/s, decision %7.1f %7.1f %7.1f ms, CPU %6.1f ms, %6.1f KiB, %4.1f writing, "+
			"%3d events\n", c.Case, c.Load, c.Cases, c.PerSecond, c.Decision.P50, c.Decision.P95, c.Decision.P99, c.Cost.CPU,
			(c.Cost.Log+c.Cost.File)/1024, c.Cost.Writing, c.Trace.Events)
	}
}

// show prints an engine asleep while it is fresh.
func (a Asleep) show(to io.Writer) {
	fmt.Fprintf(to, "%s with %d asleep, opened in %.0f s: memory %.0f to %.0f MiB, data %.0f to %.0f MiB, idle %.1f %%, warm %.1f %.1f ms, "+
		"cold %.1f %.1f ms\n", a.Engine, a.Cases, a.Opening, a.Memory.Before, a.Memory.After, a.Data.Before, a.Data.After, 100*a.Idle,
		a.Warm.P50, a.Warm.P95, a.Cold.P50, a.Cold.P95)
}
