package devstack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// The environment variables that choose where the neighbours that we start listen.
const (
	EnvDevSMTPAddress = "USM_DEV_SMTP_ADDRESS"
	EnvDevMailAddress = "USM_DEV_MAIL_ADDRESS"
	EnvDevOIDCAddress = "USM_DEV_OIDC_ADDRESS"
)

// Where they listen when nobody says otherwise.
const (
	DefaultSMTPAddress = "127.0.0.1:1025"
	DefaultMailAddress = "127.0.0.1:8025"
	DefaultOIDCAddress = "127.0.0.1:8026"
)

// ErrNoNeighbours says that there is no program to start and how to get it.
var ErrNoNeighbours = errors.New("no neighbours to start: build them with `make usm-neighbours`")

// NeighboursOptions say how to start the neighbours. The zero value of each field but Dir is usable.
type NeighboursOptions struct {
	// Dir is where they keep what they need; it is created when absent. It must be absolute. One process at a time uses it.
	Dir string
	// Mail is the folder of what was sent; "" is mail in Dir.
	Mail string
	// SMTPAddress is where mail is taken; port 0 chooses a free one. Empty means EnvDevSMTPAddress, else DefaultSMTPAddress.
	SMTPAddress string
	// MailAddress is where the pages that show it listen, in the same way with EnvDevMailAddress.
	MailAddress string
	// OIDCAddress is where the OpenID provider listens, in the same way with EnvDevOIDCAddress; an address of this machine alone.
	OIDCAddress string
	// People is the file of who can sign in there: a JSON array of {id, name, email, holds}, holds being lines that tell what the
	// person does. It is read at each sign-in, and nobody can without it; "" is people.json in Dir.
	People string
	// Log gets what they print; nil drops it.
	Log io.Writer
}

// Neighbours are what surrounds the product on a developer's machine and in tests: a mailbox, and an OpenID
// provider whose client is "usm", without a secret, on any port of this machine.
type Neighbours struct {
	process *process
	lock    *os.File
	said    map[string]string // of the ready line
}

// neighboursReady begins the line by which they say that they listen.
const neighboursReady = "usm-neighbours ready"

// StartNeighbours starts usm-neighbours from beside the running program, .usm/bin at or above the working directory, or PATH,
// and returns when all of them listen, at the latest when ctx ends; ctx plays no part after that. A taken address is an
// *AddressTakenError, a folder in use is ErrInUse, and ErrNoNeighbours says that there is nothing to start.
func StartNeighbours(ctx context.Context, o NeighboursOptions) (*Neighbours, error) {
	if !filepath.IsAbs(o.Dir) {
		return nil, fmt.Errorf("devstack: folder of the neighbours %q is not absolute", o.Dir)
	}
	program := findProgram("usm-neighbours")
	if program == "" {
		return nil, fmt.Errorf("devstack: %w", ErrNoNeighbours)
	}
	lock, err := lockFolder(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("devstack: neighbours: %w", err)
	}
	n, err := startNeighbours(ctx, program, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("devstack: %w", err), lock.Close())
	}
	n.lock = lock
	return n, nil
}

// address returns one that can be listened on. Port 0 is left to the neighbour, which says what it has chosen.
func address(ctx context.Context, what, given, override, otherwise string) (string, error) {
	given = cmp.Or(given, os.Getenv(override), otherwise)
	if strings.HasSuffix(given, ":0") {
		return given, nil
	}
	return freeAddress(ctx, what, given, override)
}

func startNeighbours(ctx context.Context, program string, o NeighboursOptions) (*Neighbours, error) {
	smtp, err := address(ctx, "mail server", o.SMTPAddress, EnvDevSMTPAddress, DefaultSMTPAddress)
	if err != nil {
		return nil, err
	}
	pages, err := address(ctx, "mailbox", o.MailAddress, EnvDevMailAddress, DefaultMailAddress)
	if err != nil {
		return nil, err
	}
	oidc, err := address(ctx, "OpenID provider", o.OIDCAddress, EnvDevOIDCAddress, DefaultOIDCAddress)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, //nolint:noctx // it ends by signal, not by context
		"--smtp-address", smtp, "--mail-address", pages, "--mail", cmp.Or(o.Mail, filepath.Join(o.Dir, "mail")),
		"--oidc-address", oidc, "--oidc", filepath.Join(o.Dir, "oidc"), "--people", cmp.Or(o.People, filepath.Join(o.Dir, "people.json")))
	cmd.Dir = o.Dir
	p, err := startProcess("neighbours", cmd, o.Log, syscall.SIGKILL, nil)
	if err != nil {
		return nil, err
	}
	n := &Neighbours{process: p}
	err = until(ctx, func() (bool, error) {
		select {
		case <-p.done:
			return false, p.ended()
		default:
		}
		n.said = facts(p.out.line(neighboursReady))
		return n.said != nil, nil
	})
	if err != nil {
		p.kill()
		return nil, err
	}
	return n, nil
}

// facts reads what a ready line says as name=value; nil for no line.
func facts(line string) map[string]string {
	if line == "" {
		return nil
	}
	said := map[string]string{}
	for word := range strings.FieldsSeq(line) {
		if name, value, found := strings.Cut(word, "="); found {
			said[name] = value
		}
	}
	return said
}

// SMTPAddress is the host:port at which mail is taken, in clear and from everybody.
func (n *Neighbours) SMTPAddress() string { return n.said["smtp"] }

// MailURL is the address of the pages that show it; as JSON below /messages.
func (n *Neighbours) MailURL() string { return n.said["mail"] }

// Issuer is the address of the OpenID provider, as its tokens name it.
func (n *Neighbours) Issuer() string { return n.said["oidc_issuer"] }

// PID is their process.
func (n *Neighbours) PID() int { return n.process.cmd.Process.Pid }

// Done is closed when they have ended, whatever the reason.
func (n *Neighbours) Done() <-chan struct{} { return n.process.done }

// Stop ends them; what was sent is kept. Stopping twice is fine.
func (n *Neighbours) Stop(ctx context.Context) error {
	err := n.process.stop(ctx, syscall.SIGTERM)
	_ = n.lock.Close() // closing again is an error that means nothing
	return err
}
