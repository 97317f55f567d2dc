package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	claim := usm.Action{Name: usm.ActionClaim, Actor: by("olga")}
	coordinator := usm.Actor{Person: "carl", Profile: "coordinator", Rule: usm.RuleCoordinator}
	give := func(name usm.ActionName, who usm.Actor, reason string, profiles ...string) usm.Action {
		return usm.Action{Name: name, Actor: who, Text: reason, Profiles: profiles}
	}
	// claimed is a service request whose execution olga has claimed.
	claimed := func(t *testing.T) (w *world, r *reply) {
		t.Helper()
		w = setup(t)
		w.reach(usm.ExecuteOperation)
		return w, w.thenSend("SRQ-000001", claim)
	}

	t.Run("KeepTheStepForTheOneWhoClaims", func(t *testing.T) {
		t.Parallel()
		w, r := claimed(t)
		other := w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "piet", ""))
		second := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionClaim, Actor: by("piet")})
		w.then(func() {
			require.Equal(t, "olga", w.progress().Waiting.Claimed)
			require.Equal(t, []string{"release"}, refusal(t, second.err).Allowed[2:3])
		})
		mine := w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "olga", ""))
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, r.err)
		require.True(t, other.rejected)
		require.Equal(t, usm.CodeForbidden, refusal(t, other.err).Code)
		require.ErrorContains(t, other.err, "olga has claimed")
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, second.err).Code)
		require.NoError(t, mine.err)
		require.Len(t, w.entries(w.number, usm.EventClaimed), 1)
	})

	t.Run("LetWhoStandsInForTheClaimerAct", func(t *testing.T) {
		t.Parallel()
		w, _ := claimed(t)
		action := finish(usm.ExecuteOperation, "sam", "")
		action.Actor = usm.Actor{Person: "sam", For: "olga", Rule: usm.RuleDelegate, Delegation: 12}
		r := w.thenSend("SRQ-000001", action)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.NoError(t, r.err)
	})

	t.Run("EndWithTheClaimersRelease", func(t *testing.T) {
		t.Parallel()
		w, _ := claimed(t)
		r := w.thenSend("SRQ-000001", give(usm.ActionRelease, by("olga"), ""))
		again := w.thenSend("SRQ-000001", give(usm.ActionRelease, by("olga"), ""))
		other := w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "piet", ""))
		w.run(usm.Operation)
		require.NoError(t, r.err)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, again.err).Code)
		require.NoError(t, other.err)
	})

	t.Run("AreTakenByACoordinatorOnlyAndWithAReason", func(t *testing.T) {
		t.Parallel()
		for _, name := range []usm.ActionName{usm.ActionRelease, usm.ActionReassign} {
			w, _ := claimed(t)
			colleague := w.thenSend("SRQ-000001", give(name, by("piet"), "I am quicker", "operator"))
			silent := w.thenSend("SRQ-000001", give(name, coordinator, "", "operator"))
			taken := w.thenSend("SRQ-000001", give(name, coordinator, "she is ill", "seniors"))
			w.then(func() { require.Empty(t, w.progress().Waiting.Claimed) })
			require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
			require.Equal(t, usm.CodeForbidden, refusal(t, colleague.err).Code)
			require.Equal(t, "/reason", refusal(t, silent.err).Fields[0].Pointer)
			require.NoError(t, taken.err)
		}
	})

	t.Run("SurviveAQuestionAndANewRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.staff = false
		w.reach(usm.ExecuteOperation)
		w.thenSend("SRQ-000001", give(usm.ActionReassign, coordinator, "harder than it looked", "seniors"))
		w.thenSend("SRQ-000001", claim)
		w.thenSend("SRQ-000001", said(usm.ActionAsk, "olga", "When?"))
		w.thenSend("SRQ-000001", said(usm.ActionAnswer, "ann", "Now"))
		w.then(func() { w.env.SetContinueAsNewSuggested(true) })
		w.thenSend("SRQ-000001", said(usm.ActionNote, "ann", "moves the run"))
		_, call := continued(t, w.runAlone("Operation", w.request(usm.Operation)))
		require.Equal(t, "olga", call.Progress.Waiting.Claimed)
		require.Equal(t, []string{"seniors"}, call.Progress.Waiting.Profiles)
	})

	t.Run("AreUndoneByARedo", func(t *testing.T) {
		t.Parallel()
		w, _ := claimed(t)
		w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionRedo, Actor: coordinator, Text: "again"})
		w.then(func() { require.Empty(t, w.progress().Waiting.Claimed) })
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
	})

	t.Run("AreUndoneByTheLadder", func(t *testing.T) {
		t.Parallel()
		w, _ := claimed(t)
		w.staff = false
		w.schedule(alarm("sa/handling/1/escalation/1", 5*time.Hour))
		w.brings = map[string]usm.StepResult{"sa/handling/1/escalation/1": {
			Waiting: &usm.Waiting{Kind: usm.WaitStep, Profiles: []string{"seniors"}},
		}}
		w.wait(6 * time.Hour)
		w.then(func() {
			require.Equal(t, []string{"seniors"}, w.progress().Waiting.Profiles)
			require.Empty(t, w.progress().Waiting.Claimed)
			w.staff = true
		})
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
	})

	t.Run("AreRefusedToWhomSegregationExcludesAndToMachines", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		requester := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionClaim, Actor: by("ann")})
		machine := w.thenSend("SRQ-000001", usm.Action{Name: usm.ActionClaim, Actor: usm.SystemActor("ci")})
		nobody := w.thenSend("SRQ-000001", give(usm.ActionReassign, coordinator, "why"))
		w.reach(usm.ReviewOperation)
		review := w.thenSend("SRQ-000001", claim)
		w.run(usm.Operation)
		require.True(t, refusal(t, requester.err).Duties)
		require.Equal(t, usm.CodeForbidden, refusal(t, machine.err).Code)
		require.Equal(t, "/profiles", refusal(t, nobody.err).Fields[0].Pointer)
		require.Equal(t, usm.CodeOutOfTurn, refusal(t, review.err).Code)
	})
}

func TestWhoApprovedImplementsNothing(t *testing.T) {
	t.Parallel()
	approved := func(t *testing.T, step usm.Step) *world {
		t.Helper()
		w := setup(t)
		w.gate(of("bea", step))
		w.propose(step)
		w.thenVote("bea", usm.Approve)
		return w
	}

	t.Run("WhoApprovedThePlanDoesNotPrepareIt", func(t *testing.T) {
		t.Parallel()
		w := approved(t, usm.PlanChange)
		r := w.thenSend("RFC-000001", finish(usm.PrepareChange, "bea", ""))
		standIn := finish(usm.PrepareChange, "sam", "")
		standIn.Actor.For = "bea"
		too := w.thenSend("RFC-000001", standIn)
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.True(t, refusal(t, r.err).Duties)
		require.True(t, refusal(t, too.err).Duties)
	})

	t.Run("WhoApprovedTheReleaseDoesNotDeployIt", func(t *testing.T) {
		t.Parallel()
		w := approved(t, usm.ReleaseChange)
		w.then(func() { w.until(func() bool { _, ok := w.openBelow(); return ok }) })
		w.then(func() {
			w.until(func() bool { return w.next("SRQ-000001").Step == usm.ExecuteOperation || !w.act(w.number) })
		})
		r := w.thenSend("SRQ-000001", finish(usm.ExecuteOperation, "bea", ""))
		require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
		require.Equal(t, usm.CodeForbidden, refusal(t, r.err).Code)
		require.Equal(t, []string{"ann", "bea"}, w.entries("SRQ-000001", usm.EventStepFinished)[2].step.Next.Waiting.Exclude)
	})

	t.Run("WhoExecutedItDoesNotApproveItsEnd", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		p := of("olga", usm.CloseRequest)
		p.Require = usm.Quorum{Need: "any", Approvers: []usm.Approver{{Profile: "operator"}}}
		w.gate(p)
		w.bodies[usm.CloseRequest] = nil
		w.reach(usm.CloseRequest)
		w.thenSend("SRQ-000001", finish(usm.CloseRequest, "piet", ""))
		r := w.thenVote("olga", usm.Approve)
		w.thenVote("sam", usm.Approve)
		require.Equal(t, usm.StatusClosed, w.run(usm.Operation).Status)
		require.True(t, refusal(t, r.err).Duties, "she executed it")
	})
}
