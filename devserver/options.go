package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/temporalio/ui-server/v2/server/version"
	"go.temporal.io/server/common/headers"
)

// options are the command line, checked.
type options struct {
	file       string   // SQLite file, its folder exists
	address    string   // host:port of the frontend
	uiAddress  string   // host:port of the UI, empty for none
	namespaces []string // created when absent, at least one
	logLevel   string   // of the server, on standard error
}

// parseOptions reads the command line. Every refusal is written to out, with the usage, before the error is returned.
func parseOptions(args []string, out io.Writer) (options, error) {
	opts, namespaces := options{}, listFlag{}
	flags := flag.NewFlagSet("usm-temporal", flag.ContinueOnError)
	flags.SetOutput(out)
	db := flags.String("db", "", "`path` of the SQLite file; for a folder the file in it is named after the server's version,\n"+
		"because a newer server does not migrate an older one's file (required)")
	flags.StringVar(&opts.address, "address", "127.0.0.1:7233", "`host:port` of the frontend")
	flags.StringVar(&opts.uiAddress, "ui-address", "127.0.0.1:8233", "`host:port` of the Temporal UI; empty for no UI")
	flags.Var(&namespaces, "namespace", "`name` to create when absent; repeatable, or a comma list (default usm)")
	flags.StringVar(&opts.logLevel, "log-level", "warn", "debug, info, warn or error; the log goes to standard error")
	showVersion := flags.Bool("version", false, "print the versions of server and UI, and exit")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if *showVersion {
		fmt.Fprintf(os.Stdout, "temporal server %s, ui %s\n", headers.ServerVersion, version.UIVersion)
		os.Exit(0)
	}
	opts.namespaces = namespaces
	if len(opts.namespaces) == 0 {
		opts.namespaces = []string{"usm"}
	}
	err := opts.check(*db, flags.Args())
	if err != nil {
		fmt.Fprintln(out, "usm-temporal:", err)
	}
	return opts, err
}

// check completes the options and refuses what the server would only stumble over later.
func (o *options) check(db string, rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", rest[0])
	}
	switch o.logLevel {
	case "debug", "info", "warn", "error":
	default:
		return fmt.Errorf("--log-level %q: want debug, info, warn or error", o.logLevel)
	}
	if _, _, err := net.SplitHostPort(o.address); err != nil {
		return fmt.Errorf("--address: %w", err)
	}
	if o.uiAddress != "" {
		if _, _, err := net.SplitHostPort(o.uiAddress); err != nil {
			return fmt.Errorf("--ui-address: %w", err)
		}
	}
	file, err := databaseFile(db)
	o.file = file
	return err
}

// databaseFile gives the file for what --db named: itself, or in a folder the file of this server's version.
func databaseFile(db string) (string, error) {
	if db == "" {
		return "", errors.New("--db is required: a file, or a folder to keep the file in")
	}
	path, err := filepath.Abs(db)
	if err != nil {
		return "", fmt.Errorf("--db: %w", err)
	}
	if strings.HasSuffix(db, string(filepath.Separator)) {
		if err = os.MkdirAll(path, 0o700); err != nil {
			return "", fmt.Errorf("--db: %w", err)
		}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "temporal-"+headers.ServerVersion+".db"), nil
	}
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("--db: %w", err)
	}
	return path, nil
}

// listFlag is a flag that may be repeated, each time with one name or several between commas.
type listFlag []string

// String satisfies flag.Value.
func (l *listFlag) String() string { return strings.Join(*l, ",") }

// Set satisfies flag.Value.
func (l *listFlag) Set(value string) error {
	for name := range strings.SplitSeq(value, ",") {
		if name = strings.TrimSpace(name); name != "" {
			*l = append(*l, name)
		}
	}
	return nil
}
