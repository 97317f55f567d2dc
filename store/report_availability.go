package store

import (
	"context"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// Availability says for each service how much of its agreed time it could be used, by domain and in the order of its file.
// A service is down while an incident with high impact is open: from its notification until delivery was confirmed, or it
// ended otherwise. One that was rejected or retyped was none. Only From, Until, Domain, Service and the domains of Visible
// narrow; without From a domain is looked at since its first load, and nothing is said about the time to come.
func (s *Store) Availability(ctx context.Context, filter usm.NormFilter) (rows []usm.AvailabilityRow, err error) {
	defer wrapf(&err, "Availability")
	services, err := s.agreedServices(ctx, filter)
	if err != nil {
		return nil, err
	}
	outages, err := s.outages(ctx, filter)
	if err != nil {
		return nil, err
	}
	calendars := map[[2]string]*clock.Calendar{}
	for _, service := range services {
		key := [2]string{service.Domain, service.Calendar}
		if calendars[key] == nil {
			if calendars[key], err = s.calendar(ctx, service.Domain, service.Calendar); err != nil {
				return nil, err
			}
		}
		rows = append(rows, service.row(calendars[key], outages[service.key()], filter))
	}
	return rows, nil
}

// agreedService is a service with the calendar in which its time is agreed.
type agreedService struct {
	Domain   string    `db:"domain"`
	ID       string    `db:"id"`
	Calendar string    `db:"calendar"` // of the first agreement in force about it; "" is the domain's own
	Since    time.Time `db:"since"`
	Now      time.Time `db:"now"`
}

func (a agreedService) key() [2]string { return [2]string{a.Domain, a.ID} }

func (s *Store) agreedServices(ctx context.Context, f usm.NormFilter) (services []agreedService, err error) {
	q := &query{conditions: []string{"true"}}
	q.servicesOf(f, "s.domain", "s.id")
	err = s.db.SelectContext(ctx, &services, anyPlan+`
		SELECT s.domain, s.id, d.created_at AS since, now() AS now, coalesce((
			SELECT a.document ->> 'calendar' FROM agreements a
			WHERE a.domain = s.domain AND a.type = 'SA' AND a.services @> ARRAY[s.id] AND `+valid("s.domain")+`
			ORDER BY a.id LIMIT 1), '') AS calendar
		FROM services s JOIN domains d ON d.id = s.domain
		WHERE `+strings.Join(q.conditions, " AND ")+` ORDER BY s.domain, s.place`, q.args...)
	return services, err
}

func (q *query) servicesOf(f usm.NormFilter, domain, service string) {
	equals(q, domain, f.Domain)
	equals(q, service, f.Service)
	if f.Visible != nil {
		q.where(domain+" = ANY(%s)", texts(f.Visible.Domains))
	}
}

// outage is an incident with high impact, while it was open.
type outage struct {
	Domain  string    `db:"domain"`
	Service string    `db:"service"`
	Number  string    `db:"number"`
	From    time.Time `db:"from"`
	Until   time.Time `db:"until"`
}

// outages are those that touch the period, by service and in the order of their notification.
func (s *Store) outages(ctx context.Context, f usm.NormFilter) (map[[2]string][]outage, error) {
	q := selectOutages(f)
	var rows []outage
	err := s.db.SelectContext(ctx, &rows, q.text, q.args...)
	byService := map[[2]string][]outage{}
	for _, row := range rows {
		key := [2]string{row.Domain, row.Service}
		byService[key] = append(byService[key], row)
	}
	return byService, err
}

func selectOutages(f usm.NormFilter) *query {
	// As the index calls_outages has it.
	const end = "coalesce(c.fulfilled_at, c.closed_at, 'infinity')"
	q := &query{conditions: []string{
		"c.type = 'incident' AND c.impact = 'high' AND c.status NOT IN ('rejected', 'retyped')",
		"c.domain = ANY(ARRAY(SELECT id FROM domains))",
	}}
	q.servicesOf(f, "c.domain", "c.service")
	if !f.From.IsZero() {
		q.where(end+" > %s", f.From)
	}
	if !f.Until.IsZero() {
		q.where("c.opened_at < %s", f.Until)
	}
	q.text = anyPlan + `SELECT c.domain, c.service, c.number, c.opened_at AS "from", least(` + end + `, now()) AS until FROM calls c
		WHERE ` + strings.Join(q.conditions, " AND ") + ` ORDER BY c.opened_at, c.number`
	return q
}

// calendar is a calendar of the current version of a domain, "" its own.
func (s *Store) calendar(ctx context.Context, domain, id string) (*clock.Calendar, error) {
	version, err := currentVersion(ctx, s.db, domain)
	if err != nil {
		return nil, err
	}
	current, err := s.version(ctx, s.db, domain, version)
	if err != nil {
		return nil, err
	}
	return calendarOf(current, id)
}

// calendarOf makes a calendar of the domain ready; one that it does not have is open always.
func calendarOf(domain usm.Domain, id string) (*clock.Calendar, error) {
	for i, c := range usm.NewTerms(domain, "", nil).Calendars {
		if c.ID == id || i == 0 && id == "" {
			return clock.Compile(c)
		}
	}
	return clock.Compile(usm.Calendar{ID: usm.AroundTheClock, TimeZone: domain.TimeZone})
}

// row measures a service. Outages come in the order of their beginning; time in which several overlap counts once.
func (a agreedService) row(calendar *clock.Calendar, outages []outage, f usm.NormFilter) usm.AvailabilityRow {
	from, until := a.Since, a.Now
	if !f.From.IsZero() {
		from = f.From
	}
	if !f.Until.IsZero() && f.Until.Before(until) {
		until = f.Until
	}
	row := usm.AvailabilityRow{Domain: a.Domain, Service: a.ID, Calls: []string{}}
	if !from.Before(until) {
		return row
	}
	row.Agreed = usm.Span(calendar.Between(from, until))
	counted := from
	for _, o := range outages {
		begin, end := later(o.From, from), earlier(o.Until, until)
		if !begin.Before(end) {
			continue
		}
		row.Calls = append(row.Calls, o.Number)
		if begin = later(begin, counted); begin.Before(end) {
			row.Down += usm.Span(calendar.Between(begin, end))
			counted = end
		}
	}
	row.Incidents = len(row.Calls)
	row.Availability = percent(int64(row.Agreed-row.Down), int64(row.Agreed), 3)
	return row
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
