package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// The exit codes.
const (
	exitRefused     = 1 // what was asked was refused or went wrong
	exitUsage       = 2 // the command itself makes no sense
	exitUnreachable = 3 // no gateway, database or Temporal answers
)

// app is one run of the command: everything it takes from its surroundings.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func() []string
	dir      string // working folder
	config   string // folder of what the user has settled for all folders; "" for none
	settings *settings
	json     bool
	as       string
	colour   bool // of out

	beforeSignIn func(context.Context) error // what the gateway does when somebody begins to sign in; nil is nothing
}

func newApp() *app {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	config, err := os.UserConfigDir()
	if err != nil {
		config = ""
	}
	return &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Environ, dir: dir, config: config}
}

// run executes one command and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	started := false
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := loadSettings(cmd, a.env)
		if err != nil {
			return err
		}
		started, a.settings = true, settings
		a.colour = isTerminal(a.out) && settings.noColour == ""
		return nil
	}
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	a.complain(err)
	var usage *usageError
	var gateway *client.UnreachableError
	var part *unreachableError
	switch {
	case !started, errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &gateway), errors.As(err, &part):
		return exitUnreachable
	}
	return exitRefused
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "usm",
		Short:         "Run a service organisation by the USM method",
		Long:          "usm runs a service organisation by the USM method: five processes, eight workflows, each durable.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddGroup(&cobra.Group{ID: "calls", Title: "Calls:"}, &cobra.Group{ID: "agreements", Title: "Agreements:"},
		&cobra.Group{ID: "run", Title: "Running the product:"})
	add := func(group string, commands ...*cobra.Command) {
		for _, command := range commands {
			command.GroupID = group
			root.AddCommand(command)
		}
	}
	add("calls", a.callCommand(), a.workCommand(), a.approveCommand(), a.delegationCommand(), a.clockCommand(), a.replayCommand())
	add("agreements", a.agreementCommand(), a.reportCommand(), a.rehearseCommand())
	add("run", a.devCommand(), a.gatewayCommand(), a.workerCommand(), a.migrateCommand(), a.upgradeCommand(), a.domainCommand(),
		a.tokenCommand())
	root.AddCommand(a.signInCommand(), a.signOutCommand(), a.versionCommand(), a.configHelp(), a.probeCommand())
	return root
}

// complain tells people what went wrong: one sentence, then each place that is wrong on a line of its own.
func (a *app) complain(err error) {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(a.err, "usm: interrupted")
		return
	}
	var problem *client.Problem
	var refusal *usm.Error // of the database or the engine, which the commands of the parts use directly
	switch {
	case errors.As(err, &problem):
		fmt.Fprintln(a.err, "usm:", err)
		a.places(problem.Errors)
	case errors.As(err, &refusal) && refusal.Code != usm.CodeUnavailable && refusal.Code != usm.CodeInternal:
		fmt.Fprintln(a.err, "usm:", refusal.Message)
		a.places(refusal.Fields)
		return
	default:
		fmt.Fprintln(a.err, "usm:", err)
		return
	}
	switch problem.Code {
	case usm.CodeUnauthenticated:
		fmt.Fprintln(a.err, "  set USM_TOKEN, run `usm sign-in`, or give the command below the folder of `usm dev`, with --as PERSON")
	case usm.CodeStepUp:
		fmt.Fprintln(a.err, "  run `usm sign-in --fresh`, then this again, without --as or USM_TOKEN")
	}
	if len(problem.AllowedActions) > 0 {
		fmt.Fprintln(a.err, "  allowed now:", join(problem.AllowedActions))
	}
	if problem.TraceID != "" && problem.Status >= 500 {
		fmt.Fprintln(a.err, "  trace id:", problem.TraceID)
	}
}

func (a *app) places(mistakes []usm.FieldError) {
	for _, m := range mistakes {
		fmt.Fprintf(a.err, "  %s\n", strings.TrimPrefix(m.Pointer+": "+m.Detail, ": "))
	}
}

// usageError says that the command itself makes no sense.
type usageError struct{ error }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// arguments allows from least to most arguments.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usagef("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// group makes a command that only holds others; cobra alone would take a misspelt one for an argument.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := ""
			if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
				hint = "; did you mean " + strings.Join(similar, " or ") + "?"
			}
			return usagef("there is no command `%s %s`%s", cmd.CommandPath(), args[0], hint)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(commands...)
	return cmd
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args:  arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintln(a.out, "usm", version())
			return nil
		},
	}
}

// release is set when a release is linked.
var release = ""

// unknownVersion is that of a binary that does not know what it was built from.
const unknownVersion = "dev"

// version is the release, else the commit it was built from, else unknownVersion.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknownVersion
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return unknownVersion
}
