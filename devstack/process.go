package devstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a running child.
type process struct {
	name string
	cmd  *exec.Cmd
	out  *output
	done chan struct{} // closed when the child has ended and its output is read
	err  error         // how it ended; read it after done
}

// startProcess starts cmd with its output going to log. The child gets a process group of its own, so that Ctrl-C in a
// terminal reaches only us and we stop the child in our order, and on Linux the signal death when we die.
func startProcess(name string, cmd *exec.Cmd, log io.Writer, death syscall.Signal, as *syscall.Credential) (*process, error) {
	p := &process{name: name, cmd: cmd, out: &output{to: logTo(log)}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.out, p.out
	cmd.SysProcAttr = attributes(death)
	cmd.SysProcAttr.Credential = as
	// A killed server's own children may hold its output open for a moment longer.
	cmd.WaitDelay = 2 * time.Second
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		// The death signal is sent when the thread that started the child ends, so this one lives as long as the child. It
		// is never unlocked: the runtime then ends the thread with the goroutine, when there is no child to signal.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// stop asks the child to end with first, waits as long as ctx allows, and then kills it. Stopping what has ended is fine.
func (p *process) stop(ctx context.Context, first syscall.Signal) error {
	p.signal(first)
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("%s did not stop in time and was killed: %w", p.name, ctx.Err())
	}
}

// kill ends the child with SIGKILL and waits until it is gone.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

func (p *process) signal(s syscall.Signal) {
	_ = p.cmd.Process.Signal(s) // a child that has already ended is what every caller wants
}

// ended tells an early end with the child's own last words, which are the reason as a rule.
func (p *process) ended() error {
	last := p.out.last()
	if last == "" {
		return fmt.Errorf("%s ended: %w", p.name, errors.Join(p.err, errSilent))
	}
	return fmt.Errorf("%s ended: %s", p.name, last)
}

var errSilent = errors.New("it said nothing")

// run runs cmd to its end in the same way and returns its last words when it fails.
func run(ctx context.Context, name string, cmd *exec.Cmd, log io.Writer, as *syscall.Credential) error {
	p, err := startProcess(name, cmd, log, syscall.SIGKILL, as)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.kill()
		return ctx.Err()
	}
	if p.err != nil {
		return p.ended()
	}
	return nil
}

// output passes a child's output on and remembers its end.
type output struct {
	mu   sync.Mutex
	to   io.Writer
	tail []byte
}

const tailSize = 4 << 10

// Write satisfies io.Writer. A log that cannot be written to must not stop a database, so its error is dropped.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = o.to.Write(b)
	o.tail = append(o.tail, b...)
	if over := len(o.tail) - tailSize; over > 0 {
		o.tail = bytes.Clone(o.tail[over:])
	}
	return len(b), nil
}

// has reports whether the remembered output contains text.
func (o *output) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Contains(o.tail, []byte(text))
}

// line gives the whole line that starts with prefix; "" while there is none.
func (o *output) line(prefix string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for line := range strings.Lines(string(o.tail)) {
		if strings.HasPrefix(line, prefix) && strings.HasSuffix(line, "\n") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// last gives the last lines, in one.
func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(o.tail)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "; ")
}

// clearEnvironment gives our environment without the variables that start with one of prefixes.
func clearEnvironment(prefixes ...string) []string {
	var kept []string
next:
	for _, variable := range os.Environ() {
		for _, prefix := range prefixes {
			if strings.HasPrefix(variable, prefix) {
				continue next
			}
		}
		kept = append(kept, variable)
	}
	return kept
}
