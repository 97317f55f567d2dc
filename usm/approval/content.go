package approval

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Content is what is shown to be approved: {"call": {number, type, subject, description, requester, service, components,
// category, impact, urgency, priority}, "fields": what the steps so far and the request recorded, "proposal": {step, outcome,
// fields, note}}, all as plain JSON values. Each of these names is always there, so that a condition can ask for it.
func Content(call usm.Call, fields map[string]any, proposed usm.Action) map[string]any {
	components := []any{}
	for _, id := range call.Components {
		components = append(components, id)
	}
	return map[string]any{
		"call": map[string]any{
			"number": call.Number, "type": string(call.Type), "subject": call.Subject, "description": call.Description,
			"requester": call.Requester, "service": call.Service, "components": components, "category": call.Category,
			"impact": string(call.Impact), "urgency": string(call.Urgency), "priority": string(call.Priority),
		},
		"fields": object(fields),
		"proposal": map[string]any{
			"step": string(proposed.Step), "outcome": string(proposed.Outcome), "fields": object(proposed.Fields), "note": proposed.Text,
		},
	}
}

// object returns an object as plain JSON values; empty when it is none.
func object(fields map[string]any) map[string]any {
	value, _ := plain(fields).(map[string]any)
	if value == nil {
		return map[string]any{}
	}
	return value
}

// plain returns a value as JSON gives it back; nil when JSON has no such value.
func plain(value any) any {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var given any
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil
	}
	return given
}

// Amount is the number that conditions and delegations know as amount: of the content's proposal.fields.amount, else of
// fields.amount, else 0. A text that is a number counts. One that is given and is no number is more than every number: what
// nobody can read is not a small sum.
func Amount(content map[string]any) float64 {
	proposal, _ := content["proposal"].(map[string]any)
	for _, parent := range []map[string]any{proposal, content} {
		fields, _ := parent["fields"].(map[string]any)
		switch given := plain(fields["amount"]).(type) {
		case nil:
		case float64:
			return given
		case string:
			if given = strings.TrimSpace(given); given == "" {
				continue
			}
			if number, err := strconv.ParseFloat(given, 64); err == nil && !math.IsNaN(number) {
				return number
			}
			return math.Inf(1)
		default:
			return math.Inf(1)
		}
	}
	return 0
}
