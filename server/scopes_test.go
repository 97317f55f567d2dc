package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// narrowed lets somebody of the fakes call under his name with "-narrow", with a token that has these scopes.
func (w *world) narrowed(person string, scopes ...string) string {
	w.t.Helper()
	caller, err := w.store.Caller(w.t.Context(), person)
	require.NoError(w.t, err)
	caller.Token.Scopes = scopes
	w.store.others = map[string]usm.Caller{person + "-narrow": caller}
	return person + "-narrow"
}

func TestScopes(t *testing.T) {
	t.Parallel()
	lacks := func(a *answer, scope string) {
		a.t.Helper()
		a.problem(http.StatusForbidden, usm.CodeForbidden)
		named(a.t, a.Header, a.body, scope)
	}

	t.Run("AnApproverWhoFinishesTheStepDecides", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.store.matrixState("")
		w.store.change("INC-000001", func(v *usm.CallView) {
			v.WaitingFor = usm.WaitingView{Kind: usm.WaitApproval, Step: v.Step, Approval: "INC-000001.1", People: []string{"omar"}}
		})
		const step = "/calls/INC-000001/steps/classify_incident"
		lacks(w.post(w.narrowed("omar", "call"), step, map[string]any{}), "decide")
		require.Empty(t, w.desk.actions)
		w.post(w.narrowed("omar", "call", "decide"), step, map[string]any{}).status(http.StatusOK)
		require.Equal(t, usm.ActionDecide, w.desk.actions[0].Name)
	})

	t.Run("NarrowWhatIsOffered", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.store.matrixState("")
		reader := w.narrowed("omar", "read")
		require.NotEmpty(t, w.get("omar", "/calls/INC-000001").call().AllowedActions)
		narrowed := w.get(reader, "/calls/INC-000001").call()
		require.Empty(t, narrowed.AllowedActions)
		require.Contains(t, narrowed.WhyNot["notes"], "scope call")
		require.Equal(t, "the call waits for no answer", w.get("omar", "/calls/INC-000001").call().WhyNot["answer"])
		var step usm.StepView
		w.get(reader, "/calls/INC-000001/steps/classify_incident").status(http.StatusOK).into(&step)
		require.False(t, step.Allowed)
		require.Contains(t, step.WhyNot, "scope call")
		var approval usm.ApprovalView
		w.get(reader, "/approvals/INC-000001.1").status(http.StatusOK).into(&approval)
		require.False(t, approval.MayDecide)
		require.Empty(t, approval.For)
		require.Contains(t, approval.WhyNot, "scope decide")
		require.Empty(t, approval.AllowedActions)
		for _, action := range []string{"decisions", "bypass", "approvers"} {
			require.Contains(t, approval.Refused[action], "scope decide")
		}
		var me struct{ Scopes []string }
		w.get(reader, "/me").status(http.StatusOK).into(&me)
		require.Equal(t, []string{"read"}, me.Scopes)
	})

	t.Run("NarrowAnAdministratorToo", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		monitoring := w.narrowed("admin", "call")
		w.post(monitoring, "/calls", newIncident()).status(http.StatusCreated)
		lacks(w.send(monitoring, http.MethodPut, "/api/v1/domains/it", "id: it"), "domains")
		lacks(w.get(monitoring, "/calls"), "read")
		require.Empty(t, w.desk.applied)
	})

	t.Run("ARefusalTakesNoKey", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		lacks(w.post(w.narrowed("rita", "read"), "/calls", newIncident(), "Idempotency-Key", "k"), "call")
		require.Empty(t, w.store.keys)
		w.post(w.narrowed("rita", "call"), "/calls", newIncident(), "Idempotency-Key", "k").status(http.StatusCreated)
	})
}
