package store

import (
	"context"
	"fmt"
	"time"

	"github.com/usm-works/usm/usm"
)

// checkReferences refuses a step that names what is not there, before anything is written.
func (f *finishing) checkReferences(ctx context.Context) error {
	domain, err := f.store.version(ctx, f.tx, f.row.Domain, f.row.DomainVersion)
	if err != nil {
		return err
	}
	var r references
	f.referFacts(&r, domain)
	f.referAgree(&r, domain)
	if err := f.referPromises(ctx, &r); err != nil {
		return err
	}
	f.referWork(&r, domain)
	f.referRaised(&r)
	return r.check(ctx, f.tx, f.row.Domain)
}

func (f *finishing) referFacts(r *references, domain usm.Domain) {
	facts := f.effects.Facts
	if facts == nil {
		return
	}
	r.add("service", facts.Service, "/fields/service")
	r.addEach("component", facts.Components, "/fields/components")
	r.add("call", facts.DuplicateOf, "/fields/duplicate_of")
	r.require("category", facts.Category, "/fields/category", each(domain.Categories, func(c usm.Category) string { return c.ID }))
	if facts.DuplicateOf == f.row.Number {
		r.refusef("/fields/duplicate_of", "a call is no duplicate of itself")
	}
}

// referAgree checks the parties and services of an offer. A service that this very wish specifies need not exist yet.
func (f *finishing) referAgree(r *references, domain usm.Domain) {
	teams, customers := each(domain.Teams, partyID), each(domain.Customers, partyID)
	if draft := f.effects.Specification; draft != nil {
		for i, c := range draft.Teams {
			r.require("team", c.Team, fmt.Sprintf("/fields/teams/%d/team", i), teams)
		}
	}
	offer := f.effects.Offer
	if offer == nil {
		return
	}
	for i, service := range offer.Services {
		if service != f.specified() {
			r.add("service", service, fmt.Sprintf("/fields/services/%d", i))
		}
	}
	r.addEach("agreement", offer.Under, "/fields/under")
	for i, reserved := range offer.Reservations {
		r.require("team", reserved.Team, fmt.Sprintf("/fields/reservations/%d/team", i), teams)
	}
	if offer.Type == usm.SA {
		r.require("customer", offer.Customer, "/fields/customer", customers)
		return
	}
	if offer.Provider == "" {
		r.refusef("/fields/provider", "an %s names the team or supplier that provides", offer.Type)
	}
	r.require("team", offer.Provider, "/fields/provider", teams)
}

// specified is the service that an earlier step of this call specified, "" for none.
func (f *finishing) specified() string {
	service, _ := f.row.Fields.value["service"].(string)
	return service
}

func (f *finishing) referWork(r *references, domain usm.Domain) {
	teams := each(domain.Teams, partyID)
	if plan := f.effects.ChangePlan; plan != nil {
		r.addEach("component", plan.Components, "/fields/components")
	}
	if match := f.effects.Match; match != nil {
		r.add("solution", match.Solution, "/fields/solution")
		r.add("call", match.KnownError, "/fields/known_error")
		r.require("team", match.Team, "/fields/team", teams)
	}
	if plan := f.effects.OperationPlan; plan != nil {
		r.require("team", plan.Team, "/fields/team", teams)
	}
}

// referRaised points into the lists that the calls to raise come from: incidents and risks, or improvements.
func (f *finishing) referRaised(r *references) {
	counts := map[string]int{}
	for _, raised := range f.effects.Raise {
		from := "improvements"
		if f.in.Step.Kind() != usm.KindClose {
			from = string(raised.Type) + "s"
		}
		place := fmt.Sprintf("/fields/%s/%d", from, counts[from])
		counts[from]++
		r.add("service", raised.Service, place+"/service")
		r.addEach("component", raised.Components, place+"/components")
	}
}

func partyID(p usm.Party) string { return p.ID }

// writeRecords keeps the documents that a step leaves, each under its kind.
func (f *finishing) writeRecords(ctx context.Context) error {
	e := f.effects
	keepRecord(f, "specification", e.Specification)
	keepRecord(f, "offer", e.Offer)
	keepRecord(f, "change_plan", e.ChangePlan)
	keepRecord(f, "preparation", e.Preparation)
	keepRecord(f, "release", e.Release)
	keepRecord(f, "match", e.Match)
	keepRecord(f, "recovery", e.Recovery)
	keepRecord(f, "operation_plan", e.OperationPlan)
	keepRecord(f, "cause", e.Cause)
	keepRecord(f, "measures", e.Measures)
	keepRecord(f, "evaluation", e.Evaluation)
	if e.Facts != nil && e.Facts.DuplicateOf != "" {
		f.change.link(f.row.Number, "duplicate_of", e.Facts.DuplicateOf)
	}
	if err := f.keepLog(); err != nil {
		return err
	}
	return f.keepSolution(ctx)
}

func keepRecord[T any](f *finishing, kind string, value *T) {
	if value == nil {
		return
	}
	f.change.Records = append(f.change.Records, recordRow{
		Call: f.row.Number, Kind: kind, Attempt: f.in.Attempt, Step: f.in.Step, Domain: f.row.Domain,
		Decision: f.in.Outcome, By: f.in.Actor.Person, Document: value,
	})
}

func (f *finishing) keepLog() error {
	for i, entry := range f.effects.Log {
		at := f.row.Now
		if entry.At != "" {
			var err error
			if at, err = time.Parse(time.RFC3339, entry.At); err != nil {
				return usm.Invalid(fmt.Sprintf("/fields/log/%d/at", i), "is no instant: %s", entry.At)
			}
		}
		f.change.Log = append(f.change.Log, logRow{Domain: f.row.Domain, Call: f.row.Number, At: at, Text: entry.Text})
	}
	return nil
}

// keepSolution adds a recovery that has a title to the known solutions, under the number of its incident.
func (f *finishing) keepSolution(ctx context.Context) error {
	recovery := f.effects.Recovery
	if recovery == nil || recovery.Title == "" {
		return nil
	}
	solution := usm.Solution{
		ID: f.row.Number, Title: recovery.Title, Category: f.row.Category, Service: f.row.Service, Symptom: f.row.Subject,
		Text: recovery.Solution, Workaround: recovery.Workaround, Call: f.row.Number,
	}
	_, err := f.ExecContext(ctx, `
		INSERT INTO solutions (domain, id, document, call) VALUES ($1, $2, $3, $2)
		ON CONFLICT (domain, id) DO UPDATE SET document = excluded.document`, f.row.Domain, solution.ID, doc(solution))
	return err
}
