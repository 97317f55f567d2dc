package deploy

import (
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// What docs/operations.md has one ask of the registers.
const (
	// rows counts those of every table.
	rows = `SELECT string_agg(format('%s=%s', relname,
		(xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname), false, true, '')))[1]), ' ' ORDER BY relname)
		FROM pg_stat_user_tables WHERE schemaname = 'public'`
	// gaps counts the calls whose trail is not 1, 2, 3 and so on.
	gaps = `SELECT count(*) FROM (SELECT FROM trail GROUP BY call HAVING max(sequence) <> count(*) OR min(sequence) <> 1) t`
	// trail is a sum over all of it.
	trail = `SELECT md5(string_agg(t::text, ' ' ORDER BY call, sequence)) FROM trail t`
	// notStarted counts the calls that the engine has not got.
	notStarted = `SELECT count(*) FROM starts WHERE started_at IS NULL`
	// startAgain has those started that the engine may have lost.
	startAgain = `UPDATE starts SET started_at = NULL, taken_at = NULL FROM calls
		WHERE calls.number = starts.call AND calls.closed_at IS NULL AND starts.created_at > now() - interval '1 hour'`
)

func (h *host) query(sql string) string { return h.administer("psql", "-Atqc", sql, "usm") }

func (h *host) backUp(into string, databases ...string) {
	for _, database := range databases {
		h.administer("pg_dump", "-Fc", "-f", filepath.Join(into, database), database)
	}
}

// restore makes the databases anew; the roles are there.
func (h *host) restore(from string) {
	for _, database := range []string{"temporal", "temporal_visibility", "usm"} {
		h.administer("dropdb", database)
		h.administer("pg_restore", "--create", "--exit-on-error", "-d", "postgres", filepath.Join(from, database))
	}
}

// awaitStart returns when the engine has a call.
func (h *host) awaitStart(number string) {
	h.t.Helper()
	require.Eventually(h.t, func() bool {
		return h.query(`SELECT started_at IS NOT NULL AND status <> 'registered' FROM starts JOIN calls ON number = call
			WHERE call = '`+number+`'`) == "t"
	}, startWithin, 200*time.Millisecond, "%s is not started", number)
}

// restoreABackup restores what was dumped while nothing ran: one call is half done, another is not started yet.
func (h *host) restoreABackup(x *terminal, domain usm.Domain, stop map[string]func()) map[string]func() {
	h.t.Helper()
	half := x.open(domain, "A letter, half done")
	x.usm("call", "finish", half, "--example")
	stop["temporal"]()
	waiting := x.open(domain, "A letter that nobody has begun")
	for _, part := range []string{"gateway", "worker0", "worker1"} {
		stop[part]()
	}
	require.Equal(h.t, "1", h.query(notStarted))
	counted, sum, dir := h.query(rows), h.query(trail), h.t.TempDir()
	require.Regexp(h.t, `\btrail=[1-9]\d`, counted)

	h.backUp(dir, "temporal", "temporal_visibility", "usm")
	h.restore(dir)
	require.Equal(h.t, counted, h.query(rows))
	require.Equal(h.t, sum, h.query(trail))
	require.Equal(h.t, "f", h.query(`SELECT has_database_privilege('temporal', 'usm', 'CONNECT')`), "to each his own, as before")

	stop = h.startAll()
	x.finish(half)
	h.awaitStart(waiting)
	x.finish(waiting)
	require.Equal(h.t, "0", h.query(gaps))
	return stop
}

// restoreAnEarlierEngine restores Temporal from before the registers, as when each is dumped while everything runs.
func (h *host) restoreAnEarlierEngine(x *terminal, domain usm.Domain, stop map[string]func()) map[string]func() {
	h.t.Helper()
	ahead, dir := x.open(domain, "A letter that goes on meanwhile"), h.t.TempDir()
	h.backUp(dir, "temporal", "temporal_visibility")
	x.usm("call", "finish", ahead, "execute_operation", "--as", "ines", "--example")
	late := x.open(domain, "A letter that is asked for meanwhile")
	for _, end := range stop {
		end()
	}
	counted := h.query(rows)
	h.backUp(dir, "usm")
	h.restore(dir)
	require.Equal(h.t, counted, h.query(rows))
	h.query(startAgain)

	stop = h.startAll()
	h.awaitStart(late)
	x.finish(late)
	x.usm("call", "finish", ahead, "execute_operation", "--as", "ines", "--example") // the engine waits for it, the registers have it
	x.finish(ahead)
	require.Equal(h.t, "1", h.query(`SELECT count(*) FROM trail WHERE kind = 'step_finished' AND step = 'execute_operation' AND call = '`+
		ahead+`'`))
	require.Equal(h.t, "0", h.query(gaps))
	return stop
}

// changeThePassword of the product in Postgres: what runs goes on, what starts needs the new one, and nothing tells either.
func (h *host) changeThePassword(x *terminal, domain usm.Domain, stop map[string]func()) {
	h.t.Helper()
	number := x.open(domain, "A letter while the password changes")
	h.administer("psql", "-qc", "ALTER ROLE usm PASSWORD 'another-of-usm'")
	x.usm("call", "finish", number, "--example")

	stop["worker0"]()
	said, err := h.command("worker", "0").CombinedOutput()
	require.Error(h.t, err)
	require.Contains(h.t, string(said), "password authentication failed")
	require.NotContains(h.t, string(said), secrets["USM_PASSWORD"])
	require.NoError(h.t, os.WriteFile(filepath.Join(h.dir, "usm_password"), []byte("another-of-usm\n"), 0o600))
	h.start("worker", "0")
	stop["worker1"]()
	stop["gateway"]()
	h.start("gateway", "")
	x.finish(number)
	for _, log := range []string{"worker0.log", "gateway.log"} {
		written, err := os.ReadFile(filepath.Join(h.dir, log))
		require.NoError(h.t, err)
		require.NotEmpty(h.t, written)
		require.NotContains(h.t, string(written), "of-usm", log)
	}
}
