package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	temporal "go.temporal.io/sdk/client"

	"github.com/usm-works/usm/store"
)

// startPatience is how long a part waits for what it needs when it starts.
const startPatience = 30 * time.Second

// The settings that the parts have flags for.
var (
	engineSettings  = []string{"database-url", "database-password-file", "temporal-address", "temporal-namespace", "task-queue"}
	logSettings     = []string{"log-level", "log-format"}
	gatewaySettings = []string{
		"address", "public-url", "temporal-ui-url", "rate-limit", "database-connections",
		"smtp-address", "smtp-user", "smtp-password-file", "smtp-tls", "mail-from",
		"oidc-issuer", "oidc-client-id", "oidc-client-secret-file", "oidc-person-claim", "session-idle", "session-max",
	}
	workerSettings = []string{"probe-address", "outbound-allow", "domain-queues", "public-url", "database-connections"}
)

// logger is the log of a part, on standard error.
func (a *app) logger(format string) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.settings.get("log-level"))); err != nil {
		return nil, usagef("USM_LOG_LEVEL: %q is none of debug, info, warn, error", a.settings.get("log-level"))
	}
	options := &slog.HandlerOptions{Level: level}
	switch a.settings.or("log-format", format) {
	case "json":
		return slog.New(slog.NewJSONHandler(a.err, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(a.err, options)), nil
	}
	return nil, usagef("USM_LOG_FORMAT: %q is none of json, text", a.settings.get("log-format"))
}

// database is the address of Postgres, which a part in production must be given.
func (a *app) database() (string, error) {
	address := a.settings.get("database-url")
	if address == "" {
		return "", usagef("USM_DATABASE_URL is needed: postgres://user:password@host/database")
	}
	return address, nil
}

// openStore connects to the registers.
func (a *app) openStore(ctx context.Context, database string) (*store.Store, error) {
	connections, err := strconv.Atoi(a.settings.get("database-connections"))
	if err != nil || connections < 0 {
		return nil, usagef("USM_DATABASE_CONNECTIONS: %q is no number", a.settings.get("database-connections"))
	}
	if database, err = a.withPassword(database); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{URL: database, Connections: connections, ConsoleURL: a.consoleURL()})
	if err != nil {
		return nil, &unreachableError{"Postgres", err}
	}
	return s, nil
}

// withPassword adds the password that stands in a file of its own.
func (a *app) withPassword(database string) (string, error) {
	file := a.settings.get("database-password-file")
	if file == "" {
		return database, nil
	}
	address, err := url.Parse(database)
	if err != nil || address.User == nil || address.User.Username() == "" {
		return "", usagef("USM_DATABASE_PASSWORD_FILE needs a USM_DATABASE_URL that names the user: postgres://user@host/database")
	}
	password, err := os.ReadFile(file)
	if err != nil {
		return "", usagef("USM_DATABASE_PASSWORD_FILE: %v", err)
	}
	address.User = url.UserPassword(address.User.Username(), strings.TrimRight(string(password), "\r\n"))
	return address.String(), nil
}

// publicURL is the address at which others reach the gateway.
func (a *app) publicURL() string {
	return strings.TrimRight(a.settings.or("public-url", "http://"+a.settings.get("address")), "/")
}

// consoleURL is the address that a call's number is appended to.
func (a *app) consoleURL() string { return a.publicURL() + "/calls" }

// rate is the number of requests a second that one token may make.
func (a *app) rate() (float64, error) {
	rate, err := strconv.ParseFloat(a.settings.get("rate-limit"), 64)
	if err != nil || rate <= 0 {
		return 0, usagef("USM_RATE_LIMIT: %q is no number over 0", a.settings.get("rate-limit"))
	}
	return rate, nil
}

// allowed are the private networks that requests to other systems may reach.
func (a *app) allowed() ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range parseList(a.settings.get("outbound-allow")) {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usagef("USM_OUTBOUND_ALLOW: %q is no network such as 10.0.0.0/8", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

// part runs one part of the product with what all of them need, until it is told to stop.
func (a *app) part(ctx context.Context, run func(context.Context, *store.Store, temporal.Client, *slog.Logger) error) error {
	logger, err := a.logger("json")
	if err != nil {
		return err
	}
	database, err := a.database()
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx, database)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // the process ends
	c, err := a.temporalClient("", logger)
	if err != nil {
		return err
	}
	defer c.Close()
	if err = s.Ready(ctx); err != nil {
		return err
	}
	err = run(ctx, s, c, logger)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // it was told to stop
	}
	return err
}
