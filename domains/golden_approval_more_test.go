package domains_test

import "testing"

func TestMistakesOfWhatBelongsToApprovals(t *testing.T) {
	t.Parallel()
	const steps, within = "steps: [plan_change, release_change]", "    within: 16h\n"
	const escalate, substitute = "[{role: manager_of_manager}, {role: service_owner}]", "approvers: [{person: ben}]"
	const material = "/proposal/fields/plan"
	cases := []struct{ claim, old, with, want string }{
		// Where and when.
		{"UnknownStep", steps, "steps: [plan_party]", `lab.yaml:60:13: approvals[0].steps[0]: "plan_party" is none of the 37 steps`},
		{
			"AcceptStep", steps, "steps: [accept_change]",
			`lab.yaml:60:13: approvals[0].steps[0]: nothing is proposed at accept_change: whether`,
		},
		{
			"ForkStep", steps, "steps: [deploy_change]",
			`lab.yaml:60:13: approvals[0].steps[0]: nothing is proposed at deploy_change: the calls`,
		},
		{
			"ReviewStep", steps, "steps: [review_change]",
			`lab.yaml:60:13: approvals[0].steps[0]: nothing is proposed at review_change: whoever`,
		},
		{"CloseStep", steps, "steps: [close_change]", `lab.yaml:60:13: approvals[0].steps[0]: nothing is proposed at close_change: what`},
		{"NoStep", steps, "steps: []", `lab.yaml:60:5: approvals[0].steps: must have at least one item`},
		{
			"StepThatIsLeftOut", "{step: accept_request, performer: automatic}", "{step: plan_operation, not_applicable: No plans.}",
			`lab.yaml:77:50: approvals[1].steps[0]: nothing is proposed at plan_operation: the procedure leaves it out`,
		},
		{"ConditionThatDoesNotCompile", "amount >= 1000.0", "amount >", `lab.yaml:61:5: approvals[0].when: `},
		{"ConditionThatDecidesNothing", "amount >= 1000.0", "amount * 2.0", `lab.yaml:61:5: approvals[0].when: `},
		{"ConditionOverNothingShown", "amount >= 1000.0", "price > 2.0", `lab.yaml:61:5: approvals[0].when: `},

		// What is shown.
		{
			"NoPointer", material, "proposal.plan",
			`lab.yaml:67:16: approvals[0].material[0]: "proposal.plan" is no JSON pointer (RFC 6901), such`,
		},
		{
			"PointerWithATilde", material, "/fields/~2",
			`lab.yaml:67:16: approvals[0].material[0]: "/fields/~2" is no JSON pointer (RFC 6901), such`,
		},
		{"PointerToNothing", material, "/cost", `lab.yaml:67:16: approvals[0].material[0]: nothing is shown at "/cost": the parts are`},
		{
			"PointerToAMisspeltFact", material, "/call/prioritty",
			`lab.yaml:67:16: approvals[0].material[0]: nothing is shown at "/call/prioritty"`,
		},

		// How long.
		{"TimeThatNobodyReads", "16h", "soon", `lab.yaml:68:5: approvals[0].within: "soon" is neither business time such as 4h or 1h30m`},
		{"UnknownCalendar", within, within + "    calendar: night\n", `lab.yaml:69:5: approvals[0].calendar: unknown calendar "night"`},
		{
			"MoreTimeThanTheCalendarHas", "within: 16h", "within: 87000h",
			`lab.yaml:68:5: approvals[0].within: is not used up within ten years: its calendar opens too little for 87000h`,
		},
		{
			"ReminderThatNobodyReads", "[50%, -2h]", "[50%, often]",
			`lab.yaml:69:22: approvals[0].reminders[1]: "often" is neither a share such as 75%`,
		},
		{
			"ReminderBeforeTheBeginning", "[50%, -2h]", "[50%, -16h]",
			`lab.yaml:69:22: approvals[0].reminders[1]: "-16h" is not after the beginning of`,
		},
		{"ReminderAfterTheEnd", "[50%, -2h]", "[50%, +2h]", `lab.yaml:69:22: approvals[0].reminders[1]: "+2h" is not before the end of the`},
		{
			"EscalationAtTheEnd", "at: 90%", "at: due",
			`lab.yaml:71:19: approvals[0].escalation[0].at: "due" is not before the end of the approval`,
		},
		{
			"EscalationToNobody", "lead]}]\n    expiry", "boss]}]\n    expiry",
			`lab.yaml:71:50: approvals[0].escalation[0].notify[1]: unknown profile "boss"`,
		},
		{
			"EscalationThatReassigns", "at: 90%, ", "at: 90%, reassign: [desk], ",
			`lab.yaml:71:28: approvals[0].escalation[0].reassign: is not known here`,
		},
		{
			"SubstituteAtATime", "after: 75%", "after: -2h",
			`lab.yaml:70:18: approvals[0].substitute.after: "-2h" is not a share of the time such as 75%`,
		},
		{"SubstituteAtTheEnd", "after: 75%", "after: 100%", `lab.yaml:70:18: approvals[0].substitute.after: "100%" is not before the end of`},
		{
			"SubstitutesWhoAreAskedAnyhow", substitute, "approvers: [{person: eve}, {profile: board}]",
			`lab.yaml:70:30: approvals[0].substitute.approvers: leads in a circle: the same people stand in for each other`,
		},
		{
			"UnknownSubstitute", substitute, "approvers: [{person: zoe}]",
			`lab.yaml:70:43: approvals[0].substitute.approvers[0].person: unknown person "zoe"`,
		},
		{
			"SubstituteWhoHasLeft", substitute, "approvers: [{person: gil}]",
			`lab.yaml:70:30: approvals[0].substitute.approvers: names nobody who is active`,
		},

		// What then.
		{
			"UnknownExpiry", "expiry: escalate", "expiry: forget",
			`lab.yaml:72:5: approvals[0].expiry: must be one of reject, escalate, abort or`,
		},
		{
			"EscalateToNobody", "    escalate: " + escalate + "\n", "",
			`lab.yaml:58:5: approvals[0].escalate: is required: who decides when the time is over`,
		},
		{
			"EscalateThatIsNeverDone", "expiry: escalate", "expiry: reject",
			`lab.yaml:73:5: approvals[0].escalate: is never done: expiry is not escalate`,
		},
		{
			"EscalateToTheSamePeople", escalate, "[{role: manager}, {person: cyd}]",
			`lab.yaml:73:5: approvals[0].escalate: leads in a circle: the same people are asked again`,
		},
		{
			"SilenceWithoutAnEnd", "plan_operation], ", "plan_operation], expiry: approve_by_silence, ",
			`lab.yaml:77:67: approvals[1].expiry: has no meaning without within: the approval may take for ever`,
		},
		{
			"RemindersWithoutAnEnd", "plan_operation], ", "plan_operation], reminders: [50%], ",
			`lab.yaml:77:67: approvals[1].reminders: has no meaning without within: the approval may take for ever`,
		},
		{
			"CalendarWithoutTime", "plan_operation], ", "plan_operation], calendar: 24x7, ",
			`lab.yaml:77:67: approvals[1].calendar: has no meaning without within: the approval may take for ever`,
		},

		// Who decides how, and who need not.
		{"SignInOfNoAge", "step_up: 15m", "step_up: 0s", `lab.yaml:74:5: approvals[0].step_up: must be a positive duration like 8h or 1h30m`},
		{"SignInOfAnyAge", "step_up: 15m", "step_up: fresh", `lab.yaml:74:5: approvals[0].step_up: must be a duration like 8h or 1h30m`},
		{"EmergencyWithoutProfiles", "{profiles: [lead], within", "{within", `lab.yaml:76:5: approvals[0].emergency.profiles: is required`},
		{
			"EmergencyOfNobody", "{profiles: [lead], within", "{profiles: [nobody], within",
			`lab.yaml:76:28: approvals[0].emergency.profiles[0]: nobody who is active`,
		},
		{"EmergencyForEver", ", within: 1 business day end", "", `lab.yaml:76:5: approvals[0].emergency.within: is required`},
		{
			"EmergencyOfNoTime", "1 business day end", "tomorrow",
			`lab.yaml:76:35: approvals[0].emergency.within: "tomorrow" is neither business`,
		},

		// Who is whose manager, and who speaks for whom.
		{
			"UnknownManager", "name: Fay, profiles", "name: Fay, manager: zoe, profiles",
			`lab.yaml:20:26: people[5].manager: unknown person "zoe"`,
		},
		{
			"ManagersInACircle", "name: Fay, profiles", "name: Fay, manager: eve, profiles",
			`lab.yaml:19:26: people[4].manager: managers lead in a circle: eve → fay → eve`,
		},
		{"OwnManager", "manager: fay", "manager: eve", `lab.yaml:19:26: people[4].manager: managers lead in a circle: eve → eve`},
		{
			"UnknownRepresentative", "represented_by: [ada]", "represented_by: [ada, zoe]",
			`lab.yaml:22:62: customers[0].represented_by[1]: unknown person "zoe"`,
		},
		{
			"RepresentativeOfAnother", "represented_by: [ada]", "represented_by: [ada, ben]",
			`lab.yaml:22:62: customers[0].represented_by[1]: "ben" is nobody whom`,
		},
		{
			"RepresentedTeam", "{id: crew, name: Crew}", "{id: crew, name: Crew, represented_by: [ada]}",
			`lab.yaml:24:28: teams[0].represented_by: is not known here`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			refusesIn(t, approving, c.old, c.with, c.want)
		})
	}
}
