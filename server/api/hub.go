package api

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// listenAgain is how long the hub waits before it listens again after the connection was lost.
const listenAgain = time.Second

// Hub wakes every open stream when something was recorded. However many streams there are, one listener is on the
// database, and none when there is no stream.
type Hub struct {
	listen func(ctx context.Context, wake func()) error
	logger *slog.Logger

	mu      sync.Mutex
	streams map[chan struct{}]struct{}
	stop    context.CancelFunc // of the listener; nil when none runs
}

// NewHub returns a hub over listen, which calls wake whenever something was recorded, until its context ends.
func NewHub(listen func(context.Context, func()) error, logger *slog.Logger) *Hub {
	return &Hub{listen: listen, logger: logger, streams: map[chan struct{}]struct{}{}}
}

// Join returns a channel that gets a value after something was recorded, and the function that ends it. Several wakes
// that are not taken become one.
func (h *Hub) Join() (wake <-chan struct{}, leave func()) {
	stream := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams[stream] = struct{}{}
	if h.stop == nil {
		// The listener serves all streams, so it cannot live in the context of the first.
		ctx, cancel := context.WithCancel(context.Background())
		h.stop = cancel
		go h.run(ctx)
	}
	return stream, func() { h.leave(stream) }
}

func (h *Hub) leave(stream chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, stream)
	if len(h.streams) == 0 && h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// run listens until ctx ends. A lost connection may have lost wakes, so everybody looks again after it.
func (h *Hub) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := h.listen(ctx, h.wake)
		if ctx.Err() != nil {
			return
		}
		h.logger.WarnContext(ctx, "lost the notifications of the registers, listening again", "error", err)
		select {
		case <-time.After(listenAgain):
		case <-ctx.Done():
			return
		}
		h.wake()
	}
}

func (h *Hub) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for stream := range h.streams {
		select {
		case stream <- struct{}{}:
		default: // it has a wake already
		}
	}
}
