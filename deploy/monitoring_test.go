package deploy

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// rules are the alerts of the file.
func rules(t *testing.T) (all []rulefmt.Rule) {
	t.Helper()
	content, err := os.ReadFile("monitoring/alerts.yaml")
	require.NoError(t, err)
	groups, errs := rulefmt.Parse(content, false, model.UTF8Validation, promql, slog.New(slog.DiscardHandler))
	require.Empty(t, errs)
	for _, group := range groups.Groups {
		all = append(all, group.Rules...)
	}
	require.NotEmpty(t, all)
	return all
}

// panels are the queries of the dashboard, with the labels that their legends name.
func panels(t *testing.T) (queries map[string][]string) {
	t.Helper()
	content, err := os.ReadFile("monitoring/dashboard.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				Expr   string `json:"expr"`
				Legend string `json:"legendFormat"` //nolint:tagliatelle // Grafana's name
			} `json:"targets"`
		} `json:"panels"`
	}
	require.NoError(t, json.Unmarshal(content, &dashboard))
	queries = map[string][]string{}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries[target.Expr] = nil
			for _, found := range regexp.MustCompile(`\{\{(\w+)\}\}`).FindAllStringSubmatch(target.Legend, -1) {
				queries[target.Expr] = append(queries[target.Expr], found[1])
			}
		}
	}
	require.NotEmpty(t, queries)
	return queries
}

// observe starts a product, has it do a little of everything, and returns what it exports once every query has what it needs, or
// what is still missing.
func observe(t *testing.T, queries []string) series {
	t.Helper()
	worker := product.FreeAddress(t)
	p := product.Start(t, product.Options{Domains: []string{"it"}, Env: map[string]string{
		"USM_PROBE_ADDRESS": worker, "USM_SMTP_ADDRESS": "127.0.0.1:1", "USM_SMTP_TLS": "none", "USM_MAIL_FROM": "usm@example.org",
	}})
	view, err := p.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: usm.Incident, Subject: "s", Requester: "anna", Service: "mail", Impact: usm.Medium, Urgency: usm.High,
	})
	require.NoError(t, err)
	_, err = p.Drive(t.Context(), view.Number, product.Plan{Until: usm.PrepareRecovery})
	require.NoError(t, err)
	p.Send(t, product.Request{Path: "/calls/INC-999999", Token: p.Token("anna")})
	// A run that these workers do not know, as after a wrong downgrade.
	_, err = p.Temporal().ExecuteWorkflow(t.Context(), temporal.StartWorkflowOptions{ID: "lost", TaskQueue: "usm"}, "Lost")
	require.NoError(t, err)
	exported := series{}
	product.Eventually(t, 3*time.Minute, "all that is asked for is exported", func() error {
		exported.add(t, p.URL)
		exported.add(t, "http://"+worker)
		for _, query := range queries {
			if problems := exported.wrong(query); len(problems) > 0 {
				return fmt.Errorf("%s: %q", query, problems)
			}
		}
		return nil
	})
	return exported
}

// TestMonitoring holds the alerts and the dashboard against what gateway and worker export, and the runbook against both.
func TestMonitoring(t *testing.T) {
	t.Parallel()
	var queries []string
	for _, rule := range rules(t) {
		queries = append(queries, rule.Expr)
	}
	legends := panels(t)
	for query := range legends {
		queries = append(queries, query)
	}
	exported := observe(t, queries)
	runbook, err := os.ReadFile("../docs/operations.md")
	require.NoError(t, err)

	t.Run("ALegendNamesLabelsThatItsQueryHas", func(t *testing.T) {
		t.Parallel()
		for query, named := range legends {
			expr, err := promql.ParseExpr(query)
			require.NoError(t, err)
			for _, label := range named {
				require.True(t, exported.has(expr, label), "%s has no %s", query, label)
			}
		}
	})
	t.Run("AnAlertNamesLabelsThatItsQueryHas", func(t *testing.T) {
		t.Parallel()
		for _, rule := range rules(t) {
			expr, err := promql.ParseExpr(rule.Expr)
			require.NoError(t, err)
			for _, found := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(rule.Annotations["summary"], -1) {
				require.True(t, exported.has(expr, found[1]), "%s has no %s", rule.Alert, found[1])
			}
		}
	})
	t.Run("EachAlertIsInTheRunbookAndNoOther", func(t *testing.T) {
		t.Parallel()
		var alerts, sections []string
		for _, rule := range rules(t) {
			alerts = append(alerts, rule.Alert)
			require.Contains(t, []string{"page", "ticket"}, rule.Labels["severity"], rule.Alert)
		}
		for _, found := range regexp.MustCompile(`(?m)^### (Usm\w+)$`).FindAllSubmatch(runbook, -1) {
			sections = append(sections, string(found[1]))
		}
		require.ElementsMatch(t, alerts, sections)
	})
	t.Run("EachMetricOfOursIsInTheRunbookAndNoOther", func(t *testing.T) {
		t.Parallel()
		suffix := regexp.MustCompile(`_(bucket|sum|count)$`)
		var ours []string
		for name := range exported {
			if strings.HasPrefix(name, "usm_") {
				ours = append(ours, suffix.ReplaceAllString(name, ""))
			}
		}
		slices.Sort(ours)
		var told []string
		for _, row := range regexp.MustCompile("(?m)^\\| (`usm_[^|]*)").FindAllSubmatch(runbook, -1) {
			for _, name := range regexp.MustCompile(`usm_\w+`).FindAll(row[1], -1) {
				told = append(told, string(name))
			}
		}
		require.ElementsMatch(t, slices.Compact(ours), told)
	})
	t.Run("ReportsWhatIsPlanted", func(t *testing.T) {
		t.Parallel()
		for query, says := range map[string]string{
			`sum(usm_calls_opened)`:                                "there is no metric usm_calls_opened",
			`usm_part_ready{part="oracle"}`:                        `usm_part_ready has no part="oracle"`,
			`usm_part_ready{colour="red"}`:                         `usm_part_ready has no colour="red"`,
			`sum by (person) (usm_calls_open)`:                     "has the label person",
			`rate(usm_http_requests_total[5m]`:                     "unclosed",
			`sum by (le) (rate(usm_http_requests_total[5m]))`:      "has the label le",
			`max(usm_mails_waiting) > 1 and absent(usm_nonesuch)`:  "there is no metric usm_nonesuch",
			`sum by (instance, part) (usm_part_ready{part=~".+"})`: "",
		} {
			require.Contains(t, strings.Join(exported.wrong(query), "\n"), says, query)
			require.Equal(t, says == "", len(exported.wrong(query)) == 0, query)
		}
	})
}
