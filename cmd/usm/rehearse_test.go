package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/rehearse"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The logs of 200 incidents and of 12 permits, and the domains that they are rehearsed with.
const (
	sample   = "../../testdata/uci_incident_200.csv.gz"
	proposal = "../../rehearse/testdata/desk.yaml"
	made     = "../../rehearse/testdata/made_sla.yaml"

	permits   = "../../testdata/permits_12.csv"
	asked     = "../../rehearse/testdata/permits.yaml"
	askedLess = "../../rehearse/testdata/permits_proposal.yaml"
)

// elapsed is what differs from run to run.
var elapsed = regexp.MustCompile(`rows in \S+`)

func TestRehearsalOfTheSample(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"rehearse":                 {sample, "--domain", proposal},
		"rehearse_against":         {sample, "--domain", proposal, "--against", made},
		"rehearse_permits":         {permits, "--domain", asked},
		"rehearse_permits_against": {permits, "--domain", askedLess, "--against", asked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := &terminal{dir: t.TempDir()}
			require.Zero(t, x.run(t, append([]string{"rehearse"}, args...)...), x.err)
			require.Regexp(t, `rehearse: (200 of 200|12 of 12) cases`, x.err)
			got := elapsed.ReplaceAllString(x.out, "rows in 1s")
			golden := filepath.Join("testdata", name+".txt")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func TestRehearsalAsJSON(t *testing.T) {
	t.Parallel()
	x := &terminal{dir: t.TempDir()}
	require.Zero(t, x.run(t, "rehearse", sample, "--domain", made, "--agreement", "sa-log", "--limit", "50", "--json"), x.err)
	var report rehearse.Report
	require.NoError(t, json.Unmarshal([]byte(x.out), &report))
	require.Equal(t, 50, report.Cases)
	require.Equal(t, "made_sla", report.Recorded.Column)
	require.Nil(t, report.Changes)
}

func TestRehearsalRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	desk, err := os.ReadFile(proposal)
	require.NoError(t, err)
	wrong := write("wrong.yaml", strings.Replace(string(desk), "customer: sales\n", "customer: nobody\n", 1))
	strange := write("strange.csv", "a,b\n1,2\n")
	cut := write("cut.csv.gz", "\x1f\x8b\x08")
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"ToGuessTheDomain":          {[]string{sample}, exitUsage, "usage: usm rehearse LOG --domain FILE"},
		"FewerCasesThanNone":        {[]string{sample, "--domain", proposal, "--limit", "-3"}, exitUsage, "--limit: -3 is no number of cases"},
		"ADomainFileWithMistakes":   {[]string{sample, "--domain", wrong}, exitRefused, `wrong.yaml:36:5: agreements[0].customer: unknown`},
		"AnotherWithMistakes":       {[]string{sample, "--domain", proposal, "--against", wrong}, exitRefused, "wrong.yaml:36:5"},
		"ADomainFileThatIsNotThere": {[]string{sample, "--domain", "none.yaml"}, exitRefused, "no such file"},
		"ALogThatIsNotThere":        {[]string{"none.csv", "--domain", proposal}, exitRefused, "no such file"},
		"ALogThatCannotBeRead":      {[]string{cut, "--domain", proposal}, exitRefused, "cut.csv.gz: "},
		"ALogThatNoMappingFits":     {[]string{strange, "--domain", proposal}, exitRefused, "no mapping that ships with usm fits"},
		"AMappingWithoutFacts":      {[]string{sample, "--domain", proposal, "--mapping", "xes"}, exitRefused, "mapping xes has no facts"},
		"ADomainWithoutPolicies":    {[]string{permits, "--domain", made}, exitRefused, "domain log has no approval policy of the step"},
		"ALogWithoutDecisions":      {[]string{sample, "--domain", asked}, exitRefused, "mapping uci_incident has no approvals, which say"},
		"AnAgreementThatIsNone":     {[]string{sample, "--domain", proposal, "--agreement", "x"}, exitRefused, `no agreement "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := &terminal{dir: dir}
			require.Equal(t, test.code, x.run(t, append([]string{"rehearse"}, test.args...)...))
			require.Contains(t, x.err, test.says)
			require.Empty(t, x.out)
		})
	}
}
