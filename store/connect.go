package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// connectTimeout bounds the making of a connection, the greeting included.
const connectTimeout = 5 * time.Second

// workMemory is what a list may take: half of a million calls by one index and half by another have to meet in it exactly.
const workMemory = "16MB"

// silence is how much longer than a statement may run the network may stay silent.
const silence = 2 * time.Second

// connect opens a pool whose connections cannot hang.
func connect(o Options) (*sqlx.DB, error) {
	connector, err := newConnector(o)
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(o.Connections)
	db.SetMaxIdleConns(o.Connections)
	db.SetConnMaxIdleTime(time.Minute)
	return db, nil
}

func newConnector(o Options) (driver.Connector, error) {
	config, err := pq.NewConfig(o.URL)
	if err != nil {
		return nil, err
	}
	config.ConnectTimeout = connectTimeout
	// One round trip for a query with parameters, where preparing it first would take two.
	config.BinaryParameters = true
	if config.Runtime == nil {
		config.Runtime = map[string]string{}
	}
	limit := strconv.FormatInt(o.StatementTimeout.Milliseconds(), 10)
	config.Runtime["statement_timeout"] = limit
	config.Runtime["idle_in_transaction_session_timeout"] = limit
	config.Runtime["timezone"] = "UTC"
	config.Runtime["application_name"] = "usm"
	config.Runtime["work_mem"] = workMemory
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, err
	}
	made := punctual{connector, dialer{silence: o.StatementTimeout + silence}}
	if o.Tracer == nil {
		return made, nil
	}
	return traced{made, o.Tracer}, nil
}

// dialer makes connections that give up when the other side has been silent for too long. lib/pq alone waits for ever on
// a network that went silent, even after the context of the query has ended: cancelling dials a second connection and
// goes on reading from the first.
type dialer struct{ silence time.Duration }

// Dial is DialContext without one: lib/pq asks for all three.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout is DialContext with a time limit.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext connects within connectTimeout.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

func (d dialer) dial(ctx context.Context, network, address string) (*impatient, error) {
	conn, err := (&net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &impatient{Conn: conn, silence: d.silence}, nil
}

// impatient is a connection on which nothing may take longer than silence, nor past its deadline.
type impatient struct {
	net.Conn
	silence  time.Duration
	deadline atomic.Pointer[time.Time] // nil when there is none
}

// until is when the next read or write gives up.
func (c *impatient) until() time.Time {
	at := time.Now().Add(c.silence)
	if deadline := c.deadline.Load(); deadline != nil && deadline.Before(at) {
		return *deadline
	}
	return at
}

// Read waits for silence at most.
func (c *impatient) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(c.until()); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write waits for silence at most.
func (c *impatient) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(c.until()); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
