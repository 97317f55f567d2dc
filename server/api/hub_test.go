package api

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHub(t *testing.T) {
	t.Parallel()

	t.Run("WakesEveryStream", func(t *testing.T) {
		t.Parallel()
		wakes := make(chan func(), 1)
		h := NewHub(func(ctx context.Context, wake func()) error {
			wakes <- wake
			<-ctx.Done()
			return ctx.Err()
		}, slog.New(slog.DiscardHandler))
		first, leaveFirst := h.Join()
		second, leaveSecond := h.Join()
		defer leaveFirst()
		defer leaveSecond()
		wake := <-wakes
		wake()
		wake() // nobody has taken the first yet: the two become one
		<-first
		<-second
		require.Empty(t, first)
		require.Empty(t, wakes, "one listener serves both")
	})

	t.Run("ListensAgainAndWakesAfterALoss", func(t *testing.T) {
		t.Parallel()
		lost := make(chan struct{}, 10)
		h := NewHub(func(ctx context.Context, _ func()) error {
			select {
			case lost <- struct{}{}:
				return errors.New("connection reset")
			case <-ctx.Done():
				return ctx.Err()
			}
		}, slog.New(slog.DiscardHandler))
		wake, leave := h.Join()
		defer leave()
		<-lost
		<-wake
		<-lost
	})

	t.Run("StopsListeningWithTheLastStream", func(t *testing.T) {
		t.Parallel()
		listening, stopped := make(chan struct{}), make(chan struct{})
		h := NewHub(func(ctx context.Context, _ func()) error {
			close(listening)
			<-ctx.Done()
			close(stopped)
			return ctx.Err()
		}, slog.New(slog.DiscardHandler))
		_, leaveFirst := h.Join()
		_, leaveSecond := h.Join()
		<-listening
		leaveFirst()
		select {
		case <-stopped:
			require.Fail(t, "a stream is still there")
		default:
		}
		leaveSecond()
		<-stopped
	})
}
