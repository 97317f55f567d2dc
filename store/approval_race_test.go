package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// crowded is a world with a profile that so many people hold, p01 and on; the policy asks for so many of them.
func crowded(t *testing.T, people int, need string, change ...func(*usm.ApprovalPolicy)) world {
	t.Helper()
	return gatedBy(t, func(d *usm.Domain) {
		d.Profiles = append(d.Profiles, usm.Profile{ID: "crowd", Name: "Crowd", Class: usm.Operator})
		for i := range people {
			d.People = append(d.People, usm.Person{ID: member(i), Name: member(i), Profiles: []string{"crowd"}})
		}
	}, board(append(change, func(p *usm.ApprovalPolicy) {
		p.Require = usm.Quorum{Need: need, Approvers: []usm.Approver{{Profile: "crowd"}}}
	})...))
}

func member(i int) string { return fmt.Sprintf("p%02d", i+1) }

// decided counts how often the trail of a call says that an approval ended so.
func (w world) decided(a usm.Approval, state usm.ApprovalState) int {
	return read[int](w, `SELECT count(*) FROM trail WHERE call = $1 AND after #>> ARRAY['approvals', $2] = $3`, a.Call, a.ID, state)
}

func TestRaces(t *testing.T) {
	t.Parallel()

	t.Run("FiftyVotersAtOnceAreAllCountedAndDecideOnce", func(t *testing.T) {
		t.Parallel()
		w := crowded(t, 50, "all")
		call, a := w.waiting()
		results := make([]usm.StepResult, 50)
		for _, err := range atOnce(50, func(i int) (err error) {
			results[i], err = w.Amend(w.ctx(), vote(call, a, member(i), usm.Approve))
			return err
		}) {
			require.NoError(t, err)
		}
		approved := 0
		for _, result := range results {
			if result.Approval.State == usm.ApprovalApproved {
				approved++
				require.Len(t, result.Approval.By, 50)
			}
		}
		require.Equal(t, 1, approved, "one vote was the last")
		require.Equal(t, 1, w.decided(a, usm.ApprovalApproved))
		require.Len(t, w.approval(a.ID).Ballots, 50)
		require.Empty(t, w.asksOf(a.ID))
		require.Equal(t, 50, read[int](w, `SELECT count(*) FROM trail WHERE kind = 'decided'`))
		w.gapless(call)
	})

	t.Run("TheLastTwoVotesInOneInstantDecideOnce", func(t *testing.T) {
		t.Parallel()
		w := crowded(t, 5, "3")
		for range 10 {
			call, a := w.waiting()
			w.amend(vote(call, a, member(0), usm.Approve))
			w.amend(vote(call, a, member(1), usm.Approve))
			results := make([]usm.StepResult, 3)
			errs := atOnce(3, func(i int) (err error) {
				results[i], err = w.Amend(w.ctx(), vote(call, a, member(2+i), usm.Approve))
				return err
			})
			approved := 0
			for i, err := range errs {
				if err != nil {
					requireCode(t, usm.CodeOutOfTurn, err)
					continue
				}
				approved++
				require.Equal(t, usm.ApprovalApproved, results[i].Approval.State)
			}
			require.Equal(t, 1, approved)
			require.Len(t, w.approval(a.ID).Ballots, 3)
			require.Equal(t, 1, w.decided(a, usm.ApprovalApproved))
			w.gapless(call)
		}
	})

	t.Run("TheSameVoteFromEverywhereCountsOnce", func(t *testing.T) {
		t.Parallel()
		w := crowded(t, 3, "all")
		call, a := w.waiting()
		for _, err := range atOnce(20, func(i int) error {
			in := vote(call, a, member(0), usm.Approve)
			in.Key = fmt.Sprintf("act/%d", i%4)
			_, err := w.Amend(w.ctx(), in)
			return err
		}) {
			require.NoError(t, err)
		}
		require.Len(t, w.approval(a.ID).Ballots, 1)
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM trail WHERE kind = 'decided'`))
		w.gapless(call)
	})

	t.Run("AVoteAgainstTheExpiryHasOneWinner", func(t *testing.T) {
		t.Parallel()
		w := crowded(t, 1, "any", func(p *usm.ApprovalPolicy) { p.Within = "1h" })
		for range 10 {
			call, a := w.waiting()
			expiry := alarm(call, usm.Watch{Alarm: w.due(a.ID)})
			results := make([]usm.StepResult, 2)
			errs := atOnce(2, func(i int) (err error) {
				in := []usm.Amendment{vote(call, a, member(0), usm.Approve), expiry}[i]
				results[i], err = w.Amend(w.ctx(), in)
				return err
			})
			require.NoError(t, errs[1])
			ended := w.approval(a.ID)
			switch ended.State {
			case usm.ApprovalApproved:
				require.NoError(t, errs[0])
				require.Nil(t, results[1].Approval, "the alarm was overtaken")
			case usm.ApprovalExpired:
				requireCode(t, usm.CodeOutOfTurn, errs[0])
				require.Empty(t, ended.Ballots)
			default:
				require.Fail(t, "neither", ended.State)
			}
			require.Equal(t, 1, w.decided(a, ended.State))
			w.gapless(call)
		}
	})

	t.Run("AVoteAgainstAnotherProposalHasOneWinner", func(t *testing.T) {
		t.Parallel()
		w := crowded(t, 1, "any")
		for range 10 {
			call, a := w.waiting()
			results := make([]usm.StepResult, 2)
			errs := atOnce(2, func(i int) (err error) {
				in := []usm.Amendment{vote(call, a, member(0), usm.Approve), plan(call, costing(200))}[i]
				results[i], err = w.Amend(w.ctx(), in)
				return err
			})
			require.NoError(t, errs[1])
			first := w.approval(a.ID)
			if errs[0] != nil {
				requireCode(t, usm.CodeOutOfTurn, errs[0])
				require.Equal(t, usm.ApprovalVoid, first.State)
			} else {
				require.Equal(t, usm.ApprovalApproved, first.State)
			}
			now := w.approval(results[1].Approval.ID)
			require.Equal(t, call.Number+".2", now.ID, "the new content is asked about either way")
			require.Empty(t, now.Ballots)
			require.Equal(t, usm.ApprovalOpen, now.State)
			w.gapless(call)
		}
	})
}

func TestFailuresLeaveNothing(t *testing.T) {
	t.Parallel()
	w := gated(t, board(emergency, func(p *usm.ApprovalPolicy) { p.Within = "1h" }))
	call, a := w.waiting()
	before, row := w.view(call.Number), w.last(call)
	require.NoError(t, w.exec(`
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the trail is full'; END $$;
		CREATE TRIGGER refuses BEFORE INSERT ON trail FOR EACH ROW EXECUTE FUNCTION refuse()`))
	changes := map[string]usm.Amendment{
		"vote": vote(call, a, "mia", usm.Approve), "proposal": plan(call, costing(200)), "bypass": bypass(call, a),
		"expiry": alarm(call, usm.Watch{Alarm: usm.Alarm{Key: "approval/" + a.ID + "/expiry", At: *a.Due}}),
		"addition": {
			Call: call, Kind: usm.EventApproverAdded, Key: "act/add", Text: "more", Approver: &usm.Approver{Person: "carl"},
			Vote: &usm.Vote{Approval: a.ID}, Actor: usm.Actor{Person: "mia"},
		},
		"abort": {Call: call, Kind: usm.EventAborted, Key: "act/abort", Next: &usm.Next{
			Status: usm.StatusAborted, Outcome: usm.OutcomeAborted, Waiting: usm.Waiting{Kind: usm.WaitNone},
		}},
	}
	for name, in := range changes {
		_, err := w.Amend(w.ctx(), in)
		require.ErrorContains(t, err, "the trail is full", name)
	}
	_, err := w.FinishStep(w.ctx(), input(call, usm.PlanChange), usm.Effects{})
	require.ErrorContains(t, err, "the trail is full")
	require.NoError(t, w.exec(`DROP TRIGGER refuses ON trail`))
	require.Equal(t, before, w.view(call.Number))
	require.Equal(t, a, w.approval(a.ID))
	require.Equal(t, row, w.last(call))
	require.Equal(t, "max mia", w.asksOf(a.ID))
	require.Equal(t, usm.ApprovalApproved, w.amend(changes["vote"]).Approval.State, "and then it goes on")
	require.WithinDuration(t, time.Now(), *w.approval(a.ID).ClosedAt, time.Minute)
}
