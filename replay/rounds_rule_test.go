package replay

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
		"AtAReview":            {with("at: plan_operation\n", "at: review_operation\n"), `approvals.at: nothing waits for approval at`},
		"WithoutATime":         {with("  time: at\n", ""), `approvals.time: "" is no column with a date`},
		"WithoutARoute":        {with("  route: route\n", ""), "approvals.round, route, roles, question, answer and withdrawn are needed"},
		"WithBandsThatFall":    {with("[500, 1000]", "[1000, 500]"), "approvals.bands: must rise"},
		"WithARoleOfNoPolicy":  {with("policy: needs-board, ", ""), "approvals.roles[1]: role, policy, approve, reject and text are needed"},
		"WithAnUnknownPattern": {with("began: {what: trip}", `began: {what: ""}`), `"what" needs a value`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseMapping("m", []byte(test.yaml))
			require.ErrorContains(t, err, test.says)
		})
	}
}
