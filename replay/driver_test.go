package replay

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

const header = "number,incident_state,caller_id,sys_mod_count,opened_at,sys_updated_at,sys_updated_by,contact_type,location,category," +
	"subcategory,u_symptom,cmdb_ci,impact,urgency,assignment_group,assigned_to,rfc,vendor,caused_by,problem_id,knowledge,made_sla," +
	"closed_code,resolved_by,reopen_count\n"

// row is a row of the incident log with the columns that tests change.
func row(number, state, group, rfc string, reopened int) string {
	return fmt.Sprintf("%s,%s,Caller 1,0,1/2/2016 10:00,1/2/2016 11:00,Updated by 1,Phone,?,Category 1,?,Symptom 1,?,"+
		"1 - High,3 - Low,%s,?,%s,?,?,?,false,true,code 1,Resolved by 1,%d\n", number, state, group, rfc, reopened)
}

func incidents(t *testing.T, rows ...string) (*Log, Mapping) {
	t.Helper()
	m, err := LoadMapping("uci_incident")
	require.NoError(t, err)
	return write(t, header+strings.Join(rows, "")), m
}

// eventful is a case in which everything happens that the mapping knows.
var eventful = []string{
	row("INC1", "New", "Group 1", "?", 0),
	row("INC1", "Awaiting User Info", "Group 2", "?", 0),
	row("INC1", "Awaiting User Info", "Group 2", "?", 0),
	row("INC1", "Resolved", "Group 2", "?", 0),
	row("INC1", "Active", "Group 2", "?", 1),
	row("INC1", "Closed", "Group 2", "CHG1", 1),
}

// story is what happens in it, call by call.
var story = []string{
	"INC-000001 open bob",
	"INC-000001 accept_incident null",
	`INC-000001 classify_incident {"category":"hardware","impact":"high","urgency":"low"}`,
	"INC-000001 notes Reassigned from Group 1 to Group 2 on 2016-02-01T11:00:00Z.",
	"INC-000001 ask Updated by 1 waits for information from the user (2016-02-01T11:00:00Z).",
	"INC-000001 answer The user has given the information.",
	`INC-000001 analyse_incident {"diagnosis":"Symptom 1, handled by Group 2, no resolver."}`,
	`INC-000001 prepare_recovery {"solution":"Request for change CHG1, resolved by Resolved by 1 with code 1."}`,
	"RFC-000002 open bob",
	`RFC-000002 plan_change {"impact_analysis":"Recorded impact high, caused by an unknown change.","plan":"Request for change CHG1."}`,
}

func TestReplay(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := incidents(t, eventful...)
	var told []Progress
	o := g.options(l, m)
	o.Progress = func(p Progress) { told = append(told, p) }
	report, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Empty(t, report.Refusals)
	require.Equal(t, story, g.changes[:len(story)])
	require.Equal(t, []Progress{{Done: 1, Total: 1}}, told)

	require.Equal(t, []WorkflowRow{{Workflow: 3, Cases: 1, Steps: report.Steps, Waits: 1}}, report.Workflows)
	require.Equal(t, 5, report.Calls, "the incident, two changes after a dispute, and a service request of each")
	require.Equal(t, g.requests-1, report.Requests, "all but the question what the domain is")
	require.Contains(t, g.changes, "INC-000001 dispute Opened again on 2016-02-01T11:00:00Z: Active, Group 2.")
	require.Contains(t, g.changes, `RFC-000002 update_register {"example":true}`)
	for number, call := range g.calls {
		require.Equal(t, usm.StatusClosed, call.Status, number)
	}
}

func TestReplayTakesTheMappingsDomainAndTheLimit(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := incidents(t, row("INC1", "Closed", "?", "?", 0), row("INC2", "Closed", "?", "?", 0), row("INC3", "Closed", "?", "?", 0))
	o := g.options(l, m)
	o.Limit = 2
	report, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 2, report.Cases)
	require.Equal(t, []WorkflowRow{{Workflow: 4, Cases: 2, Steps: 2 * 10}}, report.Workflows)
	require.Equal(t, 2*13, report.Requests, "requests are what a replay costs: none without need")
}

func TestReplayRefuses(t *testing.T) {
	t.Parallel()
	bad := strings.Replace(row("INC2", "Closed", "?", "?", 0), "1 - High", "1 - Huge", 1)
	rows := []string{
		row("INC1", "New", "?", "?", 0), bad, "INC1,too short\n",
		strings.Replace(row("INC1", "Closed", "?", "?", 0), "1/2/2016 11:00", "yesterday", 1),
	}
	reasons := []Refusal{
		{Line: 3, Case: "INC2", Column: "impact", Reason: "the mapping does not know the value " +
			`"1 - Huge" (it knows 1 - High, 2 - Medium, 3 - Low)`},
		{Line: 4, Reason: "the row has 2 columns, the header 26"},
		{Line: 5, Case: "INC1", Column: "sys_updated_at", Reason: `"yesterday" is no date of the form 2/1/2006 15:04`},
	}

	t.Run("RowsAndGoesOnWithTheOthers", func(t *testing.T) {
		t.Parallel()
		g := newGateway(t)
		l, m := incidents(t, rows...)
		report, err := Run(t.Context(), g.options(l, m))
		require.NoError(t, err)
		require.Equal(t, 1, report.Cases)
		require.Equal(t, 3, report.Refused)
		require.ElementsMatch(t, reasons, report.Refusals)
	})
	t.Run("AndStopsWhenItIsStrict", func(t *testing.T) {
		t.Parallel()
		g := newGateway(t)
		l, m := incidents(t, rows...)
		o := g.options(l, m)
		o.Strict = true
		_, err := Run(t.Context(), o)
		var refusal Refusal
		require.ErrorAs(t, err, &refusal)
		require.True(t, slices.Contains(reasons, refusal))
	})
	t.Run("CasesThatTheProductRefuses", func(t *testing.T) {
		t.Parallel()
		g := newGateway(t)
		l, m := incidents(t, row("INC1", "Closed", "?", "?", 0))
		m.Call.Subject = "refuse"
		report, err := Run(t.Context(), g.options(l, m))
		require.NoError(t, err)
		refused := Refusal{Line: 2, Case: "INC1", Column: "/subject", Reason: "the input is not valid: will not do"}
		require.Equal(t, []Refusal{refused}, report.Refusals)
	})
	t.Run("CasesThatNobodyMayMove", func(t *testing.T) {
		t.Parallel()
		g := newGateway(t)
		l, m := incidents(t, row("INC1", "Closed", "?", "?", 0))
		o := g.options(l, m)
		delete(o.Tokens, "olaf")
		delete(o.Tokens, "oona")
		report, err := Run(t.Context(), o)
		require.NoError(t, err)
		require.Contains(t, report.Refusals[0].Reason, "INC-000001: at accept_incident there is no token of anybody who may act")
	})
}

func TestReplayStopsForWhatIsNotAboutACase(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := incidents(t, row("INC1", "Closed", "?", "?", 0))
	g.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method == http.MethodPost {
			refuse(w, 401, usm.CodeUnauthenticated, "the token is not known")
		}
		return r.Method == http.MethodPost
	}
	_, err := Run(t.Context(), g.options(l, m))
	require.ErrorContains(t, err, "the token is not known")

	o := g.options(l, m)
	o.Tokens = map[string]string{"olaf": "olaf"}
	_, err = Run(t.Context(), o)
	require.ErrorContains(t, err, "no token of a person whom a customer authorises")
}
