package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	body := map[string]any{"register": "incident", "name": "Open mail", "query": "service=mail&status=open"}

	t.Run("AreOnesOwn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var saved usm.SavedFilter
		w.post("omar", "/filters", body).status(http.StatusCreated).into(&saved)
		require.Equal(t, usm.SavedFilter{ID: saved.ID, Register: usm.Incident, Name: "Open mail", Query: "service=mail&status=open"}, saved)
		var found []usm.SavedFilter
		w.get("omar", "/filters?register=incident").status(http.StatusOK).into(&found)
		require.Equal(t, []usm.SavedFilter{saved}, found)
		w.get("omar", "/filters?register=risk").status(http.StatusOK).into(&found)
		require.Empty(t, found)
		w.get("rita", "/filters").status(http.StatusOK).into(&found)
		require.Empty(t, found)
		w.send("rita", http.MethodDelete, "/api/v1/filters/1", nil).problem(http.StatusNotFound, usm.CodeNotFound)
		w.send("omar", http.MethodDelete, "/api/v1/filters/1", nil).status(http.StatusNoContent)
		w.get("omar", "/filters").status(http.StatusOK).into(&found)
		require.Empty(t, found)
	})

	for name, change := range map[string]map[string]any{
		"TheyHaveNoName":           {"register": "incident", "name": "", "query": ""},
		"TheirNameIsLong":          {"register": "incident", "name": strings.Repeat("x", 81), "query": ""},
		"TheyAreOfNoRegister":      {"register": "song", "name": "x", "query": ""},
		"TheyAskForMoreThanAnyone": {"register": "risk", "name": "x", "query": strings.Repeat("q", 2001)},
	} {
		t.Run("AreRefusedWhen"+name, func(t *testing.T) {
			t.Parallel()
			setup(t).post("omar", "/filters", change).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		})
	}
}

func TestRisksAreCountedForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var counts []usm.RiskCount
	w.get("omar", "/risks?domain=it&service=mail").status(http.StatusOK).into(&counts)
	require.Equal(t, []usm.RiskCount{{Effect: usm.High, Likelihood: usm.Low, Count: 2}}, counts)
	require.Equal(t, usm.RiskFilter{
		Domain: "it", Service: "mail", Visible: &usm.Sight{Person: "omar", Domains: []string{"it"}},
	}, w.store.risks)
	w.get("admin", "/risks").status(http.StatusOK)
	require.Nil(t, w.store.risks.Visible)
}

func TestCallsAreNarrowedToOpenOnesAndToRisks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.get("omar", "/calls?open=true&effect=high&likelihood=low").status(http.StatusOK)
	require.True(t, w.store.filter.Open)
	require.Equal(t, []usm.Level{usm.High, usm.Low}, []usm.Level{w.store.filter.Effect, w.store.filter.Likelihood})
	w.get("omar", "/calls?effect=huge").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
}

func TestImpactOfAComponent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var impact usm.Impact
	w.get("rita", "/components/it/srv-1/impact").status(http.StatusOK).into(&impact)
	require.Equal(t, "srv-1", impact.Nodes[0].ID)
	require.NotNil(t, impact.Arrows)
	w.get("rita", "/components/it/srv-9/impact").problem(http.StatusNotFound, usm.CodeNotFound)
	w.get("heidi", "/components/it/srv-1/impact").problem(http.StatusNotFound, usm.CodeNotFound)
}
