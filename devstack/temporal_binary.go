package devstack

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrNoTemporal says that there is no server to start and how to get one.
var ErrNoTemporal = errors.New("no Temporal to start: build the one of this product with `make usm-temporal`, install the " +
	"temporal CLI, or name a running server in " + EnvTemporalAddress)

// temporalBinary is a program that serves Temporal: ours, or the temporal CLI.
type temporalBinary struct {
	path string
	cli  bool
}

// findTemporal looks for a server in the order that StartTemporal documents.
func findTemporal() (temporalBinary, error) {
	if path := findProgram("usm-temporal"); path != "" {
		return temporalBinary{path: path}, nil
	}
	if path, err := exec.LookPath("temporal"); err == nil {
		return temporalBinary{path: path, cli: true}, nil
	}
	return temporalBinary{}, ErrNoTemporal
}

// findProgram looks for a program of ours beside the running one, in .usm/bin and in PATH; "" when there is none.
func findProgram(name string) string {
	var places []string
	if self, err := os.Executable(); err == nil {
		places = append(places, filepath.Dir(self))
	}
	if bin := builtPrograms(); bin != "" {
		places = append(places, bin)
	}
	for _, dir := range places {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// command is the server's command line for options that are complete.
func (b temporalBinary) command(o TemporalOptions) *exec.Cmd {
	var args []string
	if b.cli {
		args = cliArguments(o)
	} else {
		ui := o.UIAddress
		if ui == NoUI {
			ui = ""
		}
		// The separator at the end says folder: the server names the file in it after its own version.
		args = []string{
			"--db", o.Dir + string(filepath.Separator), "--address", o.Address, "--ui-address", ui,
			"--namespace", strings.Join(o.Namespaces, ","),
		}
	}
	cmd := exec.Command(b.path, args...) //nolint:noctx // it ends by signal, not by context
	cmd.Dir = o.Dir
	return cmd
}

// cliArguments asks the temporal CLI for the same.
func cliArguments(o TemporalOptions) []string {
	host, port := splitAddress(o.Address)
	args := []string{
		"server", "start-dev", "--db-filename", filepath.Join(o.Dir, "temporal-cli.db"),
		"--ip", host, "--port", port, "--log-level", "warn",
		"--dynamic-config-value", "system.forceSearchAttributesCacheRefreshOnRead=true",
	}
	if o.UIAddress == NoUI {
		args = append(args, "--headless")
	} else {
		host, port = splitAddress(o.UIAddress)
		args = append(args, "--ui-ip", host, "--ui-port", port)
	}
	for _, name := range o.Namespaces {
		args = append(args, "--namespace", name)
	}
	return args
}

// waitReady returns when the namespaces are usable. Our server says so itself, the CLI has to be asked.
func (b temporalBinary) waitReady(ctx context.Context, p *process, o TemporalOptions) error {
	return until(ctx, func() (bool, error) {
		select {
		case <-p.done:
			return false, p.ended()
		default:
		}
		if b.cli {
			return healthy(ctx, o.Address, o.Namespaces...) == nil, nil
		}
		return p.out.has("usm-temporal ready"), nil
	})
}
