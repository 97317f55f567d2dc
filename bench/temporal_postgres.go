package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"text/template"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

//go:embed temporal.yaml.tmpl
var temporalConfig string

// startOnPostgres starts Temporal's own server, with its data beside ours.
func startOnPostgres(ctx context.Context, s *stack) (*temporalServer, error) {
	address, err := url.Parse(s.postgres.URL(""))
	if err != nil {
		return nil, err
	}
	bin, err := filepath.Abs("../.usm/bin")
	if err != nil {
		return nil, err
	}
	config := struct {
		Socket, Dynamic string
		Services        []string
		Ports, Members  []int
	}{Socket: address.Query().Get("host"), Services: []string{"frontend", "matching", "history", "worker"}}
	if config.Dynamic, err = filepath.Abs("../deploy/temporal/dynamicconfig.yaml"); err != nil {
		return nil, err
	}
	for range config.Services {
		config.Ports, config.Members = append(config.Ports, freePort(ctx)), append(config.Members, freePort(ctx))
	}
	if err = s.temporalSchema(ctx, bin, config.Socket); err != nil {
		return nil, err
	}
	file := filepath.Join(s.dir, "temporal.yaml")
	to, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	text, err := template.New("config").Parse(temporalConfig)
	if err == nil {
		err = text.Execute(to, config)
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return nil, err
	}
	t := &temporalServer{address: net.JoinHostPort("127.0.0.1", strconv.Itoa(config.Ports[0]))}
	t.process, err = start(filepath.Join(s.dir, "temporal.log"), os.Environ(),
		filepath.Join(bin, "temporal-server"), "--config-file", file, "--allow-no-auth", "start")
	if err != nil {
		return nil, err
	}
	return t, t.register(ctx)
}

// temporalSchema makes the databases of Temporal.
func (s *stack) temporalSchema(ctx context.Context, bin, socket string) error {
	for database, schema := range map[string]string{"temporal": "temporal", "temporal_visibility": "visibility"} {
		if _, err := s.db.Exec(ctx, "CREATE DATABASE "+database); err != nil {
			return err
		}
		for _, args := range [][]string{
			{"setup-schema", "--version", "0.0"}, {"update-schema", "--schema-name", "postgresql/v12/" + schema},
		} {
			cmd := exec.CommandContext(ctx, filepath.Join(bin, "temporal-sql-tool"), args...)
			cmd.Env = append(os.Environ(), "SQL_PLUGIN=postgres12_pgx", "SQL_HOST=localhost", "SQL_PORT=5432", "SQL_USER=postgres",
				"SQL_PASSWORD=none", "SQL_DATABASE="+database, "SQL_CONNECT_ATTRIBUTES=sslmode=disable&host="+url.QueryEscape(socket))
			if said, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("temporal-sql-tool, which `make temporal-server` builds: %w: %s", err, said)
			}
		}
	}
	return nil
}

// register makes the namespace, and returns when it is known.
func (t *temporalServer) register(ctx context.Context) error {
	c, err := t.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return until(ctx, startWithin, func() error {
		_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
		})
		if _, there := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); err != nil && !there {
			return err
		}
		_, err = c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace}) // what the caches know
		return err
	})
}

// freePort is one that nobody listens at. Temporal keeps its ports in a smallint, so it is below 32768.
func freePort(ctx context.Context) int {
	for {
		port := 10_000 + rand.IntN(20_000) //nolint:gosec // no secret
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = listener.Close() // it is only its number that is wanted
			return port
		}
	}
}
