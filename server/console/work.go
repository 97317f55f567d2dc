package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// workPage is what somebody may act on now.
type workPage struct {
	Calls    []usm.CallView // most urgent first
	Next     string
	Waiting  waiting
	Names    directories
	Domains  []choice      // of whoever visits, when there are several
	Services []choice      // of the calls that are shown
	Refused  []refusedCall // of those that were marked
}

// refusedCall is a call for which an action was refused, and why.
type refusedCall struct {
	Number, Why string
	Code        usm.Code
}

// marked reports whether a call was marked and refused, so that it stays marked.
func (p workPage) marked(number string) bool {
	return slices.ContainsFunc(p.Refused, func(r refusedCall) bool { return r.Number == number })
}

// work shows what somebody may act on now.
func (s *site) work(v *visit) (page, error) { return v.working(nil) }

func (v *visit) working(refused []refusedCall) (page, error) {
	p := workPage{Refused: refused}
	var err error
	if p.Calls, p.Next, err = v.api.Work(v.ctx(), v.workFilter()); err != nil {
		return page{}, err
	}
	if p.Waiting, err = v.waiting(); err != nil {
		return page{}, err
	}
	if p.Domains, err = v.domainChoices(); err != nil {
		return page{}, err
	}
	services, err := v.services()
	if err != nil {
		return page{}, err
	}
	of := mentioned{}
	for _, call := range p.Calls {
		in := of.in(call.Domain)
		in.people = append(in.people, call.WaitingFor.Claimed)
		i := slices.IndexFunc(services, func(s client.Service) bool { return s.Domain == call.Domain && s.ID == call.Service })
		if i >= 0 && !hasChoice(p.Services, call.Service) {
			p.Services = append(p.Services, choice{Value: call.Service, Name: services[i].Name})
		}
	}
	slices.SortFunc(p.Services, func(a, b choice) int { return strings.Compare(a.Name, b.Name) })
	if p.Names, err = v.introductions(of); err != nil {
		return page{}, err
	}
	shown := page{Place: "work", Title: v.T("work.title"), Body: work(v, p)}
	if len(refused) > 0 {
		shown.Status = http.StatusConflict
	}
	return shown, nil
}

// workFilter is what the address asks for.
func (v *visit) workFilter() usm.CallFilter {
	filter := usm.CallFilter{
		Domain: v.query("domain"), Process: usm.Process(v.query("process")), Priority: usm.Priority(v.query("priority")),
		Service: v.query("service"), Page: v.page(50),
	}
	if v.query("claimed") != "" {
		filter.Claimed = v.me.Person
	}
	return filter
}

// takeWork claims the open steps of the marked calls for whoever asks, or gives them back to their profiles. What is refused is
// told, and keeps the others from nothing.
func (s *site) takeWork(v *visit) (page, error) {
	act, said := v.api.Claim, "claimed"
	if v.c.PostForm("do") == "release" {
		act, said = v.api.Release, "released"
	}
	var refused []refusedCall
	for i, number := range v.c.PostFormArray("call") {
		_, err := act(v.ctx(), number, "", client.WithKey(v.key()+"-"+strconv.Itoa(i)))
		if away(err) || client.CodeOf(err) == usm.CodeUnauthenticated {
			return page{}, err
		}
		if err != nil {
			refused = append(refused, refusedCall{number, err.Error(), client.CodeOf(err)})
		}
	}
	if len(refused) == 0 {
		return see(v.with("said", said)), nil
	}
	return v.working(refused)
}

// target is where a call that waits for whoever visits is best acted on.
func (v *visit) target(call usm.CallView) string {
	switch {
	case call.WaitingFor.Kind == usm.WaitApproval:
		return "/approvals/" + escapePath(call.WaitingFor.Approval)
	case v.asksMe(call):
		return "/asked/" + escapePath(call.Number)
	}
	return "/calls/" + escapePath(call.Number)
}
