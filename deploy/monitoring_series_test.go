package deploy

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"
)

// series are the values of each label of each metric, by the name of the metric.
type series map[string]map[string][]string

// add adds what a part exports.
func (s series) add(t *testing.T, url string) {
	t.Helper()
	response, err := http.Get(url + "/metrics")
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		value := strings.LastIndex(line, " ")
		if value < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		metric, err := promql.ParseMetric(line[:value])
		require.NoError(t, err, line)
		name := metric.Get(model.MetricNameLabel)
		if s[name] == nil {
			s[name] = map[string][]string{}
		}
		metric.Range(func(l labels.Label) {
			if l.Value != "" { // Prometheus has no empty labels
				s[name][l.Name] = append(s[name][l.Name], l.Value)
			}
		})
	}
}

var promql = parser.NewParser(parser.Options{})

// unseen are values that only an outage brings.
var unseen = map[string]string{"result": "failed"}

// wrong says what a query asks for that nothing exports: metrics, labels, values.
func (s series) wrong(query string) (problems []string) {
	expr, err := promql.ParseExpr(query)
	if err != nil {
		return []string{err.Error()}
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			problems = append(problems, s.wrongSelector(n)...)
		case *parser.AggregateExpr:
			for _, label := range n.Grouping {
				if !s.has(n.Expr, label) {
					problems = append(problems, fmt.Sprintf("nothing in %s has the label %s", n.Expr, label))
				}
			}
		}
		return nil
	})
	return problems
}

func (s series) wrongSelector(n *parser.VectorSelector) (problems []string) {
	exported, ok := s[n.Name]
	if !ok {
		return []string{"there is no metric " + n.Name}
	}
	for _, matcher := range n.LabelMatchers {
		known := exported[matcher.Name]
		if matcher.Name == model.MetricNameLabel || unseen[matcher.Name] == matcher.Value {
			continue
		}
		if known == nil || matcher.Type == labels.MatchEqual && !slices.Contains(known, matcher.Value) {
			problems = append(problems, fmt.Sprintf("%s has no %s", n.Name, matcher))
		}
	}
	return problems
}

// has reports whether something in an expression has a label; Prometheus itself adds two to all.
func (s series) has(expr parser.Expr, label string) (found bool) {
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.VectorSelector); ok {
			found = found || s[n.Name][label] != nil
		}
		return nil
	})
	return found || label == "instance" || label == "job"
}
