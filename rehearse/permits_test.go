//go:build permits

package rehearse_test

import (
	"flag"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/replay"
)

// permitLog is the log of BPI Challenge 2020 with its 6,426 travel permits, which is too large for the repository.
var permitLog = flag.String("permits", "", "path of bpic2020_permit.xes.gz")

func TestRealPermits(t *testing.T) {
	t.Parallel()
	log, err := replay.OpenLog(*permitLog)
	require.NoError(t, err)
	mapping, err := replay.LoadMapping("bpic2020_permit")
	require.NoError(t, err)
	today := travel(t, "permits.yaml")
	report, err := rehearse.Run(t.Context(), rehearse.Options{
		Log: log, Mapping: mapping, Domain: travel(t, "permits_proposal.yaml"), Against: &today,
	})
	require.NoError(t, err)
	o, cases := &tallied{ends: map[string]int{}}, 0
	_, err = log.Count(mapping.Case)
	require.NoError(t, err)
	require.NoError(t, log.Cases(mapping.Case, func(c replay.Case) bool {
		cases++
		var events []string
		for _, row := range c.Rows {
			events = append(events, strings.NewReplacer("FINAL_APPROVED", "APPROVED").Replace(row.Values["concept:name"]))
		}
		amount, _ := strconv.ParseFloat(c.Rows[0].Values["(case)_RequestedBudget"], 64)
		o.judge(amount, events)
		return true
	}, func(r replay.Refusal) { t.Error(r) }))
	require.Equal(t, 6426, cases)
	require.Equal(t, cases, report.Approvals.Cases+report.Approvals.Undecided)
	require.Zero(t, report.Refused)
	agrees(t, o, *report.Approvals)

	same, err := rehearse.Run(t.Context(), rehearse.Options{Log: log, Mapping: mapping, Domain: today})
	require.NoError(t, err)
	require.Empty(t, same.Approvals.Examples, "policies that ask whom the log asked end every permit as the log does")
	addUp(t, *same.Approvals)
	answers := 0
	for _, row := range same.Approvals.Roles {
		answers += row.Log
		require.Equal(t, row.Log, row.Counted)
	}
	require.Equal(t, 14_851, answers)
	for _, row := range same.Approvals.Outcomes {
		require.Equal(t, row.LogLate, row.Late, "and at the same moment")
	}
}
