package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/lib/pq"
)

// grace is how much later than its deadline a query ends at most: Postgres may yet say that it was cancelled.
const grace = 500 * time.Millisecond

// punctual makes connections on which a query ends with the deadline of its context, also when the network is silent: lib/pq
// goes on reading.
type punctual struct {
	*pq.Connector
	dialer dialer
}

// Connect makes a connection.
func (p punctual) Connect(ctx context.Context) (driver.Conn, error) {
	dial, each := &dialling{dialer: p.dialer}, *p.Connector
	each.Dialer(dial)
	made, err := each.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := made.(connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("lib/pq makes a %T, which lacks something", made), made.Close())
	}
	return punctualConn{conn, dial.made, map[string]preparedStatement{}}, nil
}

// dialling remembers the connection that it made first; what it makes later only cancels a query on that one.
type dialling struct {
	dialer
	made *impatient
}

// DialContext connects until the deadline of ctx.
func (d *dialling) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	made, err := d.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	made.endWith(ctx)
	if d.made == nil {
		d.made = made
	}
	return made, nil
}

// endWith makes what goes over the connection from now on end with the deadline of ctx.
func (c *impatient) endWith(ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if !ok {
		c.deadline.Store(nil)
		return
	}
	deadline = deadline.Add(grace)
	c.deadline.Store(&deadline)
}

// connection is all that a connection of lib/pq can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// punctualConn sets the deadline with all that begins on a connection. What comes after it, such as the rows of a query or the
// commit of a transaction, has the deadline of its beginning.
type punctualConn struct {
	connection
	net        *impatient
	statements map[string]preparedStatement // by text
}

// Close takes leave of Postgres. The deadline of what was done last, which may be long ago, is none for that.
func (c punctualConn) Close() error {
	c.net.deadline.Store(nil)
	return c.connection.Close()
}

// BeginTx begins a transaction.
func (c punctualConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.net.endWith(ctx)
	return c.connection.BeginTx(ctx, o)
}

// PrepareContext prepares a statement.
func (c punctualConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.net.endWith(ctx)
	return c.connection.PrepareContext(ctx, query)
}

// Ping asks whether Postgres answers.
func (c punctualConn) Ping(ctx context.Context) error {
	c.net.endWith(ctx)
	return c.connection.Ping(ctx)
}
