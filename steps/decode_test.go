package steps_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// decodes checks that the fields fit the type that stands for them.
func decodes(t *testing.T, step usm.Step, fields map[string]any) {
	t.Helper()
	var err error
	switch step {
	case usm.SpecifyService:
		_, err = steps.Decode[usm.ServiceDraft](fields)
	case usm.DraftOffer:
		_, err = steps.Decode[usm.Offer](fields)
	case usm.PlanChange:
		_, err = steps.Decode[usm.ChangePlan](fields)
	case usm.PrepareChange:
		_, err = steps.Decode[usm.Preparation](fields)
	case usm.ReleaseChange:
		_, err = steps.Decode[usm.ReleaseDecision](fields)
	case usm.UpdateRegister:
		_, err = steps.Decode[steps.RegisterUpdate](fields)
	case usm.AnalyseIncident:
		_, err = steps.Decode[usm.Match](fields)
	case usm.PrepareRecovery:
		_, err = steps.Decode[usm.Recovery](fields)
	case usm.PlanOperation:
		_, err = steps.Decode[usm.OperationPlan](fields)
	case usm.ExecuteOperation:
		_, err = steps.Decode[steps.Execution](fields)
	case usm.DetermineCause:
		_, err = steps.Decode[usm.Cause](fields)
	case usm.SelectMeasure:
		_, err = steps.Decode[usm.MeasureChoice](fields)
	case usm.ClassifyRisk:
		_, err = steps.Decode[steps.RiskFacts](fields)
	default:
		err = decodesByKind(step, fields)
	}
	require.NoError(t, err)
}

func decodesByKind(step usm.Step, fields map[string]any) error {
	var err error
	switch {
	case step.Kind() == usm.KindAccept:
		_, err = steps.Decode[steps.Acceptance](fields)
	case step.Kind() == usm.KindClassify:
		_, err = steps.Decode[usm.RequestFacts](fields)
	case step.Kind() == usm.KindClose:
		_, err = steps.Decode[usm.Evaluation](fields)
	case step.Kind() == usm.KindReview || step == usm.NegotiateOffer:
		_, err = steps.Decode[steps.Verdict](fields)
	}
	return err
}

func TestDecode(t *testing.T) {
	t.Parallel()

	t.Run("NothingGivesTheZeroValue", func(t *testing.T) {
		t.Parallel()
		cause, err := steps.Decode[usm.Cause](nil)
		require.NoError(t, err)
		require.Zero(t, cause)
	})

	t.Run("RefusesAFieldTheTypeLacks", func(t *testing.T) {
		t.Parallel()
		_, err := steps.Decode[usm.Cause](map[string]any{"cause": "rust", "colour": "red"})
		require.Equal(t, usm.CodeInvalid, usm.CodeOf(err))
	})

	t.Run("RiskFactsStandForThoseOfAnyCall", func(t *testing.T) {
		t.Parallel()
		risk, err := steps.Decode[steps.RiskFacts](map[string]any{"category": "c", "effect": "high", "likelihood": "low"})
		require.NoError(t, err)
		require.Equal(t, usm.RequestFacts{Category: "c", Impact: usm.High, Urgency: usm.Low}, risk.Facts())
	})
}

func TestCompleteClassification(t *testing.T) {
	t.Parallel()

	t.Run("TakesWhatTheProcedureLeavesOpenFromTheCall", func(t *testing.T) {
		t.Parallel()
		fields := steps.CompleteClassification(usm.ClassifyRequest, map[string]any{"urgency": "high"}, "general", usm.Low, usm.Medium)
		require.Equal(t, map[string]any{"category": "general", "impact": "low", "urgency": "high"}, fields)
	})

	t.Run("TakesMediumWhereNobodyKnows", func(t *testing.T) {
		t.Parallel()
		fields := steps.CompleteClassification(usm.ClassifyRisk, nil, "general", "", "")
		require.Equal(t, map[string]any{"category": "general", "effect": "medium", "likelihood": "medium"}, fields)
		require.NoError(t, steps.Validate(usm.ClassifyRisk, "", fields))
	})

	t.Run("LeavesOtherStepsAlone", func(t *testing.T) {
		t.Parallel()
		require.Nil(t, steps.CompleteClassification(usm.CloseRisk, nil, "general", "", ""))
	})
}
