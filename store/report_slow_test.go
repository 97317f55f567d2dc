package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// result is what a clock counts as, the slow way; "" for not at all.
func (k madeClock) result(now time.Time) string {
	switch {
	case k.StartedAt == nil:
		return ""
	case k.Breaches > 0 || k.State == usm.ClockRunning && !k.Due.After(now):
		return "breached"
	case k.State == usm.ClockStopped:
		return "met"
	case k.State == usm.ClockCancelled:
		return "cancelled"
	}
	return "running"
}

func (k madeClock) dimension(name string) string {
	ended := func(layout string) string {
		if k.StoppedAt == nil {
			return ""
		}
		return k.StoppedAt.UTC().Format(layout)
	}
	return map[string]string{
		"domain": k.Domain, "agreement": k.Agreement, "norm": k.Norm, "link": k.Link, "service": k.Service, "workflow": k.Workflow,
		"type": string(k.Type), "priority": string(k.Priority), "team": k.Team, "month": ended("2006-01"), "day": ended("2006-01-02"),
	}[name]
}

// left reports whether the filter leaves the clock.
func left(f usm.NormFilter, k madeClock, now time.Time) bool {
	begin, end := f.From, f.Until
	if end.IsZero() {
		end = now.AddDate(1, 0, 0)
	}
	in := k.result(now) != ""
	if in && k.StoppedAt != nil {
		in = !k.StoppedAt.Before(begin) && k.StoppedAt.Before(end)
	} else if in {
		in = k.StartedAt.Before(end) && !now.Before(begin)
	}
	same := func(asked, value string) bool { return asked == "" || asked == value }
	for name, value := range f.Of {
		in = in && k.dimension(name) == value
	}
	if f.Visible != nil {
		in = in && (slices.Contains(f.Visible.Domains, k.Domain) || k.requester == f.Visible.Person)
	}
	agreement := k.Agreement
	if strings.Contains(f.Agreement, "@") {
		agreement = fmt.Sprintf("%s@%d", k.Agreement, k.Version)
	}
	return in && same(f.Domain, k.Domain) && same(f.Agreement, agreement) && same(f.Norm, k.Norm) && same(f.Link, k.Link) &&
		same(f.Service, k.Service) && same(string(f.Type), string(k.Type)) && same(string(f.Priority), string(k.Priority)) &&
		same(f.Team, k.Team) && same(f.Result, k.result(now)) && (f.Workflow == "" || k.Workflow == "Operation")
}

// slowReport is NormReport by going through all clocks.
func slowReport(f usm.NormFilter, clocks []madeClock, now time.Time) []usm.NormRow {
	groups := map[string][]madeClock{}
	for _, k := range clocks {
		if left(f, k, now) {
			var key []string
			for _, name := range f.By {
				key = append(key, k.dimension(name))
			}
			groups[strings.Join(key, "\x00")] = append(groups[strings.Join(key, "\x00")], k)
		}
	}
	rows := []usm.NormRow{}
	for _, key := range sorted(groups) {
		rows = append(rows, slowRow(f.By, groups[key], now))
	}
	return rows
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func slowRow(by []string, clocks []madeClock, now time.Time) usm.NormRow {
	row := usm.NormRow{Of: map[string]string{}}
	for _, name := range by {
		row.Of[name] = clocks[0].dimension(name)
	}
	var used []time.Duration
	spent, elapsed := map[string][]time.Duration{}, map[string][]time.Duration{}
	for _, k := range clocks {
		*map[string]*int{"met": &row.Met, "breached": &row.Breached, "running": &row.Running, "cancelled": &row.Cancelled}[k.result(now)]++
		if k.State != usm.ClockStopped {
			continue
		}
		used = append(used, k.Used)
		for _, p := range k.Phases {
			spent[p.Name], elapsed[p.Name] = append(spent[p.Name], p.Used), append(elapsed[p.Name], p.Elapsed)
		}
	}
	if judged := row.Met + row.Breached; judged > 0 {
		text := fmt.Sprintf("%06d", row.Met*1_000_000/judged) // a millionth
		row.Attainment = strings.TrimPrefix(strings.TrimPrefix(text[:len(text)-4], "0"), "0") + "." + text[len(text)-4:len(text)-2]
		if strings.HasPrefix(row.Attainment, ".") {
			row.Attainment = "0" + row.Attainment
		}
	}
	if len(used) > 0 {
		row.Used = new(middle(used))
	}
	for _, name := range []string{"detection", "diagnosis", "repair", "recovery"} {
		if len(spent[name]) > 0 {
			row.Phases = append(row.Phases, usm.Phase{Name: name, Used: middle(spent[name]), Elapsed: middle(elapsed[name])})
		}
	}
	return row
}

func middle(all []time.Duration) usm.Span {
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return usm.Span(all[(len(all)-1)/2])
}

// anyFilter narrows here and there.
func (c chance) anyFilter(clocks []madeClock, now time.Time) usm.NormFilter {
	f := usm.NormFilter{
		Domain: one(c, "", "", "it"), Agreement: one(c, "", "", "sa-hq", "sa-hq@2"), Norm: one(c, "", "", "handling"),
		Link: one(c, "", "", "vendor"), Service: one(c, "", "", "mail"), Workflow: one(c, "", "", "Operation", "5"),
		Type: one(c, "", "", usm.Incident), Priority: one(c, "", "", usm.PriorityHigh), Team: one(c, "", "", "desk"),
		Result:  one(c, "", "", "met", "breached", "running", "cancelled"),
		Visible: one(c, nil, nil, &usm.Sight{Domains: []string{"hr"}}, &usm.Sight{Person: "eve", Domains: []string{"hr"}}),
	}
	switch k, l := one(c, clocks...), one(c, clocks...); {
	case c.IntN(20) == 0:
		f.From = now.Add(time.Hour)
	case c.IntN(2) == 0 && k.StoppedAt != nil && l.StoppedAt != nil: // on the very moment
		f.From, f.Until = *k.StoppedAt, *l.StoppedAt
	case c.IntN(2) == 0:
		f.From = c.moment(now)
		f.Until = f.From.AddDate(0, 0, c.IntN(40))
	}
	for _, dimension := range usm.NormDimensions() {
		if c.IntN(4) == 0 {
			f.By = append(f.By, dimension)
		}
	}
	c.Shuffle(len(f.By), func(i, j int) { f.By[i], f.By[j] = f.By[j], f.By[i] })
	return f
}

func slowCalls(f usm.NormFilter, clocks []madeClock, now time.Time) []string {
	var found []madeClock
	for _, k := range clocks {
		if left(f, k, now) {
			found = append(found, k)
		}
	}
	latest := func(k madeClock) time.Time {
		if k.StoppedAt != nil {
			return *k.StoppedAt
		}
		return *k.StartedAt
	}
	slices.SortFunc(found, func(a, b madeClock) int {
		return cmp.Or(latest(b).Compare(latest(a)), cmp.Compare(b.Call, a.Call), cmp.Compare(b.ID, a.ID))
	})
	all := []string{}
	for _, k := range found {
		all = append(all, k.Call+" "+k.ID)
	}
	return all
}
