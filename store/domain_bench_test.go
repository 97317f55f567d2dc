package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// BenchmarkConfiguration reads what each step and each new call needs of a domain that has ten thousand people.
func BenchmarkConfiguration(b *testing.B) {
	domain := storetest.Domain()
	for i := range 10_000 {
		domain.People = append(domain.People, usm.Person{
			ID: fmt.Sprintf("p%05d", i), Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%05d@example.org", i), Customer: "hq",
		})
	}
	s := storetest.With(b, domain)
	for b.Loop() {
		read, err := s.Configuration(b.Context(), domain.ID, 0)
		require.NoError(b, err)
		require.Len(b, read.People, len(domain.People))
	}
}
