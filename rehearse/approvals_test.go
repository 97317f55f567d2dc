package rehearse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/usm"
)

// bySupervisor is the policy of the supervisor in testdata/permits.yaml, for replacing it.
const bySupervisor = "require: {need: any, approvers: [{role: manager}]}"

func TestAPermitUnderAPolicy(t *testing.T) {
	t.Parallel()
	granted := []string{"a 900 1 09:00 submitted", "a 900 1 10:00 administration yes", "a 900 2 10:00 supervisor yes"}
	late := []string{"a 900 1 09:00 submitted", "a 900 1 10:00 supervisor yes", "a 900 5 11:00 director yes"}
	asked := []string{"b 1500 1 09:00 submitted", "b 1500 1 10:00 supervisor yes"}
	const byDirector = "require: {need: any, approvers: [{profile: director}]}"
	for name, test := range map[string]struct {
		replace []string
		rows    []string
		ends    string
		why     string
	}{
		"EndsAsInTheLogWhenTheyAskTheSame": {nil, granted, "approved → approved", ""},
		"GoesThroughWhenNobodyIsAsked": {
			[]string{`"administration" in fields.route`, "false", `"supervisor" in fields.route`, "amount > 1000.0"},
			append(granted, asked...),
			"approved → approved, approved → unasked", "no policy asks",
		},
		"WaitsForWhoIsAskedAndNeverAnswered": {
			[]string{`has(fields.route) && "director" in fields.route`, "amount >= 900.0"},
			granted,
			"approved → open", "permit-director: waits for director",
		},
		"WaitsForWhoIsNoRoleOfTheLog": {
			[]string{bySupervisor, "require: {groups: [{approvers: [{role: manager}]}, {approvers: [{person: pim}, {person: cleo}]}]}"},
			granted,
			"approved → open", "permit-supervisor: waits for pim, cleo",
		},
		"NeedsASecondAnswerOfARole": {
			[]string{byDirector, `require: {need: "2", approvers: [{profile: director}]}`},
			late,
			"approved → open", "permit-director: waits for director",
		},
		"IsRejectedByAllOfARole": {
			nil, []string{"a 900 1 09:00 submitted", "a 900 1 10:00 director no"}, "rejected → rejected", "",
		},
		"DoesNotTellWhomARejectionKeptFromBeingAsked": {
			[]string{`"administration" in fields.route`, "amount > 2000.0"},
			append([]string{"a 900 1 09:00 submitted", "a 900 1 10:00 administration no"}, asked...),
			"approved → approved, rejected → open", "the log does not tell who else would have been asked, since administration rejected it",
		},
		"EndsWithTheRoundThatGoesThrough": {
			nil,
			[]string{
				"a 900 1 09:00 submitted", "a 900 1 10:00 supervisor no", "a 900 2 09:00 submitted", "a 900 2 10:00 supervisor yes",
			},
			"approved → approved", "",
		},
		"IsAskedAgainWhenItIsSubmittedAgain": {
			[]string{`"administration" in fields.route`, "false", `has(fields.route) && "supervisor" in fields.route`, "amount > 0.0"},
			[]string{
				"a 900 1 09:00 submitted", "a 900 1 10:00 administration no", "a 900 2 09:00 submitted", "a 900 2 10:00 supervisor yes",
			},
			"approved → approved", "",
		},
		"ExpiresWhenTheAnswerTookLonger": {
			[]string{byDirector, byDirector + "\n    within: 8h"},
			late,
			"approved → expired", "permit-director: its time was over at 2017-05-02 09:30 CEST",
		},
		"IsAbortedWhereThePolicySaysSo": {
			[]string{byDirector, byDirector + "\n    within: 8h\n    expiry: abort"}, late, "approved → aborted", "the call is aborted",
		},
		"IsApprovedBySilenceWhereThePolicySaysSo": {
			[]string{byDirector, byDirector + "\n    within: 8h\n    expiry: approve_by_silence"}, late, "approved → approved", "",
		},
		"WaitsForThoseToWhomItIsEscalated": {
			[]string{byDirector, byDirector + "\n    within: 8h\n    expiry: escalate\n    escalate: [{person: cleo}]"},
			late,
			"approved → open", "permit-director: waits for cleo",
		},
		"NeverExpiresForWantOfAnAnswerThatNobodyKnows": {
			[]string{`has(fields.route) && "director" in fields.route`, "amount > 0.0", byDirector, byDirector + "\n    within: 8h"},
			granted,
			"approved → open", "permit-director: waits for director",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := decided(t, permits(t, travel(t, "permits.yaml", test.replace...), test.rows...))
			require.Equal(t, test.ends, strings.Join(ends(r), ", "))
			require.Equal(t, test.why != "", len(r.Examples) == 1, r.Examples)
			for _, e := range r.Examples {
				require.Contains(t, e.Why, test.why)
			}
		})
	}
}

func TestAnswersKeepTheTimeThatTheyTook(t *testing.T) {
	t.Parallel()
	rows := []string{
		"a 900 1 09:00 submitted", "a 900 1 16:00 budget-owner yes", "a 900 2 10:00 supervisor yes", "a 900 2 08:00 starts",
	}
	before := decided(t, permits(t, travel(t, "permits.yaml"), rows...))
	require.Equal(t, 1, before.Outcomes[0].Late)
	require.Equal(t, "2h30m", role(t, before, "supervisor").Waited.String(), "one hour on Monday, and from half past eight")

	after := decided(t, permits(t, travel(t, "permits_proposal.yaml"), rows...))
	require.Equal(t, []string{"approved → approved"}, ends(after))
	require.Equal(t, rehearse.OutcomeRow{Log: "approved", Now: "approved", Cases: 1, LogLate: 1}, after.Outcomes[0], "on Monday at 11:30")
	supervisor := role(t, after, "supervisor")
	require.Equal(t, "2h30m", supervisor.Waited.String())
	require.Zero(t, supervisor.Late)
	require.Equal(t, rehearse.RoleRow{Role: "budget-owner", Band: "500 to 1000", Log: 1, Unneeded: 1}, role(t, after, "budget-owner"))
}

func TestThoseAskedAtTheSameTimeAnswerSideBySide(t *testing.T) {
	t.Parallel()
	domain := travel(t, "permits.yaml", bySupervisor,
		"require: {groups: [{approvers: [{role: manager}]}, {need: any, approvers: [{profile: budget-owner}]}]}",
		`"budget-owner" in fields.route`, "false")
	r := decided(t, permits(t, domain, "a 900 1 09:00 submitted", "a 900 1 12:00 budget-owner yes", "a 900 1 14:00 supervisor yes"))
	require.Equal(t, []string{"approved → approved"}, ends(r))
	require.Equal(t, "3h", r.Policies[3].Waited.String(), "the supervisor took two, the owner of the budget three")
}

func TestWhoIsKeptApartIsCounted(t *testing.T) {
	t.Parallel()
	domain := travel(t, "permits.yaml", bySupervisor, "require: {need: any, approvers: [{profile: travel-officer}]}")
	r := decided(t, permits(t, domain, "a 900 1 09:00 submitted", "a 900 1 10:00 supervisor yes"))
	require.Equal(t, []string{"approved → open"}, ends(r), "Tess proposes what comes to approval, and there is nobody else")
	row := r.Policies[3]
	require.Equal(t, rehearse.PolicyRow{Policy: "permit-supervisor", Asked: 1, Open: 1, Stuck: 1, Apart: 1}, row)
}

func TestWhatBecomesOfAnswers(t *testing.T) {
	t.Parallel()
	domain := travel(t, "permits.yaml",
		"approvers: [{profile: finance-desk}]}", "approvers: [{profile: finance-desk}]}\n    within: 4h")
	r := decided(t, permits(t, domain,
		"a 900 1 09:00 submitted", "a 900 2 10:00 administration yes", "a 900 2 12:00 supervisor yes", "b 100 1 09:00 starts"))
	require.Equal(t, []string{"approved → expired"}, ends(r))
	require.Equal(t, 1, r.Undecided)
	require.Equal(t, 1, role(t, r, "administration").Overdue)
	require.Equal(t, 1, role(t, r, "supervisor").Unreached)
	require.Equal(t, usm.PlanOperation, r.Step)
	require.Nil(t, role(t, r, "supervisor").Waited)
}

func TestAProposedPolicyIsHeldAgainstAnother(t *testing.T) {
	t.Parallel()
	now := travel(t, "permits.yaml")
	o := permits(t, travel(t, "permits_proposal.yaml"),
		"cheap 900 1 09:00 submitted", "cheap 900 1 10:00 budget-owner yes", "cheap 900 1 12:00 supervisor yes",
		"dear 3000 1 09:00 submitted", "dear 3000 1 10:00 supervisor yes",
		"same 1500 1 09:00 submitted", "same 1500 1 10:00 budget-owner yes", "same 1500 1 11:00 supervisor yes")
	o.Against = &now
	against := decided(t, o).Against
	require.Equal(t, 2, against.Same)
	require.Equal(t, []rehearse.OutcomeChange{{Was: "approved", Now: "open", Cases: 1}}, against.Outcomes)
	require.Equal(t, "dear", against.Examples[0].Case)
	require.Len(t, against.Roles, 2, "nothing that stays: %v", against.Roles)
	hour := usm.Span(time.Hour)
	require.Equal(t, rehearse.RoleChange{
		Role: "budget-owner", Band: "500 to 1000",
		Was: rehearse.RoleRow{Role: "budget-owner", Band: "500 to 1000", Log: 1, Counted: 1, Waited: &hour, Slow: &hour},
		Now: rehearse.RoleRow{Role: "budget-owner", Band: "500 to 1000", Log: 1, Unneeded: 1},
	}, against.Roles[0])
	require.Equal(t, 1, against.Roles[1].Now.Missing)
}

func TestRoundsOfAPermit(t *testing.T) {
	t.Parallel()
	rows := []string{
		"a 900 1 09:00 submitted", "a 900 1 16:00 supervisor yes", "a 900 2 10:00 director no",
		"a 900 2 10:30 submitted", "a 900 2 11:00 supervisor yes",
	}

	t.Run("EndWithTheFirstThatGoesThrough", func(t *testing.T) {
		t.Parallel()
		domain := travel(t, "permits.yaml", `"director" in fields.route`, "false", `"audit" in fields.route`, "false")
		r := decided(t, permits(t, domain, rows...))
		require.Equal(t, []string{"approved → approved"}, ends(r))
		require.Equal(t, 1, r.Policies[3].Asked, "the second round would not have been")
		require.Equal(t, 1, role(t, r, "supervisor").Unneeded)
	})

	t.Run("EndWhenItIsSubmittedAgain", func(t *testing.T) {
		t.Parallel()
		domain := travel(t, "permits.yaml", "require: {need: any, approvers: [{profile: pre-approver}]}", bySupervisor,
			`has(fields.route) && "pre-approver" in fields.route`, "amount > 0.0")
		r := decided(t, permits(t, domain, rows...))
		require.Equal(t, []string{"approved → approved"}, ends(r))
		require.Equal(t, 1, r.Policies[3].Void, "the supervisor takes seven hours twice, and the director has to wait for it")
		require.Equal(t, 1, role(t, r, "director").Unreached)
		require.Zero(t, role(t, r, "supervisor").Missing)
	})

	t.Run("MissTheSecondAnswerOfARole", func(t *testing.T) {
		t.Parallel()
		domain := travel(t, "permits.yaml", "{need: any, approvers: [{profile: director}]}", `{need: "2", approvers: [{profile: director}]}`)
		r := decided(t, permits(t, domain, "a 900 1 09:00 submitted", "a 900 2 10:00 director yes"))
		require.Equal(t, 1, role(t, r, "director").Counted)
		require.Equal(t, 1, role(t, r, "director").Missing)
	})
}
