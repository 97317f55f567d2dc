package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/usm-works/usm/usm"
)

// wrapf names the call in err and translates what the database said; it is the first line, deferred, of each method.
func wrapf(err *error, format string, args ...any) {
	if *err == nil {
		return
	}
	call := fmt.Sprintf(format, args...)
	if refusal := translate(*err); refusal != nil {
		*err = fmt.Errorf("store: %s: %w: %w", call, refusal, *err)
		return
	}
	*err = fmt.Errorf("store: %s: %w", call, *err)
}

// refusals is the one table from what Postgres says to what a caller understands. A class has two characters. What is not
// here is internal: a fault of ours.
var refusals = map[string]*usm.Error{
	"08":    away, // connection exception
	"53":    away, // insufficient resources, too many connections
	"57P01": away, // admin shutdown
	"57P02": away, // crash shutdown
	"57P03": away, // cannot connect now: starting or stopping
	"57P05": away, // idle session timeout
	"57014": away, // query canceled: the statement took too long
	"25P03": away, // idle in transaction session timeout
	"25006": away, // read-only: the server is a standby for the moment
	"40001": away, // serialization failure, after all tries
	"40P01": away, // deadlock, after all tries
	"3D000": away, // the database is not there yet
	"22P05": unstorable,
	"22021": unstorable,
}

var (
	away       = usm.Errorf(usm.CodeUnavailable, "the registers do not answer now: try again")
	unstorable = usm.Errorf(usm.CodeInvalid, "a text holds a character that cannot be kept (U+0000 or invalid UTF-8)")
)

// translate returns the refusal that stands for err, nil when err is one already or is nothing that a caller could know.
func translate(err error) *usm.Error {
	if known := (*usm.Error)(nil); errors.As(err, &known) {
		return nil
	}
	if said := (*pq.Error)(nil); errors.As(err, &said) {
		if refusal, ok := refusals[string(said.Code)]; ok {
			return refusal
		}
		return refusals[string(said.Code.Class())]
	}
	if silent := net.Error(nil); errors.As(err, &silent) || isConnectionLost(err) {
		return away
	}
	return nil
}

func isConnectionLost(err error) bool {
	lost := []error{
		driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, os.ErrDeadlineExceeded,
		context.DeadlineExceeded,
	}
	return slices.ContainsFunc(lost, func(l error) bool { return errors.Is(err, l) })
}

// lostAgainstAnother reports whether a transaction that failed with err would do better now: another one was in its way
// and has finished.
func lostAgainstAnother(err error) bool {
	said := (*pq.Error)(nil)
	if !errors.As(err, &said) {
		return false
	}
	switch said.Code {
	case "40001", "40P01":
		return true
	case "23505": // unique violation
		return slices.Contains(takenMeanwhile, said.Constraint)
	}
	return false
}

// takenMeanwhile are the keys that another transaction can have written since this one looked: the change has been recorded
// by it, or a call that a bare Temporal client named itself has the number. Which of them Postgres names is up to chance.
var takenMeanwhile = []string{"calls_pkey", "trail_pkey", "trail_key", "outbox_pkey", "starts_pkey"}

// noneAs replaces "no row" by a not_found that says what was looked for.
func noneAs(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return usm.Errorf(usm.CodeNotFound, format, args...)
	}
	return err
}

// isViolation reports whether Postgres answered with this code.
func isViolation(err error, code pqerror.Code) bool {
	said := (*pq.Error)(nil)
	return errors.As(err, &said) && said.Code == code
}
