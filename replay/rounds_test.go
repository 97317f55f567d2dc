package replay

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// permits is a mapping of a log in which two roles decide.
const permits = `
name: permits
case: id
domain: it
columns: {at: {date: "2006-01-02"}}
call: {type: service_request, subject: "{id}", description: "{id}", requester: who}
steps: [{step: plan_operation, fields: {plan: "{id}"}}]
approvals:
  at: plan_operation
  round: {what: submitted}
  time: at
  route: route
  amount: cost
  bands: [500, 1000]
  began: {what: trip}
  question: "{what} on {at}: again?"
  answer: "Again."
  withdrawn: "{what}, and never again."
  roles:
    - {role: boss, policy: needs-boss, approve: {what: boss yes}, reject: {what: boss no}, text: "{what} on {at}."}
    - {role: board, policy: needs-board, approve: {what: board yes}, reject: {what: board no}, text: "{what} on {at}."}
`

// permit is the log of one case, a word and its day for each row, and the mapping.
func permit(t *testing.T, cost string, rows ...string) (*Log, Mapping) {
	t.Helper()
	m, err := parseMapping("permits", []byte(permits))
	require.NoError(t, err)
	var text strings.Builder
	text.WriteString("id,who,cost,at,what\n")
	for _, row := range rows {
		day, what, _ := strings.Cut(row, " ")
		text.WriteString("P1,ann," + cost + ",2026-11-" + day + "," + what + "\n")
	}
	return write(t, text.String()), m
}

// roundsOf tells the rounds of the one case.
func roundsOf(t *testing.T, l *Log, m Mapping) (rounds []Round, reordered int, refused []Refusal) {
	t.Helper()
	_, err := l.Count(m.Case)
	require.NoError(t, err)
	require.NoError(t, l.Cases(m.Case, func(c Case) bool {
		var plan Plan
		plan, refused, _ = m.Plan(c, World{Requesters: []string{"ann"}})
		rounds, reordered = plan.Rounds, plan.Reordered
		return true
	}, func(Refusal) {}))
	return rounds, reordered, refused
}

func TestRounds(t *testing.T) {
	t.Parallel()
	said := func(rounds []Round) (all []string) {
		for _, round := range rounds {
			var words []string
			for _, v := range round.Verdicts {
				words = append(words, v.Role+" "+string(v.Decision))
			}
			all = append(all, strings.Join(words, ", "))
		}
		return all
	}
	for claim, test := range map[string]struct {
		rows      []string
		rounds    []string
		reordered int
		refused   string
	}{
		"BeginWithASubmission": {
			[]string{"01 submitted", "02 boss no", "03 submitted", "04 boss yes", "05 board yes"},
			[]string{"boss reject", "boss approve, board approve"},
			0, "",
		},
		"OfNobodyAreNone":         {[]string{"01 submitted", "02 submitted", "03 boss yes", "04 submitted"}, []string{"boss approve"}, 0, ""},
		"NeedNoSubmissionAtFirst": {[]string{"01 boss yes"}, []string{"boss approve"}, 0, ""},
		"HaveTheOrderOfThePolicies": {
			[]string{"01 submitted", "02 board yes", "03 boss yes"},
			[]string{"boss approve, board approve"},
			1, "",
		},
		"EndWithARejection": {
			[]string{"01 submitted", "02 boss no", "03 board yes"},
			[]string{"boss reject"},
			0,
			"approve of board comes after a rejection",
		},
		"HaveEachRoleOnce": {
			[]string{"01 submitted", "02 boss yes", "03 boss yes"},
			[]string{"boss approve"},
			0,
			"approve of boss is the second one of the round",
		},
		"EndWhenEverybodyHasApproved": {
			[]string{"01 submitted", "02 boss yes", "03 submitted", "04 board no"},
			[]string{"boss approve"},
			0,
			"reject of board comes when everybody has approved",
		},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			l, m := permit(t, "10", test.rows...)
			rounds, reordered, refused := roundsOf(t, l, m)
			require.Equal(t, test.rounds, said(rounds))
			require.Equal(t, test.reordered, reordered)
			require.Equal(t, test.refused != "", len(refused) == 1)
			for _, r := range refused {
				require.Equal(t, test.refused, r.Reason)
			}
		})
	}

	t.Run("SayWhatWasLateAndHowMuchItWasAbout", func(t *testing.T) {
		t.Parallel()
		for cost, band := range map[string]string{
			"": "no amount", "499.99": "under 500", "500": "500 to 1000", "999": "500 to 1000", "1000": "1000 and more",
		} {
			l, m := permit(t, cost, "01 submitted", "02 boss yes", "02 trip", "03 board yes")
			rounds, _, _ := roundsOf(t, l, m)
			require.Equal(t, []any{"boss", "board"}, rounds[0].Route())
			for i, late := range []bool{false, true} {
				require.Equal(t, late, rounds[0].Verdicts[i].Late, "what is approved at that very moment is in time")
				require.Equal(t, band, rounds[0].Verdicts[i].Band)
			}
		}
	})
}

func TestReplayDecidesAsTheLog(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := permit(t, "700", "01 submitted", "02 boss yes", "03 board no", "04 submitted", "05 trip", "06 board yes", "07 boss yes")
	report, err := Run(t.Context(), g.options(l, m))
	require.NoError(t, err)
	require.Empty(t, report.Refusals)
	from := func(text string) int {
		for i, change := range g.changes {
			if strings.Contains(change, text) {
				return i
			}
		}
		return -1
	}
	require.Equal(t, []string{
		`SRQ-000001 plan_operation {"plan":"P1"}`,
		"SRQ-000001 approve needs-boss: boss yes on 2026-11-02T00:00:00Z.",
		"SRQ-000001 reject needs-board: board no on 2026-11-03T00:00:00Z.",
		"SRQ-000001 reject needs-board: board no on 2026-11-03T00:00:00Z.",
		"SRQ-000001 ask board no on 2026-11-03T00:00:00Z: again?",
		"SRQ-000001 answer Again.",
		`SRQ-000001 plan_operation {"plan":"P1"}`,
		"SRQ-000001 approve needs-boss: boss yes on 2026-11-07T00:00:00Z.",
		"SRQ-000001 approve needs-board: board yes on 2026-11-06T00:00:00Z.",
	}, g.changes[from("plan_operation"):from("execute_operation")])
	require.Equal(t, ApprovalRows{Decisions: 4, Reordered: 1, Rows: []ApprovalRow{
		{Role: "boss", Band: "500 to 1000", Approved: 2, Late: 1}, {Role: "board", Band: "500 to 1000", Approved: 1, Rejected: 1, Late: 1},
	}}, report.Approvals)
	require.Equal(t, 1, report.Waits)
}

func TestReplayTakesBackWhatIsNeverSubmittedAgain(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := permit(t, "", "01 submitted", "02 boss no")
	report, err := Run(t.Context(), g.options(l, m))
	require.NoError(t, err)
	require.Equal(t, 1, report.Cases)
	require.Contains(t, g.changes, "SRQ-000001 abort boss no, and never again.")
	require.Equal(t, usm.StatusAborted, g.calls["SRQ-000001"].Status)
	require.Equal(t, []ApprovalRow{{Role: "boss", Band: "no amount", Rejected: 1}}, report.Approvals.Rows)
}

func TestReplayCountsWhatWasRecordedOtherwise(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := permit(t, "", "01 submitted", "02 boss yes", "03 board yes")
	g.before = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/api/v1/approvals" {
			g.approvals["SRQ-000001.2"].Ballots[0].Decision = usm.Abstain
		}
		return false
	}
	report, err := Run(t.Context(), g.options(l, m))
	require.NoError(t, err)
	require.Equal(t, 1, report.Approvals.Decisions)
	require.Equal(t, 1, report.Approvals.Mismatched)
}

func TestReplayStopsAtAnApprovalThatTheLogDoesNotTell(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	l, m := permit(t, "", "01 submitted", "02 boss yes")
	m.Approvals.Roles[0].Policy = "another"
	report, err := Run(t.Context(), g.options(l, m))
	require.NoError(t, err)
	require.Contains(t, report.Refusals[0].Reason, "approval SRQ-000001.1 of the policy needs-boss asks for what the log does not tell")
}

func TestReplayDecidesOnceWhateverIsLost(t *testing.T) {
	t.Parallel()
	rows := []string{"01 submitted", "02 boss yes", "03 board no", "04 submitted", "05 boss yes", "06 board yes"}
	whole, g := newGateway(t), newGateway(t)
	l, m := permit(t, "700", rows...)
	expected, err := Run(t.Context(), whole.options(l, m))
	require.NoError(t, err)
	for stop := 1; ; stop++ {
		ctx, cancel := context.WithCancel(t.Context())
		g.mu.Lock()
		last := g.requests + stop
		g.after = func(_ *http.Request, n int) bool {
			if n == last {
				cancel()
			}
			return n >= last
		}
		g.mu.Unlock()
		report, err := Run(ctx, g.options(l, m))
		cancel()
		if err == nil {
			require.Equal(t, expected.Approvals, report.Approvals)
			break
		}
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, whole.changes, g.changes)
}
