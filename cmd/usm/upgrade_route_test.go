package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
)

// answers are those of Temporal to a change of the versions, one after another, and then how far its task queues know of it.
type answers struct {
	change []error
	routed []any // whether they do, or an error
}

// route is how often the change was asked for, and what came of it.
func (a answers) route(t *testing.T) (asked int, err error) {
	t.Helper()
	err = (&app{err: &bytes.Buffer{}}).route(t.Context(), func(context.Context) error {
		asked++
		return a.change[asked-1]
	}, func(context.Context) (bool, error) {
		next := a.routed[0]
		a.routed = a.routed[1:]
		err, _ := next.(error)
		return next == true, err
	})
	require.Empty(t, a.routed, "it is over too early")
	return asked, err
}

func TestAChangeOfTheVersions(t *testing.T) {
	t.Parallel()
	late := serviceerror.NewDeadlineExceeded("context deadline exceeded")
	refused := serviceerror.NewFailedPrecondition("no such version")

	t.Run("IsAskedForAgainWhenTemporalDidNotAnswerInTime", func(t *testing.T) {
		t.Parallel()
		asked, err := answers{change: []error{late, nil}, routed: []any{true}}.route(t)
		require.NoError(t, err)
		require.Equal(t, 2, asked)
	})

	t.Run("IsOverWhenEveryTaskQueueKnows", func(t *testing.T) {
		t.Parallel()
		asked, err := answers{change: []error{nil}, routed: []any{false, late, true}}.route(t)
		require.NoError(t, err)
		require.Equal(t, 1, asked)
	})

	t.Run("ThatIsRefusedIsNotAskedForAgain", func(t *testing.T) {
		t.Parallel()
		asked, err := answers{change: []error{refused}}.route(t)
		require.ErrorIs(t, err, refused)
		require.Equal(t, 1, asked)
	})
}
