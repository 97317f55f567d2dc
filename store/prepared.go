package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// anyPlan begins a statement that Postgres plans each time, for the values that it is about: what finds a rare value soonest
// takes long with a frequent one. Reports are planned so, and lists, but for that of all work of somebody. All other statements are
// prepared, once for each connection, because planning them takes several times as long as carrying them out.
const anyPlan = "/* any plan */ "

// preparedStatement is all that a prepared statement of lib/pq can do.
type preparedStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// isPrepared reports whether a statement is to be prepared.
func isPrepared(text string, values []driver.NamedValue) bool {
	return len(values) > 0 && !strings.HasPrefix(text, anyPlan)
}

// prepared is the statement of a text.
func (c punctualConn) prepared(ctx context.Context, text string) (preparedStatement, error) {
	if known := c.statements[text]; known != nil {
		return known, nil
	}
	made, err := c.connection.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	statement, ok := made.(preparedStatement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("lib/pq prepares a %T, which lacks something", made), made.Close())
	}
	c.statements[text] = statement
	return statement, nil
}

// ExecContext runs a statement.
func (c punctualConn) ExecContext(ctx context.Context, text string, values []driver.NamedValue) (driver.Result, error) {
	c.net.endWith(ctx)
	if !isPrepared(text, values) {
		return c.connection.ExecContext(ctx, text, values)
	}
	statement, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, values)
}

// QueryContext runs a query.
func (c punctualConn) QueryContext(ctx context.Context, text string, values []driver.NamedValue) (driver.Rows, error) {
	c.net.endWith(ctx)
	if !isPrepared(text, values) {
		return c.connection.QueryContext(ctx, text, values)
	}
	statement, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, values)
}
