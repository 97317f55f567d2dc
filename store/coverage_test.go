package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// covered is how somebody is covered for a service and the components he names.
func (w world) covered(person, service string, components ...string) usm.Coverage {
	w.t.Helper()
	coverage, err := w.Covered(w.ctx(), usm.NewCall{Domain: "it", Requester: person, Service: service, Components: components})
	require.NoError(w.t, err)
	return coverage
}

// with is a world whose domain was changed before its first load.
func with(t *testing.T, change func(*usm.Domain)) (w world, result usm.DomainResult) {
	t.Helper()
	domain := storetest.Domain()
	change(&domain)
	url := storetest.URL(t)
	w = world{storetest.Open(t, store.Options{URL: url}), t, url}
	result, err := w.ApplyDomain(w.ctx(), domain, "test")
	require.NoError(t, err)
	return w, result
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	people := []usm.Person{
		{ID: "ann", Name: "Ann", Customer: "hq", Site: "north"},
		{ID: "bob", Name: "Bob", Customer: "hq", Site: "south"},
		{ID: "cid", Name: "Cid", Customer: "lab", Site: "north"},
		{ID: "dot", Name: "Dot", Customer: "hq", Site: "north", Inactive: true},
	}

	for name, c := range map[string]struct {
		clauses         []usm.Clause
		person, service string
		components      []string
		want            string // clause, "-" for not covered
	}{
		"EverybodyOfTheCustomer":           {person: "bob", service: "mail"},
		"NobodyOfAnotherCustomer":          {person: "cid", service: "mail", want: "-"},
		"NobodyWhoLeft":                    {person: "dot", service: "mail", want: "-"},
		"NoServiceThatIsNotAgreed":         {person: "ann", service: "fax", want: "-"},
		"NoRequestWithoutService":          {person: "ann", want: "-"},
		"ASite":                            {clauses: clauses("sites"), person: "ann", service: "mail", want: "sites"},
		"NotAnotherSite":                   {clauses: clauses("sites"), person: "bob", service: "mail", want: "-"},
		"APerson":                          {clauses: clauses("sites", "people"), person: "bob", service: "mail", want: "people"},
		"TheFirstClauseThatHolds":          {clauses: clauses("people", "sites"), person: "ann", service: "mail", want: "sites"},
		"UsersOfAComponent":                {clauses: clauses("components"), person: "bob", service: "mail", want: "components"},
		"NobodyWhoUsesNoneOfTheComponents": {clauses: clauses("components"), person: "ann", service: "mail", want: "-"},
		"AComponentThatTheRequestNames": {
			clauses: clauses("components"), person: "ann", service: "mail", components: []string{"disk-1"}, want: "components",
		},
		"OneOfTheServices":   {clauses: clauses("services"), person: "ann", service: "web", want: "services"},
		"NotTheOtherService": {clauses: clauses("services"), person: "ann", service: "mail", want: "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := with(t, func(d *usm.Domain) {
				d.People = append(d.People, people...)
				d.Components[1].Users = []string{"bob"}
				d.Agreements[0].Coverage = c.clauses
			})
			got := w.covered(c.person, c.service, c.components...)
			if c.want == "-" {
				require.Zero(t, got)
				return
			}
			require.Equal(t, "sa-hq@1", got.Agreement)
			require.Equal(t, c.want, got.Clause)
			require.Contains(t, got.Why, "agreement sa-hq@1 with hq covers "+c.service)
		})
	}
}

func TestCoverageReachesDownToTheSuppliers(t *testing.T) {
	t.Parallel()
	w, _ := with(t, func(d *usm.Domain) {
		d.Agreements[0].Under = []string{"ola-desk", "ola-gone"}
		d.Agreements = append(d.Agreements,
			usm.Agreement{ID: "ola-desk", Type: usm.OLA, Customer: "it", Provider: "desk", Services: []string{"mail"}, Under: []string{"uc-vendor"}},
			usm.Agreement{ID: "ola-gone", Type: usm.OLA, Customer: "it", Provider: "desk", Services: []string{"mail"}, ValidUntil: "2020-01-01"})
	})
	terms := func() (chain []string) {
		export, err := w.Clocks(w.ctx(), w.open(asked(usm.Incident)).Number)
		require.NoError(t, err)
		for _, link := range export.Terms[export.Facts[0].Terms].Links {
			chain = append(chain, link.Versioned())
		}
		return chain
	}
	require.Equal(t, []string{"sa-hq@1", "ola-desk@1", "uc-vendor@1"}, terms())
	require.NoError(t, w.Turn(w.ctx(), usm.AgreementTerm{Domain: "it", Agreement: "uc-vendor", Version: 1},
		usm.AgreementTurn{At: newYear(2026), Kind: usm.TurnExpired}))
	require.Equal(t, []string{"sa-hq@1", "ola-desk@1"}, terms())
}

func clauses(ids ...string) []usm.Clause {
	all := map[string]usm.Clause{
		"sites":      {ID: "sites", Text: "All in the north", Sites: []string{"north"}},
		"people":     {ID: "people", People: []string{"bob"}},
		"components": {ID: "components", Components: []string{"disk-1"}},
		"services":   {ID: "services", Services: []string{"web"}},
	}
	chosen := make([]usm.Clause, len(ids))
	for i, id := range ids {
		chosen[i] = all[id]
	}
	return chosen
}
