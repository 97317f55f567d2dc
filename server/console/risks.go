package console

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// The levels of the matrix: effects from the worst down, likelihoods from the least up, so that what matters most is at the top
// and to the right.
var (
	effects     = []usm.Level{usm.High, usm.Medium, usm.Low, usm.Nil}
	likelihoods = []usm.Level{usm.Low, usm.Medium, usm.High}
)

// risksPage is what may happen, by how bad and how likely it is.
type risksPage struct {
	Counts   map[[2]usm.Level]int // of open risks, by effect and likelihood
	Unknown  int                  // of those that are not classified
	Risks    []usm.CallView
	Next     string
	Services []client.Service
	Domains  []choice        // to choose from, when there are several
	Raising  []choice        // domains in which whoever visits may raise a risk
	Problem  *client.Problem // what is wrong with the filters
	Entry    entry           // of a risk that was not raised
}

// risks shows the matrix of open risks, and the list that the address leaves.
func (s *site) risks(v *visit) (page, error) { return v.showRisks(entry{}) }

func (v *visit) showRisks(e entry) (page, error) {
	p := risksPage{Counts: map[[2]usm.Level]int{}, Entry: e}
	counts, err := v.api.CountRisks(v.ctx(), usm.RiskFilter{Domain: v.query("domain"), Service: v.query("service")})
	if err != nil {
		return page{}, err
	}
	for _, c := range counts {
		if c.Effect == "" || c.Likelihood == "" {
			p.Unknown += c.Count
			continue
		}
		p.Counts[[2]usm.Level{c.Effect, c.Likelihood}] = c.Count
	}
	if p.Domains, err = v.domainChoices(); err != nil {
		return page{}, err
	}
	for _, domain := range v.worksIn() {
		p.Raising = append(p.Raising, choice{Value: domain, Name: nameAmong(p.Domains, domain)})
	}
	if p.Services, err = v.services(); err != nil {
		return page{}, err
	}
	p.Risks, p.Next, err = v.api.Calls(v.ctx(), v.riskFilter())
	if p.Problem = wrongInput(err); p.Problem != nil {
		err = nil
	}
	return page{Place: "risks", Title: v.T("risk.title"), Body: risks(v, p)}.refusing(p.Problem, e.Problem), err
}

// riskFilter is what the address narrows the list by: open risks, unless it names a status.
func (v *visit) riskFilter() usm.CallFilter {
	filter := v.callFilter(usm.Risk)
	filter.Effect, filter.Likelihood = usm.Level(v.query("effect")), usm.Level(v.query("likelihood"))
	filter.Open, filter.Page = filter.Status == "", v.page(50)
	return filter
}

// raiseRisk opens a risk.
func (s *site) raiseRisk(v *visit) (page, error) {
	domain := v.c.PostForm("of")
	if !slices.Contains(v.worksIn(), domain) {
		return v.trouble("forbidden", http.StatusForbidden, nil), nil
	}
	return v.raise(usm.NewCall{Domain: domain, Type: usm.Risk, Service: v.c.PostForm("about")}, func(e entry) (page, error) {
		e.under("about", "/service")
		return v.showRisks(e)
	})
}

// riskOf is what the steps of a risk have found out.
type riskOf struct {
	Cause      string
	KnownError bool
	Measure    string
	Residual   usm.ResidualRisk
}

// foundOut reads what the steps of a risk have recorded.
func foundOut(call usm.CallView) (r riskOf) {
	r.Cause, _ = call.Fields["cause"].(string)
	r.KnownError, _ = call.Fields["known_error"].(bool)
	r.Measure, _ = call.Fields["choice"].(string)
	residual, _ := call.Fields["residual_risk"].(map[string]any)
	for name, into := range map[string]*usm.Level{"effect": &r.Residual.Effect, "likelihood": &r.Residual.Likelihood} {
		text, _ := residual[name].(string)
		*into = usm.Level(text)
	}
	r.Residual.Text, _ = residual["text"].(string)
	return r
}

// weight is how much an effect and a likelihood matter, from 0 to 5: the default priorities in other words.
func weight(effect, likelihood usm.Level) string {
	return strconv.Itoa(5 - usm.DefaultPriorities().Priority(effect, likelihood).Rank())
}
