package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAgreement(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var got usm.AgreementView
	w.get("rita", "/agreements/it/sa-1").status(http.StatusOK).into(&got)

	t.Run("HasEveryVersionNewestFirstAndTheOneInForce", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, 2, got.Current.Version)
		require.Equal(t, []int{3, 2, 1}, []int{got.Versions[0].Version, got.Versions[1].Version, got.Versions[2].Version})
		require.Len(t, got.Versions, 3)
		require.Equal(t, usm.AgreementInForce, got.History[0].Kind)
	})

	t.Run("ShowsTheChainDownToTheSuppliersAndEndsACircle", func(t *testing.T) {
		t.Parallel()
		require.Len(t, got.Under, 1, "an agreement that is not there is left out")
		desk := got.Under[0]
		require.Equal(t, "desk-team", desk.Provider)
		cloud := desk.Under[0]
		require.Equal(t, "cloud", cloud.Provider)
		require.Equal(t, "ola-desk", cloud.Under[0].ID)
		require.Empty(t, cloud.Under[0].Under, "it is open above already")
		require.Empty(t, got.Above)
	})

	t.Run("ShowsTheChainUpToTheCustomers", func(t *testing.T) {
		t.Parallel()
		var desk usm.AgreementView
		w.get("rita", "/agreements/it/ola-desk").status(http.StatusOK).into(&desk)
		require.Equal(t, []string{"sa-1", "uc-cloud"}, []string{desk.Above[0].ID, desk.Above[1].ID})
		require.Equal(t, "ward", desk.Above[0].Customer)
	})

	t.Run("HasTheSpecificationTreeOfEachService", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Mail", got.Services[0].Name)
		require.False(t, got.Services[0].Own)
		require.Equal(t, []string{"a mailbox"}, got.Services[0].Specification.Facility.Functionality)
		require.Equal(t, "laptop", got.Services[1].Service)
	})

	t.Run("IsHiddenFromOtherDomains", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"", "/difference?from=1&to=2"} {
			w.get("heidi", "/agreements/it/sa-1"+path).problem(http.StatusNotFound, usm.CodeNotFound)
			w.get("rita", "/agreements/it/sa-9"+path).problem(http.StatusNotFound, usm.CodeNotFound)
		}
		w.get("heidi", "/agreements?domain=it").problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("SaysWhatTwoVersionsDifferIn", func(t *testing.T) {
		t.Parallel()
		var difference struct {
			From, To    int
			Differences []struct {
				Path, Action  string
				Before, After any
			}
		}
		w.get("rita", "/agreements/it/sa-1/difference?from=1&to=2").status(http.StatusOK).into(&difference)
		paths := map[string]string{}
		for _, d := range difference.Differences {
			paths[d.Path] = d.Action
		}
		require.Equal(t, map[string]string{
			"coverage[north]": "add", "norms[incident].handling": "change", "requests": "add", "under": "add",
		}, paths)
		require.Equal(t, "8h", difference.Differences[1].Before)
		require.Equal(t, "4h", difference.Differences[1].After)
		w.get("rita", "/agreements/it/sa-1/difference?from=2&to=2").status(http.StatusOK).into(&difference)
		require.Empty(t, difference.Differences)
	})
}

func TestAgreementsRefuse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, says := range map[string]string{
		"/agreements?state=broken":                      "query parameter state: ",
		"/agreements?type=SLA":                          "query parameter type: ",
		"/agreements?colour=red":                        "query parameter colour: ",
		"/agreements/it/sa-1/difference?from=1&to=7":    "query parameter to: the agreement sa-1 has no version 7",
		"/agreements/it/sa-1/difference?from=1":         "query parameter to: ",
		"/agreements/it/sa-1/difference?from=last&to=1": "query parameter from: ",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			p := w.get("rita", path).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
			require.Contains(t, p.Errors[0].Detail, says)
		})
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, c := range map[string]struct {
		as, path string
		want     []string
	}{
		"HasWhatIsPreAgreedForTheCaller":             {"rita", "", []string{"new-laptop"}},
		"IsEmptyForWhomNoAgreementCovers":            {"ravi", "", nil},
		"IsShownToTheProviderForAnybody":             {"omar", "?for=rita", []string{"new-laptop"}},
		"IsShownToTheCallerForHimself":               {"rita", "?for=rita&domain=it", []string{"new-laptop"}},
		"IsEmptyForATokenWithoutAPerson":             {"admin", "", nil},
		"IsShownToAdministratorsForAnybody":          {"admin", "?for=rita", []string{"new-laptop"}},
		"IsEmptyForAPersonWhomTheDomainDoesNotKnow":  {"omar", "?for=nobody", nil},
		"OfOtherDomainsStaysHiddenFromTheirProvider": {"heidi", "?for=rita", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var items []usm.CoveredItem
			w.get(c.as, "/catalogue"+c.path).status(http.StatusOK).into(&items)
			var ids []string
			for _, item := range items {
				ids = append(ids, item.ID)
				require.Equal(t, "sa-1@2", item.Coverage.Agreement)
				require.Equal(t, "north", item.Coverage.Clause)
				require.Contains(t, item.Coverage.Why, "the northern wing")
			}
			require.Equal(t, c.want, ids)
		})
	}

	t.Run("IsNotShownForOthersToWhoHoldsNoProfile", func(t *testing.T) {
		t.Parallel()
		w.get("ravi", "/catalogue?for=rita").problem(http.StatusForbidden, usm.CodeForbidden)
	})
}
