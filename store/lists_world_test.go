package store_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// listed is a filter of GET /calls as people have it.
type listed struct {
	name   string
	filter usm.CallFilter
}

// each makes a filter of each of the values.
func each[T ~string](name string, set func(*usm.CallFilter, T), values ...T) (all []listed) {
	for _, value := range values {
		l := listed{name: name + " " + string(value)}
		set(&l.filter, value)
		all = append(all, l)
	}
	return all
}

// filters are those of GET /calls, each with values that many, few and none of the calls of storetest.Seed have.
func filters() []listed {
	var workflows []string
	for _, w := range usm.Workflows() {
		workflows = append(workflows, w.Name)
	}
	all := []listed{
		{name: "all"},
		{"open", usm.CallFilter{Open: true}},
		{"open risks", usm.CallFilter{Open: true, Type: usm.Risk, Effect: usm.Low}},
	}
	for _, more := range [][]listed{
		each("type", func(f *usm.CallFilter, v usm.CallType) { f.Type = v }, usm.CallTypes()...),
		each("process", func(f *usm.CallFilter, v usm.Process) { f.Process = v }, usm.Processes()...),
		each("domain", func(f *usm.CallFilter, v string) { f.Domain = v }, append([]string{"navy"}, storetest.SeedDomains...)...),
		each("workflow", func(f *usm.CallFilter, v string) { f.Workflow = v }, workflows...),
		each("step", func(f *usm.CallFilter, v usm.Step) { f.Step = v }, usm.DraftOffer, usm.PlanChange, usm.CloseIncident),
		each("status", func(f *usm.CallFilter, v usm.Status) { f.Status = v }, usm.StatusRegistered, usm.StatusOpen, usm.StatusWaiting,
			usm.StatusFulfilled, usm.StatusClosed, usm.StatusRejected, usm.StatusNotAgreed, usm.StatusRetyped, usm.StatusAborted),
		each("priority", func(f *usm.CallFilter, v usm.Priority) { f.Priority = v }, usm.Priorities()...),
		each("requester", func(f *usm.CallFilter, v string) { f.Requester = v }, "monitoring", "p0", "p19000", "nobody"),
		each("service", func(f *usm.CallFilter, v string) { f.Service = v }, "it0", "healthcare19", "catering"),
		each("component", func(f *usm.CallFilter, v string) { f.Component = v }, "srv-0", "srv-4900", "srv-x"),
		each("parent", func(f *usm.CallFilter, v string) { f.Parent = v }, "INC-000017", "INC-999999"),
		each("q", func(f *usm.CallFilter, v string) { f.Q = v }, "mail", "guest", "a4711", "zeppelin", "mail guest", "mail -guest",
			"a4711 or a815", "INC-000017"),
		each("effect", func(f *usm.CallFilter, v usm.Level) { f.Effect = v }, usm.High, usm.Nil),
		each("likelihood", func(f *usm.CallFilter, v usm.Level) { f.Likelihood = v }, usm.High, usm.Low),
	} {
		all = append(all, more...)
	}
	return all
}

// pairs are two filters together; of some no call has both.
func pairs() (all []listed) {
	of := func(one usm.CallFilter, others ...usm.CallFilter) {
		for _, other := range others {
			l := listed{filter: both(one, other)}
			l.name = named(l.filter)
			all = append(all, l)
		}
	}
	for _, domain := range []string{"it", "healthcare"} {
		of(usm.CallFilter{Domain: domain}, usm.CallFilter{Type: usm.Wish}, usm.CallFilter{Type: usm.Incident},
			usm.CallFilter{Status: usm.StatusOpen}, usm.CallFilter{Status: usm.StatusRejected}, usm.CallFilter{Status: usm.StatusNotAgreed},
			usm.CallFilter{Priority: usm.PriorityCritical}, usm.CallFilter{Step: usm.PlanChange}, usm.CallFilter{Requester: "p0"},
			usm.CallFilter{Q: "mail"}, usm.CallFilter{Component: "srv-0"}, usm.CallFilter{Service: "it0"},
			usm.CallFilter{Workflow: usm.RiskWithResourceChange.Name})
	}
	for _, kind := range []usm.CallType{usm.Wish, usm.Incident} {
		of(usm.CallFilter{Type: kind}, usm.CallFilter{Status: usm.StatusOpen}, usm.CallFilter{Status: usm.StatusClosed},
			usm.CallFilter{Status: usm.StatusNotAgreed}, usm.CallFilter{Priority: usm.PriorityCritical}, usm.CallFilter{Q: "mail"},
			usm.CallFilter{Q: "a4711"}, usm.CallFilter{Service: "it0"}, usm.CallFilter{Requester: "monitoring"},
			usm.CallFilter{Component: "srv-0"})
	}
	for _, status := range []usm.Status{usm.StatusOpen, usm.StatusClosed, usm.StatusRetyped} {
		of(usm.CallFilter{Status: status}, usm.CallFilter{Priority: usm.PriorityCritical}, usm.CallFilter{Priority: usm.PriorityNone},
			usm.CallFilter{Service: "healthcare19"}, usm.CallFilter{Requester: "monitoring"}, usm.CallFilter{Q: "mail"},
			usm.CallFilter{Component: "srv-0"}, usm.CallFilter{Workflow: usm.RiskWithAgreementChange.Name})
	}
	return all
}

// named says what a filter asks for.
func named(f usm.CallFilter) string {
	var asked []string
	for _, one := range []string{
		string(f.Type), f.Domain, f.Workflow, string(f.Step), string(f.Status), string(f.Priority), f.Requester, f.Service, f.Component, f.Q,
	} {
		if one != "" {
			asked = append(asked, one)
		}
	}
	return strings.Join(asked, " and ")
}

// both is a filter that asks for what two ask for, of which no two have the same property.
func both(a, b usm.CallFilter) usm.CallFilter {
	a.Type, a.Status, a.Priority, a.Step = a.Type+b.Type, a.Status+b.Status, a.Priority+b.Priority, a.Step+b.Step
	a.Domain, a.Workflow, a.Requester, a.Service = a.Domain+b.Domain, a.Workflow+b.Workflow, a.Requester+b.Requester, a.Service+b.Service
	a.Component, a.Q = a.Component+b.Component, a.Q+b.Q
	return a
}

// sights are those of who lists: an administrator, people who work in a large, in a small and in all domains, and three who
// work in none and asked much, little and nothing.
var sights = []*usm.Sight{
	nil,
	{Person: "olga", Domains: []string{"it"}},
	{Person: "p77", Domains: []string{"healthcare"}},
	{Person: "p1", Domains: storetest.SeedDomains},
	{Person: "p0"},
	{Person: "p19000"},
	{Person: "nobody"},
}

// deep is a cursor in the middle of the list of all.
func deep(w world) string {
	w.t.Helper()
	at := read[time.Time](w, `SELECT opened_at FROM calls ORDER BY opened_at OFFSET (SELECT count(*) / 2 FROM calls) LIMIT 1`)
	raw, err := json.Marshal([]string{at.Format(time.RFC3339Nano), "INC-000001"})
	require.NoError(w.t, err)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// everyWay is the filter as each of those people has it, from the beginning and from the cursor on.
func everyWay(l listed, middle string) (all []usm.CallFilter) {
	for _, sight := range sights {
		for _, cursor := range []string{"", middle} {
			f := l.filter
			f.Visible, f.Cursor = sight, cursor
			all = append(all, f)
		}
	}
	return all
}
