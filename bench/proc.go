package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// tick is the unit of CPU time in /proc, in milliseconds.
const tick = 10

// proc is a process: its parent, and the CPU time of it and of those of its children that have ended, in ticks.
type proc struct {
	parent int
	ticks  int64
}

// processes are all that run.
func processes() (map[int]proc, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]proc{}
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name is in brackets and may hold anything; the state comes after it.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || len(fields) < 15 {
			return nil, fmt.Errorf("%s is not understood", file)
		}
		var p proc
		p.parent, _ = strconv.Atoi(fields[1])
		for _, field := range fields[11:15] { // utime stime cutime cstime
			n, _ := strconv.ParseInt(field, 10, 64)
			p.ticks += n
		}
		all[pid] = p
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("/proc is empty: this needs Linux")
	}
	return all, nil
}

// family are the processes below the roots, the roots included.
func family(all map[int]proc, roots ...int) []int {
	known := map[int]bool{}
	for _, root := range roots {
		known[root] = true
	}
	for grown := true; grown; {
		grown = false
		for pid, p := range all {
			if !known[pid] && known[p.parent] {
				known[pid], grown = true, true
			}
		}
	}
	var pids []int
	for pid := range known {
		pids = append(pids, pid)
	}
	return pids
}

// spent is the CPU time of a family so far, in milliseconds; that of some of them is left out.
func spent(all map[int]proc, roots []int, but map[int]bool) (ms int64) {
	for _, pid := range family(all, roots...) {
		if !but[pid] {
			ms += all[pid].ticks * tick
		}
	}
	return ms
}

// memory is what a family holds, in MiB; what is shared counts once.
func memory(roots []int) (mib float64, err error) {
	all, err := processes()
	if err != nil {
		return 0, err
	}
	for _, pid := range family(all, roots...) {
		kilobytes, err := number(fmt.Sprintf("/proc/%d/smaps_rollup", pid), `(?m)^Pss:\s+(\d+)`)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // it has ended
		}
		if err != nil {
			return 0, err
		}
		mib += float64(kilobytes) / 1024
	}
	return mib, nil
}

// number finds one in a file.
func number(file, pattern string) (int64, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(pattern).FindSubmatch(content)
	if found == nil {
		return 0, nil
	}
	return strconv.ParseInt(string(found[1]), 10, 64)
}

// machineTime is the CPU time of the whole machine so far, in milliseconds, and what of it was used.
func machineTime() (all, busy int64, err error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, err
	}
	first, _, _ := strings.Cut(string(stat), "\n")
	for i, field := range strings.Fields(first)[1:9] { // user nice system idle iowait irq softirq steal
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0, err
		}
		all += n * tick
		if i != 3 && i != 4 {
			busy += n * tick
		}
	}
	return all, busy, nil
}

// others measures the share of the machine that is used by what we have not started.
type others struct{ all, busy, ours int64 }

func lookAtOthers() (o others, err error) {
	if o.all, o.busy, err = machineTime(); err != nil {
		return o, err
	}
	running, err := processes()
	if err != nil {
		return o, err
	}
	o.ours = spent(running, []int{os.Getpid()}, nil)
	return o, nil
}

// share since then.
func (o others) share() (float64, error) {
	now, err := lookAtOthers()
	if err != nil || now.all == o.all {
		return 0, err
	}
	return max(0, float64(now.busy-o.busy-(now.ours-o.ours))/float64(now.all-o.all)), nil
}
