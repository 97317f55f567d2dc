package client

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

var errEnough = errors.New("enough")

func TestFeedGoesOnWhereAStreamBroke(t *testing.T) {
	t.Parallel()
	var streams atomic.Int32
	var resumed []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		resumed = append(resumed, r.Header.Get("Last-Event-ID"))
		switch streams.Add(1) {
		case 1: // nothing has happened yet, but the stream says where it is
			_, _ = fmt.Fprint(w, "id: 5\n\n: a comment\n\n")
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 3:
			_, _ = fmt.Fprint(w, "id: 7\ndata: {\"call\":\"INC-000001\",\ndata: \"sequence\":1}\n\nid: 8\ndata: {\"sequ")
		default:
			_, _ = fmt.Fprint(w, "id: 8\nevent: change\ndata: {\"call\":\"INC-000001\",\"sequence\":2}\n\n")
		}
	})
	var seen []int
	ready := 0
	err := New(s.URL, "").Feed(t.Context(), func() { ready++ }, func(e usm.Event) error {
		if seen = append(seen, e.Sequence); e.Sequence == 2 {
			return errEnough
		}
		return nil
	})
	require.ErrorIs(t, err, errEnough)
	require.Equal(t, []int{1, 2}, seen)
	require.Equal(t, []string{"", "5", "5", "7"}, resumed)
	require.Equal(t, 3, ready)
}

func TestFeedEndsWhenItIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, `{"code":"unauthenticated"}`)
	})
	err := New(s.URL, "").Feed(t.Context(), nil, nil)
	require.Equal(t, usm.CodeUnauthenticated, CodeOf(err))
}

func TestFeedRefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "data: nonsense\n\n") })
	require.ErrorContains(t, New(s.URL, "").Feed(t.Context(), nil, nil), "invalid character")
}
