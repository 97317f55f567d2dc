package deploy

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/devstack"
	"github.com/usm-works/usm/store/storetest"
)

func (h *host) startPostgres(durable bool) {
	h.t.Helper()
	dir, err := os.MkdirTemp("", "usm-deploy-pg-")
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(h.t, os.Chmod(dir, 0o755))
	ctx, cancel := context.WithTimeout(h.t.Context(), startWithin)
	defer cancel()
	postgres, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir, Durable: durable})
	require.NoError(h.t, err)
	h.t.Cleanup(postgres.Kill)
	address, err := url.Parse(postgres.URL(""))
	require.NoError(h.t, err)
	h.socket = address.Query().Get("host")
	h.roles()
	h.at["postgres:5432"] = storetest.NewRelay(h.t, postgres.URL("")).Address // the parts speak TCP
}

// roles runs what the image runs on an empty volume, then asks for passwords.
func (h *host) roles() {
	h.t.Helper()
	h.administer("psql", "-qc", "DROP DATABASE usm") // devstack makes one; the image does not
	h.administer("sh", "postgres/roles.sh")
	h.administer("psql", "-qc", `COPY (VALUES ('local all postgres trust'), ('local usm,temporal,temporal_visibility all scram-sha-256'))
		TO PROGRAM 'cat > pg_hba.conf'`)
	h.administer("psql", "-qc", "SELECT pg_reload_conf()")
}

// administer runs a program as whoever administers Postgres and returns what it printed.
func (h *host) administer(program string, args ...string) string {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "PGHOST="+h.socket, "PGUSER=postgres", "SECRETS="+h.dir)
	said, err := cmd.CombinedOutput()
	require.NoError(h.t, err, "%s %v: %s", program, args, said)
	return strings.TrimSpace(string(said))
}
