package domains_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
)

func TestMistakesOfProcedures(t *testing.T) {
	t.Parallel()
	const analyse, review, accept = "{step: analyse_incident, responsible: [desk, lead]}",
		"{step: review_recovery, dispute_to: analyse_incident, confirm_within: 24h}", "{step: accept_request, performer: automatic}"
	const system = "{step: analyse_incident, performer: system, "
	const first, second, third = "lab.yaml:43:", "lab.yaml:44:", "lab.yaml:48:"
	cases := []struct{ claim, old, with, want string }{
		{
			"UnknownProfile", analyse, "{step: analyse_incident, responsible: [desk, boss]}",
			first + `54: procedures[2].steps[0].responsible[1]: unknown profile "boss"`,
		},
		{"StepOfAnotherProcess", analyse, "{step: plan_change}", first + `10: procedures[2].steps[0].step: "plan_change" is no step of recover`},
		{"StepTwice", analyse, "{step: review_recovery}", second + `10: procedures[2].steps[1].step: review_recovery stands here twice`},
		{
			"NoAccountableProfile", "{step: accept_request, performer: automatic}\n  - process: improve\n    default: {accountable: lead, ",
			"{step: accept_request, performer: automatic}\n  - process: improve\n    steps: [{step: close_risk, accountable: lead}]\n    default: {",
			"lab.yaml:49:5: procedures[4]: no accountable profile for identify_risk, classify_risk, determine_cause, select_measure, " +
				"deploy_measure, review_measure, and none in the default",
		},
		{
			"NobodyResponsible", "  - process: change\n    default: {accountable: lead, responsible: [desk]}\n",
			"  - process: change\n    default: {accountable: lead}\n", `lab.yaml:38:5: procedures[1]: no responsible profile for accept_change`,
		},
		{
			"MissingProcedure", "  - process: change\n    default: {accountable: lead, responsible: [desk]}\n", "",
			`lab.yaml:35:1: procedures: no procedure for change`,
		},
		{
			"ProcedureTwice", "process: change\n", "process: agree\n",
			`lab.yaml:35:1: procedures: no procedure for change` + "\n" +
				`lab.yaml:38:5: procedures[1].process: there is a procedure for agree already`,
		},
		{
			"AutomaticWorkWithoutFields", analyse, "{step: analyse_incident, performer: automatic}",
			first + `9: procedures[2].steps[0].fields.diagnosis: is required`,
		},
		{
			"AutomaticDecisionWithoutOutcome", analyse, "{step: prepare_recovery, performer: automatic, fields: {solution: s}}",
			first + `9: procedures[2].steps[0].outcome: is required: one of change, operate or both`,
		},
		{
			"AutomaticCategoryThatIsUnknown", accept, "{step: classify_request, performer: automatic, fields: {category: none}}",
			third + `65: procedures[3].steps[0].fields.category: unknown category "none"`,
		},
		{
			"AutomaticFork", analyse, "{step: recover_service, performer: automatic}",
			first + `33: procedures[2].steps[0].performer: recover_service is finished by the child calls it opens`,
		},
		{
			"FieldsForPeople", analyse, "{step: analyse_incident, fields: {diagnosis: d}}",
			first + `34: procedures[2].steps[0].fields: belongs to an automatic step`,
		},
		{
			"SystemWithoutSignal", analyse, "{step: analyse_incident, performer: system}",
			first + `9: procedures[2].steps[0].signal: is required: the signal that finishes the step`,
		},
		{
			"SystemThatConfirms", review, "{step: review_recovery, performer: system, signal: {name: s, outcome: data.o}}",
			second + `33: procedures[2].steps[1].performer: review_recovery is never performed by a system`,
		},
		{
			"SignalForPeople", analyse, "{step: analyse_incident, signal: {name: s, fields: {diagnosis: data.d}}}",
			first + `34: procedures[2].steps[0].signal: belongs to a step performed by a system`,
		},
		{
			"ExpressionThatDoesNotCompile", analyse,
			system + "signal: {name: s, when: 'data.', fields: {diagnosis: data.d}}}",
			first + `71: procedures[2].steps[0].signal.when: column 6: Syntax error`,
		},
		{
			"SignalWithoutARequiredField", analyse, system + "signal: {name: s}}",
			first + `53: procedures[2].steps[0].signal.fields.diagnosis: is required: analyse_incident needs it`,
		},
		{
			"SignalWithAnUnknownField", analyse,
			system + "signal: {name: s, fields: {diagnosis: data.d, colour: data.c}}}",
			first + `99: procedures[2].steps[0].signal.fields.colour: is not a field of analyse_incident`,
		},
		{
			"TemplateThatDoesNotParse", analyse,
			system + "signal: {name: s, fields: {diagnosis: data.d}}, request: {url: 'https://x/{{.Colour}}'}}",
			first + `111: procedures[2].steps[0].request.url: 1:12: executing`,
		},
		{
			"RequestToAFile", analyse,
			system + "signal: {name: s, fields: {diagnosis: data.d}}, request: {url: 'file:///etc'}}",
			first + `111: procedures[2].steps[0].request.url: must begin with https:// or http://`,
		},
		{
			"AcceptThatDoesNotApply", accept, "{step: accept_request, not_applicable: We accept all.}",
			third + `32: procedures[3].steps[0].not_applicable: accept_request always applies: only a step that decides nothing can be left out`,
		},
		{
			"DisputeToALaterStep", review, "{step: review_recovery, dispute_to: close_incident}",
			second + `33: procedures[2].steps[1].dispute_to: must be an earlier step of recover that people perform, not "close_incident"`,
		},
		{
			"DisputeToTheFork", review, "{step: review_recovery, dispute_to: recover_service}",
			second + `33: procedures[2].steps[1].dispute_to: must be an earlier step of recover that people perform, not "recover_service"`,
		},
		{
			"DisputeOfAWorkStep", analyse, "{step: analyse_incident, dispute_to: accept_incident}",
			first + `34: procedures[2].steps[0].dispute_to: belongs to a review step`,
		},
		{
			"NoTimeToConfirm", "confirm_within: 24h", "confirm_within: 0s",
			second + `63: procedures[2].steps[1].confirm_within: must be a positive duration like 8h or 1h30m`,
		},
		{
			"TimeToCloseOfAReview", "confirm_within: 24h", "close_within: 24h",
			second + `63: procedures[2].steps[1].close_within: belongs to a close step`,
		},
		{
			"DefaultWithAPerformer", "process: change\n    default: {accountable: lead,",
			"process: change\n    default: {performer: automatic, accountable: lead,",
			`lab.yaml:39:15: procedures[1].default.performer: is not known here`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(c.want, "\n") {
				_, err := domains.Parse("lab.yaml", []byte(strings.Replace(small, c.old, c.with, 1)))
				require.EqualError(t, err, c.want)
				return
			}
			refuses(t, c.old, c.with, c.want)
		})
	}
}

func TestMistakesOfResponsibilities(t *testing.T) {
	t.Parallel()
	const row = "{step: analyse_incident, responsible: [desk, lead]}"
	const ofImprove = "process: improve\n    default: {accountable: lead, responsible: [desk]}"
	cases := []struct{ claim, old, with, want string }{
		{
			"AccountableProfileOfNobody", row, "{step: analyse_incident, accountable: nobody}",
			`lab.yaml:50:34: procedures[2].steps[0].accountable: nobody who is active holds "nobody"`,
		},
		{
			"ResponsibleProfilesOfNobody", row, "{step: analyse_incident, responsible: [nobody]}",
			`lab.yaml:50:34: procedures[2].steps[0].responsible: nobody who is active holds nobody`,
		},
		{
			"AccountableProfileOfNobodyByDefault", ofImprove, "process: improve\n    default: {accountable: nobody, responsible: [desk]}",
			`lab.yaml:57:15: procedures[4].default.accountable: nobody who is active holds "nobody"`,
		},
		{
			"ResponsibleProfilesOfNobodyByDefault", ofImprove, "process: improve\n    default: {accountable: lead, responsible: [nobody]}",
			`lab.yaml:57:34: procedures[4].default.responsible: nobody who is active holds nobody`,
		},
		{
			"TwoAccountableProfiles", ofImprove, "process: improve\n    default: {accountable: [lead, desk], responsible: [desk]}",
			`lab.yaml:57:15: procedures[4].default.accountable: must be a text, not a list`,
		},
		{
			"AccountableProfileOfSomebodyWhoHasLeft", row + "\n", "{step: analyse_incident, accountable: gone}\n",
			`lab.yaml:50:34: procedures[2].steps[0].accountable: nobody who is active holds "gone"`,
		},
		{
			"ConflictThatTheOtherProfileNames", "{id: dee, name: Dee, profiles: [desk, board]}", "{id: dee, name: Dee, profiles: [desk, lead]}",
			`lab.yaml:19:43: people[3].profiles[1]: nobody may hold both "desk" and "lead"`,
		},
		{
			"ConflictWhicheverStandsFirst", "{id: dee, name: Dee, profiles: [desk, board]}", "{id: dee, name: Dee, profiles: [lead, desk]}",
			`lab.yaml:19:43: people[3].profiles[1]: nobody may hold both "lead" and "desk"`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			file := strings.Replace(approving, "{id: gil, name: Gil, inactive: true, profiles: [board]}",
				"{id: gil, name: Gil, inactive: true, profiles: [board, gone]}", 1)
			file = strings.Replace(file, "{id: nobody, name: Nobody, class: manager}", "{id: nobody, name: Nobody, class: manager}\n"+
				"  - {id: gone, name: Gone, class: manager}", 1)
			refusesIn(t, file, c.old, c.with, c.want)
		})
	}
}
