package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/usm-works/usm/store/migrations"
	"github.com/usm-works/usm/usm"
)

// migrationTimeout is how long one statement of a migration may run.
const migrationTimeout = 10 * time.Minute

// Migrate brings the schema to what this binary knows, each migration in a transaction of its own. Several may start at
// once: one works, the others wait. A newer schema is refused with usm.CodeConflict and left as it is.
func (s *Store) Migrate(ctx context.Context) (err error) {
	defer wrapf(&err, "Migrate")
	db, err := connect(Options{URL: s.options.URL, StatementTimeout: migrationTimeout, Connections: 2})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > known {
		return usm.Errorf(usm.CodeConflict, "the schema of the registers is version %d and this binary knows %d: use the newer binary",
			current, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	// After a restore into another cluster transaction numbers begin low again: see 00003_trail.sql.
	_, err = db.ExecContext(ctx, `
		UPDATE feed SET shift = last.position - pg_snapshot_xmin(pg_current_snapshot())::text::bigint + 1
		FROM (SELECT max(position) AS position FROM trail) last
		WHERE last.position >= shift + pg_current_xact_id()::text::bigint`)
	return err
}

func newProvider(db *sqlx.DB) (*goose.Provider, error) {
	// One second between tries, for five minutes: with the five seconds of the default, parts that start together wait long.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db.DB, migrations.Files, goose.WithSessionLocker(locker))
}

// Ready reports whether Postgres answers and its schema is not older than this binary needs (usm.CodeUnavailable and
// usm.CodeConflict otherwise). A newer one works with the version before as well, which may be replaced part by part.
func (s *Store) Ready(ctx context.Context) (err error) {
	defer wrapf(&err, "Ready")
	known, err := newestMigration()
	if err != nil {
		return err
	}
	var version int64
	err = s.db.GetContext(ctx, &version, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`)
	if err != nil && !isViolation(err, "42P01") { // no such table: nothing has been migrated yet
		return err
	}
	if version < known {
		return usm.Errorf(usm.CodeConflict, "the schema of the registers is version %d and this binary needs %d: run usm migrate", version, known)
	}
	return nil
}

// newestMigration returns the version of the last file; they are listed in the order of their names.
func newestMigration() (int64, error) {
	files, err := migrations.Files.ReadDir(".")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1].Name())
}
