package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// callRegister is one of the five, with the word that its address has.
type callRegister struct {
	Path string
	Type usm.CallType
}

// callRegisters are in the order of the processes that answer their calls.
var callRegisters = []callRegister{
	{"wishes", usm.Wish},
	{"changes", usm.ChangeRequest},
	{"incidents", usm.Incident},
	{"requests", usm.ServiceRequest},
	{"risks", usm.Risk},
}

// registerOf finds the register that the address names.
func registerOf(v *visit) (r callRegister, ok bool) {
	i := slices.IndexFunc(callRegisters, func(r callRegister) bool { return r.Path == v.param("register") })
	if i < 0 {
		return callRegister{}, false
	}
	return callRegisters[i], true
}

// registerPage is a part of a register as its address narrows it.
type registerPage struct {
	Register callRegister
	Calls    []usm.CallView
	Next     string
	Columns  []string // those that are shown, in the order of callColumns
	Services []client.Service
	Domains  []choice // to choose from, when there are several
	Names    directories
	Saved    []usm.SavedFilter
	Meant    []meaning       // by a filter that leaves nothing
	Problem  *client.Problem // what is wrong with the filters
	Entry    entry           // of a filter that was not kept
}

// registerFilters are the parameters that narrow a register. With columns they are all that its address says.
var registerFilters = []string{
	"q", "domain", "service", "status", "step", "workflow", "priority", "requester", "component", "process", "open",
}

// registers leads to the first of the five.
func (s *site) registers(*visit) (page, error) {
	return see("/registers/" + callRegisters[0].Path), nil
}

// register shows the calls of a type that the address leaves.
func (s *site) register(v *visit) (page, error) {
	r, ok := registerOf(v)
	if !ok {
		return page{}, errUnknown
	}
	return v.showRegister(r, entry{})
}

// showRegister shows a register, and why a filter of it was not kept.
func (v *visit) showRegister(r callRegister, e entry) (page, error) {
	p := registerPage{Register: r, Columns: v.columns(), Entry: e}
	filter := v.callFilter(r.Type)
	filter.Page = v.page(50)
	var known directories
	err := together(
		func() (err error) { p.Services, err = v.services(); return err },
		func() (err error) { p.Saved, err = v.api.Filters(v.ctx(), r.Type); return err },
		func() (err error) { p.Domains, err = v.everyDomain(); return err },
		func() (err error) {
			p.Calls, p.Next, err = v.api.Calls(v.ctx(), filter)
			if p.Problem = wrongInput(err); p.Problem != nil {
				return nil //nolint:nilerr // it stands on the page
			}
			if err == nil {
				known, err = v.namesIn(p.Calls, p.Columns)
			}
			return err
		},
	)
	if err != nil {
		return page{}, err
	}
	p.name(known)
	if p.Meant, err = v.meant(len(p.Calls)); err != nil {
		return page{}, err
	}
	return page{Place: "registers", Title: v.T("register." + r.Path), Body: register(v, p)}.refusing(p.Problem, e.Problem), nil
}

// name has domains and services called by what the page has of them anyhow.
func (p *registerPage) name(known directories) {
	for id, d := range known {
		d.ID, d.Name = id, nameAmong(p.Domains, id)
		if d.Services == nil {
			for _, s := range p.Services {
				if s.Domain == id {
					d.Services = append(d.Services, s.Service)
				}
			}
		}
		d.learn()
		known[id] = d
	}
	p.Names = known
}

// callFilter is what the address narrows a register by.
func (v *visit) callFilter(t usm.CallType) usm.CallFilter {
	return usm.CallFilter{
		Type: t, Domain: v.query("domain"), Workflow: v.query("workflow"), Process: usm.Process(v.query("process")),
		Step: usm.Step(v.query("step")), Status: usm.Status(v.query("status")), Priority: usm.Priority(v.query("priority")),
		Requester: v.query("requester"), Service: v.query("service"), Component: v.query("component"), Q: v.query("q"),
		Open: v.query("open") == "true",
	}
}

// narrowed is what the address says of a register, but for the page of it, fit to be kept.
func (v *visit) narrowed() string {
	query := url.Values{}
	for _, name := range registerFilters {
		if value := v.query(name); value != "" {
			query.Set(name, value)
		}
	}
	if len(v.c.QueryArray("columns")) > 0 {
		query.Set("columns", strings.Join(v.columns(), ","))
	}
	return query.Encode()
}

// serviceChoices are services to choose from.
func serviceChoices(services []client.Service) []choice {
	return choices(services, func(s client.Service) (string, string) { return s.ID, s.Name })
}

// workflowsOf are those that answer a type of call.
func workflowsOf(t usm.CallType) []usm.Workflow {
	return slices.DeleteFunc(usm.Workflows(), func(w usm.Workflow) bool { return w.Process != t.Process() })
}

// statuses are all that a call can have, in the order of its life.
var statuses = []usm.Status{
	usm.StatusRegistered, usm.StatusOpen, usm.StatusWaiting, usm.StatusFulfilled, usm.StatusClosed, usm.StatusRejected,
	usm.StatusNotAgreed, usm.StatusRetyped, usm.StatusAborted,
}

// liveUnlessSearched lets a list follow what happens. A search stays as it was found, and so does a later page of a list.
func liveUnlessSearched(v *visit) templ.Attributes {
	if v.query("q") != "" || v.query("cursor") != "" {
		return nil
	}
	return templ.Attributes{"data-live": "*"}
}
