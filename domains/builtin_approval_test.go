package domains_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/usm/clock"
)

// askedBy is for each policy of the five a call that it asks for: fields of the request, and what else of the call matters.
var askedBy = map[string]struct {
	fields   map[string]any
	call     usm.NewCall
	category string
	outcome  usm.Outcome
}{
	"it/costly-change":           {fields: map[string]any{"amount": 5000}},
	"it/release-with-downtime":   {fields: map[string]any{"downtime": true}},
	"it/wipe-device":             {fields: map[string]any{"wipe": true}, call: usm.NewCall{Components: []string{"lap-1043"}}},
	"it/price":                   {fields: map[string]any{"amount": "10000"}},
	"it/accepted-risk":           {fields: map[string]any{"amount": 25000}, outcome: usm.AcceptRisk},
	"hr/council":                 {fields: map[string]any{"council": true}},
	"hr/pay-run":                 {fields: map[string]any{"amount": 1000}, call: usm.NewCall{Service: "payroll-service"}},
	"hr/learning-budget":         {fields: map[string]any{"amount": 900.5}, call: usm.NewCall{Service: "learning-service"}},
	"hr/structural-cost":         {fields: map[string]any{"amount": 20000}},
	"facilities/fire-safety":     {fields: map[string]any{"fire_compartment": "A3"}},
	"facilities/costly-move":     {fields: map[string]any{"amount": 20000}},
	"facilities/evening-opening": {fields: map[string]any{"amount": 5000}},
	"facilities/event-with-crowd": {
		fields: map[string]any{"visitors": 300}, call: usm.NewCall{Service: "workspace"},
	},
	"healthcare/device-purchase": {fields: map[string]any{"amount": 300000}},
	"healthcare/record-on-duty": {
		fields: map[string]any{"relation": "on duty"}, call: usm.NewCall{Service: "records-service"},
	},
	"healthcare/firmware":         {fields: map[string]any{"firmware": "3.5"}, call: usm.NewCall{Service: "equipment-service"}},
	"healthcare/accepted-harm":    {category: "safety", outcome: usm.AcceptRisk},
	"finance/permit-pre-approver": {fields: map[string]any{"route": []any{"pre-approver", "supervisor"}}},
	"finance/permit-administration": {
		fields: map[string]any{"route": []any{"administration"}},
	},
	"finance/permit-budget-owner": {fields: map[string]any{"route": []any{"budget-owner"}}},
	"finance/permit-supervisor":   {fields: map[string]any{"route": []any{"supervisor"}}},
	"finance/permit-director":     {fields: map[string]any{"route": []any{"director"}}},
	"finance/permit-audit":        {fields: map[string]any{"route": []any{"audit"}}},
	"finance/payment-limit":       {fields: map[string]any{"amount": 25000}, call: usm.NewCall{Service: "payables"}},
	"finance/unconfirmed-account": {fields: map[string]any{"account": "0815"}},
	"finance/reallocation":        {fields: map[string]any{"amount": 10000}, category: "budget"},
}

func TestBuiltinApprovals(t *testing.T) {
	t.Parallel()

	t.Run("AskNothingOfAnOrdinaryCall", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, d usm.Domain) {
			t.Helper()
			for _, process := range usm.Processes() {
				for _, step := range process.Steps() {
					for _, category := range d.Categories {
						for _, priority := range usm.Priorities() {
							body := steps.Example(step, "", steps.Context{Category: category.ID})
							fields, _ := body["fields"].(map[string]any)
							outcome, _ := body["outcome"].(string)
							call := usm.Call{NewCall: usm.NewCall{Impact: usm.High, Urgency: usm.High}, Category: category.ID, Priority: priority}
							content := approval.Content(call, fields, usm.Action{Step: step, Outcome: usm.Outcome(outcome), Fields: fields})
							require.Empty(t, approval.Selected(d.Approvals, step, content), "%s %s %s", step, category.ID, priority)
						}
					}
				}
			}
		})
	})

	t.Run("AskSomebodyWhoCanAnswer", func(t *testing.T) {
		t.Parallel()
		asked := 0
		for id, d := range all(t) {
			for _, policy := range d.Approvals {
				example, known := askedBy[id+"/"+policy.ID]
				require.True(t, known, "an example for %s/%s", id, policy.ID)
				asked++
				for _, step := range policy.Steps {
					opened := opens(t, d, policy, step, approval.Content(
						usm.Call{NewCall: requested(d, example.call, example.fields), Category: example.category}, example.fields,
						usm.Action{Step: step, Outcome: example.outcome},
					))
					require.Empty(t, opened.Stuck, policy.ID)
					require.NotEmpty(t, opened.Members, policy.ID)
				}
			}
		}
		require.Len(t, askedBy, asked, "no example without a policy")
	})

	t.Run("ShowEveryWayToApprove", func(t *testing.T) {
		t.Parallel()
		found := map[string]bool{}
		for _, d := range all(t) {
			for _, policy := range d.Approvals {
				noteFeatures(found, policy)
			}
		}
		require.Equal(t, []string{
			"abort", "any", "approve_by_silence", "calendar", "component_owner", "count", "customer", "emergency", "escalate", "escalation",
			"groups", "manager", "manager_of_manager", "mandatory", "material", "meaning", "percentage", "person", "profile", "reject",
			"reminders", "service_owner", "stages", "step_up", "substitute", "weight",
		}, slices.Sorted(maps.Keys(found)))
	})
}

// requested is a request of somebody who has a manager in the domain.
func requested(d usm.Domain, call usm.NewCall, fields map[string]any) usm.NewCall {
	i := slices.IndexFunc(d.People, func(p usm.Person) bool { return p.Customer != "" && p.Manager != "" })
	call.Domain, call.Requester, call.Fields = d.ID, d.People[i].ID, fields
	return call
}

// opens asks for the approval of a policy for a content, proposed by somebody who may perform the step.
func opens(t *testing.T, d usm.Domain, policy usm.ApprovalPolicy, step usm.Step, content map[string]any) usm.Approval {
	t.Helper()
	require.Contains(t, approval.Selected(d.Approvals, step, content), policy)
	call, _ := content["call"].(map[string]any)
	world := approval.World{Directory: approval.Directory{Domain: d}, Now: time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC)}
	for _, component := range d.Components {
		if ids, _ := call["components"].([]any); slices.Contains(ids, any(component.ID)) {
			world.Components = append(world.Components, component)
		}
	}
	for _, person := range d.People {
		if person.ID == call["requester"] {
			world.Customer = person.Customer
		}
	}
	world.Calendar, world.Hours = measure(t, d, policy.Calendar), measure(t, d, "")
	responsible := d.Procedure(step.Process()).Rule(step).Responsible
	proposer := slices.IndexFunc(d.People, func(p usm.Person) bool {
		return !p.Inactive && slices.ContainsFunc(p.Profiles, func(held string) bool { return slices.Contains(responsible, held) })
	})
	opened, err := approval.Open(usm.Approval{
		ID: "SRQ-000001.1", Domain: d.ID, Step: step, Policy: policy, Content: content, By: usm.Actor{Person: d.People[proposer].ID},
	}, world)
	require.NoError(t, err, policy.ID)
	return opened
}

// measure compiles a calendar of the domain.
func measure(t *testing.T, d usm.Domain, id string) *clock.Calendar {
	t.Helper()
	calendar := usm.Calendar{Always: true}
	for _, c := range append(d.Calendars, d.Calendar) {
		if c.ID == id {
			calendar = c
		}
	}
	if calendar.TimeZone == "" {
		calendar.TimeZone = d.TimeZone
	}
	compiled, err := clock.Compile(calendar)
	require.NoError(t, err)
	return compiled
}

func noteFeatures(found map[string]bool, policy usm.ApprovalPolicy) {
	for name, used := range map[string]bool{
		"calendar": policy.Calendar != "", "material": policy.Material != nil, "reminders": policy.Reminders != nil,
		"substitute": policy.Substitute != nil, "escalation": policy.Escalation != nil,
		"meaning": policy.Meaning != "", "step_up": policy.StepUp != "", "emergency": policy.Emergency != nil,
		string(policy.Expiry): policy.Expiry != "",
	} {
		if used {
			found[name] = true
		}
	}
	approvers := slices.Clone(policy.Escalate)
	var visit func(q usm.Quorum)
	visit = func(q usm.Quorum) {
		approvers = append(approvers, q.Approvers...)
		switch {
		case q.Need == "any":
			found["any"] = true
		case strings.HasSuffix(q.Need, "%"):
			found["percentage"] = true
		case strings.HasPrefix(q.Need, "weight"):
			found["weight"] = true
		case q.Need != "" && q.Need != "all":
			found["count"] = true
		}
		if q.Stages != nil {
			found["stages"] = true
		}
		if q.Groups != nil {
			found["groups"] = true
		}
		for _, part := range slices.Concat(q.Stages, q.Groups) {
			visit(part)
		}
	}
	visit(policy.Require)
	for _, who := range approvers {
		if who.Mandatory {
			found["mandatory"] = true
		}
		switch {
		case who.Person != "":
			found["person"] = true
		case who.Profile != "":
			found["profile"] = true
		default:
			found[string(who.Role)] = true
		}
	}
}
