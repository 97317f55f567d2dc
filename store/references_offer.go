package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// referPromises checks what an offer names in the domain as it is now: the calls that it will cover are bound to that.
func (f *finishing) referPromises(ctx context.Context, r *references) error {
	offer := f.effects.Offer
	if offer == nil {
		return nil
	}
	domain, err := f.currentDomain(ctx, f.row.Domain)
	if err != nil {
		return err
	}
	p := promises{
		references: r, domain: domain, calendars: []string{usm.AroundTheClock}, profiles: each(domain.Profiles, profileID),
		compiled: map[string]*clock.Calendar{},
	}
	for _, calendar := range domain.Calendars {
		p.calendars = append(p.calendars, calendar.ID)
	}
	for _, reason := range slices.Concat(domain.Pauses, offer.Pauses) {
		p.reasons = append(p.reasons, reason.ID)
	}
	p.reasons = append(p.reasons, usm.PauseAnswer, usm.PauseConfirmation, usm.PauseSupplier, usm.PauseChild)
	p.offer(*offer)
	p.coverage(*offer, f.row.Requester)
	p.requests(*offer)
	if p.err != nil {
		return p.err
	}
	return f.referCircle(ctx, r, *offer)
}

// referCircle refuses an offer that rests on itself by way of others.
func (f *finishing) referCircle(ctx context.Context, r *references, offer usm.Offer) error {
	for i, under := range offer.Under {
		var circle bool
		err := f.GetContext(ctx, &circle, `
			WITH RECURSIVE below (id) AS (
				SELECT $2 UNION
				SELECT jsonb_array_elements_text(a.document -> 'under') FROM below JOIN agreements a
				ON a.domain = $1 AND a.id = below.id AND (a.state = 'in_force' OR a.state = 'agreed' AND a.confirmed))
			SELECT EXISTS (SELECT FROM below WHERE id = $3)`, f.row.Domain, under, offer.Agreement)
		if err != nil {
			return err
		}
		if circle {
			r.refusef(fmt.Sprintf("/fields/under/%d", i), "agreements rest on each other in a circle: %s rests on %s", under, offer.Agreement)
		}
	}
	return nil
}

// promises refers to what the norms and clauses of an offer name.
type promises struct {
	*references
	domain                       usm.Domain
	calendars, reasons, profiles []string
	compiled                     map[string]*clock.Calendar // so far, by id
	err                          error
}

func (p *promises) offer(offer usm.Offer) {
	p.require("calendar", offer.Calendar, "/fields/calendar", p.calendars)
	p.ladder(offer.Escalation, "/fields/escalation")
	for i, reason := range offer.Pauses {
		p.moments(fmt.Sprintf("/fields/pauses/%d/while", i), reason.While)
		p.moments(fmt.Sprintf("/fields/pauses/%d/until", i), reason.Until)
	}
	for i, norm := range offer.Norms {
		at, calendar := fmt.Sprintf("/fields/norms/%d", i), cmp.Or(norm.Calendar, offer.Calendar)
		p.require("calendar", norm.Calendar, at+"/calendar", p.calendars)
		p.reached(at+"/reaction", norm.Reaction, calendar)
		p.reached(at+"/update", norm.Update, calendar)
		p.reached(at+"/handling", norm.Handling, calendar)
		p.requireEach("reason to pause", norm.Pause, at+"/pause", p.reasons)
		p.ladder(norm.Escalation, at+"/escalation")
		for j, named := range norm.Named {
			p.named(named, fmt.Sprintf("%s/named/%d", at, j), calendar)
		}
	}
}

func (p *promises) named(named usm.NamedNorm, at, calendar string) {
	p.require("calendar", named.Calendar, at+"/calendar", p.calendars)
	p.reached(at+"/target", named.Target, cmp.Or(named.Calendar, calendar))
	p.requireEach("reason to pause", named.Pause, at+"/pause", p.reasons)
	p.ladder(named.Escalation, at+"/escalation")
	p.moments(at+"/start", &named.Start)
	p.moments(at+"/stop", &named.Stop)
	for i := range named.Cancel {
		p.moments(fmt.Sprintf("%s/cancel/%d", at, i), &named.Cancel[i])
	}
	for i := range named.Reset {
		p.moments(fmt.Sprintf("%s/reset/%d", at, i), &named.Reset[i])
	}
}

// moments refers to the reason that a moment is about; nil is none.
func (p *promises) moments(at string, m *usm.Moment) {
	if m != nil {
		p.require("reason to pause", m.Reason, at+"/reason", p.reasons)
	}
}

// reached refuses a target that its calendar does not open long enough for: no call could be opened under it. What is no
// target was refused before, an unknown calendar is refused elsewhere.
func (p *promises) reached(at, text, calendar string) {
	target, err := clock.ParseTarget(text)
	if text == "" || err != nil || p.err != nil {
		return
	}
	if p.compiled[calendar] == nil {
		p.compiled[calendar], p.err = calendarOf(p.domain, calendar)
	}
	if p.err != nil {
		return
	}
	now := time.Now()
	if due, err := target.Due(p.compiled[calendar], now); err != nil || due.After(now.AddDate(10, 0, 0)) {
		p.refusef(at, "is not used up within ten years: its calendar opens too little for %s", text)
	}
}

// coverage refers to what the clauses name. Sites and people are those of the customer, of whom nobody else is covered;
// an offer that names no customer is for that of the requester.
func (p *promises) coverage(offer usm.Offer, requester string) {
	customer, sites := offer.Customer, map[string]bool{}
	for _, person := range p.domain.People {
		if customer == "" && person.ID == requester {
			customer = person.Customer
		}
	}
	strangers := map[string]bool{}
	for _, person := range p.domain.People {
		ours := person.Customer != "" && person.Customer == customer
		sites[person.Site] = sites[person.Site] || ours
		strangers[person.ID] = !ours
	}
	for i, clause := range offer.Coverage {
		at := fmt.Sprintf("/fields/coverage/%d", i)
		p.addEach("person", clause.People, at+"/people")
		p.addEach("component", clause.Components, at+"/components")
		for j, id := range clause.People {
			if strangers[id] {
				p.refusef(fmt.Sprintf("%s/people/%d", at, j), "%q is nobody whom %q authorises", id, customer)
			}
		}
		for j, site := range clause.Sites {
			if !sites[site] {
				p.refusef(fmt.Sprintf("%s/sites/%d", at, j), "nobody of %q works at %q", customer, site)
			}
		}
		for j, service := range clause.Services {
			if !slices.Contains(offer.Services, service) {
				p.refusef(fmt.Sprintf("%s/services/%d", at, j), "the offer is not about %q", service)
			}
		}
	}
}

// requests refers to items of the catalogue, of services that the offer is about.
func (p *promises) requests(offer usm.Offer) {
	p.requireEach("item of the catalogue", offer.Requests, "/fields/requests", each(p.domain.Catalogue, itemID))
	for i, id := range offer.Requests {
		for _, item := range p.domain.Catalogue {
			if item.ID == id && !slices.Contains(offer.Services, item.Service) {
				p.refusef(fmt.Sprintf("/fields/requests/%d", i), "belongs to %q, which the offer is not about", item.Service)
			}
		}
	}
}

func (p *promises) ladder(steps []usm.Escalation, at string) {
	notified := append([]string{usm.NotifyAccountable, usm.NotifyRequester}, p.profiles...)
	for i, step := range steps {
		pointer := fmt.Sprintf("%s/%d", at, i)
		p.requireEach("profile", step.Notify, pointer+"/notify", notified)
		p.requireEach("profile", step.Reassign, pointer+"/reassign", p.profiles)
		if step.Open != nil {
			p.add("service", step.Open.Service, pointer+"/open/service")
			p.addEach("component", step.Open.Components, pointer+"/open/components")
		}
	}
}

func profileID(p usm.Profile) string { return p.ID }

func itemID(i usm.Item) string { return i.ID }
