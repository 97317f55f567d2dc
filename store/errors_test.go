package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestWrapf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want usm.Code
	}{
		"nothing":                  {nil, ""},
		"a refusal":                {usm.Invalid("/x", "bad"), usm.CodeInvalid},
		"a refusal inside another": {fmt.Errorf("in: %w", usm.Errorf(usm.CodeNotFound, "none")), usm.CodeNotFound},
		"connection lost":          {driver.ErrBadConn, usm.CodeUnavailable},
		"connection closed":        {io.ErrUnexpectedEOF, usm.CodeUnavailable},
		"connection refused":       {&net.OpError{Op: "dial", Err: errors.New("refused")}, usm.CodeUnavailable},
		"no time left":             {context.DeadlineExceeded, usm.CodeUnavailable},
		"the caller went away":     {context.Canceled, usm.CodeInternal},
		"too many connections":     {&pq.Error{Code: "53300"}, usm.CodeUnavailable},
		"shutdown":                 {&pq.Error{Code: "57P01"}, usm.CodeUnavailable},
		"too slow":                 {&pq.Error{Code: "57014"}, usm.CodeUnavailable},
		"deadlock":                 {&pq.Error{Code: "40P01"}, usm.CodeUnavailable},
		"NUL":                      {&pq.Error{Code: "22P05"}, usm.CodeInvalid},
		"a constraint":             {&pq.Error{Code: "23514"}, usm.CodeInternal},
		"wrong SQL":                {&pq.Error{Code: "42601"}, usm.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.err
			wrapf(&err, "Call(%s)", "INC-1")
			require.Equal(t, c.want, usm.CodeOf(err))
			if c.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.err, "the cause is kept")
			require.ErrorContains(t, err, "store: Call(INC-1): ")
		})
	}
}

func TestLostAgainstAnother(t *testing.T) {
	t.Parallel()
	require.True(t, lostAgainstAnother(fmt.Errorf("in: %w", &pq.Error{Code: "40001"})))
	require.True(t, lostAgainstAnother(&pq.Error{Code: "23505", Constraint: "trail_key"}))
	require.False(t, lostAgainstAnother(&pq.Error{Code: "23505", Constraint: "tokens_pkey"}))
	require.False(t, lostAgainstAnother(io.EOF))
	require.False(t, lostAgainstAnother(nil))
}

func TestInverse(t *testing.T) {
	t.Parallel()
	for there, back := range inverses {
		require.Equal(t, back, inverse(there))
		require.Equal(t, there, inverse(back))
	}
	require.Equal(t, "related", inverse("related"))
}
