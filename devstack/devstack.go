// Package devstack starts and stops the two servers that the product needs, Postgres and Temporal, and what surrounds it, a
// mailbox, as child processes: for `usm dev` and for tests. It is not for production.
//
// The two survive kill -9, their own and that of the process that started them: nothing acknowledged is lost, the children
// do not outlive their parent by more than two seconds on Linux, and the next start on the same folder waits for what is
// left of the one before.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// takeoverTimeout is how long a start waits for what a killed predecessor left behind: a process, a file lock, a port.
const takeoverTimeout = 10 * time.Second

// poll is the interval at which something is asked for that nothing announces.
const poll = 10 * time.Millisecond

// AddressTakenError says that a server cannot listen where it was told to, and how to tell it otherwise.
type AddressTakenError struct {
	What     string // the server, as people call it
	Address  string // host:port
	Override string // the environment variable that chooses another address
}

// Error names the address and the override.
func (e *AddressTakenError) Error() string {
	return fmt.Sprintf("%s: address %s is taken by another process: free it, or choose another with %s=host:port",
		e.What, e.Address, e.Override)
}

// ErrInUse says that another running process has started its server on the same folder.
var ErrInUse = errors.New("in use by another running process")

// lockFolder makes one process at a time the user of a folder. The lock goes with the process, kill -9 included, so a
// lock that stays taken is a living owner.
func lockFolder(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the Postgres user must be able to pass through
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrInUse
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("folder %s: %w", dir, err), lock.Close())
	}
	return lock, nil
}

// until calls done every poll until it says true or fails, or ctx ends.
func until(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// freeAddress checks that address can be listened on. A predecessor killed a moment ago may hold it a little longer, so
// a taken one is tried again for two seconds. Port 0 is replaced by a port that is free now.
func freeAddress(ctx context.Context, what, address, override string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var listener net.Listener
	err := until(ctx, func() (bool, error) {
		var err error
		listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if errors.Is(err, syscall.EADDRINUSE) {
			return false, nil
		}
		return true, err
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return "", &AddressTakenError{What: what, Address: address, Override: override}
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	return listener.Addr().String(), listener.Close()
}

// logTo is where a child's output goes when nobody asked for it.
func logTo(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}
