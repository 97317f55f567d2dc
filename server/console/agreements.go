package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// agreementsPage is a part of the register of agreements, a row for each version.
type agreementsPage struct {
	Agreements []client.Agreement
	Next       string
	Services   []client.Service
	Domains    []choice // to choose from, when there are several
	Names      directories
	Problem    *client.Problem
}

// The states and types that a list of agreements is narrowed to.
var (
	agreementStates = []string{
		usm.AgreementDraft, usm.AgreementAgreed, usm.AgreementInForce, usm.AgreementExpired, usm.AgreementEnded,
	}
	agreementTypes = []usm.AgreementType{usm.SA, usm.OLA, usm.UC}
)

// agreements lists versions of agreements.
func (s *site) agreements(v *visit) (page, error) {
	var p agreementsPage
	var err error
	if p.Services, _, err = v.api.Services(v.ctx(), "", usm.Page{Limit: 200}); err != nil {
		return page{}, err
	}
	p.Agreements, p.Next, err = v.api.Agreements(v.ctx(), client.AgreementFilter{
		Domain: v.query("domain"), State: v.query("state"), Type: usm.AgreementType(v.query("type")), Customer: v.query("customer"),
		Service: v.query("service"), Page: v.page(50),
	})
	shown := page{Place: "agreements", Title: v.T("agreement.title")}
	if p.Problem = wrongInput(err); p.Problem != nil {
		shown.Status, err = p.Problem.Status, nil
	}
	if err != nil {
		return page{}, err
	}
	if p.Domains, err = v.domainChoices(); err != nil {
		return page{}, err
	}
	of := mentioned{}
	for _, a := range p.Agreements {
		of.in(a.Domain)
	}
	p.Names, err = v.directories(of)
	shown.Body = agreements(v, p)
	return shown, err
}

// agreementPage is an agreement in one of its versions, with all that is known of it.
type agreementPage struct {
	usm.AgreementView
	Names      directory
	Shown      usm.Agreement // the version that the address names, else the current one
	From, To   int           // the versions that are compared, 0 for none
	Difference []difference
	Problem    *client.Problem // why they were not compared
	Reported   bool            // whoever visits may know what was attained
	Since      string          // the day from which on it counts
	Attained   []usm.NormRow
}

// attainedDays is how far back the page looks.
const attainedDays = 90

// agreement shows an agreement.
func (s *site) agreement(v *visit) (page, error) {
	domain, id := v.param("domain"), v.param("id")
	view, err := v.api.Agreement(v.ctx(), domain, id)
	if err != nil {
		return page{}, err
	}
	p := agreementPage{AgreementView: view, Shown: view.Current, Since: v.now.UTC().AddDate(0, 0, -attainedDays).Format(time.DateOnly)}
	if asked := v.query("version"); asked != "" {
		i := slices.IndexFunc(view.Versions, func(a usm.Agreement) bool { return strconv.Itoa(a.Version) == asked })
		if i < 0 {
			return v.trouble("unknown", http.StatusNotFound, nil), nil
		}
		p.Shown = view.Versions[i]
	}
	if p.Names, err = v.agreementNames(view); err != nil {
		return page{}, err
	}
	if err := v.compare(&p); err != nil {
		return page{}, err
	}
	if err := v.attainment(&p); err != nil {
		return page{}, err
	}
	shown := page{Place: "agreements", Title: id, Body: agreement(v, p)}
	if p.Problem != nil {
		shown.Status = p.Problem.Status
	}
	return shown, nil
}

// agreementNames is the directory of the domain of an agreement with the people and components that its versions name.
func (v *visit) agreementNames(view usm.AgreementView) (directory, error) {
	var of wanted
	for _, version := range view.Versions {
		for _, clause := range version.Coverage {
			of.people = append(of.people, clause.People...)
			of.components = append(of.components, clause.Components...)
		}
	}
	return v.directory(view.Domain, of)
}

// compare reads in what the two versions differ that the address names.
func (v *visit) compare(p *agreementPage) error {
	from, to := v.query("from"), v.query("to")
	if from == "" && to == "" {
		return nil
	}
	p.From, _ = strconv.Atoi(from) // what is no number is no version either
	p.To, _ = strconv.Atoi(to)
	difference, err := v.api.AgreementDifference(v.ctx(), p.Domain, p.ID, p.From, p.To)
	if p.Problem = wrongInput(err); p.Problem != nil {
		return nil //nolint:nilerr // the page says what was wrong
	}
	p.Difference = differencesOf(difference.Differences, false)
	return err
}

// attainment reads how the norms were kept; that is for who holds a profile.
func (v *visit) attainment(p *agreementPage) error {
	filter := v.attainedOf(p.Domain, p.ID, p.Since)
	filter.By = []string{"type", "priority", "norm"}
	rows, err := v.api.NormReport(v.ctx(), filter)
	if client.CodeOf(err) == usm.CodeForbidden {
		return nil
	}
	p.Reported, p.Attained = err == nil, rows
	return err
}

func (v *visit) attainedOf(domain, id, since string) usm.NormFilter {
	from, err := time.Parse(time.DateOnly, since)
	if err != nil {
		from = v.now.UTC().AddDate(0, 0, -attainedDays)
	}
	return usm.NormFilter{From: from, Domain: domain, Agreement: id}
}

// attainedPage is the clocks behind a number of the attainment.
type attainedPage struct {
	Domain, ID string
	Of         []string // what the row is for, in words
	Result     string
	Clocks     []usm.CallClock
	Next       string
}

// The results by which the clocks behind a row are counted.
var normResults = []string{"met", "breached", "running", "cancelled"}

// attained shows the clocks, and their calls, behind a number of the attainment.
func (s *site) attained(v *visit) (page, error) {
	p := attainedPage{Domain: v.param("domain"), ID: v.param("id"), Result: oneOf(v.query("result"), normResults...)}
	filter := v.attainedOf(p.Domain, p.ID, v.query("since"))
	filter.Result, filter.Of, filter.Page = p.Result, map[string]string{}, v.page(50)
	for _, text := range v.c.QueryArray("of") {
		dimension, value, _ := strings.Cut(text, ":")
		filter.Of[dimension] = value
		p.Of = append(p.Of, v.dimension(dimension, value))
	}
	var err error
	p.Clocks, p.Next, err = v.api.NormCalls(v.ctx(), filter)
	return page{Place: "agreements", Title: v.T("agreement.behind", p.ID), Body: attained(v, p)}, err
}

// dimension is a value of a dimension of the report in words.
func (v *visit) dimension(name, value string) string {
	switch {
	case value == "":
		return v.T("list.none")
	case name == "type":
		return v.typeName(usm.CallType(value))
	case name == "priority":
		return v.priorityName(usm.Priority(value))
	case name == "norm":
		return v.or("norm."+value, value)
	}
	return value
}

// behind is the address of the calls behind a number of a row.
func (p agreementPage) behind(row usm.NormRow, result string) string {
	query := url.Values{"result": {result}, "since": {p.Since}}
	for _, dimension := range []string{"type", "priority", "norm"} {
		query.Add("of", dimension+":"+row.Of[dimension])
	}
	return string(recordPath("agreements", p.Domain, p.ID, "calls")) + "?" + query.Encode()
}

// countOf is a number of a row.
func countOf(row usm.NormRow, result string) int {
	return map[string]int{"met": row.Met, "breached": row.Breached, "running": row.Running, "cancelled": row.Cancelled}[result]
}

// calendarOf is the calendar that a norm is measured in, "" for the domain's own.
func calendarOf(a usm.Agreement, norm usm.Norm) string { return cmp.Or(norm.Calendar, a.Calendar) }
