package domains_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// each calls test with every built-in domain.
func each(t *testing.T, test func(t *testing.T, domain usm.Domain)) {
	t.Helper()
	for id, source := range domains.Builtin() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			domain, err := domains.Parse(id+".yaml", source)
			require.NoError(t, err)
			require.Equal(t, id, domain.ID)
			test(t, domain)
		})
	}
}

// all returns the built-in domains by id.
func all(t *testing.T) map[string]usm.Domain {
	t.Helper()
	parsed := map[string]usm.Domain{}
	for id, source := range domains.Builtin() {
		domain, err := domains.Parse(id+".yaml", source)
		require.NoError(t, err)
		parsed[id] = domain
	}
	return parsed
}

func TestBuiltin(t *testing.T) {
	t.Parallel()

	t.Run("AreTheFive", func(t *testing.T) {
		t.Parallel()
		ids := slices.Sorted(maps.Keys(domains.Builtin()))
		require.Equal(t, []string{"facilities", "finance", "healthcare", "hr", "it"}, ids)
	})

	t.Run("ComeBackFromTheirOwnExport", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, domain usm.Domain) {
			t.Helper()
			require.NoError(t, domains.Validate(domain))
			file, err := domains.Marshal(domain)
			require.NoError(t, err)
			again, err := domains.Parse(domain.ID+".yaml", file)
			require.NoError(t, err)
			require.Equal(t, domain, again)
			require.Empty(t, domains.Plan(domain, again), "export then apply changes nothing")
			twice, err := domains.Marshal(again)
			require.NoError(t, err)
			require.Equal(t, string(file), string(twice))
		})
	})

	t.Run("AreRealistic", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			require.GreaterOrEqual(t, len(d.Categories), 6)
			require.True(t, slices.ContainsFunc(d.Categories, func(c usm.Category) bool { return c.ID == "other" }))
			require.GreaterOrEqual(t, len(d.Services), 4)
			require.GreaterOrEqual(t, len(d.Components), 10)
			require.GreaterOrEqual(t, len(d.People), 12)
			require.NotEmpty(t, d.Solutions)
			require.NotEmpty(t, d.Calendars)
			require.NotEmpty(t, d.Pauses)
			types := map[usm.AgreementType]int{}
			for _, agreement := range d.Agreements {
				types[agreement.Type]++
			}
			require.Len(t, types, 3)
			require.Equal(t, len(d.Customers), types[usm.SA], "one for each customer")
			classes := map[usm.Class]bool{}
			for _, profile := range d.Profiles {
				classes[profile.Class] = true
			}
			require.Len(t, classes, 3)
		})
	})

	t.Run("KnowSomebodyWhomNoCustomerAuthorises", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			require.True(t, slices.ContainsFunc(d.People, func(p usm.Person) bool {
				return p.Customer == "" && len(p.Profiles) == 0 && !p.Inactive
			}))
		})
	})

	t.Run("KeepRequestersApartFromThoseWhoAct", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			for _, p := range d.People {
				require.False(t, p.Customer != "" && len(p.Profiles) > 0, p.ID)
			}
		})
	})

	t.Run("CanPerformEveryStepWithoutAnyOnePerson", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			for _, process := range usm.Processes() {
				for _, step := range process.Steps() {
					rule := d.Procedure(process).Rule(step)
					require.GreaterOrEqual(t, active(d, rule.Responsible), 3, "responsible for %s", step)
					require.GreaterOrEqual(t, active(d, []string{rule.Accountable}), 3, "accountable for %s", step)
				}
			}
		})
	})
}

// active counts the active people who hold one of the profiles.
func active(d usm.Domain, profiles []string) int {
	count := 0
	for _, person := range d.People {
		holds := slices.ContainsFunc(person.Profiles, func(p string) bool { return slices.Contains(profiles, p) })
		if holds && !person.Inactive {
			count++
		}
	}
	return count
}

func TestBuiltinTogether(t *testing.T) {
	t.Parallel()

	t.Run("PersonIsTheSameEverywhere", func(t *testing.T) {
		t.Parallel()
		seen, domainsOf := map[string]usm.Person{}, map[string]int{}
		for _, domain := range all(t) {
			for _, person := range domain.People {
				domainsOf[person.ID]++
				if other, ok := seen[person.ID]; ok {
					require.Equal(t, other.Name, person.Name)
					require.Equal(t, other.Email, person.Email)
					require.Empty(t, person.Profiles, "only a requester belongs to several domains")
				}
				seen[person.ID] = person
			}
		}
		several := []string{}
		for id, count := range domainsOf {
			if count > 1 {
				several = append(several, id)
			}
		}
		require.ElementsMatch(t, []string{"noor", "yuki"}, several)
	})

	t.Run("ShowEveryWayToPerformAStep", func(t *testing.T) {
		t.Parallel()
		found := map[string][]string{}
		note := func(what string, d usm.Domain, step usm.Step) {
			found[what] = append(found[what], d.ID+"."+string(step))
		}
		for _, d := range all(t) {
			for _, procedure := range d.Procedures {
				for _, row := range procedure.Steps {
					note(string(row.Performer), d, row.Step)
					if row.NotApplicable != "" {
						note("not applicable", d, row.Step)
					}
					if row.DisputeTo != "" {
						note("dispute to", d, row.Step)
					}
				}
			}
		}
		require.Equal(t, []string{"facilities.determine_cause"}, found["system"])
		require.Equal(t, []string{"hr.plan_operation"}, found["not applicable"])
		require.ElementsMatch(t, []string{"hr.accept_request", "hr.classify_request", "facilities.close_request"}, found["automatic"])
		require.GreaterOrEqual(t, len(found["dispute to"]), 3)
	})

	t.Run("OfferWhatTheExamplesAskFor", func(t *testing.T) {
		t.Parallel()
		parsed := all(t)
		for domain, item := range map[string]string{
			"it": "replace-lost-laptop", "hr": "leave-regulation", "facilities": "lift-broken",
			"finance": "travel-permit", "healthcare": "ward-bed",
		} {
			require.True(t, slices.ContainsFunc(parsed[domain].Catalogue, func(i usm.Item) bool { return i.ID == item }), item)
		}
	})

	t.Run("NeverTypeAnAddressOfARealPerson", func(t *testing.T) {
		t.Parallel()
		for _, d := range all(t) {
			for _, person := range d.People {
				require.True(t, strings.HasSuffix(person.Email, "@example.org"), person.ID)
			}
		}
	})
}
