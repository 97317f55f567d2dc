package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func allSteps() []usm.Step {
	var steps []usm.Step
	for _, process := range usm.Processes() {
		steps = append(steps, process.Steps()...)
	}
	return steps
}

func TestSteps(t *testing.T) {
	t.Parallel()
	t.Run("Are37WithNamesOfTheirOwn", func(t *testing.T) {
		t.Parallel()
		seen := map[usm.Step]bool{}
		for _, step := range allSteps() {
			require.True(t, step.Valid())
			require.NotEmpty(t, step.Title())
			seen[step] = true
		}
		require.Len(t, seen, 37)
	})

	t.Run("AreCopiesThatNobodyCanReorder", func(t *testing.T) {
		t.Parallel()
		steps := usm.Operate.Steps()
		steps[0] = usm.CloseRisk
		require.Equal(t, usm.AcceptRequest, usm.Operate.Steps()[0])
	})

	t.Run("OfNoProcessAreNone", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, usm.Process("deliver").Steps())
		require.False(t, usm.Process("deliver").Valid())
		require.False(t, usm.Process("").Valid())
	})

	t.Run("ThatAreUnknownSayNothing", func(t *testing.T) {
		t.Parallel()
		for _, step := range []usm.Step{"", "dance", "Accept_Wish"} {
			require.False(t, step.Valid())
			require.Empty(t, step.Process())
			require.Zero(t, step.Ordinal())
			require.Empty(t, step.Kind())
			require.Empty(t, step.Title())
			require.Nil(t, step.Outcomes())
			require.Empty(t, step.Next())
			require.Empty(t, step.Before())
		}
	})
}

func TestStepOutcomes(t *testing.T) {
	t.Parallel()
	deciding := map[usm.Step][]usm.Outcome{
		usm.NegotiateOffer:  {usm.Agreed, usm.NotAgreed},
		usm.ReleaseChange:   {usm.Released, usm.Rejected},
		usm.PrepareRecovery: {usm.RouteChange, usm.RouteOperate, usm.RouteBoth},
		usm.SelectMeasure:   {usm.RouteAgreement, usm.RouteChange, usm.RouteOperate, usm.AcceptRisk},
	}
	for _, step := range allSteps() {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			switch step.Kind() {
			case usm.KindAccept:
				require.Equal(t, []usm.Outcome{usm.Accepted, usm.Rejected}, step.Outcomes())
			case usm.KindReview:
				require.Equal(t, []usm.Outcome{usm.Confirmed, usm.Disputed}, step.Outcomes())
			default:
				require.Equal(t, deciding[step], step.Outcomes())
			}
		})
	}
}

func TestProcessFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		process                              usm.Process
		accept, classify, fork, review, done usm.Step
	}{
		{usm.Agree, usm.AcceptWish, usm.ClassifyWish, usm.RealiseAgreement, usm.ReviewAgreement, usm.CloseWish},
		{usm.Change, usm.AcceptChange, usm.ClassifyChange, usm.DeployChange, usm.ReviewChange, usm.CloseChange},
		{usm.Recover, usm.AcceptIncident, usm.ClassifyIncident, usm.RecoverService, usm.ReviewRecovery, usm.CloseIncident},
		{usm.Operate, usm.AcceptRequest, usm.ClassifyRequest, "", usm.ReviewOperation, usm.CloseRequest},
		{usm.Improve, usm.IdentifyRisk, usm.ClassifyRisk, usm.DeployMeasure, usm.ReviewMeasure, usm.CloseRisk},
		{"deliver", "", "", "", "", ""},
	} {
		t.Run(string(c.process), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.accept, c.process.Find(usm.KindAccept))
			require.Equal(t, c.classify, c.process.Find(usm.KindClassify))
			require.Equal(t, c.fork, c.process.Find(usm.KindFork))
			require.Equal(t, c.review, c.process.Find(usm.KindReview))
			require.Equal(t, c.done, c.process.Find(usm.KindClose))
			require.Empty(t, c.process.Find(usm.KindWork), "work is several steps")
		})
	}
}

func TestProcessDisputeTo(t *testing.T) {
	t.Parallel()
	for process, step := range map[usm.Process]usm.Step{
		usm.Agree: usm.NegotiateOffer, usm.Change: usm.ReleaseChange, usm.Recover: usm.PrepareRecovery,
		usm.Operate: usm.ExecuteOperation, usm.Improve: usm.SelectMeasure,
	} {
		require.Equal(t, step, process.DisputeTo())
		require.Equal(t, process, process.DisputeTo().Process())
		require.Less(t, process.DisputeTo().Ordinal(), process.Find(usm.KindReview).Ordinal())
	}
}

func TestProcessShape(t *testing.T) {
	t.Parallel()
	for _, process := range usm.Processes() {
		t.Run(string(process), func(t *testing.T) {
			t.Parallel()
			steps := process.Steps()
			require.True(t, process.Valid())
			require.Equal(t, usm.KindAccept, steps[0].Kind())
			require.Equal(t, usm.KindClassify, steps[1].Kind())
			require.Equal(t, usm.KindClose, steps[len(steps)-1].Kind())
			if fork := process.Find(usm.KindFork); fork != "" {
				require.Equal(t, usm.KindReview, fork.Next().Kind(), "what the children delivered is reviewed")
			}
		})
	}
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	step := rapid.SampledFrom(allSteps())

	t.Run("NextAndBeforeAreInverse", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			s := step.Draw(t, "step")
			if next := s.Next(); next != "" {
				require.Equal(t, s, next.Before())
				require.Equal(t, s.Ordinal()+1, next.Ordinal())
			} else {
				require.Equal(t, usm.KindClose, s.Kind())
			}
			if before := s.Before(); before != "" {
				require.Equal(t, s, before.Next())
			} else {
				require.Equal(t, 1, s.Ordinal())
			}
		})
	})

	t.Run("NeverLeaveTheProcess", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			s := step.Draw(t, "step")
			for next := s.Next(); next != ""; next = next.Next() {
				require.Equal(t, s.Process(), next.Process())
			}
		})
	})

	t.Run("TheOrdinalIsThePlaceInTheProcess", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			s := step.Draw(t, "step")
			require.Equal(t, s, s.Process().Steps()[s.Ordinal()-1])
		})
	})
}
