package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/telemetry"
)

// startPatience is how long a part waits for what it needs when it starts.
const startPatience = 30 * time.Second

// The settings that the parts use.
var (
	engineSettings  = []string{"database-url", "database-password-file", "temporal-address", "temporal-namespace", "task-queue"}
	logSettings     = []string{"log-level", "log-format"}
	gatewaySettings = []string{
		"address", "public-url", "temporal-ui-url", "rate-limit", "database-connections",
		"smtp-address", "smtp-user", "smtp-password-file", "smtp-tls", "mail-from",
		"oidc-issuer", "oidc-client-id", "oidc-client-secret-file", "oidc-person-claim", "oidc-admins",
		"session-idle", "session-max",
	}
	workerSettings = []string{
		"probe-address", "outbound-allow", "domain-queues", "public-url", "database-connections", "deployment", "build-id",
	}
)

// useEngine gives a part that runs on its own the settings of registers and engine.
func useEngine(cmd *cobra.Command) {
	useSettings(cmd, engineSettings...)
	useSettings(cmd, logSettings...)
	needSetting(cmd, "database-url")
}

// logger is the log of a part, on standard error.
func (a *app) logger(format string) (*slog.Logger, error) {
	level, err := parseLevel(a.settings.get("log-level"))
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	if a.settings.or("log-format", format) == "text" {
		return slog.New(telemetry.Logs(slog.NewTextHandler(a.err, options))), nil
	}
	return slog.New(telemetry.Logs(slog.NewJSONHandler(a.err, options))), nil
}

// openStore connects to the registers; without a tracer nothing is traced.
func (a *app) openStore(ctx context.Context, database string, tracer trace.Tracer) (*store.Store, error) {
	connections, err := parseConnections(a.settings.get("database-connections"))
	if err != nil {
		return nil, err
	}
	if database, err = a.withPassword(database); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{URL: database, Connections: connections, ConsoleURL: a.consoleURL(), Tracer: tracer})
	if err != nil {
		return nil, &unreachableError{"Postgres", err}
	}
	return s, nil
}

// withPassword adds the password that stands in a file of its own.
func (a *app) withPassword(database string) (string, error) {
	password, err := a.secret("database-password-file")
	if err != nil || password == "" {
		return database, err
	}
	address, err := url.Parse(database)
	if err != nil {
		return "", err
	}
	address.User = url.UserPassword(address.User.Username(), password)
	return address.String(), nil
}

// secret is what stands in the file that a setting names, without the end of its line; "" when it names none.
func (a *app) secret(name string) (string, error) {
	file := a.settings.get(name)
	if file == "" {
		return "", nil
	}
	content, err := os.ReadFile(file)
	return strings.TrimRight(string(content), "\r\n"), err
}

// publicURL is the address at which others reach the gateway.
func (a *app) publicURL() string {
	return strings.TrimRight(a.settings.or("public-url", "http://"+a.settings.get("address")), "/")
}

// consoleURL is the address that a call's number is appended to.
func (a *app) consoleURL() string { return a.publicURL() + "/calls" }

// part runs one part of the product with what all of them need, until it is told to stop.
func (a *app) part(ctx context.Context, name string, run func(context.Context, *store.Store, *engine, *observed) error) error {
	logger, err := a.logger("json")
	if err != nil {
		return err
	}
	o, err := a.observe(ctx, name, logger)
	if err != nil {
		return err
	}
	defer o.stop()
	s, err := a.openStore(ctx, a.settings.get("database-url"), o.tracer)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // the process ends
	o.registry.MustRegister(s.Collector())
	e, err := a.engine("", o)
	if err != nil {
		return err
	}
	defer e.client.Close()
	if err = s.Ready(ctx); err != nil {
		return err
	}
	err = run(ctx, s, e, o)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // it was told to stop
	}
	return err
}
