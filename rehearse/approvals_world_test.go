package rehearse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// travel returns the domain of a file in testdata, in which parts may be replaced, old and new by turns.
func travel(t *testing.T, file string, replace ...string) usm.Domain {
	t.Helper()
	source, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err)
	for i := 0; i < len(replace); i += 2 {
		require.Contains(t, string(source), replace[i])
	}
	domain, err := domains.Parse(file, []byte(strings.NewReplacer(replace...).Replace(string(source))))
	require.NoError(t, err)
	return domain
}

// happened are the rows of the permit log in short: "supervisor yes" is that the supervisor approves.
var happened = map[string]string{"submitted": "Permit SUBMITTED by EMPLOYEE", "starts": "Start trip"}

// inTheLog are the roles as the log names them.
var inTheLog = map[string]string{
	"pre-approver": "PRE_APPROVER", "administration": "ADMINISTRATION", "budget-owner": "BUDGET OWNER", "supervisor": "SUPERVISOR",
	"director": "DIRECTOR", "audit": "MISSING",
}

// permits are the options for a log of these rows: case, budget, day and time of May 2017 (the first is a Monday), what happened.
func permits(t *testing.T, domain usm.Domain, rows ...string) rehearse.Options {
	t.Helper()
	mapping, err := replay.LoadMapping("bpic2020_permit")
	require.NoError(t, err)
	columns := []string{
		"case:concept:name", "(case)_RequestedBudget", "time:timestamp", "concept:name", "org:role", "(case)_travel_permit_number",
		"(case)_OrganizationalEntity", "(case)_BudgetNumber", "(case)_TotalDeclared", "(case)_Overspent", "(case)_OverspentAmount",
	}
	var file strings.Builder
	file.WriteString(strings.Join(columns, ",") + "\n")
	for _, row := range rows {
		part := strings.SplitN(row, " ", 5)
		require.Len(t, part, 5, row)
		what, known := happened[part[4]]
		if !known {
			role, said, _ := strings.Cut(part[4], " ")
			what = "Permit " + map[string]string{"yes": "APPROVED", "no": "REJECTED"}[said] + " by " + inTheLog[role]
		}
		day := strings.Repeat("0", 2-len(part[2])) + part[2]
		file.WriteString(strings.Join([]string{part[0], part[1], "2017-05-" + day + "T" + part[3] + ":00+02:00", what}, ",") + ",,,,,,,\n")
	}
	path := filepath.Join(t.TempDir(), "permits.csv")
	require.NoError(t, os.WriteFile(path, []byte(file.String()), 0o600))
	log, err := replay.OpenLog(path)
	require.NoError(t, err)
	return rehearse.Options{Log: log, Mapping: mapping, Domain: domain}
}

func decided(t *testing.T, o rehearse.Options) rehearse.Approvals {
	t.Helper()
	report, err := rehearse.Run(t.Context(), o)
	require.NoError(t, err)
	require.NotNil(t, report.Approvals)
	return *report.Approvals
}

// ends are the outcomes of the cases, "log → now", one for each case.
func ends(r rehearse.Approvals) (all []string) {
	for _, row := range r.Outcomes {
		for range row.Cases {
			all = append(all, string(row.Log)+" → "+string(row.Now))
		}
	}
	return all
}

// role finds the only row of a role.
func role(t *testing.T, r rehearse.Approvals, name string) rehearse.RoleRow {
	t.Helper()
	var found []rehearse.RoleRow
	for _, row := range r.Roles {
		if row.Role == name {
			found = append(found, row)
		}
	}
	require.Len(t, found, 1, "%s in %v", name, r.Roles)
	return found[0]
}

func TestWhereNothingCanBeDecided(t *testing.T) {
	t.Parallel()
	granted := []string{"a 900 1 09:00 submitted", "a 900 2 10:00 supervisor yes"}
	silent := travel(t, "permits.yaml", "fields.route", "fields.nothing")
	for name, test := range map[string]struct {
		domain usm.Domain
		rows   []string
		says   string
	}{
		"ADomainWithoutPolicies": {desk(t), granted, "domain desk has no approval policy of the step plan_operation"},
		"ALogWithoutDecisions": {
			travel(t, "permits.yaml"), []string{"a 900 1 09:00 submitted"}, "the log has no decision about the step plan_operation",
		},
		"PoliciesThatNeverAsk": {
			silent, granted, "in none of the 1 cases with a decision does a policy of the domain travel ask: permit-pre-approver, permit-admin",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rehearse.Run(t.Context(), permits(t, test.domain, test.rows...))
			require.ErrorContains(t, err, test.says)
			with := test.domain
			with.Agreements = desk(t).Agreements
			for i := range with.Agreements {
				with.Agreements[i].Norms = []usm.Norm{{Type: usm.ServiceRequest, Handling: "8h"}}
			}
			report, err := rehearse.Run(t.Context(), permits(t, with, test.rows...))
			require.NoError(t, err, "there are norms to measure")
			require.Len(t, report.Notes, 1)
			require.Contains(t, report.Notes[0], test.says)
		})
	}
}

func TestAComparisonWithNoApprovalsIsOne(t *testing.T) {
	t.Parallel()
	o := permits(t, travel(t, "permits.yaml"), "a 900 1 09:00 submitted", "a 900 2 10:00 supervisor yes")
	today := o.Domain
	o.Domain.Approvals, o.Against = nil, &today
	r := decided(t, o)
	require.Equal(t, []rehearse.OutcomeChange{{Was: "approved", Now: "unasked", Cases: 1}}, r.Against.Outcomes)
}
