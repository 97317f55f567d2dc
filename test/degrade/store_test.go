package degrade

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// TestStore has the network between the registers and Postgres fail; what it asks of the store itself is in store/.
func TestStore(t *testing.T) {
	t.Parallel()

	t.Run("ASilentNetworkDoesNotHangAQueryAndThePoolRecovers", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		proxy := startProxy(t, "postgres", storetest.NewRelay(t, database).Address)
		s := storetest.Open(t, store.Options{
			URL: storetest.Through(t, database, proxy.Listen), StatementTimeout: 2 * time.Second, Connections: 4,
		})
		require.NoError(t, s.Ready(t.Context()))

		cure := poison(t, proxy, "timeout", `"timeout": 0`)()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		err := s.Ready(ctx)
		require.Less(t, time.Since(began), 5*time.Second)
		require.Equal(t, usm.CodeUnavailable, usm.CodeOf(err), err)

		cure()
		require.NoError(t, s.Ready(t.Context()))
	})

	t.Run("ASilentNetworkHoldsNothingBeyondTheDeadline", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		proxy := startProxy(t, "postgres", storetest.NewRelay(t, database).Address)
		s := storetest.Open(t, store.Options{URL: storetest.Through(t, database, proxy.Listen), Connections: 2})
		_, err := s.ApplyDomain(t.Context(), storetest.Domain(), "test")
		require.NoError(t, err)
		incident := usm.Call{NewCall: usm.NewCall{Domain: "it", Type: usm.Incident, Subject: "s", Requester: "eve", Service: "mail"}}
		_, err = s.Register(t.Context(), usm.IntakeRequest{}, incident)
		require.NoError(t, err)
		poison(t, proxy, "timeout", `"timeout": 0`)()
		for name, do := range map[string]func(context.Context) error{
			"Read":    s.Ready,
			"Connect": func(ctx context.Context) error { _, err := s.Caller(ctx, "x"); return err },
			"Write": func(ctx context.Context) error {
				_, err := s.Register(ctx, usm.IntakeRequest{}, incident)
				return err
			},
			"Queue": s.Ready,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel() // with two connections for four
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				err := do(ctx)
				require.Equal(t, usm.CodeUnavailable, usm.CodeOf(err), err)
				require.Less(t, time.Since(began), 2*time.Second)
			})
		}
	})

	t.Run("AnAnswerThatIsCutShortCostsItsConnectionOnly", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		proxy := startProxy(t, "postgres", storetest.NewRelay(t, database).Address)
		s := storetest.Open(t, store.Options{URL: storetest.Through(t, database, proxy.Listen), Connections: 1})
		for bytes := range 12 { // the first message has less
			require.NoError(t, s.Ready(t.Context()), "after %d bytes", bytes)
			cure := poison(t, proxy, "limit_data", fmt.Sprintf(`"bytes": %d`, bytes))()
			require.Error(t, s.Ready(t.Context()))
			cure()
		}
		require.NoError(t, s.Ready(t.Context()))
	})
}
