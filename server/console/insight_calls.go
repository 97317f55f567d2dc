package console

import (
	"github.com/usm-works/usm/usm"
)

// insightCallsPage shows the calls behind a number.
type insightCallsPage struct {
	Of      string // which number
	Calls   []usm.ReportCall
	Domains map[string]string // names by id
	Next    string
}

// insightCalls shows the calls behind a number of insight: the parameters are those of the report of the API.
func (s *site) insightCalls(v *visit) (page, error) {
	calls, next, err := v.api.ReportCalls(v.ctx(), v.asked())
	if err != nil {
		return page{}, err
	}
	domains, err := v.domainNames()
	p := insightCallsPage{
		Domains: domains, Of: oneOf(v.query("of"), "opened", "closed", "open", "waited", "bounced"), Calls: calls, Next: next,
	}
	return page{Place: "insight", Title: v.T("insight.calls"), Body: insightCalls(v, p)}, err
}

// insightNormsPage shows the clocks behind a number of the report on norms.
type insightNormsPage struct {
	Result string
	Clocks []usm.CallClock
	Next   string
}

// insightNorms shows the clocks behind a number of what was attained.
func (s *site) insightNorms(v *visit) (page, error) {
	clocks, next, err := v.api.NormCallsBehind(v.ctx(), v.asked())
	p := insightNormsPage{Result: oneOf(v.query("result"), "met", "breached", "running", "cancelled"), Clocks: clocks, Next: next}
	return page{Place: "insight", Title: v.T("insight.calls"), Body: insightNorms(v, p)}, err
}
