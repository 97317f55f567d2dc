// Package storetest gives each test a database of its own, copied from a template that is migrated once.
package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/migrations"
	"github.com/usm-works/usm/usm"
)

// New returns a store on a migrated, empty database that only this test uses. It is closed and dropped at the end.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	return Open(tb, store.Options{URL: URL(tb)})
}

// Open returns another store on a database that URL made; it is closed at the end.
func Open(tb testing.TB, o store.Options) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), o)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// With returns a store on a database of its own, in which the domain is applied.
func With(tb testing.TB, domain usm.Domain) *store.Store {
	tb.Helper()
	s := New(tb)
	_, err := s.ApplyDomain(tb.Context(), domain, "storetest")
	require.NoError(tb, err)
	return s
}

// URL makes a migrated, empty database for this test and returns its address. It is dropped at the end.
func URL(tb testing.TB) string {
	tb.Helper()
	return create(tb, "TEMPLATE "+pq.QuoteIdentifier(template(tb))+" STRATEGY FILE_COPY")
}

// EmptyURL is URL without the schema.
func EmptyURL(tb testing.TB) string {
	tb.Helper()
	return create(tb, "")
}

func create(tb testing.TB, how string) string {
	tb.Helper()
	name := "usm_test_" + strings.ToLower(rand.Text()[:12])
	administer(tb, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" "+how)
	tb.Cleanup(func() {
		administer(tb, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
	})
	return address(tb, name)
}

// address is that of a database on the server of the tests.
func address(tb testing.TB, database string) string {
	tb.Helper()
	u, err := url.Parse(server(tb))
	require.NoError(tb, err)
	u.Path = "/" + database
	return u.String()
}

// template migrates the database that the others are copied from, once for each state of the migrations. Test binaries
// that run at the same time share it.
func template(tb testing.TB) string {
	tb.Helper()
	name, err := once()
	require.NoError(tb, err)
	if made, _ := templates.Load(name); made == true {
		return name
	}
	admin := open(tb, "postgres")
	defer func() { _ = admin.Close() }()
	conn, err := admin.Conn(context.Background())
	require.NoError(tb, err)
	defer func() { _ = conn.Close() }() // which gives the lock back too
	run := func(statement string, args ...any) {
		_, err := conn.ExecContext(context.Background(), statement, args...)
		require.NoError(tb, err)
	}
	run(`SELECT pg_advisory_lock(hashtextextended($1, 0))`, name)
	var ready bool
	require.NoError(tb, conn.QueryRowContext(context.Background(),
		`SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`, name).Scan(&ready))
	if !ready {
		quoted := pq.QuoteIdentifier(name)
		run("DROP DATABASE IF EXISTS " + quoted) // half made by a test that was killed
		run("CREATE DATABASE " + quoted)
		migrate(tb, address(tb, name))
		run("ALTER DATABASE " + quoted + " IS_TEMPLATE true")
	}
	run(`SELECT pg_advisory_unlock(hashtextextended($1, 0))`, name)
	templates.Store(name, true)
	return name
}

func migrate(tb testing.TB, url string) {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: url})
	require.NoError(tb, err)
	require.NoError(tb, s.Migrate(context.Background()))
	require.NoError(tb, s.Close())
}

var templates sync.Map // by name: true when it is made

// once names the template after the hash of the migrations.
var once = sync.OnceValues(func() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := migrations.Files.ReadFile(path)
		fmt.Fprintf(h, "%s\x00%s\x00", path, content)
		return err
	})
	return "usm_template_" + hex.EncodeToString(h.Sum(nil)[:8]), err
})

func open(tb testing.TB, database string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("postgres", address(tb, database))
	require.NoError(tb, err)
	db.SetConnMaxIdleTime(time.Second)
	return db
}

func administer(tb testing.TB, statement string) {
	tb.Helper()
	admin := open(tb, "postgres")
	defer func() { _ = admin.Close() }()
	_, err := admin.ExecContext(context.Background(), statement)
	require.NoError(tb, err)
}
