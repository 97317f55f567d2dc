package storetest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("GivesEachTestAMigratedDatabaseOfItsOwn", func(t *testing.T) {
		t.Parallel()
		one, two := storetest.With(t, storetest.Domain()), storetest.New(t)
		require.NoError(t, one.Ready(t.Context()))
		require.NoError(t, two.Ready(t.Context()))
		domains, err := one.Domains(t.Context())
		require.NoError(t, err)
		require.Len(t, domains, 1)
		domains, err = two.Domains(t.Context())
		require.NoError(t, err)
		require.Empty(t, domains)
	})

	t.Run("LeavesTheSchemaOutOfAnEmptyOne", func(t *testing.T) {
		t.Parallel()
		s := storetest.Open(t, store.Options{URL: storetest.EmptyURL(t)})
		require.Equal(t, usm.CodeConflict, usm.CodeOf(s.Ready(t.Context())))
	})
}

func TestDomain(t *testing.T) {
	t.Parallel()
	domain := storetest.Domain()
	holders := map[string]int{}
	for _, person := range domain.People {
		for _, profile := range person.Profiles {
			holders[profile]++
		}
	}
	for _, profile := range domain.Profiles {
		require.GreaterOrEqual(t, holders[profile.ID], 2, "segregation needs two people for %s", profile.ID)
	}
	require.Len(t, domain.Procedures, len(usm.Processes()))
}
