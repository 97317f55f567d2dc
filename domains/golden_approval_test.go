package domains_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
)

// approving is the small file with people who approve and policies in which everything is used that a policy can say. The
// tests below change a place in it.
var approving = strings.NewReplacer(
	"customer: school, profiles: []", "customer: school, manager: eve, profiles: []",
	"  - {id: cyd, name: Cyd, profiles: [lead]}\n", `  - {id: cyd, name: Cyd, profiles: [lead]}
  - {id: dee, name: Dee, profiles: [desk, board]}
  - {id: eve, name: Eve, manager: fay, profiles: [board]}
  - {id: fay, name: Fay, profiles: [board]}
  - {id: gil, name: Gil, inactive: true, profiles: [board]}
`,
	"customers: [{id: school, name: School}]", "customers: [{id: school, name: School, represented_by: [ada]}]",
	"  - {id: desk, name: Desk, class: operator}\n", `  - {id: desk, name: Desk, class: operator}
  - {id: board, name: Board, class: manager}
  - {id: nobody, name: Nobody, class: manager}
`,
).Replace(small) + `approvals:
  - id: costly
    name: What costs much
    steps: [plan_change, release_change]
    when: amount >= 1000.0
    require:
      stages:
        - {name: First, need: "2", approvers: [{profile: board}, {person: cyd, mandatory: true}]}
        - groups: [{need: weight 5, approvers: [{profile: board, weight: 2}, {role: manager}]}, {need: 60%, approvers: [{role: customer}]}]
          need: any
    material: [/proposal/fields/plan, /call/priority]
    within: 16h
    reminders: [50%, -2h]
    substitute: {after: 75%, approvers: [{person: ben}]}
    escalation: [{at: 90%, notify: [accountable, lead]}]
    expiry: escalate
    escalate: [{role: manager_of_manager}, {role: service_owner}]
    step_up: 15m
    meaning: I answer for the cost
    emergency: {profiles: [lead], within: 1 business day end}
  - {id: small, name: What costs little, steps: [plan_operation], require: {approvers: [{profile: board}], need: any}}
`

func TestMistakesOfApprovals(t *testing.T) {
	t.Parallel()
	const stage, customer = `approvers: [{profile: board}, {person: cyd, mandatory: true}]`, `{role: customer}`
	const last = "steps: [plan_operation], require: {approvers: [{profile: board}], need: any}"
	const first, lastAt = "lab.yaml:64:", "lab.yaml:77:"
	cases := []struct{ claim, old, with, want string }{
		// Who approves.
		{"IDTaken", "{id: small, name: What", "{id: costly, name: What", lastAt + `6: approvals[1].id: the id "costly" is taken already`},
		{
			"UnknownPerson", stage, `approvers: [{profile: board}, {person: zoe}]`,
			first + `67: approvals[0].require.stages[0].approvers[1].person: unknown person "zoe"`,
		},
		{
			"UnknownProfile", stage, `approvers: [{profile: crowd}]`,
			first + `49: approvals[0].require.stages[0].approvers[0].profile: unknown profile "crowd"`,
		},
		{
			"ProfileOfNobody", stage, `approvers: [{profile: nobody}]`,
			first + `49: approvals[0].require.stages[0].approvers[0].profile: nobody who is active holds "nobody"`,
		},
		{
			"MandatoryPersonWhoHasLeft", "person: cyd, mandatory: true", "person: gil, mandatory: true",
			first + `67: approvals[0].require.stages[0].approvers[1].person: "gil" has left and has no manager: what he has to`,
		},
		{
			"PersonAndProfile", "{person: cyd, mandatory: true}", "{person: cyd, profile: board}",
			first + `66: approvals[0].require.stages[0].approvers[1]: must have exactly one of person, profile and role`,
		},
		{
			"UnknownRole", customer, "{role: owner}",
			"lab.yaml:65:122: approvals[0].require.stages[1].groups[1].approvers[0].role: must be one of manager, manager_of_manager, " +
				"service_owner, component_owner or customer",
		},
		{
			"RoleOfNobody", customer, "{role: component_owner}",
			"lab.yaml:65:122: approvals[0].require.stages[1].groups[1].approvers[0].role: names nobody: no component is owned by a person, " +
				"or by a profile that anybody active holds",
		},
		{
			"ManagerOfNobody", "manager: fay, ", "",
			`lab.yaml:73:17: approvals[0].escalate[0].role: names nobody: nobody of the domain has a manager who has one`,
		},
		{
			"CustomerWhomNobodyRepresents", ", represented_by: [ada]", "",
			"lab.yaml:65:122: approvals[0].require.stages[1].groups[1].approvers[0].role: names nobody: no customer is represented",
		},
		{
			"ServiceOwnerOfNobody", "    owner: lead\n", "",
			`lab.yaml:72:45: approvals[0].escalate[1].role: names nobody: no service has an owner whose profile anybody active holds`,
		},

		// How many.
		{
			"MoreThanThereAre", `need: "2"`, `need: "5"`,
			first + `25: approvals[0].require.stages[0].need: can never be met: 5 are needed, and of the people who are asked 4 are active`,
		},
		{
			"MoreWeightThanThereIs", "need: weight 5", "need: weight 8",
			"lab.yaml:65:21: approvals[0].require.stages[1].groups[0].need: can never be met: weight 8 is needed, and the active people " +
				"who are asked have 7 together",
		},
		{
			"MoreGroupsThanThereAre", "          need: any\n", "          need: \"3\"\n",
			`lab.yaml:66:11: approvals[0].require.stages[1].need: can never be met: 3 groups are needed, and there are 2`,
		},
		{
			"NobodyActive", "{profile: board}], need: any", "{person: gil}]",
			lastAt + `77: approvals[1].require.approvers: can never be met: nobody who is asked is active`,
		},
		{
			"NeedThatNobodyReads", "need: weight 5", "need: most",
			"lab.yaml:65:21: approvals[0].require.stages[1].groups[0].need: \"most\" is neither all, any, a number, a percentage such as " +
				"60% nor a sum such as \"weight 5\"",
		},
		{
			"NeedOfNone", `need: "2"`, `need: "0"`,
			first + `25: approvals[0].require.stages[0].need: "0" is neither all, any, a number, a percentage such as 60%`,
		},
		{"NeedThatIsANumber", `need: "2"`, `need: 2`, first + `25: approvals[0].require.stages[0].need: must be a text, not a number`},
		{
			"ShareOfMoreThanAll", `need: 60%`, `need: 101%`,
			`lab.yaml:65:98: approvals[0].require.stages[1].groups[1].need: "101%" is neither all, any, a number, a percentage such as 60%`,
		},
		{
			"SomeOfTheStages", "      stages:\n", "      need: any\n      stages:\n",
			`lab.yaml:63:7: approvals[0].require.need: stages are all needed, one after the other: "any" belongs to groups or approvers`,
		},
		{
			"WeightOfGroups", "          need: any\n", "          need: weight 2\n",
			`lab.yaml:66:11: approvals[0].require.stages[1].need: groups have no weight: only approvers do`,
		},
		{
			"WeightThatCountsNowhere", "mandatory: true", "weight: 2",
			first + `80: approvals[0].require.stages[0].approvers[1].weight: counts nowhere: the need is no sum of weights, such as weight 5`,
		},
		{
			"StagesAndApprovers", "      stages:\n", "      approvers: [{person: cyd}]\n      stages:\n",
			`lab.yaml:62:5: approvals[0].require: must have exactly one of stages, groups and approvers`,
		},
		{
			"NoApprovers", "require: {approvers: [{profile: board}], need: any}", "require: {need: any}",
			lastAt + `67: approvals[1].require: must have exactly one of stages, groups and approvers`,
		},
		{"NoRequire", ", require: {approvers: [{profile: board}], need: any}", "", lastAt + `5: approvals[1].require: is required`},
		{
			"WhoeverProposesIsAmongThem", last,
			`steps: [plan_change], require: {approvers: [{person: ben}, {person: dee}, {person: cyd}], need: "3"}`,
			lastAt + `64: approvals[1].require: can never be met at plan_change: whoever proposes it, or has prepared it, approves nothing of it`,
		},
		{
			"WhoeverPreparedItIsAmongThem", last,
			`steps: [release_change], require: {approvers: [{person: ben}, {person: dee}, {person: cyd}], need: "2"}`,
			lastAt + `67: approvals[1].require: can never be met at release_change: whoever proposes it, or has prepared it`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			refusesIn(t, approving, c.old, c.with, c.want)
		})
	}
}

func TestApproving(t *testing.T) {
	t.Parallel()
	domain, err := domains.Parse("lab.yaml", []byte(approving))
	require.NoError(t, err)
	comesBack(t, domain)
}
