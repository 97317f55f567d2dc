package approval

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestAdd(t *testing.T) {
	t.Parallel()
	setup := func(t *testing.T, q usm.Quorum) (World, usm.Approval) {
		t.Helper()
		w := world(t)
		return w, asks(t, w, policyOf(q))
	}
	t.Run("HeHasToApproveToo", func(t *testing.T) {
		t.Parallel()
		w, a := setup(t, usm.Quorum{Stages: []usm.Quorum{persons("", "bea"), persons("", "ben")}})
		a = vote(t, a, w, "bea", usm.Approve)
		a, err := Add(a, usm.Approver{Person: "dora"}, w)
		require.NoError(t, err)
		require.Equal(t, []string{"1/2", "2"}, a.Asking)
		require.Equal(t, []string{"1/1"}, a.Ballots[0].Groups)
		a = vote(t, a, w, "ben", usm.Approve)
		require.Equal(t, usm.ApprovalOpen, a.State)
		a = Refresh(a, w)
		a = vote(t, a, w, "dora", usm.Approve)
		require.Equal(t, usm.ApprovalApproved, a.State)
	})
	t.Run("AThirdStandsBesideTheSecond", func(t *testing.T) {
		t.Parallel()
		w, a := setup(t, profile("any", "board"))
		a, err := Add(a, usm.Approver{Person: "dora"}, w)
		require.NoError(t, err)
		a, err = Add(a, usm.Approver{Profile: "owners"}, w)
		require.NoError(t, err)
		require.Equal(t, []string{"1", "2", "3"}, a.Asking)
	})
	for _, c := range []struct {
		claim string
		who   usm.Approver
		code  usm.Code
	}{
		{"NobodyUnknown", usm.Approver{Person: "nemo"}, usm.CodeInvalid},
		{"NobodyAtAll", usm.Approver{}, usm.CodeInvalid},
		{"NotTwoAtOnce", usm.Approver{Person: "dora", Profile: "board"}, usm.CodeInvalid},
		{"NobodyOfAnEmptyProfile", usm.Approver{Profile: "empty"}, usm.CodeInvalid},
		{"NobodyWhoHasAnswered", usm.Approver{Person: "bea"}, usm.CodeConflict},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w, a := setup(t, profile("all", "board"))
			a = vote(t, a, w, "bea", usm.Approve)
			after, err := Add(a, c.who, w)
			require.Equal(t, c.code, usm.CodeOf(err), "%v", err)
			require.Equal(t, a, after)
		})
	}
	t.Run("NobodyAfterTheEnd", func(t *testing.T) {
		t.Parallel()
		w, a := setup(t, profile("any", "board"))
		a = vote(t, a, w, "bea", usm.Approve)
		_, err := Add(a, usm.Approver{Person: "dora"}, w)
		require.Equal(t, usm.CodeOutOfTurn, usm.CodeOf(err))
	})
}
