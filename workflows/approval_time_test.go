package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestExpiry(t *testing.T) {
	t.Parallel()
	// expires lets the time of an approval of the plan run out, and then lets the staff go on.
	expires := func(t *testing.T, p usm.ApprovalPolicy, then ...func(*world)) *world {
		t.Helper()
		w := setup(t)
		w.gate(p)
		w.propose(p.Steps[0])
		w.wait(49 * time.Hour)
		w.then(func() {})
		for _, next := range then {
			next(w)
		}
		w.run(defaults[p.Steps[0]])
		return w
	}
	approves := func(person string) func(*world) {
		return func(w *world) { w.thenVote(person, usm.Approve) }
	}

	t.Run("RejectsThePlan", func(t *testing.T) {
		t.Parallel()
		again := func(w *world) { w.propose(usm.PlanChange) }
		w := expires(t, within(board("any", usm.PlanChange), "48h", ""), again, approves("bob"))
		require.Contains(t, w.text(w.number, usm.EventSentBack), "without an answer of bea, ben and bob")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalExpired, usm.ApprovalApproved}, w.states())
		require.Equal(t, 2, w.attempt(w.number, usm.PlanChange))
	})

	t.Run("DoesNotAgreeToTheOffer", func(t *testing.T) {
		t.Parallel()
		w := expires(t, within(board("any", usm.NegotiateOffer), "48h", usm.ExpiryReject))
		require.Equal(t, usm.StatusNotAgreed, w.next(w.number).Status)
	})

	t.Run("AbortsTheCallWhereThePolicySaysSo", func(t *testing.T) {
		t.Parallel()
		w := expires(t, within(board("any", usm.SelectMeasure), "48h", usm.ExpiryAbort))
		require.Equal(t, usm.StatusAborted, w.next(w.number).Status)
		require.Contains(t, w.text(w.number, usm.EventAborted), "the call is aborted")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalExpired}, w.states())
	})

	t.Run("IsAnApprovalOnlyWhereThePolicySaysSoInFull", func(t *testing.T) {
		t.Parallel()
		w := expires(t, within(board("any", usm.PlanChange), "48h", usm.ExpirySilence))
		require.Equal(t, usm.StatusClosed, w.next(w.number).Status)
		require.Equal(t, 1, w.attempt(w.number, usm.PlanChange))
		require.True(t, w.approvals()[0].Silence)
	})

	t.Run("AsksOthersWhoThenDecide", func(t *testing.T) {
		t.Parallel()
		p := within(board("any", usm.PlanChange), "48h", usm.ExpiryEscalate)
		p.Escalate = []usm.Approver{{Person: "dora"}}
		var before *late
		w := expires(t, p, func(w *world) { before = w.thenVote("bea", usm.Approve) }, approves("dora"))
		require.Equal(t, usm.CodeForbidden, refusal(t, before.err).Code, "the board is not asked any more")
		require.Equal(t, []usm.ApprovalState{usm.ApprovalEscalated, usm.ApprovalApproved}, w.states())
		require.Equal(t, w.approvals()[0].ID, w.approvals()[1].Replaces)
		require.Equal(t, 1, w.attempt(w.number, usm.PlanChange))
	})

	t.Run("OfThoseOthersRejects", func(t *testing.T) {
		t.Parallel()
		p := within(board("any", usm.PlanChange), "48h", usm.ExpiryEscalate)
		p.Escalate = []usm.Approver{{Person: "dora"}}
		again := func(w *world) { w.wait(49 * time.Hour); w.propose(usm.PlanChange) }
		w := expires(t, p, again, approves("bea"))
		require.Equal(t, []usm.ApprovalState{usm.ApprovalEscalated, usm.ApprovalExpired, usm.ApprovalApproved}, w.states())
	})
}

func TestRemindersAndSubstitutes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := within(board("all", usm.PlanChange), "100h", usm.ExpiryReject)
	p.Reminders = []string{"50%", "-8h"}
	p.Substitute = &usm.Substitute{After: "75%", Approvers: []usm.Approver{{Profile: "deputies"}}}
	w.gate(p)
	w.schedule(alarm("sa/handling/1/warning", 20*time.Hour)) // beside the clocks of the call
	w.propose(usm.PlanChange)
	w.thenVote("bea", usm.Approve)
	early := &late{}
	standsIn := func() usm.Action {
		action := ballot(w.asking(), "sue", usm.Approve)
		action.Actor.For, action.Actor.Rule = "ben", usm.RuleSubstitute
		return action
	}
	w.then(func() { early.reply = w.send(w.number, standsIn()) })
	w.wait(80 * time.Hour)
	w.then(func() { w.send(w.number, standsIn()) })
	w.thenVote("bob", usm.Approve)
	require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
	id := w.approvals()[0].ID
	require.Equal(t, usm.CodeForbidden, refusal(t, early.err).Code, "nobody has called her yet")
	require.Equal(t, []string{"sa/handling/1/warning", "approval/" + id + "/remind/50%", "approval/" + id + "/substitute"}, w.rung(w.number))
	require.Equal(t, []string{"bea", "ben", "bob", "ben", "bob", "sue"}, w.told(id), "who has answered is not reminded")
	require.Equal(t, []string{"bea", "ben", "bob"}, approvers(w.approvals()[0]))
}

// approvers are those for whom an approval was given.
func approvers(a usm.Approval) (people []string) {
	for _, b := range a.Ballots {
		if b.Decision == usm.Approve {
			people = append(people, b.Person)
		}
	}
	return people
}

// TestTheSameInstant is about a decision that meets the end of an approval's time: one of the two counts, whole.
func TestTheSameInstant(t *testing.T) {
	t.Parallel()
	for name, offset := range map[string]time.Duration{"Before": -time.Millisecond, "At": 0, "After": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.gate(within(board("any", usm.PlanChange), "2h", usm.ExpiryReject))
			vote := &late{&reply{}}
			w.propose(usm.PlanChange)
			w.then(func() {
				action, left := ballot(w.asking(), "bea", usm.Approve), w.asking().Due.Sub(w.env.Now())
				w.env.RegisterDelayedCallback(func() { vote.reply = w.send(w.number, action) }, left+offset)
				w.pause = 3 * time.Hour
			})
			w.then(func() {
				if w.states()[0] == usm.ApprovalExpired {
					w.propose(usm.PlanChange)
					w.thenVote("bob", usm.Approve)
				}
			})
			require.Equal(t, usm.StatusClosed, w.run(usm.ResourceChange).Status)
			require.True(t, vote.done)
			switch w.states()[0] { //nolint:exhaustive // nothing else may come of it
			case usm.ApprovalApproved:
				require.NoError(t, vote.err)
				require.Equal(t, 1, w.attempt(w.number, usm.PlanChange))
				require.NotEqual(t, "After", name)
			case usm.ApprovalExpired:
				require.Equal(t, usm.CodeOutOfTurn, refusal(t, vote.err).Code)
				require.Equal(t, 2, w.attempt(w.number, usm.PlanChange))
				require.NotEqual(t, "Before", name)
			default:
				require.Fail(t, "neither", "%v", w.states())
			}
		})
	}
}
