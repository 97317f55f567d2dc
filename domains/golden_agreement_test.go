package domains_test

import "testing"

func TestMistakesOfPromises(t *testing.T) {
	t.Parallel()
	const pauses, row, warnings = "pause: [answer, hold]", "- {type: service_request, calendar: 24x7,", "warnings: [75%, 1h]"
	const ladder, look = "{at: 90%, notify: [accountable, lead], reassign: [desk]}", "stop: {event: step_finished, step: analyse_incident}"
	cases := []struct{ claim, old, with, want string }{
		{
			"UnknownCalendarOfAnAgreement", "calendar: night", "calendar: day",
			`lab.yaml:47:5: agreements[0].calendar: unknown calendar "day"`,
		},
		{
			"UnknownCalendarOfANorm", "calendar: 24x7", "calendar: 24x5",
			`lab.yaml:62:33: agreements[0].norms[1].calendar: unknown calendar "24x5"`,
		},
		{
			"UnknownCalendarOfANamedNorm", "{name: look,", "{name: look, calendar: day,",
			`lab.yaml:55:26: agreements[0].norms[0].named[0].calendar: unknown calendar "day"`,
		},
		{
			"NoTarget", "update: 2h", "update: soon",
			`lab.yaml:52:9: agreements[0].norms[0].update: "soon" is neither business time such as 4h or 1h30m nor`,
		},
		{"NegativeTarget", "update: 2h", "update: -2h", `lab.yaml:52:9: agreements[0].norms[0].update: "-2h" is not longer than zero`},
		{
			"AbsurdTarget", "update: 2h", "update: 90000h",
			`lab.yaml:52:9: agreements[0].norms[0].update: "90000h" is longer than ten years`,
		},
		{
			"TargetThatItsCalendarNeverReaches", "update: 2h", "update: 80000h",
			`lab.yaml:52:9: agreements[0].norms[0].update: is not used up within ten years: its calendar opens too little for 80000h`,
		},
		{"NoTimeOfTheDay", "05:00", "25:00", `lab.yaml:55:26: agreements[0].norms[0].named[0].target: "25:00" is not a time of the day`},
		{
			"NormTwice", row, "- {type: incident, priority: high,",
			`lab.yaml:62:42: agreements[0].norms[1].handling: handling is promised for incident high already`,
		},
		{
			"NormWithoutPromise", "handling: 2 business days end, ", "",
			`lab.yaml:62:9: agreements[0].norms[1]: must promise a reaction, update or handling time, or a named one`,
		},
		{
			"UnknownReason", pauses, "pause: [answer, rain]",
			`lab.yaml:56:25: agreements[0].norms[0].pause[1]: unknown reason to pause "rain"`,
		},
		{
			"UnknownReasonOfANamedNorm", "{name: look,", "{name: look, pause: [rain],",
			`lab.yaml:55:34: agreements[0].norms[0].named[0].pause[0]: unknown reason to pause "rain"`,
		},
		{
			"UnknownReasonInAMoment", look, "stop: {event: resumed, reason: rain}",
			`lab.yaml:55:103: agreements[0].norms[0].named[0].stop.reason: unknown reason to pause "rain"`,
		},
		{
			"ReasonThatExistsEverywhere", "{id: trial,", "{id: answer,",
			`lab.yaml:14:6: pauses[1].id: the reason "answer" exists everywhere: a norm names it in its pause`,
		},
		{"ReasonTwice", "{id: trial,", "{id: hold,", `lab.yaml:14:6: pauses[1].id: the id "hold" is taken already`},
		{
			"ReasonThatNeverHolds", "while: {opened: review_recovery}", "while: {opened: hope}",
			`lab.yaml:14:48: pauses[1].while.opened: "hope" is not one of the 37 steps`,
		},
		{
			"NameTaken", "{name: look,", "{name: handling,",
			`lab.yaml:55:14: agreements[0].norms[0].named[0].name: the name "handling" is taken already`,
		},
		{
			"NoName", "{name: look,", "{name: a look,",
			`lab.yaml:55:14: agreements[0].norms[0].named[0].name: must be lower-case letters, digits and hyphens`,
		},
		{"NoStart", "start: {event: opened}", "start: {}", `lab.yaml:55:56: agreements[0].norms[0].named[0].start: must not be empty`},
		{
			"StopAtTheStart", look, "stop: {event: opened}",
			`lab.yaml:55:80: agreements[0].norms[0].named[0].stop: must be another moment than the start`,
		},
		{
			"StepOfAnotherProcess", look, "stop: {step: plan_change}",
			`lab.yaml:55:87: agreements[0].norms[0].named[0].stop.step: never holds: plan_change is no step of recover`,
		},
		{
			"OutcomeThatTheStepDoesNotHave", look, "stop: {step: analyse_incident, outcome: agreed}",
			`lab.yaml:55:111: agreements[0].norms[0].named[0].stop.outcome: never holds: no such step decides "agreed"`,
		},
		{
			"EventThatIsNone", look, "stop: {event: hope}",
			`lab.yaml:55:87: agreements[0].norms[0].named[0].stop.event: must be one of opened, step_finished, forked,`,
		},
		{
			"WarningAtTheTarget", warnings, "warnings: [100%]",
			`lab.yaml:57:20: agreements[0].norms[0].warnings[0]: a warning comes before the target is used up, not at "100%"`,
		},
		{
			"WarningBeforeTheStart", "target: 1 business day 05:00,", "target: 1h, warnings: [2h],",
			`lab.yaml:55:49: agreements[0].norms[0].named[0].warnings[0]: "2h" is not after the start of any of its targets: the longest is 1h`,
		},
		{
			"NoWarning", warnings, "warnings: [half]",
			`lab.yaml:57:20: agreements[0].norms[0].warnings[0]: "half" is neither a share such as 75%, nor time before or`,
		},
		{
			"WarningsTwice", warnings, "warnings: [75%, 75%]",
			`lab.yaml:57:9: agreements[0].norms[0].warnings: must not repeat an item: items 0 and 1 are equal`,
		},
		{
			"EscalationThatDoesNothing", ladder, "{at: 90%, any_time: true}",
			`lab.yaml:59:13: agreements[0].norms[0].escalation[0]: does nothing: give notify, priority, reassign, open or request`,
		},
		{
			"EscalationAtNoTime", ladder, "{at: later, notify: [lead]}",
			`lab.yaml:59:14: agreements[0].norms[0].escalation[0].at: "later" is neither a share such as 75%, nor time`,
		},
		{
			"UnknownProfileToNotify", ladder, "{notify: [accountable, boss]}",
			`lab.yaml:59:36: agreements[0].norms[0].escalation[0].notify[1]: unknown profile "boss"`,
		},
		{
			"UnknownProfileToReassignTo", ladder, "{reassign: [accountable]}",
			`lab.yaml:59:25: agreements[0].norms[0].escalation[0].reassign[0]: unknown profile "accountable"`,
		},
		{
			"PriorityThatIsNoHigher", "priority: critical, open", "priority: high, open",
			`lab.yaml:60:14: agreements[0].norms[0].escalation[1].priority: raises nothing: these calls are high already`,
		},
		{
			"RiskOfAnUnknownService", "service: bench, components: [saw]}}", "service: desk}}",
			`lab.yaml:60:56: agreements[0].norms[0].escalation[1].open.service: unknown service "desk"`,
		},
		{
			"RiskOfAnUnknownComponent", "components: [saw]}}", "components: [axe]}}",
			`lab.yaml:60:85: agreements[0].norms[0].escalation[1].open.components[0]: unknown component "axe"`,
		},
		{
			"RequestToAFile", "https://pager", "file://pager",
			`lab.yaml:61:49: agreements[0].norms[0].escalation[2].request.url: must begin with https:// or http://`,
		},
		{
			"TemplateThatDoesNotParse", ".Call.Number", ".Call.Colour",
			`lab.yaml:61:49: agreements[0].norms[0].escalation[2].request.url: 1:33: executing "" at <.Call.Colour>`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			refusesIn(t, clocked, c.old, c.with, c.want)
		})
	}
}

func TestMistakesOfAgreements(t *testing.T) {
	t.Parallel()
	const ola = "{id: ola, type: OLA, provider: crew, services: [bench], under: [uc]}"
	const uc = "{id: uc, type: UC, provider: maker,"
	cases := []struct{ claim, old, with, want string }{
		{
			"Circle", uc, uc + " under: [ola],",
			`lab.yaml:71:49: agreements[2].under[0]: agreements rest on each other in a circle: ola → uc → ola`,
		},
		{
			"RestsOnItself", ola, "{id: ola, type: OLA, provider: crew, services: [bench], under: [ola]}",
			`lab.yaml:70:69: agreements[1].under[0]: agreements rest on each other in a circle: ola → ola`,
		},
		{
			"RestsOnAnSA", ola, "{id: ola, type: OLA, provider: crew, services: [bench], under: [sa]}",
			`lab.yaml:70:69: agreements[1].under[0]: an agreement rests on OLAs and UCs, not on "sa"`,
		},
		{
			"CoverageOfAnOLA", ola, "{id: ola, type: OLA, provider: crew, services: [bench], coverage: [{id: all}]}",
			`lab.yaml:70:61: agreements[1].coverage: belongs to an SA: others cover what the agreements that rest on them do`,
		},
		{"ClauseTwice", "{id: sawyers,", "{id: east,", `lab.yaml:45:10: agreements[0].coverage[1].id: the id "east" is taken already`},
		{
			"SiteAtWhichNobodyWorks", "sites: [East]", "sites: [West]",
			`lab.yaml:44:28: agreements[0].coverage[0].sites[0]: nobody of "school" works at "West"`,
		},
		{"UnknownPerson", "people: [ada]", "people: [eve]", `lab.yaml:45:32: agreements[0].coverage[1].people[0]: unknown person "eve"`},
		{
			"PersonOfAnotherCustomer", "people: [ada]", "people: [ben]",
			`lab.yaml:45:32: agreements[0].coverage[1].people[0]: "ben" is nobody whom "school" authorises`,
		},
		{
			"UnknownComponent", "components: [saw], services", "components: [axe], services",
			`lab.yaml:45:51: agreements[0].coverage[1].components[0]: unknown component "axe"`,
		},
		{
			"UnknownService", "components: [saw], services: [bench]}", "components: [saw], services: [desk]}",
			`lab.yaml:45:68: agreements[0].coverage[1].services[0]: unknown service "desk"`,
		},
		{
			"ServiceThatIsNotAgreed", "components: [saw], services: [bench]}", "components: [saw], services: [forge]}",
			`lab.yaml:45:68: agreements[0].coverage[1].services[0]: the agreement is not about "forge"`,
		},
		{
			"UnknownRequest", "requests: [key]", "requests: [lock]",
			`lab.yaml:46:16: agreements[0].requests[0]: unknown item of the catalogue "lock"`,
		},
		{
			"RequestOfAnotherService", "requests: [key]", "requests: [key, fire]",
			`lab.yaml:46:21: agreements[0].requests[1]: belongs to "forge", which the agreement is not about`,
		},
		{"UnknownUserOfAComponent", "users: [ada]", "users: [eve]", `lab.yaml:73:46: components[0].users[0]: unknown person "eve"`},
		{
			"RenewalOfWhatNeverEnds", "    valid_until: \"2030-12-31\"\n", "",
			`lab.yaml:68:5: agreements[0].renewal: has no last day to be ahead of: valid_until is absent`,
		},
		{"RenewalAfterTheEnd", "renewal: [90, 30]", "renewal: [0]", `lab.yaml:69:15: agreements[0].renewal[0]: must be at least 1, not 0`},
		{
			"EndBeforeTheBeginning", "2030-12-31", "2025-12-31",
			`lab.yaml:68:5: agreements[0].valid_until: must not be before the first day`,
		},
		{
			"RecomputeByDefault", "applies: from_change", "applies: recompute",
			`lab.yaml:66:5: agreements[0].applies: must be one of retroactive or from_change`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			refusesIn(t, clocked, c.old, c.with, c.want)
		})
	}
}
