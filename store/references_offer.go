package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
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
	p := promises{references: r, calendars: []string{usm.AroundTheClock}, profiles: each(domain.Profiles, profileID)}
	for _, calendar := range domain.Calendars {
		p.calendars = append(p.calendars, calendar.ID)
	}
	for _, reason := range slices.Concat(domain.Pauses, offer.Pauses) {
		p.reasons = append(p.reasons, reason.ID)
	}
	p.reasons = append(p.reasons, usm.PauseAnswer, usm.PauseConfirmation, usm.PauseSupplier, usm.PauseChild)
	p.offer(*offer)
	r.requireEach("item of the catalogue", offer.Requests, "/fields/requests", each(domain.Catalogue, itemID))
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
	calendars, reasons, profiles []string
}

func (p promises) offer(offer usm.Offer) {
	p.require("calendar", offer.Calendar, "/fields/calendar", p.calendars)
	p.ladder(offer.Escalation, "/fields/escalation")
	for i, clause := range offer.Coverage {
		at := fmt.Sprintf("/fields/coverage/%d", i)
		p.addEach("person", clause.People, at+"/people")
		p.addEach("component", clause.Components, at+"/components")
		for j, service := range clause.Services {
			if !slices.Contains(offer.Services, service) {
				p.refusef(fmt.Sprintf("%s/services/%d", at, j), "the offer is not about %q", service)
			}
		}
	}
	for i, norm := range offer.Norms {
		at := fmt.Sprintf("/fields/norms/%d", i)
		p.require("calendar", norm.Calendar, at+"/calendar", p.calendars)
		p.requireEach("reason to pause", norm.Pause, at+"/pause", p.reasons)
		p.ladder(norm.Escalation, at+"/escalation")
		for j, named := range norm.Named {
			at := fmt.Sprintf("%s/named/%d", at, j)
			p.require("calendar", named.Calendar, at+"/calendar", p.calendars)
			p.requireEach("reason to pause", named.Pause, at+"/pause", p.reasons)
			p.ladder(named.Escalation, at+"/escalation")
		}
	}
}

func (p promises) ladder(steps []usm.Escalation, at string) {
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
