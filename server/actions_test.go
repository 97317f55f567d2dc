package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestActions(t *testing.T) {
	t.Parallel()
	reason := map[string]any{"reason": "Because."}
	for name, c := range map[string]struct {
		as, path string
		body     any
		prepare  func(*usm.CallView)
		want     usm.Action
	}{
		"Ask": {
			"omar", "ask", map[string]any{"question": "Which room?"}, nil, usm.Action{Name: usm.ActionAsk, Text: "Which room?"},
		},
		"Answer": {
			"rita", "answer",
			map[string]any{"text": "Room 7", "fields": map[string]any{"room": "7"}},
			asked,
			usm.Action{Name: usm.ActionAnswer, Text: "Room 7", Fields: map[string]any{"room": "7"}},
		},
		"Confirm": {"rita", "confirm", nil, delivered, usm.Action{Name: usm.ActionConfirm}},
		"ConfirmWithRemarks": {
			"rita", "confirm",
			map[string]any{"remarks": "Thanks"},
			delivered,
			usm.Action{Name: usm.ActionConfirm, Fields: map[string]any{"remarks": "Thanks"}},
		},
		"Dispute": {"rita", "dispute", reason, delivered, usm.Action{Name: usm.ActionDispute, Text: "Because."}},
		"Redo": {
			"carla", "redo",
			map[string]any{"step": "accept_incident", "reason": "Because."},
			nil,
			usm.Action{Name: usm.ActionRedo, Step: usm.AcceptIncident, Text: "Because."},
		},
		"Abort": {"rita", "abort", reason, nil, usm.Action{Name: usm.ActionAbort, Text: "Because."}},
		"Note":  {"ravi", "notes", map[string]any{"text": "Me too"}, nil, usm.Action{Name: usm.ActionNote, Text: "Me too"}},
		"Pause": {
			"omar", "pause",
			map[string]any{"reason": "freeze", "note": "No changes this week."},
			clocked,
			usm.Action{Name: usm.ActionPause, Reason: "freeze", Text: "No changes this week."},
		},
		"Resume": {"carla", "resume", map[string]any{"reason": "freeze"}, clocked, usm.Action{Name: usm.ActionResume, Reason: "freeze"}},
		"Rebind": {
			"carla", "rebind",
			map[string]any{"reason": "The calendar was wrong.", "applies": "recompute"},
			clocked,
			usm.Action{Name: usm.ActionRebind, Text: "The calendar was wrong.", Applies: usm.Recompute},
		},
		"Link": {
			"omar", "links",
			map[string]any{"to": "INC-000002", "kind": "related"},
			nil,
			usm.Action{Name: usm.ActionLink, To: "INC-000002", LinkKind: "related"},
		},
	} {
		t.Run(name+"ReachesTheCall", func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			number := w.incident()
			w.incident()
			if c.prepare != nil {
				w.store.change(number, c.prepare)
			}
			require.Equal(t, number, w.post(c.as, "/calls/"+number+"/"+c.path, c.body).status(http.StatusOK).call().Number)
			sent := w.desk.actions[0]
			require.Equal(t, c.as, sent.Actor.Person)
			require.NotEmpty(t, sent.Actor.Rule)
			sent.Actor, sent.ID, sent.RequestID = usm.Actor{}, "", ""
			require.Equal(t, c.want, sent)
		})
	}
}

func asked(v *usm.CallView) {
	v.WaitingFor = usm.WaitingView{Kind: usm.WaitAnswer, Step: v.Step, People: []string{v.Requester}, Question: "Which room?"}
}

func clocked(v *usm.CallView) {
	v.Clocks, v.Paused = []usm.Clock{{ID: "sa-1/handling", State: usm.ClockRunning}}, []string{"freeze"}
}

func delivered(v *usm.CallView) { v.Step = usm.ReviewRecovery; await(v) }

func TestActionsRefuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		as, path string
		body     any
		status   int
		code     usm.Code
		place    string
	}{
		"AnEmptyQuestion":        {"omar", "ask", map[string]any{"question": ""}, 422, usm.CodeInvalid, "/question"},
		"AnAnswerNobodyAskedFor": {"rita", "answer", map[string]any{"text": "x"}, 409, usm.CodeOutOfTurn, ""},
		"AnEarlyConfirmation":    {"rita", "confirm", nil, 409, usm.CodeOutOfTurn, ""},
		"ADisputeWithoutReason":  {"rita", "dispute", map[string]any{}, 422, usm.CodeInvalid, "/reason"},
		"ARedoOfWhatIsToCome":    {"carla", "redo", map[string]any{"step": "close_incident", "reason": "r"}, 422, usm.CodeInvalid, "/step"},
		"ARedoOfAnotherProcess":  {"carla", "redo", map[string]any{"step": "accept_wish", "reason": "r"}, 422, usm.CodeInvalid, "/step"},
		"ARetypeToTheSameType":   {"carla", "retype", map[string]any{"type": "incident", "reason": "r"}, 422, usm.CodeInvalid, "/type"},
		"ARetypeByTheRequester":  {"rita", "retype", map[string]any{"type": "wish", "reason": "r"}, 403, usm.CodeForbidden, ""},
		"AnAbortByABystander":    {"ravi", "abort", map[string]any{"reason": "r"}, 403, usm.CodeForbidden, ""},
		"ALinkToItself":          {"omar", "links", map[string]any{"to": "INC-000001", "kind": "related"}, 422, usm.CodeInvalid, "/to"},
		"ALinkToNothing":         {"omar", "links", map[string]any{"to": "INC-000077", "kind": "related"}, 422, usm.CodeInvalid, "/to"},
		"ALinkOfNoKind":          {"omar", "links", map[string]any{"to": "INC-000077", "kind": "Re lated"}, 422, usm.CodeInvalid, "/kind"},
		"APauseWithoutAReason":   {"omar", "pause", map[string]any{"note": "n"}, 422, usm.CodeInvalid, "/reason"},
		"APauseWithoutClocks":    {"omar", "pause", map[string]any{"reason": "freeze"}, 409, usm.CodeOutOfTurn, ""},
		"ARebindWithoutReason":   {"carla", "rebind", map[string]any{}, 422, usm.CodeInvalid, "/reason"},
		"ARebindInAnotherWay":    {"carla", "rebind", map[string]any{"reason": "r", "applies": "later"}, 422, usm.CodeInvalid, "/applies"},
		"ARebindByWhoMayOnlyAct": {"omar", "rebind", map[string]any{"reason": "r"}, 403, usm.CodeForbidden, ""},
		"AStepByAMachine":        {"admin", "steps/accept_incident", map[string]any{}, 403, usm.CodeForbidden, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			p := w.post(c.as, "/calls/"+w.incident()+"/"+c.path, c.body).problem(c.status, c.code)
			if c.place != "" {
				require.Equal(t, []string{c.place}, p.places())
			}
			require.Empty(t, w.desk.actions)
		})
	}
}

func TestRetype(t *testing.T) {
	t.Parallel()
	w := setup(t)
	number, other := w.incident(), w.incident()
	w.desk.act = func(_ usm.Action) (usm.Ack, error) { return usm.Ack{Number: number, Opened: []string{other}}, nil }
	got := w.post("carla", "/calls/"+number+"/retype", map[string]any{"type": "wish", "reason": "Not broken."}).status(http.StatusCreated)
	require.Equal(t, other, got.call().Number)
	require.Equal(t, "/api/v1/calls/"+other, got.Header.Get("Location"))
	require.Equal(t, usm.Wish, w.desk.actions[0].Type)
}

func TestEndedCall(t *testing.T) {
	t.Parallel()
	w := setup(t)
	call := "/calls/" + w.incident()
	view := w.post("rita", call+"/abort", map[string]any{"reason": "Found it."}).status(http.StatusOK).call()
	require.Empty(t, view.AllowedActions)
	p := w.post("omar", call+"/notes", map[string]any{"text": "too late"}).problem(http.StatusConflict, usm.CodeOutOfTurn)
	require.NotNil(t, p.AllowedActions)
	require.Empty(t, p.AllowedActions)
}
