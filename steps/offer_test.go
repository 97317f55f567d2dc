package steps_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

func TestValidateOffer(t *testing.T) {
	t.Parallel()
	cases := []struct {
		claim  string
		fields string
		want   []string // pointer: detail; none when it is accepted
	}{
		{
			"OfferIsCheckedInDepth",
			`{"agreement": "a b", "type": "SLA", "services": [], "cost": "0", "ready": "r", "norms": [{"type": "incident", "handling": "soon"}]}`,
			[]string{
				"/fields/agreement: must be an id: no blanks",
				`/fields/norms/0/handling: "soon" is neither business time such as 4h or 1h30m nor business days such as ` +
					`"1 business day 12:00" or "2 business days end"`,
				"/fields/services: must have at least one item",
				"/fields/type: must be one of SA, OLA or UC",
			},
		},
		{
			"OfferMayPromiseAllThatAnAgreementDoes",
			`{"agreement": "a", "type": "SA", "services": ["s"], "cost": "0", "ready": "r", "valid_until": "2027-12-31", "renewal": [90],
				"coverage": [{"id": "east", "sites": ["East"], "people": ["p"], "components": ["c"], "services": ["s"]}],
				"requests": ["i"], "calendar": "24x7", "applies": "from_change", "warnings": [],
				"pauses": [{"id": "trial", "accountable": "customer", "while": {"opened": "review_recovery"}, "until": {"status": "fulfilled"}}],
				"norms": [{"type": "incident", "priority": "high", "reaction": "30m", "update": "1 business day 12:00", "pause": ["trial"],
					"named": [{"name": "look", "target": "1h", "start": {"event": "opened"}, "stop": {"step": "analyse_incident"}}],
					"escalation": [{"at": "-15m", "notify": ["accountable"], "priority": "critical", "open": {"subject": "Late"}}]}]}`,
			nil,
		},
		{
			"PromiseIsCheckedInDepth",
			`{"agreement": "a", "type": "SA", "services": ["s"], "cost": "0", "ready": "r", "renewal": [0], "warnings": ["due"],
				"norms": [{"type": "incident", "named": [{"name": "look", "target": "0h", "start": {}, "stop": {"step": "plan_change"}}]}]}`,
			[]string{
				`/fields/norms/0/named/0/start: must not be empty`,
				`/fields/norms/0/named/0/stop/step: never holds: plan_change is no step of recover`,
				`/fields/norms/0/named/0/target: "0h" is not longer than zero`,
				`/fields/renewal: has no last day to be ahead of: valid_until is absent`,
				`/fields/renewal/0: must be at least 1, not 0`,
				`/fields/warnings/0: a warning comes before the target is used up, not at "due"`,
			},
		},
		{
			"OfferAsksNoOtherSystem",
			`{"agreement": "a", "type": "SA", "services": ["s"], "cost": "0", "ready": "r",
				"escalation": [{"notify": ["p"], "request": {"url": "https://example.org"}}]}`,
			[]string{"/fields/escalation/0/request: is not known here"},
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			var fields map[string]any
			require.NoError(t, json.Unmarshal([]byte(c.fields), &fields))
			require.Equal(t, c.want, mistakes(t, steps.Validate(usm.DraftOffer, "", fields)))
		})
	}
}
