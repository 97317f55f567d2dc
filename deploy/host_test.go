package deploy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
)

// startWithin is how long a part may take until it is well.
const startWithin = 2 * time.Minute

// secrets are the passwords that the test gives.
var secrets = map[string]string{"POSTGRES_PASSWORD": "of-postgres", "TEMPORAL_PASSWORD": "of-temporal", "USM_PASSWORD": "of-usm"}

// host runs the services of docker-compose.yml as processes: the hosts and ports in their environments become addresses of
// this machine, and what is mounted becomes the file that is mounted.
type host struct {
	t        testing.TB
	project  *types.Project
	dir      string             // secrets, programs
	at       map[string]string  // "host:port" of compose → address here
	path     string             // PATH of the containers
	postgres *devstack.Postgres // at whose socket the user postgres needs no password
}

// startHost starts Postgres, which keeps what it has acknowledged when it is durable, with roles and databases as the image makes
// them from deploy/postgres.
func startHost(tb testing.TB, durable bool) *host {
	tb.Helper()
	var env []string
	for name, value := range secrets {
		env = append(env, name+"="+value)
	}
	project, err := compose(tb.Context(), env...)
	require.NoError(tb, err)
	h := &host{t: tb, project: project, dir: tb.TempDir(), at: map[string]string{}}
	h.programs()
	for name, secret := range project.Secrets {
		require.NoError(tb, os.WriteFile(filepath.Join(h.dir, name), []byte(secrets[secret.Environment]), 0o600))
	}
	h.startPostgres(durable)
	return h
}

// programs makes the programs of the images available under the names that they have there.
func (h *host) programs() {
	h.t.Helper()
	bin := abs(h.t, root, ".usm", "bin")
	for _, program := range []string{"temporal-server", "temporal-sql-tool"} {
		require.FileExists(h.t, filepath.Join(bin, program), "make temporal-server builds it")
	}
	h.path = bin + ":" + os.Getenv("PATH")
}

// address is where a port of a service is on this machine.
func (h *host) address(service, port string) string {
	h.t.Helper()
	name := service + ":" + port
	if h.at[name] == "" {
		h.at[name] = h.free()
	}
	return h.at[name]
}

// free is an address that nobody listens at. Temporal keeps its ports in a smallint, so they are below 32768.
func (h *host) free() string {
	h.t.Helper()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := (&net.ListenConfig{}).Listen(h.t.Context(), "tcp", address); err == nil {
			require.NoError(h.t, l.Close())
			return address
		}
	}
}

// env is the environment of a service, with addresses of this machine.
func (h *host) env(service, instance string) []string {
	h.t.Helper()
	values := map[string]string{"PATH": h.path, "HOME": h.dir}
	for name, value := range h.project.Services[service].Environment {
		values[name] = *value
	}
	here := strings.NewReplacer(
		"postgres:5432", h.at["postgres:5432"], "temporal:7233", h.address("temporal", "7233"), "/run/secrets", h.dir,
		"0.0.0.0:8080", h.address("gateway", "8080"), "0.0.0.0:9090", h.address(service+instance, "9090"), "0.0.0.0", "127.0.0.1",
		"/etc/temporal/dynamicconfig.yaml", abs(h.t, "temporal", "dynamicconfig.yaml"))
	for name, value := range values {
		values[name] = here.Replace(value)
	}
	maps.Copy(values, h.ports(service))
	var env []string
	for name, value := range values {
		env = append(env, name+"="+value)
	}
	return env
}

// ports are the settings that give Temporal ports of this machine that nobody else has.
func (h *host) ports(service string) map[string]string {
	h.t.Helper()
	server, port, err := net.SplitHostPort(h.at["postgres:5432"])
	require.NoError(h.t, err)
	switch service {
	case "temporal-schema":
		return map[string]string{"SQL_HOST": server, "SQL_PORT": port}
	case "temporal":
		values := map[string]string{"POSTGRES_SEEDS": server, "DB_PORT": port, "TEMPORAL_BROADCAST_ADDRESS": "127.0.0.1"}
		_, values["FRONTEND_GRPC_PORT"], _ = net.SplitHostPort(h.address("temporal", "7233"))
		for _, name := range []string{
			"FRONTEND_HTTP_PORT", "FRONTEND_MEMBERSHIP_PORT", "MATCHING_GRPC_PORT", "MATCHING_MEMBERSHIP_PORT",
			"HISTORY_GRPC_PORT", "HISTORY_MEMBERSHIP_PORT", "WORKER_GRPC_PORT", "WORKER_MEMBERSHIP_PORT",
		} {
			_, values[name], _ = net.SplitHostPort(h.address("temporal", name))
		}
		return values
	}
	return nil
}

// command is what the container of a service runs.
func (h *host) command(service, instance string) *exec.Cmd {
	h.t.Helper()
	var args []string
	switch service {
	case "temporal":
		args = []string{filepath.Join(abs(h.t, root, ".usm", "bin"), "temporal-server"), "start"} // the last line of its entrypoint
		if instance != "" {
			args = append(args, "--service", instance)
		}
	case "temporal-schema":
		args = []string{"/bin/sh", abs(h.t, "temporal", "schema.sh")}
	default:
		args = append([]string{binary}, h.project.Services[service].Command...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env, cmd.Dir = h.env(service, instance), h.dir
	return cmd
}

// run runs a job to its end.
func (h *host) run(service string) {
	h.t.Helper()
	said, err := h.command(service, "").CombinedOutput()
	require.NoError(h.t, err, "%s: %s", service, said)
}

// start starts a service and returns when it is well, which its health check says. It is stopped with the test, or before.
func (h *host) start(service, instance string) (stop func()) {
	h.t.Helper()
	cmd := h.command(service, instance)
	log, err := os.Create(filepath.Join(h.dir, service+instance+".log"))
	require.NoError(h.t, err)
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(h.t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its log says why
		close(ended)
	}()
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			h.t.Errorf("%s does not stop", service)
		}
	}
	h.t.Cleanup(stop)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(startWithin); ; <-tick.C {
		err := h.check(service, instance)
		if err == nil {
			return stop
		}
		said, _ := os.ReadFile(log.Name())
		require.True(h.t, time.Now().Before(deadline), "%s%s is not well: %v: %s", service, instance, err, said)
		select {
		case <-ended:
			require.Fail(h.t, service+instance+" has ended", string(said))
		default:
		}
	}
}

// check runs the health check of a service.
func (h *host) check(service, instance string) error {
	test := h.project.Services[service].HealthCheck.Test
	if test[1] == "nc" {
		port := test[len(test)-1]
		if own := strings.ToUpper(instance) + "_GRPC_PORT"; h.at[service+":"+own] != "" { // of one of its services
			port = own
		}
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(h.t.Context(), "tcp", h.address(service, port))
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	address := test[len(test)-1]
	for _, port := range []string{"8080", "9090"} {
		address = strings.Replace(address, "127.0.0.1:"+port, h.address(service+instance, port), 1)
	}
	said, err := run(h.t, nil, test[2], address)
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// terminal gives commands to what runs here.
func (h *host) terminal() *terminal {
	h.t.Helper()
	x := &terminal{t: h.t, data: h.t.TempDir(), tokens: map[string]string{}}
	address := "http://" + h.address("gateway", "8080")
	require.NoError(h.t, os.WriteFile(filepath.Join(x.data, "url"), []byte(address), 0o600))
	x.env = append(h.env("migrate", ""), "USM_URL="+address, "USM_DATA="+x.data)
	return x
}
