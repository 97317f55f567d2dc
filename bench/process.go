package main

import (
	"bufio"
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

// stopWithin is how long a process may take to stop before it is killed.
const stopWithin = time.Minute

// process is a child, with a log of its own.
type process struct {
	cmd  *exec.Cmd
	log  string
	line chan string // the first on standard output
	done chan struct{}
}

// start starts a child that dies with this process. Its output goes to a log.
func start(log string, env []string, args ...string) (*process, error) {
	to, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &process{log: log, line: make(chan string, 1), done: make(chan struct{})}
	p.cmd = exec.Command(args[0], args[1:]...) //nolint:noctx // it ends by signal, not by context
	p.cmd.Env, p.cmd.Stderr, p.cmd.SysProcAttr = env, to, attributes()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, to.Close())
	}
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		defer to.Close()       //nolint:errcheck // what is not in the log is not missed
		runtime.LockOSThread() // the death signal comes when the thread that started the child ends
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		var reading sync.WaitGroup
		reading.Go(func() {
			lines := bufio.NewReader(out)
			first, _ := lines.ReadString('\n')
			p.line <- strings.TrimSpace(first)
			_, _ = io.Copy(to, lines)
		})
		reading.Wait()
		_ = p.cmd.Wait() // who cares how it ended looks at its log
	}()
	return p, <-started
}

// said returns the first line that the process has written.
func (p *process) said(ctx context.Context) (string, error) {
	select {
	case line := <-p.line:
		if line != "" {
			return line, nil
		}
	case <-ctx.Done():
	}
	last, _ := os.ReadFile(p.log)
	return "", fmt.Errorf("%s says nothing: %s", p.cmd, last[max(0, len(last)-1000):])
}

// stop ends the process.
func (p *process) stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // what has ended already is what was wanted
	select {
	case <-p.done:
	case <-time.After(stopWithin):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}
