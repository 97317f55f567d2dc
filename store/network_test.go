package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestNetwork(t *testing.T) {
	t.Parallel()

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

		// Begin, lock, write, commit. What tells the listeners comes after it, and nobody waits for that.
		const told = 1
		s.Rung()
		require.Equal(t, int64(4+told), turns(relay, func() { w.through(call, usm.AcceptIncident); s.Rung() }))
		// … and one for what the step names, and one for who covers another service.
		require.Equal(t, int64(6+told), turns(relay, func() { w.finish(input(call, usm.ClassifyIncident), facts); s.Rung() }))
	})
}

func turns(r *storetest.Relay, do func()) int64 {
	before := r.Turns.Load()
	do()
	return r.Turns.Load() - before
}
