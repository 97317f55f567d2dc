package approval

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// ballots reads "bea+ ben- bob0": approves, rejects, abstains.
func ballots(text string) (people []string, decisions []usm.Decision) {
	for word := range strings.FieldsSeq(text) {
		last := len(word) - 1
		people = append(people, word[:last])
		decisions = append(decisions, map[byte]usm.Decision{'+': usm.Approve, '-': usm.Reject, '0': usm.Abstain}[word[last]])
	}
	return people, decisions
}

func weighted(need string, weights map[string]int, order ...string) usm.Quorum {
	q := usm.Quorum{Need: need}
	for _, id := range order {
		q.Approvers = append(q.Approvers, usm.Approver{Person: id, Weight: weights[id]})
	}
	return q
}

func mandatory(need, who string, others ...string) usm.Quorum {
	q := persons(need, others...)
	q.Approvers = append(q.Approvers, usm.Approver{Person: who, Mandatory: true})
	return q
}

// TestQuorum says when an approval is decided: by the last of the ballots and none before.
func TestQuorum(t *testing.T) {
	t.Parallel()
	two := usm.Quorum{Groups: []usm.Quorum{profile("2", "board"), persons("any", "dora", "dirk")}}
	oneAfterOther := func(stages ...usm.Quorum) usm.Quorum { return usm.Quorum{Stages: stages} }
	both := func(groups ...usm.Quorum) usm.Quorum { return usm.Quorum{Groups: groups} }
	weights := map[string]int{"bea": 3, "ben": 2, "bob": 1}
	for _, c := range []struct {
		claim   string
		quorum  usm.Quorum
		ballots string
		state   usm.ApprovalState
	}{
		{"AllHaveToApprove", profile("all", "board"), "bea+ ben+ bob+", usm.ApprovalApproved},
		{"OneOfAllRejects", profile("", "board"), "bea+ ben-", usm.ApprovalRejected},
		{"AbstentionsLeaveTheCountOfAll", profile("all", "board"), "bea0 ben0 bob+", usm.ApprovalApproved},
		{"AllAbstain", profile("all", "board"), "bea0 ben0 bob0", usm.ApprovalRejected},
		{"AnyIsEnough", profile("any", "board"), "bea- ben+", usm.ApprovalApproved},
		{"NobodyOfAny", profile("any", "board"), "bea- ben0 bob-", usm.ApprovalRejected},
		{"TwoOfThree", profile("2", "board"), "bea- ben+ bob+", usm.ApprovalApproved},
		{"TwoCannotComeTogether", profile("2", "board"), "bea0 ben-", usm.ApprovalRejected},
		{"TwoThirdsRoundUp", profile("67%", "board"), "bea+ ben+ bob+", usm.ApprovalApproved},
		{"SixtyPercentOfThreeAreTwo", profile("60%", "board"), "bea+ ben+", usm.ApprovalApproved},
		{"SixtyPercentOfTwoWhoDoNotAbstainAreBoth", profile("60%", "board"), "bea0 ben+ bob-", usm.ApprovalRejected},
		{"HalfOfTwo", profile("50%", "board"), "bea0 ben- bob+", usm.ApprovalApproved},
		{"WeightsAddUp", weighted("weight 4", weights, "bea", "ben", "bob"), "ben+ bob- bea+", usm.ApprovalApproved},
		{"WeightsThatAreOutOfReach", weighted("weight 4", weights, "bea", "ben", "bob"), "bea-", usm.ApprovalRejected},
		{"AnAbstentionTakesItsWeightAway", weighted("weight 4", weights, "bea", "ben", "bob"), "bea0", usm.ApprovalRejected},
		{"NothingWithoutTheMandatoryOne", mandatory("any", "bea", "ben"), "ben+ bea+", usm.ApprovalApproved},
		{"TheMandatoryOneRejects", mandatory("any", "bea", "ben"), "bea-", usm.ApprovalRejected},
		{"TheMandatoryOneAbstains", mandatory("any", "bea", "ben"), "ben+ bea0", usm.ApprovalRejected},
		{"TheMandatoryOneAloneIsNotTwo", mandatory("2", "bea", "ben", "bob"), "bea+ ben+", usm.ApprovalApproved},
		{"TwoOfOneAndOneOfAnother", two, "bea+ dora+ ben+", usm.ApprovalApproved},
		{"TheOtherGroupTurnsItDown", two, "bea+ ben+ dora- dirk-", usm.ApprovalRejected},
		{"OneOfTwoGroups", usm.Quorum{Need: "any", Groups: two.Groups}, "dora- dirk- bea+ ben+", usm.ApprovalApproved},
		{"ABallotCountsInEachGroup", both(persons("any", "bea", "ben"), persons("all", "bea")), "bea+", usm.ApprovalApproved},
		{"StagesFollowEachOther", oneAfterOther(persons("", "bea"), persons("", "ben")), "bea+ ben+", usm.ApprovalApproved},
		{"AStageRejects", oneAfterOther(persons("", "bea"), persons("", "ben")), "bea-", usm.ApprovalRejected},
		{"WhoIsInBothStagesAnswersOnce", oneAfterOther(persons("", "bea"), persons("any", "bea", "ben")), "bea+", usm.ApprovalApproved},
		{"WhoIsInBothStagesRejectsBoth", oneAfterOther(persons("any", "bea", "bob"), persons("", "bea")), "bea-", usm.ApprovalRejected},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			a := asks(t, w, policyOf(c.quorum))
			people, decisions := ballots(c.ballots)
			for i := range people {
				require.Equal(t, usm.ApprovalOpen, a.State, "decided before %s", people[i])
				require.Empty(t, a.Stuck)
				a = vote(t, a, w, people[i], decisions[i])
			}
			require.Equal(t, c.state, a.State)
			require.NotNil(t, a.ClosedAt)
			require.NotEmpty(t, a.Why)
			require.Empty(t, a.Asking)
		})
	}
}
