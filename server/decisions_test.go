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

// TestWhatTheEngineHas is noted, so that the run does not look again; what it may not have is not.
func TestWhatTheEngineHas(t *testing.T) {
	t.Parallel()
	away := usm.Errorf(usm.CodeUnavailable, "away")
	vote, reason := map[string]any{"decision": "approve", "digest": "sha256:1"}, map[string]any{"reason": "It burns"}
	for name, c := range map[string]struct {
		path  string
		body  map[string]any
		away  error
		code  int
		heard bool
	}{
		"AVote":                            {"decisions", vote, nil, http.StatusOK, true},
		"ABypass":                          {"bypass", reason, nil, http.StatusOK, true},
		"AVoteThatTheEngineDidNotAnswer":   {"decisions", vote, away, http.StatusServiceUnavailable, false},
		"ABypassThatTheEngineDidNotAnswer": {"bypass", reason, away, http.StatusServiceUnavailable, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			number := w.incident()
			a := usm.Approval{
				ID: number + ".1", Call: number, Domain: "it", Step: usm.AcceptIncident, State: usm.ApprovalOpen, Digest: "sha256:1",
				Deciders: []usm.Decider{{Person: "omar", By: "omar", Rule: usm.RuleApprover}},
			}
			a.Policy.Emergency = &usm.Emergency{Profiles: []string{"desk"}}
			w.store.approve(a)
			w.desk.fail(c.away)
			w.post("omar", "/approvals/"+a.ID+"/"+c.path, c.body).status(c.code)
			require.Len(t, w.desk.actions, 1)
			if c.heard {
				require.Equal(t, []string{a.ID}, w.store.heard)
			} else {
				require.Empty(t, w.store.heard)
			}
		})
	}
}
