package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestVotes(t *testing.T) {
	t.Parallel()
	// gated is a release that olga prepared and piet proposed, and that two of the board are asked about.
	gated := func(t *testing.T) *world {
		t.Helper()
		w := setup(t)
		w.gate(board("2", usm.ReleaseChange))
		w.propose(usm.ReleaseChange)
		return w
	}
	approve := func(w *world) {
		w.thenVote("bea", usm.Approve)
		w.thenVote("ben", usm.Approve)
	}

	t.Run("TwiceTheSameCountOnce", func(t *testing.T) {
		t.Parallel()
		w := gated(t)
		first, again, other := w.thenVote("bea", usm.Approve), w.thenVote("bea", usm.Approve), w.thenVote("bea", usm.Reject)
		w.thenVote("ben", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, first.err)
		require.NoError(t, again.err)
		require.Equal(t, first.ack, again.ack)
		require.Equal(t, usm.CodeConflict, refusal(t, other.err).Code)
		require.Equal(t, []string{"bea", "ben"}, approvers(w.approvals()[0]))
	})

	t.Run("AfterTheEndAreRefused", func(t *testing.T) {
		t.Parallel()
		w := gated(t)
		var before usm.Action
		w.then(func() { before = ballot(w.asking(), "bob", usm.Approve) })
		approve(w)
		late := &late{}
		w.then(func() { late.reply = w.send(w.number, before) })
		w.run(usm.ResourceChange)
		require.True(t, late.rejected)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, late.err).Code)
	})

	t.Run("InTheSameMomentDecideOnce", func(t *testing.T) {
		t.Parallel()
		w := gated(t)
		var all []*reply
		w.then(func() {
			for _, person := range []string{"bea", "ben", "bob"} {
				all = append(all, w.send(w.number, ballot(w.asking(), person, usm.Approve)))
			}
		})
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		counted := 0
		for _, r := range all {
			if r.err == nil {
				counted++
				continue
			}
			require.Equal(t, usm.CodeOutOfTurn, refusal(t, r.err).Code)
			require.False(t, r.rejected, "it had its turn after the others")
		}
		require.Equal(t, 2, counted)
		require.Equal(t, 1, w.attempt(w.number, usm.ReleaseChange))
	})

	for name, c := range map[string]struct {
		alter   func(*usm.Action)
		code    usm.Code
		says    string
		segregs bool
	}{
		"OfTheRequester":       {func(a *usm.Action) { a.Actor.Person = "ann" }, usm.CodeForbidden, "different people", true},
		"OfWhoPreparedIt":      {func(a *usm.Action) { a.Actor.Person = "olga" }, usm.CodeForbidden, "different people", true},
		"OfWhoProposedIt":      {func(a *usm.Action) { a.Actor.Person = "piet" }, usm.CodeForbidden, "different people", true},
		"OfWhoStandsInForThem": {func(a *usm.Action) { a.Actor.For = "olga" }, usm.CodeForbidden, "different people", true},
		"OfOneOfThemForAnother": {
			func(a *usm.Action) { a.Actor = usm.Actor{Person: "piet", For: "bob"} }, usm.CodeForbidden, "different", true,
		},
		"OfAMachine":                 {func(a *usm.Action) { a.Actor = usm.SystemActor("ci") }, usm.CodeForbidden, "machines", false},
		"OfNobody":                   {func(a *usm.Action) { a.Actor = usm.Actor{} }, usm.CodeInvalid, "/actor/person", false},
		"OnAnotherContent":           {func(a *usm.Action) { a.Vote.Digest = "sha256:0" }, usm.CodeStale, "changed", false},
		"OnAnApprovalThatIsNotAsked": {func(a *usm.Action) { a.Vote.Approval = "RFC-000001.9" }, usm.CodeOutOfTurn, "RFC-000001.1", false},
		"ToRejectWithoutAReason":     {func(a *usm.Action) { a.Vote.Decision, a.Text = usm.Reject, "" }, usm.CodeInvalid, "/reason", false},
		"OfNoKind":                   {func(a *usm.Action) { a.Vote.Decision = "perhaps" }, usm.CodeInvalid, "/decision", false},
		"WithoutContent":             {func(a *usm.Action) { a.Vote = nil }, usm.CodeInvalid, "/decision", false},
	} {
		t.Run("RefusedBeforeHistory/"+name, func(t *testing.T) {
			t.Parallel()
			w := gated(t)
			l := &late{}
			w.then(func() {
				action := ballot(w.asking(), "bob", usm.Approve)
				c.alter(&action)
				l.reply = w.send(w.number, action)
			})
			approve(w)
			require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
			require.True(t, l.rejected)
			refused := refusal(t, l.err)
			require.Equal(t, c.code, refused.Code)
			require.Equal(t, c.segregs, refused.Duties, "a refusal because of segregation is recorded by who hears of it")
			require.ErrorContains(t, l.err, c.says)
			if c.code == usm.CodeStale {
				require.Equal(t, w.approvals()[0].Digest, refused.Digest)
			}
		})
	}

	t.Run("WhileNothingIsAskedAreRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		r := w.thenSend("RFC-000001", ballot(usm.Approval{ID: "RFC-000001.1"}, "bea", usm.Approve))
		w.run(usm.ResourceChange)
		require.True(t, r.rejected)
		require.ErrorContains(t, r.err, "waits for no approval")
	})
}

func TestGatedSteps(t *testing.T) {
	t.Parallel()

	t.Run("CannotBeLeftOutByAPerson", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("any", usm.PlanChange))
		w.reach(usm.PlanChange)
		r := w.thenSend("RFC-000001", usm.Action{Name: usm.ActionFinish, Step: usm.PlanChange, Actor: by("olga"), NotApplicable: "clear"})
		w.propose(usm.PlanChange)
		w.thenVote("bea", usm.Approve)
		w.run(usm.ResourceChange)
		require.True(t, r.rejected)
		require.ErrorContains(t, r.err, "needs an approval")
	})

	t.Run("MayBeProposedByASystem", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(of("bea", usm.ExecuteOperation))
		w.procedure(usm.Operate, awaitsSignal)
		w.reach(usm.ExecuteOperation)
		w.signal("done", event("1", map[string]any{"text": "installed"}))
		w.then(func() { require.False(t, w.asking().By.IsPerson()) })
		w.thenVote("bea", usm.Reject)
		w.signal("done", event("2", map[string]any{"text": "installed again"}))
		w.thenVote("bea", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, []usm.ApprovalState{usm.ApprovalRejected, usm.ApprovalApproved}, w.states())
		require.Equal(t, 2, w.attempt(w.number, usm.ExecuteOperation))
	})

	t.Run("MayBeProposedByTheEngineAndAreForPeopleAfterARejection", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		automatic(w, usm.Operate)
		w.gate(of("bea", usm.PlanOperation))
		w.then(func() { require.Equal(t, usm.Automatic, w.asking().By) })
		w.thenVote("bea", usm.Reject)
		w.propose(usm.PlanOperation)
		w.thenVote("bea", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.Equal(t, "olga", w.approvals()[1].By.Person)
	})

	t.Run("AreDoneAgainWhenWhatWasApprovedIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("any", usm.PlanChange))
		w.refuse = func(key string) error {
			if key == "RFC-000001/step/plan_change/1" {
				return usm.Invalid("/fields/plan", "the calendar is closed")
			}
			return nil
		}
		w.propose(usm.PlanChange)
		vote := w.thenVote("bea", usm.Approve)
		w.propose(usm.PlanChange)
		w.thenVote("bea", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.NoError(t, vote.err, "the vote counted")
		require.Contains(t, w.text(w.number, usm.EventSentBack), "the calendar is closed")
	})

	t.Run("AnUnattendedConfirmationIsProposedToo", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.gate(board("any", usm.ReviewOperation))
		w.reach(usm.ReviewOperation)
		w.wait(15 * days)
		w.then(func() { require.Equal(t, usm.Unattended, w.asking().By) })
		w.thenVote("bea", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
	})
}
