package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestTheSameAnswerAgain is about an answer that the registers have: it is the first one again, and a run that may have lost
// it looks at its approval.
func TestTheSameAnswerAgain(t *testing.T) {
	t.Parallel()
	away := usm.Errorf(usm.CodeUnavailable, "away")
	for name, c := range map[string]struct {
		state usm.ApprovalState
		retro bool
		away  error
		looks int
		code  int
	}{
		"OfAnApprovalThatIsOpenSendsNothing":  {usm.ApprovalOpen, false, nil, 0, http.StatusOK},
		"OfOneThatEndedLetsTheRunLook":        {usm.ApprovalApproved, false, nil, 1, http.StatusOK},
		"OfOneThatIsOwedToo":                  {usm.ApprovalApproved, true, nil, 1, http.StatusOK},
		"IsFineWhenTheRunKnows":               {usm.ApprovalApproved, false, usm.Errorf(usm.CodeOutOfTurn, "waits for none"), 1, http.StatusOK},
		"IsFineWhenTheRunHasEnded":            {usm.ApprovalApproved, true, usm.Errorf(usm.CodeNotFound, "no run"), 1, http.StatusOK},
		"IsToBeSentAgainWhileTheEngineIsAway": {usm.ApprovalApproved, false, away, 1, http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			number := w.incident()
			a := usm.Approval{
				ID: number + ".1", Call: number, Domain: "it", Step: usm.AcceptIncident, State: c.state, Retro: c.retro, Digest: "sha256:1",
				Ballots: []usm.Ballot{{Person: "omar", Rule: usm.RuleApprover, Decision: usm.Approve, Digest: "sha256:1"}},
			}
			w.store.approve(a)
			w.desk.fail(c.away)
			body := map[string]any{"decision": "approve", "digest": "sha256:1"}
			w.post("omar", "/approvals/"+a.ID+"/decisions", body).status(c.code)
			require.Len(t, w.desk.actions, c.looks)
			for _, sent := range w.desk.actions {
				require.Equal(t, usm.ActionRecheck, sent.Name)
				require.Equal(t, usm.Automatic, sent.Actor)
				require.NotEmpty(t, sent.ID)
			}
		})
	}
}
