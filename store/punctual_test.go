package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
)

// TestLeavingLongAfterTheLastDeadline closes a connection on which the last thing that was done had little time.
func TestLeavingLongAfterTheLastDeadline(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t), Connections: 1})
	require.NoError(t, err)
	require.NoError(t, s.Overdue(t.Context()))
	require.NoError(t, s.Close())
}
