package degrade

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// TestPostgresDegrades has everybody ask while Postgres is slow, silent or gone.
func TestPostgresDegrades(t *testing.T) { //nolint:tparallel // one trouble at a time
	t.Parallel()
	d := degrade(t)
	d.errands(t, "before", 2) // so that everything has been used
	goroutines := d.goroutines(t)
	away := []string{"postgres"}
	for _, x := range []trouble{ //nolint:paralleltest // see above
		{name: "slow", lasts: 8 * time.Second, begin: poison(t, d.postgres, "latency", `"latency": 2000`)},
		{name: "silent", lasts: 15 * time.Second, begin: poison(t, d.postgres, "timeout", `"timeout": 0`), away: away},
		{name: "reset", lasts: 5 * time.Second, begin: poison(t, d.postgres, "reset_peer", `"timeout": 0`), away: away},
		{name: "gone", lasts: 5 * time.Second, begin: cut(t, d.postgres), away: away},
		{name: "full", lasts: 6 * time.Second, begin: func() func() { return d.fill(t) }, goesOn: []string{"work", "get", "list"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			errands := d.errands(t, x.name, 2)
			before := count(t, d.db, `SELECT count(*) FROM calls`)
			d.suffer(t, errands, x)
			d.requireWhole(t, before+opens(errands))
		})
	}
	d.requireNoneLeft(t, goroutines)
}

// fill has Postgres refuse what is written to the trail, as it does when its disk is full.
func (d *degraded) fill(t *testing.T) (empty func()) {
	t.Helper()
	run := func(statement string) {
		_, err := d.db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	run(`CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`)
	run(`CREATE TRIGGER disk_is_full BEFORE INSERT ON trail EXECUTE FUNCTION disk_is_full()`)
	return func() { run(`DROP FUNCTION disk_is_full CASCADE`) }
}

// goroutines is how many the gateway has.
func (d *degraded) goroutines(t *testing.T) (count int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/metrics", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	metrics, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	_, after, found := strings.Cut(string(metrics), "\ngo_goroutines ")
	require.True(t, found)
	_, err = fmt.Sscan(after, &count)
	require.NoError(t, err)
	return count
}

// leftover is how many goroutines more than before are no leak: a connection that was opened meanwhile and is kept has two. What
// leaks does so with each of the many requests.
const leftover = 6

// requireNoneLeft asks that no request has left a goroutine behind in the gateway.
func (d *degraded) requireNoneLeft(t *testing.T, before int) {
	t.Helper()
	product.Eventually(t, recovered, "goroutines end", func() error {
		now := d.goroutines(t)
		if now > before+leftover {
			return fmt.Errorf("%d, and there were %d", now, before)
		}
		t.Logf("%d goroutines, and there were %d", now, before)
		return nil
	})
}

// requireWhole asks that nothing is half done and nothing is done twice.
func (d *degraded) requireWhole(t *testing.T, calls int) {
	t.Helper()
	for claim, statement := range map[string]string{
		"no trail has a gap": `SELECT count(*) FROM (SELECT call FROM trail GROUP BY call
			HAVING min(sequence) <> 1 OR max(sequence) <> count(*)) gaps`,
		"no trail is longer or shorter than its call says": `SELECT count(*) FROM calls c
			WHERE changes <> (SELECT count(*) FROM trail WHERE call = c.number)`,
		"each attempt of a step was finished once": `SELECT count(*) FROM (SELECT call, step, attempt FROM trail
			WHERE kind = 'step_finished' GROUP BY 1, 2, 3 HAVING count(*) <> 1) twice`,
		"each decision was recorded once": `SELECT count(*) FROM (SELECT call, by_person FROM trail
			WHERE kind = 'decided' GROUP BY 1, 2 HAVING count(*) <> 1) twice`,
		"every call that was taken was started": `SELECT count(*) FROM starts WHERE started_at IS NULL`,
	} {
		require.Zero(t, count(t, d.db, statement), claim)
	}
	require.Equal(t, calls, count(t, d.db, `SELECT count(*) FROM calls`), "each call was opened once")
}
