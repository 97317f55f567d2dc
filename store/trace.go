package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/lib/pq"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// traced makes connections with a span for each statement and each transaction of a request that is traced. Values of parameters
// are in none.
type traced struct {
	driver.Connector
	tracer trace.Tracer
}

// Connect makes a connection.
func (t traced) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := t.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return tracedConn{made.(punctualConn), t.tracer}, nil //nolint:errcheck,forcetypeassert // punctual makes nothing else
}

type tracedConn struct {
	punctualConn
	tracer trace.Tracer
}

// span begins a span within one; what nobody asked for has none. The end drops the texts of errors, which may hold values.
func span(ctx context.Context, tracer trace.Tracer, name, text string) (end func(error)) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return func(error) {}
	}
	_, s := tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "postgresql")))
	if text != "" {
		s.SetAttributes(attribute.String("db.query.text", text))
	}
	return func(err error) {
		if err != nil && !errors.Is(err, driver.ErrSkip) {
			code := "unavailable"
			if refusal, ok := errors.AsType[*pq.Error](err); ok {
				code = string(refusal.Code)
			}
			s.SetStatus(codes.Error, code)
		}
		s.End()
	}
}

// operation is the first word of a statement.
func operation(query string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	return "SQL " + strings.ToUpper(strings.TrimSpace(word))
}

// BeginTx has a span that ends with the transaction.
func (c tracedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	end := span(ctx, c.tracer, "SQL transaction", "")
	begun, err := c.punctualConn.BeginTx(ctx, o)
	if err != nil {
		end(err)
		return nil, err
	}
	return tracedTx{begun, end}, nil
}

type tracedTx struct {
	driver.Tx
	end func(error)
}

// Commit ends the span.
func (t tracedTx) Commit() (err error) {
	err = t.Tx.Commit()
	t.end(err)
	return err
}

// Rollback ends the span.
func (t tracedTx) Rollback() (err error) {
	err = t.Tx.Rollback()
	t.end(err)
	return err
}

// ExecContext runs a statement.
func (c tracedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	end := span(ctx, c.tracer, operation(query), query)
	result, err := c.punctualConn.ExecContext(ctx, query, args)
	end(err)
	return result, err
}

// QueryContext runs a query; its rows are read after the span.
func (c tracedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	end := span(ctx, c.tracer, operation(query), query)
	rows, err := c.punctualConn.QueryContext(ctx, query, args)
	end(err)
	return rows, err
}

// PrepareContext prepares a statement whose runs have spans.
func (c tracedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	prepared, err := c.punctualConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return tracedStmt{prepared.(preparedStatement), c.tracer, query}, nil //nolint:errcheck,forcetypeassert // lib/pq's can do all of that
}

type tracedStmt struct {
	preparedStatement

	tracer trace.Tracer
	query  string
}

// ExecContext runs the statement.
func (s tracedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	end := span(ctx, s.tracer, operation(s.query), s.query)
	result, err := s.preparedStatement.ExecContext(ctx, args)
	end(err)
	return result, err
}

// QueryContext runs the statement as a query.
func (s tracedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	end := span(ctx, s.tracer, operation(s.query), s.query)
	rows, err := s.preparedStatement.QueryContext(ctx, args)
	end(err)
	return rows, err
}
