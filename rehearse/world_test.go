package rehearse_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/rehearse"
	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// header is that of the logs in these tests.
const header = "case,at,state,level,team,told,kept,caller,opened"

// dayAndTime are the times in the rows: all of it happens in the week of Monday 1 June 2026.
var dayAndTime = regexp.MustCompile(`,(\d \d\d:\d\d)`)

// desk returns the domain of testdata, in which parts of the file may be replaced, old and new by turns.
func desk(t *testing.T, replace ...string) usm.Domain {
	t.Helper()
	source, err := os.ReadFile("testdata/desk.yaml")
	require.NoError(t, err)
	for i := 0; i < len(replace); i += 2 {
		require.Contains(t, string(source), replace[i])
	}
	domain, err := domains.Parse("desk.yaml", []byte(strings.NewReplacer(replace...).Replace(string(source))))
	require.NoError(t, err)
	return domain
}

// options are those of a log of these rows; what a row leaves out at its end is empty. "1 09:00" is the first of June.
func options(t *testing.T, domain usm.Domain, rows ...string) rehearse.Options {
	t.Helper()
	var file strings.Builder
	file.WriteString(header + "\n")
	for _, row := range rows {
		missing := strings.Count(header, ",") - strings.Count(row, ",")
		require.GreaterOrEqual(t, missing, 0, row)
		file.WriteString(dayAndTime.ReplaceAllString(row, ",2026-06-0$1") + strings.Repeat(",", missing) + "\n")
	}
	path := filepath.Join(t.TempDir(), "log.csv")
	require.NoError(t, os.WriteFile(path, []byte(file.String()), 0o600))
	log, err := replay.OpenLog(path)
	require.NoError(t, err)
	mapping, err := replay.LoadMapping("testdata/mapping.yaml")
	require.NoError(t, err)
	return rehearse.Options{Log: log, Mapping: mapping, Domain: domain}
}

func run(t *testing.T, domain usm.Domain, rows ...string) rehearse.Report {
	t.Helper()
	report, err := rehearse.Run(t.Context(), options(t, domain, rows...))
	require.NoError(t, err)
	return report
}

// norm finds the row of a norm that has exactly one case.
func norm(t *testing.T, r rehearse.Report, agreement, norm string) rehearse.NormRow {
	t.Helper()
	var found []rehearse.NormRow
	for _, row := range r.Norms {
		if row.Agreement == agreement && row.Norm == norm {
			found = append(found, row)
		}
	}
	require.Len(t, found, 1, "%s %s in %v", agreement, norm, r.Norms)
	return found[0]
}
