package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestStatements(t *testing.T) { //nolint:tparallel // one after the other, over one connection
	t.Parallel()
	url := storetest.URL(t)
	w := world{storetest.Open(t, store.Options{URL: url, Connections: 1}), t, url}
	_, err := w.ApplyDomain(t.Context(), storetest.Domain(), "test")
	require.NoError(t, err)
	call := w.open(asked(usm.Incident))
	prepared := func() []string {
		var texts []string
		require.NoError(t, w.Look(t.Context(), &texts, `SELECT statement FROM pg_prepared_statements WHERE from_sql = false ORDER BY 1`))
		return texts
	}
	w.view(call.Number)
	known := prepared()
	require.NotEmpty(t, known)

	t.Run("ArePreparedOnceForEachConnection", func(t *testing.T) { //nolint:paralleltest // see above
		for range 3 {
			w.view(call.Number)
		}
		require.Equal(t, known, prepared())
	})

	t.Run("OfListsArePlannedForTheirValues", func(t *testing.T) { //nolint:paralleltest // see above
		for _, filter := range []usm.CallFilter{{}, {Status: usm.StatusOpen}, {MayAct: "olga"}} {
			w.list(filter)
		}
		for _, text := range prepared() {
			require.False(t, strings.HasPrefix(text, store.AnyPlan), text)
		}
	})

	t.Run("GoOnAfterAMigrationThatAddsAColumn", func(t *testing.T) { //nolint:paralleltest // see above
		require.NoError(t, w.exec(`ALTER TABLE calls ADD COLUMN more text NOT NULL DEFAULT ''`))
		w.through(call, usm.AcceptIncident)
		require.Equal(t, usm.ClassifyIncident, w.view(call.Number).Step)
	})
}
