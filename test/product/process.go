package product

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stopTimeout is how long a process may take to stop before it is killed.
const stopTimeout = 20 * time.Second

// Process is a running part of the product.
type Process struct {
	Name string
	cmd  *exec.Cmd
	log  *tail
	done chan struct{}
}

// start starts a part. It ends with the test, and on Linux also when the test is killed.
func start(tb testing.TB, name string, cmd *exec.Cmd, log *tail) *Process {
	tb.Helper()
	p := &Process{Name: name, cmd: cmd, log: log, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = attributes()
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		runtime.LockOSThread() // the death signal comes when the thread that started the child ends
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // who cares how it ended looks at its log
		}
	}()
	require.NoError(tb, <-started, "start %s", name)
	return p
}

// PID is the part's process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends the part with SIGKILL, as a crash would, and returns when it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL) // what has ended already is what was wanted
	<-p.done
}

// Stop asks the part to end and kills it when it does not in time.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		p.Kill()
	}
}

// Said is the end of what it has written.
func (p *Process) Said() string { return p.log.String() }

// Ended reports whether the part has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// ExitCode is that of a part that has ended by itself; -1 when a signal ended it.
func (p *Process) ExitCode() int {
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// tailSize is how much of a part's log is kept, in bytes.
const tailSize = 1 << 20

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write satisfies io.Writer.
func (w *tail) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = append(w.kept, b...)
	if over := len(w.kept) - tailSize; over > 0 {
		w.kept = bytes.Clone(w.kept[over:])
	}
	return len(b), nil
}

// String returns what was kept.
func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.kept)
}

// grave returns the last lines that report an error, which a failed test shows.
func (w *tail) grave(most int) string {
	var lines [][]byte
	for line := range bytes.Lines([]byte(w.String())) {
		if bytes.Contains(line, []byte(`"ERROR"`)) || bytes.Contains(line, []byte("level=ERROR")) || !bytes.HasPrefix(line, []byte("{")) {
			lines = append(lines, line)
		}
	}
	return string(bytes.Join(lines[max(0, len(lines)-most):], nil))
}
