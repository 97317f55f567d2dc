package steps_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// everyDecision calls test for each of the 37 steps with each of its outcomes and with none.
func everyDecision(t *testing.T, test func(t *testing.T, step usm.Step, outcome usm.Outcome)) {
	t.Helper()
	for _, process := range usm.Processes() {
		for _, step := range process.Steps() {
			for _, outcome := range append([]usm.Outcome{""}, step.Outcomes()...) {
				t.Run(strings.TrimSuffix(string(step)+"/"+string(outcome), "/"), func(t *testing.T) {
					t.Parallel()
					test(t, step, outcome)
				})
			}
		}
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()

	t.Run("EveryDocumentStandsOnItsOwn", func(t *testing.T) {
		t.Parallel()
		everyDecision(t, func(t *testing.T, step usm.Step, outcome usm.Outcome) {
			t.Helper()
			compiler := jsonschema.NewCompiler()
			require.NoError(t, compiler.AddResource("step", steps.Schema(step, outcome)))
			_, err := compiler.Compile("step")
			require.NoError(t, err)
		})
	})

	t.Run("EveryPropertyIsExplained", func(t *testing.T) {
		t.Parallel()
		everyDecision(t, func(t *testing.T, step usm.Step, outcome usm.Outcome) {
			t.Helper()
			document := steps.Schema(step, outcome)
			require.NotEmpty(t, document["title"])
			require.NotEmpty(t, document["description"])
			explained(t, string(step), document)
		})
	})

	t.Run("OutcomeNarrows", func(t *testing.T) {
		t.Parallel()
		require.NotContains(t, steps.Schema(usm.AcceptWish, ""), "required")
		require.Equal(t, []any{"reason"}, steps.Schema(usm.AcceptWish, usm.Rejected)["required"])
		require.Equal(t, []any{"residual_risk", "reason"}, steps.Schema(usm.SelectMeasure, usm.AcceptRisk)["required"])
	})

	t.Run("UnknownOutcomeGivesTheSchemaForAny", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, steps.Schema(usm.ReleaseChange, ""), steps.Schema(usm.ReleaseChange, "perhaps"))
	})

	t.Run("CallerOwnsTheMap", func(t *testing.T) {
		t.Parallel()
		mine := steps.Schema(usm.CloseWish, "")
		object(t, object(t, mine["properties"])["lessons"])["title"] = "mine"
		require.NotEqual(t, mine, steps.Schema(usm.CloseWish, ""))
	})

	t.Run("UnknownStepHasNone", func(t *testing.T) {
		t.Parallel()
		require.Nil(t, steps.Schema("solve_everything", ""))
	})
}

// explained fails for a property without title or description, and for an object that takes unknown properties.
func explained(t *testing.T, path string, node any) {
	t.Helper()
	here, ok := node.(map[string]any)
	if !ok {
		return
	}
	if properties, ok := here["properties"].(map[string]any); ok && here["type"] == "object" {
		require.Equal(t, false, here["additionalProperties"], path)
		for name, property := range properties {
			require.NotEmpty(t, object(t, property)["title"], path+"/"+name)
			require.NotEmpty(t, object(t, property)["description"], path+"/"+name)
		}
	}
	for name, child := range here {
		explained(t, path+"/"+name, child)
	}
}

func object(t *testing.T, value any) map[string]any {
	t.Helper()
	require.IsType(t, map[string]any{}, value)
	object, _ := value.(map[string]any)
	return object
}

func TestExample(t *testing.T) {
	t.Parallel()
	contexts := map[string]steps.Context{
		"Empty": {},
		"Full": {
			Number: "RFC-000007", Subject: strings.Repeat("long ", 60), Category: "hardware", Service: "workplace",
			Services: []string{"mail", "workplace"}, Components: []string{"lap-1"}, Customer: "sales", Team: "desk",
			Impact: usm.High, Urgency: usm.High,
		},
		"NothingUrgent": {Subject: " ", Services: []string{"mail"}, Impact: usm.Nil, Urgency: usm.Nil},
	}
	for name, ctx := range contexts {
		t.Run("IsAcceptedWithContext"+name, func(t *testing.T) {
			t.Parallel()
			everyDecision(t, func(t *testing.T, step usm.Step, outcome usm.Outcome) {
				t.Helper()
				body := steps.Example(step, outcome, ctx)
				if step.Kind() == usm.KindFork {
					require.Nil(t, body)
					return
				}
				decided, _ := body["outcome"].(string)
				require.NoError(t, steps.Validate(step, usm.Outcome(decided), fieldsOf(t, body)))
				if outcome != "" {
					require.Equal(t, string(outcome), decided)
				}
				require.Equal(t, len(step.Outcomes()) > 0, decided != "")
				decodes(t, step, fieldsOf(t, body))
			})
		})
	}

	t.Run("RejectsWhoIsNotAuthorised", func(t *testing.T) {
		t.Parallel()
		body := steps.Example(usm.AcceptIncident, "", steps.Context{Unauthorised: true})
		require.Equal(t, "rejected", body["outcome"])
		require.NoError(t, steps.Validate(usm.AcceptIncident, usm.Rejected, fieldsOf(t, body)))
	})

	t.Run("UpdatesTheComponentOfTheCallOrAddsOne", func(t *testing.T) {
		t.Parallel()
		update := steps.Example(usm.UpdateRegister, "", steps.Context{Number: "RFC-000001", Components: []string{"lift-2", "lift-3"}})
		require.JSONEq(t, `{"fields": {"components": [{"action": "update",
			"component": {"id": "lift-2", "attributes": {"last_change": "RFC-000001"}}}]}}`, asJSON(t, update))
		add := steps.Example(usm.UpdateRegister, "", steps.Context{Number: "RFC-000001", Subject: "New lift"})
		require.JSONEq(t, `{"fields": {"components": [{"action": "add",
			"component": {"id": "rfc-000001", "name": "New lift", "type": "document"}}]}}`, asJSON(t, add))
	})
}

// fieldsOf returns the fields as they would come over the wire.
func fieldsOf(t *testing.T, body map[string]any) map[string]any {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(asJSON(t, body["fields"])), &fields))
	return fields
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return string(raw)
}

func TestEveryForkIsRefused(t *testing.T) {
	t.Parallel()
	for _, process := range usm.Processes() {
		fork := process.Find(usm.KindFork)
		if fork == "" {
			continue
		}
		var refused *usm.Error
		require.ErrorAs(t, steps.Validate(fork, "", nil), &refused)
		require.True(t, slices.ContainsFunc(refused.Fields, func(f usm.FieldError) bool { return f.Pointer == "/step" }))
	}
}
