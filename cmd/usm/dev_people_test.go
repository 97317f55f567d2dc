package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAccountsAreThePeopleOfAllDomains(t *testing.T) {
	t.Parallel()
	profiles := []usm.Profile{{ID: "desk", Name: "Desk"}, {ID: "head", Name: "Head"}}
	require.Equal(t, []account{
		{ID: "anna", Name: "Anna", Email: "anna@example.org", Holds: []string{"IT: asks", "HR: Desk, Head"}},
		{ID: "bob", Name: "Bob", Holds: []string{"HR: asks"}},
	}, accounts([]usm.Domain{
		{Name: "IT", Profiles: profiles, People: []usm.Person{
			{ID: "anna", Name: "Anna"}, {ID: "bob", Name: "Bob", Inactive: true}, {ID: "gone", Inactive: true},
		}},
		{Name: "HR", Profiles: profiles, People: []usm.Person{
			{ID: "bob", Name: "Bob"}, {ID: "anna", Name: "Anna", Email: "anna@example.org", Profiles: []string{"head", "desk"}},
		}},
	}))
}
