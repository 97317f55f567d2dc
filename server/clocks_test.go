package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestClocks(t *testing.T) {
	t.Parallel()

	t.Run("AreShownToTheRequesterAndTheProvider", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		for _, who := range []string{"rita", "omar", "admin"} {
			var export usm.ClockExport
			w.get(who, "/calls/"+number+"/clocks").status(http.StatusOK).into(&export)
			require.Equal(t, number, export.Call)
			require.Equal(t, usm.NormHandling, export.Clocks[0].Norm)
		}
	})

	t.Run("AreHiddenWithTheirCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("heidi", "/calls/"+w.incident()+"/clocks").problem(http.StatusNotFound, usm.CodeNotFound)
		w.get("rita", "/calls/INC-000404/clocks").problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("HaveNoListThatIsNull", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		got := w.get("rita", "/calls/"+w.incident()+"/clocks").status(http.StatusOK)
		for _, name := range []string{"facts", "rows", "chain", "terms"} {
			require.NotContains(t, string(got.body), `"`+name+`":null`)
		}
	})

	t.Run("AreNotSteeredOnceTheCallHasChanged", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		w.store.change(number, clocked)
		w.post("omar", "/calls/"+number+"/pause", map[string]any{"reason": "freeze"}, "If-Match", `"1"`).
			problem(http.StatusPreconditionFailed, usm.CodePrecondition)
		require.Empty(t, w.desk.actions)
	})
}
