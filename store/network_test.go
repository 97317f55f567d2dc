package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestNetwork(t *testing.T) {
	t.Parallel()

	t.Run("ASilentNetworkDoesNotHangAQueryAndThePoolRecovers", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		proxy := startProxy(t, storetest.NewRelay(t, database).Address)
		s := storetest.Open(t, store.Options{
			URL: storetest.Through(t, database, proxy.Listen), StatementTimeout: 2 * time.Second, Connections: 4,
		})
		require.NoError(t, s.Ready(t.Context()))

		silence := `{"name": "silence", "type": "timeout", "attributes": {"timeout": 0}}`
		_, err := proxy.Toxics.AddToxicJson(strings.NewReader(silence))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		err = s.Ready(ctx)
		require.Less(t, time.Since(began), 5*time.Second)
		requireCode(t, usm.CodeUnavailable, err)

		require.NoError(t, proxy.Toxics.RemoveToxic(t.Context(), "silence"))
		require.NoError(t, s.Ready(t.Context()))
	})

	t.Run("ASilentNetworkHoldsNothingBeyondTheDeadline", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		proxy := startProxy(t, storetest.NewRelay(t, database).Address)
		s := storetest.Open(t, store.Options{URL: storetest.Through(t, database, proxy.Listen), Connections: 2})
		w := world{s, t, database}
		_, err := s.ApplyDomain(t.Context(), storetest.Domain(), "test")
		require.NoError(t, err)
		w.open(asked(usm.Incident))
		_, err = proxy.Toxics.AddToxicJson(strings.NewReader(`{"name": "silence", "type": "timeout", "attributes": {"timeout": 0}}`))
		require.NoError(t, err)
		for name, do := range map[string]func(context.Context) error{
			"Read":    s.Ready,
			"Connect": func(ctx context.Context) error { _, err := s.Caller(ctx, "x"); return err },
			"Write": func(ctx context.Context) error {
				_, err := s.Register(ctx, usm.IntakeRequest{}, usm.Call{NewCall: asked(usm.Incident)})
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
				requireCode(t, usm.CodeUnavailable, err)
				require.Less(t, time.Since(began), 2*time.Second)
			})
		}
	})

	t.Run("AnAnswerThatIsCutShortCostsItsConnectionOnly", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		proxy := startProxy(t, storetest.NewRelay(t, database).Address)
		s := storetest.Open(t, store.Options{URL: storetest.Through(t, database, proxy.Listen), Connections: 1})
		for bytes := range 12 { // the first message has less
			require.NoError(t, s.Ready(t.Context()), "after %d bytes", bytes)
			_, err := proxy.Toxics.AddToxicJson(strings.NewReader(
				fmt.Sprintf(`{"name": "scissors", "type": "limit_data", "attributes": {"bytes": %d}}`, bytes)))
			require.NoError(t, err)
			require.Error(t, s.Ready(t.Context()))
			require.NoError(t, proxy.Toxics.RemoveToxic(t.Context(), "scissors"))
		}
		require.NoError(t, s.Ready(t.Context()))
	})

	t.Run("AServerThatIsAwayIsUnavailable", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		relay := storetest.NewRelay(t, database)
		require.NoError(t, relay.Close())
		_, err := store.Open(t.Context(), store.Options{URL: storetest.Through(t, database, relay.Address)})
		requireCode(t, usm.CodeUnavailable, err)
	})

	t.Run("AStepTakesFourRoundTripsWithoutEffects", func(t *testing.T) {
		t.Parallel()
		database := storetest.URL(t)
		relay := storetest.NewRelay(t, database)
		s := storetest.Open(t, store.Options{URL: storetest.Through(t, database, relay.Address), Connections: 1})
		w := world{s, t, database}
		_, err := s.ApplyDomain(t.Context(), storetest.Domain(), "test")
		require.NoError(t, err)
		call, before := w.open(asked(usm.Incident)), w.open(asked(usm.Incident))
		facts := usm.Effects{Facts: &usm.RequestFacts{Category: "software", Service: "web", Components: []string{"disk-1"}}}
		w.through(before, usm.AcceptIncident) // a statement takes one more when it is prepared
		w.finish(input(before, usm.ClassifyIncident), facts)

		// Begin, lock, write, commit.
		require.Equal(t, int64(4), turns(relay, func() { w.through(call, usm.AcceptIncident) }))
		// … and one for what the step names, and one for who covers another service.
		require.Equal(t, int64(6), turns(relay, func() { w.finish(input(call, usm.ClassifyIncident), facts) }))
	})
}

func turns(r *storetest.Relay, do func()) int64 {
	before := r.Turns.Load()
	do()
	return r.Turns.Load() - before
}

func startProxy(t *testing.T, upstream string) *toxiproxy.Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "postgres", "127.0.0.1:0", upstream)
	require.NoError(t, proxy.Start())
	t.Cleanup(proxy.Stop)
	return proxy
}
