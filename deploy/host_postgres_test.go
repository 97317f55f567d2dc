package deploy

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
)

func (h *host) startPostgres(durable bool) {
	h.t.Helper()
	dir, err := os.MkdirTemp("", "usm-deploy-pg-")
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(h.t, os.Chmod(dir, 0o755))
	ctx, cancel := context.WithTimeout(h.t.Context(), startWithin)
	defer cancel()
	h.postgres, err = devstack.StartPostgres(ctx, devstack.PostgresOptions{
		Dir: dir, Durable: durable, Address: h.address("postgres", "5432"),
	})
	require.NoError(h.t, err)
	h.t.Cleanup(h.postgres.Kill)
	h.roles()
	h.settings()
}

// settings are those that docker-compose.yml gives Postgres: devstack has them too, so that what is measured is what runs.
func (h *host) settings() {
	h.t.Helper()
	command := h.project.Services["postgres"].Command
	require.Equal(h.t, "postgres", command[0])
	for flag := range slices.Chunk(command[1:], 2) {
		require.Equal(h.t, "-c", flag[0])
		name, value, _ := strings.Cut(flag[1], "=")
		require.Equal(h.t, value, h.administer("psql", "-Atqc", "SHOW "+name), name)
	}
}

// roles runs what the image runs on an empty volume, then asks for passwords.
func (h *host) roles() {
	h.t.Helper()
	h.administer("psql", "-qc", "DROP DATABASE usm") // devstack makes one; the image does not
	h.administer("sh", "postgres/roles.sh")
	h.administer("psql", "-qc", `COPY (VALUES ('local all postgres trust'),
		('host usm,temporal,temporal_visibility all 127.0.0.1/32 scram-sha-256'))
		TO PROGRAM 'cat > pg_hba.conf'`)
	h.administer("psql", "-qc", "SELECT pg_reload_conf()")
}

// administer runs a program as whoever administers Postgres and returns what it printed.
func (h *host) administer(program string, args ...string) string {
	h.t.Helper()
	address, err := url.Parse(h.postgres.URL(""))
	require.NoError(h.t, err)
	cmd := exec.CommandContext(h.t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "PGUSER=postgres", "SECRETS="+h.dir,
		"PGHOST="+address.Query().Get("host"), "PGPORT="+address.Query().Get("port"))
	said, err := cmd.CombinedOutput()
	require.NoError(h.t, err, "%s %v: %s", program, args, said)
	return strings.TrimSpace(string(said))
}
