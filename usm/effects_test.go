package usm_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// What a step decides is its outcome; whoever fills in the fields of the step must not be able to say otherwise.
func TestDecisionsNeverComeFromFields(t *testing.T) {
	t.Parallel()
	fields := []byte(`{
		"route": "change", "Route": "change", "decision": "released", "Decision": "released",
		"priority": "critical", "Priority": "critical", "solution": "restart", "reason": "because"
	}`)

	t.Run("NorTheRouteOfARecovery", func(t *testing.T) {
		t.Parallel()
		var recovery usm.Recovery
		require.NoError(t, json.Unmarshal(fields, &recovery))
		require.Equal(t, usm.Recovery{Solution: "restart"}, recovery)
	})

	t.Run("NorTheRouteOfAMeasure", func(t *testing.T) {
		t.Parallel()
		var choice usm.MeasureChoice
		require.NoError(t, json.Unmarshal(fields, &choice))
		require.Equal(t, usm.MeasureChoice{Reason: "because"}, choice)
	})

	t.Run("NorTheReleaseOfAChange", func(t *testing.T) {
		t.Parallel()
		var release usm.ReleaseDecision
		require.NoError(t, json.Unmarshal(fields, &release))
		require.Equal(t, usm.ReleaseDecision{Reason: "because"}, release)
	})

	t.Run("NorThePriority", func(t *testing.T) {
		t.Parallel()
		var facts usm.RequestFacts
		require.NoError(t, json.Unmarshal(fields, &facts))
		require.Equal(t, usm.RequestFacts{}, facts)
	})
}

func TestFieldsOfSteps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		into   any
		want   any
		fields string
	}{
		"Evaluation": {
			&usm.Evaluation{}, &usm.Evaluation{
				DoneProperly: true, RecordedCompletely: true, Lessons: "Ask first", StandardCandidate: true,
				Improvements: []usm.Raised{{Subject: "No spare part", Impact: usm.High, Urgency: usm.Low}},
			},
			`{"done_properly": true, "recorded_completely": true, "lessons": "Ask first", "standard_candidate": true,
			  "improvements": [{"subject": "No spare part", "impact": "high", "urgency": "low"}]}`,
		},
		"Measures": {
			&usm.MeasureChoice{}, &usm.MeasureChoice{
				Measures: []usm.Measure{{Title: "Insure", BusinessCase: "Cheap", Cost: "EUR 10"}}, Choice: "Insure",
				ResidualRisk: usm.ResidualRisk{Effect: usm.Nil, Likelihood: usm.Low, Text: "none"},
			},
			`{"measures": [{"title": "Insure", "business_case": "Cheap", "cost": "EUR 10"}], "choice": "Insure",
			  "residual_risk": {"effect": "nil", "likelihood": "low", "text": "none"}}`,
		},
		"Offer": {
			&usm.Offer{}, &usm.Offer{
				Agreement: "sa-1", Type: usm.SA, Services: []string{"mail"}, Cost: "EUR 1", Ready: "signed",
				Norms:        []usm.Norm{{Type: usm.Incident, Priority: usm.PriorityCritical, Reaction: "15m", Handling: "4h"}},
				Reservations: []usm.Reservation{{Team: "platform", What: "on call"}},
			},
			`{"agreement": "sa-1", "type": "SA", "services": ["mail"], "cost": "EUR 1", "ready": "signed",
			  "norms": [{"type": "incident", "priority": "critical", "reaction": "15m", "handling": "4h"}],
			  "reservations": [{"team": "platform", "what": "on call"}]}`,
		},
		"Components": {
			&usm.ComponentChange{}, &usm.ComponentChange{Action: "update", Component: usm.Component{
				ID: "pump-1", Attributes: map[string]any{"firmware": "3.5"}, Relations: []usm.Relation{{Kind: "part_of", To: "ward"}},
			}},
			`{"action": "update", "component": {"id": "pump-1", "name": "", "type": "", "attributes": {"firmware": "3.5"},
			  "relations": [{"kind": "part_of", "to": "ward"}]}}`,
		},
	} {
		t.Run(name+"SurviveTheWire", func(t *testing.T) {
			t.Parallel()
			require.NoError(t, json.Unmarshal([]byte(c.fields), c.into))
			require.Equal(t, c.want, c.into)
			raw, err := json.Marshal(c.into)
			require.NoError(t, err)
			require.JSONEq(t, c.fields, string(raw))
		})
	}
}
