package mapping_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps/mapping"
	"github.com/usm-works/usm/usm"
)

var call = usm.Call{
	NewCall: usm.NewCall{Domain: "it", Subject: "New \"fast\" laptop", Components: []string{"lap-1"}},
	Number:  "RFC-000001",
}

func TestEvalSignal(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	signal := usm.Signal{
		SpecVersion: "1.0", ID: "7", Source: "/pipeline", Name: "deployed", Time: &at,
		Extensions: map[string]any{"tenant": "north"},
		Data:       map[string]any{"status": "ok", "tests": 12.0, "notes": []any{"a", "b"}, "nothing": nil},
	}

	t.Run("MapsPayloadToOutcomeAndFields", func(t *testing.T) {
		t.Parallel()
		match, outcome, fields, err := mapping.EvalSignal(usm.SignalRule{
			When:    `data.status == "ok"`,
			Outcome: `data.tests > 10 ? "released" : "rejected"`,
			Fields: map[string]string{
				"test_report": `{"passed": data.tests >= 12, "summary": string(data.tests) + " tests of " + call.number}`,
				"reason":      `data.nothing`,
				"notes":       `data.notes`,
				"source":      `signal.source + " " + signal.tenant + " " + signal.time`,
			},
		}, call, signal)
		require.NoError(t, err)
		require.True(t, match)
		require.Equal(t, usm.Released, outcome)
		require.Equal(t, map[string]any{
			"test_report": map[string]any{"passed": true, "summary": "12 tests of RFC-000001"},
			"notes":       []any{"a", "b"},
			"source":      "/pipeline north 2026-11-24T09:30:00Z",
		}, fields, "null is left out")
	})

	t.Run("RuleWithoutExpressionsTakesEverySignal", func(t *testing.T) {
		t.Parallel()
		match, outcome, fields, err := mapping.EvalSignal(usm.SignalRule{Name: "deployed"}, call, usm.Signal{})
		require.NoError(t, err)
		require.True(t, match)
		require.Empty(t, outcome)
		require.Empty(t, fields)
	})

	t.Run("WaitsOnWhenTheConditionFails", func(t *testing.T) {
		t.Parallel()
		match, outcome, fields, err := mapping.EvalSignal(usm.SignalRule{
			When: `data.status == "done"`, Outcome: `data.absent`,
		}, call, signal)
		require.NoError(t, err)
		require.False(t, match)
		require.Empty(t, outcome)
		require.Nil(t, fields)
	})

	refusals := []struct {
		claim   string
		rule    usm.SignalRule
		pointer string
		detail  string
	}{
		{"PropertyThatThePayloadLacks", usm.SignalRule{Fields: map[string]string{"plan": `data.absent`}}, "/fields/plan", "no such key"},
		{"ConditionThatIsNoBoolean", usm.SignalRule{When: `data.status`}, "/when", "must give true or false"},
		{"OutcomeThatIsNoText", usm.SignalRule{Outcome: `data.tests`}, "/outcome", "must give a text"},
		{"ExpressionThatCostsTooMuch", usm.SignalRule{When: nested(`[1,2,3,4,5,6,7,8,9,10]`, 6)}, "/when", "cost limit"},
		{"ExpressionThatDoesNotCompile", usm.SignalRule{When: `data.`}, "/when", "column"},
	}
	for _, r := range refusals {
		t.Run("Refuses"+r.claim, func(t *testing.T) {
			t.Parallel()
			_, _, _, err := mapping.EvalSignal(r.rule, call, signal)
			var refused *usm.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, usm.CodeInvalid, refused.Code)
			require.Equal(t, r.pointer, refused.Fields[0].Pointer)
			require.Contains(t, refused.Fields[0].Detail, r.detail)
		})
	}
}

// nested loops over the list within itself, depth times.
func nested(list string, depth int) string {
	inner := "true"
	for range depth {
		inner = list + ".all(x, " + inner + ")"
	}
	return inner
}

func TestCheckSignal(t *testing.T) {
	t.Parallel()

	t.Run("NamesEveryMistakeInOrder", func(t *testing.T) {
		t.Parallel()
		found := mapping.CheckSignal(usm.SignalRule{
			When: `1 + 1`, Outcome: `true`,
			Fields: map[string]string{"b": `dat.x`, "a": `data.(`, "c": `data.x`},
		})
		require.Len(t, found, 4)
		require.Equal(t, usm.FieldError{Pointer: "/when", Detail: "must give a bool, not a int"}, found[0])
		require.Equal(t, usm.FieldError{Pointer: "/outcome", Detail: "must give a string, not a bool"}, found[1])
		require.Equal(t, "/fields/a", found[2].Pointer)
		require.Equal(t, "/fields/b", found[3].Pointer)
		require.Contains(t, found[3].Detail, "column 1: undeclared reference to 'dat'")
	})

	t.Run("RefusesAnExpressionOfExcessiveLength", func(t *testing.T) {
		t.Parallel()
		found := mapping.CheckSignal(usm.SignalRule{When: "true" + strings.Repeat(" ", mapping.MaxExpression)})
		require.Len(t, found, 1)
	})

	t.Run("AcceptsAnEmptyRule", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, mapping.CheckSignal(usm.SignalRule{Name: "deployed"}))
	})
}

func TestRender(t *testing.T) {
	t.Parallel()
	data := mapping.RequestData{Call: call, Step: usm.PrepareChange, Attempt: 2, Callback: "https://usm.example/cb/x"}
	secret := func(name string) (string, error) {
		if name != "TOKEN" {
			return "", errors.New("no secret " + name)
		}
		return "s3cret", nil
	}
	request := usm.OutboundRequest{
		URL:     "https://build.example/{{.Step}}/{{.Call.Number}}",
		Headers: map[string]string{"Authorization": `Bearer {{secret "TOKEN"}}`},
		Body:    `{"subject": {{json .Call.Subject}}, "attempt": {{.Attempt}}, "reply": "{{.Callback}}"}`,
	}

	t.Run("FillsInTheTemplates", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, mapping.CheckRequest(request))
		done, err := mapping.Render(request, data, secret)
		require.NoError(t, err)
		require.Equal(t, mapping.Rendered{
			Method: "POST", URL: "https://build.example/prepare_change/RFC-000001",
			Headers: map[string]string{"Authorization": "Bearer s3cret"},
			Body:    `{"subject": "New \"fast\" laptop", "attempt": 2, "reply": "https://usm.example/cb/x"}`,
		}, done)
	})

	t.Run("NamesEveryTemplateThatDoesNotParse", func(t *testing.T) {
		t.Parallel()
		found := mapping.CheckRequest(usm.OutboundRequest{
			URL: "https://x/{{.Call.Colour}}", Headers: map[string]string{"A": "{{"}, Body: `{{secret "TOKEN"}}`,
		})
		require.Len(t, found, 3)
		require.Equal(t, "/url", found[0].Pointer)
		require.Equal(t, "/headers/A", found[1].Pointer)
		require.Equal(t, "/body", found[2].Pointer, "a secret belongs in a header")
	})

	t.Run("RefusesWhatIsNoHTTP", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []usm.FieldError{{Pointer: "/url", Detail: "must begin with https:// or http://"}},
			mapping.CheckRequest(usm.OutboundRequest{URL: "file:///etc/passwd"}))
	})

	t.Run("ShowsNoSecretInARefusal", func(t *testing.T) {
		t.Parallel()
		_, err := mapping.Render(usm.OutboundRequest{Headers: map[string]string{"A": `{{secret "TOKEN"}}{{secret "OTHER"}}`}}, data, secret)
		require.Equal(t, usm.CodeInvalid, usm.CodeOf(err))
		require.NotContains(t, err.Error(), "s3cret")
		require.Contains(t, err.Error(), "no secret OTHER")
	})
}
