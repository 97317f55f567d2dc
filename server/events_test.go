package server_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

// message is one server-sent event.
type message struct{ id, event, data string }

// follow opens a stream; what arrives comes over the channel until the test ends or stop is called.
func (w *world) follow(headers ...string) (messages <-chan message, stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/api/v1/events", nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer token-of-rita")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, response.StatusCode)
	require.Equal(w.t, "text/event-stream", response.Header.Get("Content-Type"))
	arrived := make(chan message, 100)
	go func() {
		defer close(arrived)
		defer func() { _ = response.Body.Close() }()
		readMessages(bufio.NewScanner(response.Body), arrived)
	}()
	return arrived, cancel
}

func readMessages(lines *bufio.Scanner, to chan<- message) {
	var m message
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.event = value
		case "data":
			m.data = value
		case "":
			to <- m
			m = message{}
		}
	}
}

// next returns what arrives next.
func next(t *testing.T, messages <-chan message) message {
	t.Helper()
	select {
	case m, open := <-messages:
		require.True(t, open, "the stream ended")
		return m
	case <-time.After(10 * time.Second):
		require.Fail(t, "nothing arrived")
		return message{}
	}
}

// doubtful is a reader that knows callers until it does not.
type doubtful struct {
	api.Reader

	mu      sync.Mutex
	no      error
	refused int
}

func (d *doubtful) Caller(ctx context.Context, token string) (usm.Caller, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.no != nil {
		d.refused++
		return usm.Caller{}, d.no
	}
	return d.Reader.Caller(ctx, token)
}

func (d *doubtful) refuse(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.no = err
}

func (d *doubtful) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

// ended reports whether a stream is over; what it still has to say is dropped.
func ended(messages <-chan message) bool {
	for {
		select {
		case _, open := <-messages:
			if !open {
				return true
			}
		default:
			return false
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()

	t.Run("BeginNowAndFollowWhatHappens", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.store.happen(usm.Event{Call: "INC-000001", Sequence: 1, Kind: usm.EventRegistered})
		messages, _ := w.follow()
		require.Equal(t, message{id: "1"}, next(t, messages))
		w.store.happen(usm.Event{Call: "INC-000001", Sequence: 2, Kind: usm.EventOpened})
		m := next(t, messages)
		require.Equal(t, "2", m.id)
		require.Equal(t, "opened", m.event)
		require.Contains(t, m.data, `"sequence":2`)
	})

	t.Run("ResumeAfterTheLastThatWasReceived", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for i := range 250 {
			w.store.happen(usm.Event{Call: "INC-000001", Sequence: i + 1, Kind: usm.EventNoted})
		}
		messages, _ := w.follow("Last-Event-ID", "30")
		require.Equal(t, message{id: "30"}, next(t, messages))
		var last message
		for range 220 {
			last = next(t, messages)
		}
		require.Equal(t, "250", last.id)
		require.Contains(t, last.data, `"sequence":250`)
	})

	t.Run("ShareOneListener", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first, stopFirst := w.follow()
		second, stopSecond := w.follow()
		next(t, first)
		next(t, second)
		listening := func() int {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			return w.store.listener
		}
		require.Eventually(t, func() bool { return listening() == 1 }, 5*time.Second, time.Millisecond)
		stopFirst()
		stopSecond()
		require.Eventually(t, func() bool { return listening() == 0 }, 5*time.Second, time.Millisecond)
	})

	t.Run("OutliveTheTimeARequestHasToArrive", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		slow := httptest.NewUnstartedServer(w.handler)
		slow.Config.ReadTimeout = 50 * time.Millisecond
		slow.Start()
		t.Cleanup(slow.Close)
		w.url = slow.URL
		messages, _ := w.follow()
		next(t, messages)
		time.AfterFunc(4*slow.Config.ReadTimeout, func() { w.store.happen(usm.Event{Call: "INC-000001", Sequence: 1, Kind: usm.EventNoted}) })
		require.Equal(t, "noted", next(t, messages).event)
	})

	t.Run("EndWithTheToken", func(t *testing.T) {
		t.Parallel()
		for code, ends := range map[usm.Code]bool{usm.CodeUnauthenticated: true, usm.CodeUnavailable: false} {
			var asked doubtful
			w := setup(t, func(o *server.Options) {
				asked.Reader, o.Limits.Beat = o.Reader, time.Millisecond
				o.Reader = &asked
			})
			messages, stop := w.follow()
			next(t, messages)
			asked.refuse(usm.Errorf(code, "no"))
			require.Eventually(t, func() bool { return asked.count() > 2 || ends && ended(messages) }, 10*time.Second, time.Millisecond)
			require.Equal(t, ends, ended(messages), code)
			stop()
		}
	})

	t.Run("RefuseAPositionThatIsNone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("rita", "/events", "Last-Event-ID", "yesterday").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
	})
}
