package replay

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestApprovalsNeedTheirColumns(t *testing.T) {
	t.Parallel()
	_, m := permit(t, "", "01 submitted")
	require.ErrorContains(t, m.Fits(write(t, "id,who\n1,2\n")), "the log has no column at, cost, what")
}

func TestRulesOfApprovalsAreRefused(t *testing.T) {
	t.Parallel()
	with := func(old, replacement string) string { return strings.Replace(permits, old, replacement, 1) }
	for name, test := range map[string]struct{ yaml, says string }{
		"AtAReview":           {with("at: plan_operation\n", "at: review_operation\n"), `approvals.at: nothing waits for approval at`},
		"WithoutATime":        {with("  time: at\n", ""), `approvals.time: "" is no column with a date`},
		"WithoutARoute":       {with("  route: route\n", ""), "approvals.round, route, roles, question, answer and withdrawn are needed"},
		"WithBandsThatFall":   {with("[500, 1000]", "[1000, 500]"), "approvals.bands: must rise"},
		"WithARoleOfNoPolicy": {with("policy: needs-board, ", ""), "approvals.roles[1]: role, policy, approve, reject and text are needed"},
		"WithAnApproverTwice": {
			with("policy: needs-boss, ", "policy: needs-boss, approver: {profile: x, role: manager}, "),
			"approvals.roles[0].approver: is one of person, profile and role",
		},
		"WithOneApproverForTwoRoles": {
			strings.ReplaceAll(permits, "approve: {", "approver: {profile: x}, approve: {"), "approvals.roles[1].approver: is another role already",
		},
		"WithAnUnknownPattern": {with("began: {what: trip}", `began: {what: ""}`), `"what" needs a value`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseMapping("m", []byte(test.yaml))
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestRoleOfAnApprover(t *testing.T) {
	t.Parallel()
	r := &ApprovalRule{Roles: []RoleRule{
		{Role: "boss", Policy: "p", Approver: usm.Approver{Role: usm.RoleManager}}, {Role: "board", Policy: "q"},
	}}
	boss, other := usm.Approver{Role: usm.RoleManager, Weight: 2}, usm.Approver{Profile: "other"}
	policy := func(id string, groups ...usm.Approver) usm.ApprovalPolicy {
		return usm.ApprovalPolicy{ID: id, Require: usm.Quorum{Groups: []usm.Quorum{{Approvers: groups}}}}
	}
	require.Equal(t, "boss", r.RoleOf(policy("q", boss, other), boss), "he is, whatever the policy")
	require.Equal(t, "boss", r.RoleOf(policy("p", other), other), "the policy is his own")
	require.Empty(t, r.RoleOf(policy("p", boss, other), other), "he is named beside")
	require.Equal(t, "board", r.RoleOf(policy("q", other), other))
	require.Empty(t, r.RoleOf(policy("r", other), other))
}

func TestOrderOfRoles(t *testing.T) {
	t.Parallel()
	r := &ApprovalRule{Bands: []float64{5}, Roles: []RoleRule{{Role: "z"}, {Role: "a"}}}
	type row struct{ role, band string }
	rows := []row{{"y", "under 5"}, {"a", "no amount"}, {"a", "5 and more"}, {"x", "under 5"}, {"z", "under 5"}, {"a", "under 5"}}
	slices.SortFunc(rows, func(a, b row) int { return r.Compare(a.role, a.band, b.role, b.band) })
	require.Equal(t, []row{
		{"z", "under 5"}, {"a", "under 5"}, {"a", "5 and more"}, {"a", "no amount"}, {"x", "under 5"}, {"y", "under 5"},
	}, rows)
}
