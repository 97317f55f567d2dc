package devstack

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// running reports whether the process exists and has not ended: in a container whose first process collects nobody, an
// ended orphan keeps its number for ever.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true // not Linux, where there is no need to ask
	}
	// The name is in brackets and may hold anything; the state is the first letter after it.
	after := stat[bytes.LastIndexByte(stat, ')')+1:]
	return !bytes.HasPrefix(bytes.TrimSpace(after), []byte("Z"))
}

// isPostgres reports whether the process is a Postgres server. Where the system does not say, it is taken for one.
func isPostgres(pid int) bool {
	if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil {
		return strings.TrimSpace(string(name)) == "postgres"
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	return err != nil || strings.Contains(string(out), "postgres")
}

// worksIn reports whether a process has the folder as its working directory, as every process of a Postgres server has
// its data folder. Where the system does not say, none has.
func worksIn(dir string) bool {
	folders, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return false
	}
	for _, folder := range folders {
		if at, err := os.Readlink(folder); err == nil && at == dir {
			return true
		}
	}
	return false
}
