// Package store keeps the registers in Postgres: calls and what they leave, agreements, services, components, domains,
// what came in and who may enter. A public method is one transaction, or one query; a private method that takes a tx is
// SQL inside one. Errors are a usm.Error with a code, or wrapped and naming the call. Every method may be used by many
// goroutines at once and ends with its context.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jmoiron/sqlx"
	"go.opentelemetry.io/otel/trace"
)

// Options say which database to use and how patient to be. The zero value of each field but URL is usable.
type Options struct {
	// URL is the address of the database, as lib/pq reads it.
	URL string
	// StatementTimeout is how long one statement may run; 0 is ten seconds. The network may be silent two seconds longer
	// before a connection is given up.
	StatementTimeout time.Duration
	// Connections is the largest number of connections; 0 is 20. Listen takes one more for each listener.
	Connections int
	// ConsoleURL is the address of the console, for links to a call; it becomes part of usm.Binding.
	ConsoleURL string
	// Tracer makes a span for each statement and transaction of what is traced; nil makes none.
	Tracer trace.Tracer
}

// Store is a pool of connections to the registers.
type Store struct {
	options Options
	db      *sqlx.DB
	// versions keeps domain versions that were read, by versionKey: they never change.
	versions sync.Map
	// calendars keeps those of domain versions, compiled, by calendarKey.
	calendars sync.Map
	// directories keeps what was read last of each domain with its people, by id: knownDirectory.
	directories sync.Map
	// nudged keeps when Nudges handed out each run, by run.
	nudged sync.Map
	// books keeps compiled terms, by key: they never change either.
	books *lru.Cache[string, *book]
	bell  bell
}

// Open connects to the registers and checks that they answer; usm.CodeUnavailable when they do not. It does not look at
// the schema: see Migrate and Ready.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	defer wrapf(&err, "Open")
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 10 * time.Second
	}
	if o.Connections == 0 {
		o.Connections = 20
	}
	db, err := connect(o)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	books, err := lru.New[string, *book](booksKept)
	return &Store{options: o, db: db, books: books}, err
}

// Close gives the connections back, once the listeners have been told of what was recorded. Methods that still run fail.
func (s *Store) Close() error {
	s.bell.rings.Wait()
	return s.db.Close()
}

// tx is a transaction, with its moment: every row it writes has the same time.
type tx struct {
	*sqlx.Tx
	store *Store

	fresh map[string]*book // terms that it writes
	// writesDomain says that it has written a domain or its people: what it reads of them is true only once it is committed.
	writesDomain bool
	// records says that those who listen have something to see once it is committed.
	records bool
}

// triesOfTransaction bounds how often a transaction is repeated that lost against another one.
const triesOfTransaction = 8

// transact runs do in a transaction. One that lost against another (a deadlock, a key that the other wrote first) is run
// again from its beginning, so do must not leave anything behind but its results.
func (s *Store) transact(ctx context.Context, do func(*tx) error) error {
	var err error
	for range triesOfTransaction {
		if err = s.once(ctx, do); !lostAgainstAnother(err) {
			return err
		}
	}
	return fmt.Errorf("gave up after %d tries: %w", triesOfTransaction, err)
}

func (s *Store) once(ctx context.Context, do func(*tx) error) error {
	t, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	run := &tx{Tx: t, store: s, fresh: map[string]*book{}}
	if err := do(run); err != nil {
		// A broken connection cannot roll back and need not.
		if undo := t.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	run.remember()
	if run.records {
		s.ring()
	}
	return nil
}
