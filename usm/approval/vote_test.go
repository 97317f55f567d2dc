package approval

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestVoteKeepsWhatIsRecorded(t *testing.T) {
	t.Parallel()
	w := world(t)
	policy := policyOf(usm.Quorum{Groups: []usm.Quorum{
		{Need: "weight 3", Approvers: []usm.Approver{{Person: "bea", Weight: 3}, {Person: "ben"}}},
		mandatory("any", "bea", "bob"), persons("", "dirk"),
	}})
	policy.StepUp, policy.Meaning = "15m", "I release this change"
	a := asks(t, w, policy)
	w.Delegations = []usm.Delegation{delegated(12, "bea>dora")}
	w.Now = opened.Add(time.Hour)
	signed := opened.Add(50 * time.Minute)
	before := a
	after, err := Vote(a, usm.Ballot{
		Person: "bea", By: "dora", Decision: usm.Approve, Reason: "fine", Digest: a.Digest, SignedIn: &signed, Through: "link",
		Rule: "forged", Delegation: 99, Weight: 99, Meaning: "forged",
	}, w)
	require.NoError(t, err)
	require.Equal(t, before, a, "what was given is not changed")
	require.Equal(t, []usm.Ballot{{
		Groups: []string{"1", "2"}, Person: "bea", By: "dora", Rule: usm.RuleDelegate, Delegation: 12, Decision: usm.Approve, Reason: "fine",
		Weight: 3, Mandatory: true, Digest: a.Digest, At: w.Now, SignedIn: &signed, Meaning: "I release this change", Through: "link",
	}}, after.Ballots)
	require.Equal(t, []string{"3"}, after.Asking)
}

func TestVoteRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim  string
		ballot usm.Ballot
		code   usm.Code
		duties bool
		says   string
	}{
		{"AnotherAnswer", usm.Ballot{Person: "bea", Decision: usm.Abstain}, usm.CodeConflict, false, "bea has answered already: approve"},
		{"AnAnswerThatIsNone", usm.Ballot{Person: "ben", Decision: "perhaps"}, usm.CodeInvalid, false, ""},
		{"ARejectionWithoutReason", usm.Ballot{Person: "ben", Decision: usm.Reject}, usm.CodeInvalid, false, "/reason"},
		{"AnotherContent", usm.Ballot{Person: "ben", Decision: usm.Approve, Digest: "sha256:0"}, usm.CodeStale, false, ""},
		{"WhoAsked", usm.Ballot{Person: "rita", Decision: usm.Approve}, usm.CodeForbidden, true, "rita has asked for it"},
		{"WhoProposed", usm.Ballot{Person: "ben", By: "paul", Decision: usm.Approve}, usm.CodeForbidden, true, "paul has proposed it"},
		{"WhoIsBarred", usm.Ballot{Person: "dirk", Decision: usm.Approve}, usm.CodeForbidden, true, "dirk has a part in it already"},
		{"WhoIsNotAsked", usm.Ballot{Person: "dora", Decision: usm.Approve}, usm.CodeForbidden, false, "does not ask you"},
		{"WhoIsNotAskedYet", usm.Ballot{Person: "owen", Decision: usm.Approve}, usm.CodeForbidden, false, "you are not asked now"},
		{"WhoDoesNotStandIn", usm.Ballot{Person: "ben", By: "dora", Decision: usm.Approve}, usm.CodeForbidden, false, "you do not stand in"},
		{"WhoHasAVoice", usm.Ballot{Person: "ben", By: "bob", Decision: usm.Approve}, usm.CodeForbidden, true, "nobody has two"},
		{"WhoHasLeft", usm.Ballot{Person: "lena", Decision: usm.Approve}, usm.CodeForbidden, false, "has left"},
		{"AMachine", usm.Ballot{Person: "ben", By: "robot", Decision: usm.Approve}, usm.CodeForbidden, false, "robot is nobody"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			w.Delegations = []usm.Delegation{delegated(1, "ben>bob")}
			a := asks(t, w, policyOf(usm.Quorum{Stages: []usm.Quorum{profile("all", "board"), profile("any", "owners")}}))
			a.Barred = []string{"dirk"}
			a = vote(t, a, w, "bea", usm.Approve)
			if c.ballot.Digest == "" {
				c.ballot.Digest = a.Digest
			}
			after, err := Vote(a, c.ballot, w)
			var refusal *usm.Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, c.code, refusal.Code, refusal)
			require.Equal(t, c.duties, refusal.Duties)
			require.Contains(t, refusal.Error(), c.says)
			require.Equal(t, a, after)
			if c.code == usm.CodeStale {
				require.Equal(t, a.Digest, refusal.Digest)
			}
		})
	}
}

func TestVoteAgain(t *testing.T) {
	t.Parallel()
	w := world(t)
	a := asks(t, w, policyOf(profile("2", "board")))
	a = vote(t, a, w, "bea", usm.Approve)

	t.Run("TheSameAnswerChangesNothing", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, a, vote(t, a, w, "bea", usm.Approve))
	})
	ended := vote(t, a, w, "ben", usm.Approve)
	require.Equal(t, usm.ApprovalApproved, ended.State)
	require.Equal(t, "by bea and ben", ended.Why)
	t.Run("AlsoAfterTheEnd", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, ended, vote(t, ended, w, "bea", usm.Approve))
	})
	t.Run("AnotherAnswerAfterTheEndIsOutOfTurn", func(t *testing.T) {
		t.Parallel()
		_, err := Vote(ended, cast(ended, "bea", usm.Reject), w)
		require.Equal(t, usm.CodeOutOfTurn, usm.CodeOf(err))
		require.ErrorContains(t, err, "approved (by bea and ben)")
	})
	t.Run("ANewAnswerAfterTheEndIsOutOfTurn", func(t *testing.T) {
		t.Parallel()
		_, err := Vote(ended, cast(ended, "bob", usm.Approve), w)
		require.Equal(t, usm.CodeOutOfTurn, usm.CodeOf(err))
	})
}

func TestVoteAsksForASignIn(t *testing.T) {
	t.Parallel()
	w := world(t)
	policy := policyOf(profile("all", "board"))
	policy.StepUp = "15m"
	a := asks(t, w, policy)
	_, err := Vote(a, cast(a, "bea", usm.Approve), w)
	var refusal *usm.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, usm.CodeStepUp, refusal.Code)
	require.Equal(t, 900, refusal.MaxAge)
}

func TestWhyItEnded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim   string
		quorum  usm.Quorum
		ballots string
		why     string
	}{
		{"ByWhom", profile("2", "board"), "bea+ ben+", "by bea and ben"},
		{"WithTheReasons", profile("2", "board"), "bea- ben-", "rejected by bea: no; ben: no"},
		{"Abstentions", profile("any", "board"), "bea0 ben0 bob0", "nobody approved: bea, ben and bob abstained"},
		{"TooFew", profile("2", "board"), "bea+ ben0 bob0", "too few approved: 2 of 3, and ben and bob abstained"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			a := asks(t, w, policyOf(c.quorum))
			people, decisions := ballots(c.ballots)
			for i := range people {
				a = vote(t, a, w, people[i], decisions[i])
			}
			require.Equal(t, c.why, a.Why)
		})
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	w := world(t)
	board := profile("60%", "board")
	board.Name = "Board"
	experts := weighted("weight 4", map[string]int{"dora": 5, "dirk": 2}, "dora", "dirk")
	a := asks(t, w, policyOf(usm.Quorum{Stages: []usm.Quorum{{Need: "any", Groups: []usm.Quorum{board, experts}}, persons("", "dan", "bea")}}))
	a = vote(t, a, w, "bea", usm.Approve)
	a = vote(t, a, w, "bob", usm.Reject)
	a = vote(t, a, w, "ben", usm.Abstain)
	none := []string{}
	all := []string{"bea", "ben", "bob", "dora", "dirk"}
	require.Equal(t, []usm.ApprovalGroup{
		{
			Path: "", Name: "Policy", Need: "all of 2", State: usm.ApprovalOpen, Asked: true, Members: append(all, "dan"),
			Approved: []string{"bea"}, Rejected: []string{"bob"}, Waiting: []string{"dora", "dirk", "dan"},
		},
		{
			Path: "1", Name: "at the same time", Need: "any of 2", State: usm.ApprovalOpen, Asked: true, Members: all,
			Approved: []string{"bea"}, Rejected: []string{"bob"}, Waiting: []string{"dora", "dirk"},
		},
		{
			Path: "1/1", Name: "Board", Need: "60% of 3", State: usm.ApprovalRejected, Asked: true, Members: []string{"bea", "ben", "bob"},
			Approved: []string{"bea"}, Rejected: []string{"bob"}, Waiting: none,
		},
		{
			Path: "1/2", Name: "dora and dirk", Need: "weight 4 of 7", State: usm.ApprovalOpen, Asked: true, Members: []string{"dora", "dirk"},
			Approved: none, Rejected: none, Waiting: []string{"dora", "dirk"},
		},
		{
			Path: "2", Name: "dan and bea", Need: "all of 2", State: usm.ApprovalOpen, Members: []string{"dan", "bea"},
			Approved: []string{"bea"}, Rejected: none, Waiting: []string{"dan"},
		},
	}, Groups(a))
}

// TestGroupsShowTheNeed has each form of it.
func TestGroupsShowTheNeed(t *testing.T) {
	t.Parallel()
	for need, words := range map[string]string{
		"": "all of 2", "all": "all of 2", "any": "any of 2", "1": "any of 2", "2": "2 of 2", "60%": "60% of 2", "weight 4": "weight 4 of 7",
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			a := asks(t, world(t), policyOf(weighted(need, map[string]int{"dora": 5, "dirk": 2}, "dora", "dirk")))
			require.Equal(t, words, Groups(a)[0].Need)
			require.Equal(t, []string{"dora", "dirk"}, Groups(a)[0].Waiting)
		})
	}
}
