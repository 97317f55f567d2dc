package steps_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	cases := []struct {
		claim   string
		step    usm.Step
		outcome usm.Outcome
		fields  string
		want    []string // pointer: detail; none when it is accepted
	}{
		{"AcceptStepWithoutOutcomeAccepts", usm.AcceptIncident, "", `null`, nil},
		{"RejectionNeedsAReason", usm.AcceptIncident, "rejected", `{}`, []string{"/fields/reason: is required"}},
		{"BlankReasonIsNone", usm.AcceptIncident, "rejected", `{"reason": "  "}`, []string{"/fields/reason: must not be empty"}},
		{"EmptyReasonIsReportedOnce", usm.AcceptIncident, "rejected", `{"reason": ""}`, []string{"/fields/reason: must not be empty"}},
		{
			"EveryMissingFieldIsNamed", usm.ClassifyIncident, "", `{}`,
			[]string{"/fields/category: is required", "/fields/impact: is required", "/fields/urgency: is required"},
		},
		{
			"EveryMistakeIsNamedInOrder", usm.ClassifyIncident, "",
			`{"zeal": 1, "category": 7, "urgency": "nil", "impact": "huge", "ardour": true}`,
			[]string{
				"/fields/ardour: is not known here",
				"/fields/category: must be a text, not a number",
				"/fields/impact: must be one of high, medium, low or nil",
				"/fields/urgency: must be one of high, medium or low",
				"/fields/zeal: is not known here",
			},
		},
		{"RiskIsClassifiedByEffectAndLikelihood", usm.ClassifyRisk, "", `{"category": "c", "impact": "low", "urgency": "low"}`, []string{
			"/fields/effect: is required", "/fields/impact: is not known here",
			"/fields/likelihood: is required", "/fields/urgency: is not known here",
		}},
		{
			"DecidingStepNeedsItsOutcome", usm.PrepareRecovery, "", `{"solution": "s"}`,
			[]string{"/outcome: is required: one of change, operate or both"},
		},
		{"ReviewNeedsItsOutcome", usm.ReviewRecovery, "", `{}`, []string{"/outcome: is required: one of confirmed or disputed"}},
		{
			"UnknownOutcomeIsRefusedTogetherWithTheFields", usm.NegotiateOffer, "perhaps", `{"x": 1}`,
			[]string{"/fields/x: is not known here", `/outcome: "perhaps" is not possible here: must be one of agreed or not_agreed`},
		},
		{"StepThatDecidesNothingTakesNoOutcome", usm.PlanChange, "agreed", `{"plan": "p", "impact_analysis": "i"}`, []string{
			"/outcome: must be left out: plan_change decides nothing",
		}},
		{"InstantIsChecked", usm.PlanChange, "", `{"plan": "p", "impact_analysis": "i", "start": "tomorrow"}`, []string{
			"/fields/start: must be a date and time like 2026-11-24T09:30:00Z",
		}},
		{
			"LeapSecondThatTheRegistersCannotReadIsRefused", usm.PlanChange, "",
			`{"plan": "p", "impact_analysis": "i", "start": "2016-12-31T23:59:60Z"}`,
			[]string{"/fields/start: must be a date and time like 2026-11-24T09:30:00Z"},
		},
		{"EndFollowsStart", usm.PlanOperation, "", `{"plan": "p", "start": "2026-02-02T10:00:00+01:00", "end": "2026-02-02T08:59:00Z"}`, []string{
			"/fields/end: must not be before the start",
		}},
		{
			"DayIsChecked", usm.DraftOffer, "",
			`{"agreement": "a", "type": "SA", "services": ["s"], "cost": "0", "ready": "r", "valid_from": "2026-13-01"}`,
			[]string{"/fields/valid_from: must be a day like 2026-11-24"},
		},
		{
			"LastDayFollowsTheFirst", usm.DraftOffer, "",
			`{"agreement": "a", "type": "SA", "services": ["s"], "cost": "0", "ready": "r",
				"valid_from": "2026-02-02", "valid_until": "2026-02-01"}`,
			[]string{"/fields/valid_until: must not be before the first day"},
		},
		{
			"SpecificationNeedsAFunction", usm.SpecifyService, "",
			`{"service": "s", "specification": {"facility": {"functionality": []}, "price": 1}}`,
			[]string{"/fields/specification/facility/functionality: must have at least one item", "/fields/specification/price: is not known here"},
		},
		{
			"NewComponentNeedsNameAndType", usm.UpdateRegister, "",
			`{"components": [{"action": "add", "component": {"id": "a"}}, {"action": "retire", "component": {"id": "b"}}]}`,
			[]string{"/fields/components/0/component/name: is required", "/fields/components/0/component/type: is required"},
		},
		{"AbsentActionIsTheOnlyMistake", usm.UpdateRegister, "", `{"components": [{"component": {"id": "a"}}]}`, []string{
			"/fields/components/0/action: is required",
		}},
		{
			"ComponentVersionIsTheRegistersOwn", usm.UpdateRegister, "",
			`{"components": [{"action": "update", "component": {"id": "a", "version": 3}}]}`,
			[]string{"/fields/components/0/component/version: is not known here"},
		},
		{
			"RejectedReleaseNeedsAReason", usm.ReleaseChange, "rejected", `{"test_report": {"passed": false, "summary": "s"}}`,
			[]string{"/fields/reason: is required"},
		},
		{"ReleaseNeedsNone", usm.ReleaseChange, "released", `{"test_report": {"passed": true, "summary": "s"}}`, nil},
		{"KnownErrorIsTheNumberOfACall", usm.AnalyseIncident, "", `{"diagnosis": "d", "known_error": "42"}`, []string{
			"/fields/known_error: must be the number of a call, like INC-000042",
		}},
		{"RecurrenceIsARule", usm.PlanOperation, "", `{"plan": "p", "recurrence": "every monday"}`, []string{
			"/fields/recurrence: must be a recurrence rule like FREQ=WEEKLY;BYDAY=MO",
		}},
		{"LogIsNotEmpty", usm.ExecuteOperation, "", `{"log": [], "risks": [{"description": "d"}]}`, []string{
			"/fields/log: must have at least one item", "/fields/risks/0/subject: is required",
		}},
		{"MeasureNeedsChoiceAndMeasures", usm.SelectMeasure, "change", `{"residual_risk": {"effect": "low", "likelihood": "nil"}}`, []string{
			"/fields/choice: is required", "/fields/measures: is required",
		}},
		{
			"ChoiceIsOneOfTheMeasures", usm.SelectMeasure, "operate",
			`{"measures": [{"title": "a", "business_case": "b"}], "choice": "c", "residual_risk": {"effect": "low", "likelihood": "low"}}`,
			[]string{"/fields/choice: must be the title of one of the measures"},
		},
		{
			"AcceptedRiskNeedsAReasonAndNoMeasure", usm.SelectMeasure, "accept", `{"residual_risk": {"effect": "low", "likelihood": "low"}}`,
			[]string{"/fields/reason: is required"},
		},
		{"AllFiveQuestionsAreAsked", usm.CloseRisk, "", `{"lessons": ""}`, []string{
			"/fields/done_properly: is required", "/fields/improvements: is required",
			"/fields/recorded_completely: is required", "/fields/standard_candidate: is required",
		}},
		{
			"NoLessonIsALesson", usm.CloseRisk, "",
			`{"done_properly": true, "recorded_completely": true, "lessons": "", "standard_candidate": false, "improvements": []}`, nil,
		},
		{"SameComponentTwiceIsRefused", usm.AcceptWish, "accepted", `{"components": ["a", "b", "a"]}`, []string{
			"/fields/components: must not repeat an item: items 0 and 2 are equal",
		}},
		{"PointersAreEscaped", usm.AcceptWish, "accepted", `{"a/b~c": 1}`, []string{"/fields/a~1b~0c: is not known here"}},
		{"CharacterThatPostgresCannotKeepIsRefused", usm.DetermineCause, "", `{"cause": "a\u0000b", "known_error": true}`, []string{
			"/fields/cause: must not hold the character U+0000",
		}},
		{
			"LengthIsLimited", usm.DraftOffer, "",
			`{"agreement": "a", "type": "SA", "services": ["s"], "ready": "r", "cost": "` + strings.Repeat("x", 201) + `"}`,
			[]string{"/fields/cost: must have at most 200 characters, not 201"},
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			var fields map[string]any
			require.NoError(t, json.Unmarshal([]byte(c.fields), &fields))
			require.Equal(t, c.want, mistakes(t, steps.Validate(c.step, c.outcome, fields)))
		})
	}
}

func TestValidateTakesAnyGoValue(t *testing.T) {
	t.Parallel()

	t.Run("TypedValuesAreReadAsJSON", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, steps.Validate(usm.AcceptWish, usm.Accepted, map[string]any{"components": []string{"a"}}))
		require.NoError(t, steps.Validate(usm.ExecuteOperation, "", map[string]any{"log": []usm.LogEntry{{Text: "done"}}}))
	})

	t.Run("WhatIsNoJSONIsRefused", func(t *testing.T) {
		t.Parallel()
		err := steps.Validate(usm.AcceptWish, usm.Accepted, map[string]any{"service": make(chan int)})
		require.Equal(t, []string{"/fields: must be JSON"}, mistakes(t, err))
	})

	t.Run("UnknownStepIsRefused", func(t *testing.T) {
		t.Parallel()
		err := steps.Validate("solve_everything", "", nil)
		require.Equal(t, []string{`/step: "solve_everything" is not one of the 37 steps`}, mistakes(t, err))
	})
}

func FuzzValidate(f *testing.F) {
	f.Add("classify_incident", "", `{"category": "c", "impact": "low", "urgency": "low"}`)
	f.Add("update_register", "", `{"components": [{"action": "add", "component": {}}]}`)
	f.Add("draft_offer", "", `{"agreement": "a", "type": "SA", "services": ["s"], "cost": "0", "ready": "r", "warnings": ["75%", "x"],
		"norms": [{"type": "incident", "handling": "2 business days end", "named": [{"name": "n", "target": "1h", "stop": {}}]}]}`)
	f.Add("select_measure", "accept", `{"measures": [1], "choice": "x"}`)
	f.Fuzz(func(t *testing.T, step, outcome, fields string) {
		var decoded map[string]any
		if json.Unmarshal([]byte(fields), &decoded) != nil {
			return
		}
		first := steps.Validate(usm.Step(step), usm.Outcome(outcome), decoded)
		require.Equal(t, first, steps.Validate(usm.Step(step), usm.Outcome(outcome), decoded), "the answer never varies")
		if first != nil {
			require.Equal(t, usm.CodeInvalid, usm.CodeOf(first))
			require.NotEmpty(t, mistakes(t, first))
		}
	})
}

// mistakes returns what a refusal says, as "pointer: detail".
func mistakes(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var refused *usm.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, usm.CodeInvalid, refused.Code)
	var found []string
	for _, f := range refused.Fields {
		found = append(found, f.Pointer+": "+f.Detail)
	}
	return found
}
