package store

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
)

// How many calls of one index are looked at to fill a page. Where they do not fill it, what is asked for is rare, and all of it is
// gathered: the index would be walked to its end. Calls are kept nearly in the order in which they were opened, so the newest are
// looked at four times as fast as those that have something in common, and those of a large domain twice as fast; whether somebody may
// act on a call takes five times as long.
const (
	walkedNewest = 15_000
	walkedDomain = 8000
	walkedCalls  = 3500
	walkedWork   = 2000
)

// newest is the order of lists, that of the indexes of calls.
const newest = "c.opened_at DESC, c.number DESC"

// foundCall is a call of a list, as the list found it.
type foundCall struct {
	Number       string     `db:"number"`
	OpenedAt     time.Time  `db:"opened_at"`
	Rank         int        `db:"priority_rank"`
	Due          *time.Time `db:"due"`
	WaitingSince time.Time  `db:"waiting_since"`
}

// foundColumns are those of foundCall, from calls as c.
const foundColumns = "c.number, c.opened_at, c.priority_rank, c.due, c.waiting_since"

// selectCalls makes the statements that find the calls of a list, each for when the one before it fills no page. They ask for one
// call more than the page, which tells whether there is a next. people are those whom MayAct may stand in for.
func selectCalls(f usm.CallFilter, people []string) (statements []*query, err error) {
	q := &query{mark: anyPlan}
	if err := q.after(f.Cursor, f.MayAct != ""); err != nil {
		return nil, err
	}
	page := " LIMIT " + q.arg(limit(f.Page)+1)
	before, after := len(q.conditions), slices.Clone(q.conditions)
	if f.MayAct != "" {
		q.conditions = append(q.conditions, q.waits(f.Priority))
	}
	q.equalities(f)
	lead := slices.Clone(q.conditions[:min(before+1, len(q.conditions))]) // beyond the cursor the property that tells most
	walked := walkedBy(f, len(q.conditions)-before)
	q.others(f)
	switch {
	case f.MayAct != "":
		if len(q.conditions) == before+1 {
			q.mark = "" // the ways to all that somebody may act on are the same, whoever he is
		}
		q.see(f.Visible, f.Domain)
		q.where(strings.ReplaceAll(mayAct, "%people", q.arg(pq.StringArray(people))), f.MayAct)
		return []*query{q.near(lead, walkedWork, workOrder, page), q.all(after, workOrder, page)}, nil
	case len(q.conditions) == before && f.Visible != nil:
		return []*query{q.of(q.seen(f.Visible, page), newest, page)}, nil
	case len(q.conditions) == len(lead) && f.Visible == nil:
		return []*query{q.of("calls c"+where(q.conditions), newest, page)}, nil
	case q.see(f.Visible, f.Domain): // his own: he has asked for fewer than a filter leaves
		return []*query{q.within(q.conditions[len(q.conditions)-1:], "OFFSET 0", newest, page)}, nil
	}
	statements = []*query{q.near(lead, walked, newest, page), q.all(after, newest, page)}
	if f.Domain == "" && f.Visible != nil && len(f.Visible.Domains) == 1 && common(f) {
		statements = slices.Insert(statements, 1, q.nearSeen(f.Visible, after, page)) // made last: it has parameters of its own
		if walked == walkedNewest {
			statements = statements[1:]
		}
	}
	return statements, nil
}

// walkedBy is how many calls of the index that leads are looked at, where the filter asks for so many equalities.
func walkedBy(f usm.CallFilter, equalities int) int {
	if f.Status == usm.StatusClosed { // which does not lead where there is another
		equalities--
	}
	switch {
	case equalities <= 0:
		return walkedNewest
	case equalities == 1 && f.Domain != "":
		return walkedDomain
	default:
		return walkedCalls
	}
}

// common reports whether very many calls have each property that a filter asks for, so that fewer are those of one domain.
func common(f usm.CallFilter) bool {
	return f.Parent == "" && f.Requester == "" && f.Step == "" && f.Service == "" && f.Workflow == "" && f.Component == "" &&
		(f.Status == "" || f.Status == usm.StatusClosed)
}

// near fills a page from so many of the first calls that the lead leaves.
func (q *query) near(lead []string, walked int, order, page string) *query {
	return q.within(lead, "ORDER BY "+order+" LIMIT "+strconv.Itoa(walked), order, page)
}

// nearSeen fills a page from so many of the first calls that somebody may see: as many of each way in which he may, which have no
// call in common, are merged.
func (q *query) nearSeen(sight *usm.Sight, after []string, page string) *query {
	walked := " LIMIT " + strconv.Itoa(walkedDomain)
	ways := q.ways(sight)
	elsewhere := " AND NOT c.domain = ANY(" + q.arg(pq.StringArray(sight.Domains)) + ")"
	ways[0], ways[1] = ways[0]+elsewhere, ways[1]+elsewhere // his own
	for i, way := range ways {
		ways[i] = "(" + walkedColumns + " FROM calls c" + where(append(slices.Clip(after), way)) + " ORDER BY " + newest + walked + ")"
	}
	calls := strings.Join(ways, " UNION ALL ") + " ORDER BY opened_at DESC, number DESC" + walked
	return q.of("("+calls+") c"+where(q.conditions), newest, page)
}

// walkedColumns are what conditions and orders speak of.
const walkedColumns = "SELECT number, opened_at, opened_by, requester, domain, parent, type, workflow, step, status, priority, " +
	"priority_rank, impact, urgency, service, components, waiting, waiting_since, due, " + dueLast + " AS due_last, closed_at, words"

// within fills a page from the calls that the first conditions leave, which are found before the others are looked at.
func (q *query) within(first []string, limit, order, page string) *query {
	calls := walkedColumns + " FROM calls c" + where(first) + " " + limit
	// Postgres knows the order of a column, not that of what is computed from it.
	return q.of("("+calls+") c"+where(q.conditions), strings.ReplaceAll(order, dueLast, "c.due_last"), page)
}

// all fills a page from all calls that the conditions leave, by whatever finds those soonest. What is before the cursor is found too:
// Postgres does not meet two indexes that the same condition narrows.
func (q *query) all(after []string, order, page string) *query {
	asked := slices.DeleteFunc(slices.Clone(q.conditions), func(condition string) bool { return slices.Contains(after, condition) })
	found := "SELECT " + foundColumns + " FROM calls c" + where(asked) + " OFFSET 0"
	return q.of("("+found+") c"+where(after), order, page)
}

// of is a statement with the parameters of q.
func (q *query) of(from, order, page string) *query {
	return &query{text: q.mark + "SELECT " + foundColumns + " FROM " + from + " ORDER BY " + order + page, args: q.args}
}

// where is the clause of the conditions, "" without any.
func where(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// equalities are the properties that a call has once, those that few calls share first. Each has an index in the order of lists.
func (q *query) equalities(f usm.CallFilter) {
	equals(q, "c.parent", f.Parent)
	equals(q, "c.requester", f.Requester)
	if f.Step != "" {
		q.where("c.step = %s AND c.closed_at IS NULL", string(f.Step)) // as the index says
	}
	equals(q, "c.service", f.Service)
	equals(q, "c.workflow", workflowName(f.Workflow))
	if f.Status != usm.StatusClosed {
		equals(q, "c.status", f.Status)
	}
	equals(q, "c.priority", f.Priority)
	equals(q, "c.type", f.Type)
	if f.Process != "" { // it answers one type of call
		q.where("c.type = %s", string(f.Process.CallType()))
	}
	equals(q, "c.domain", f.Domain)
	if f.Status == usm.StatusClosed { // as most calls are
		equals(q, "c.status", f.Status)
	}
}

// others are the properties of which a call has many.
func (q *query) others(f usm.CallFilter) {
	if f.Component != "" {
		q.where("c.components @> %s", pq.StringArray{f.Component})
	}
	if f.Claimed != "" {
		q.where("c.waiting ->> 'claimed' = %s", f.Claimed)
	}
	if f.Q != "" {
		q.where("c.words @@ websearch_to_tsquery('simple', %s)", f.Q)
	}
	if f.Open {
		q.conditions = append(q.conditions, "c.closed_at IS NULL")
	}
	if f.Effect != "" { // the type is written out, as the index says
		q.where("c.type = 'risk' AND c.impact = %s", string(f.Effect))
	}
	if f.Likelihood != "" {
		q.where("c.type = 'risk' AND c.urgency = %s", string(f.Likelihood))
	}
}

// see leaves the calls that somebody may see; nil sees all. domain is the one that is asked for, if one is. own says that they are
// no more than those that he asked for himself.
func (q *query) see(sight *usm.Sight, domain string) (own bool) {
	if sight == nil || slices.Contains(sight.Domains, domain) {
		return false
	}
	seen := *sight
	if domain != "" {
		seen.Domains = nil
	}
	q.conditions = append(q.conditions, q.visible(&seen))
	return len(seen.Domains) == 0
}

// visible holds for the calls, as c, that somebody may see: those of his domains and his own.
func (q *query) visible(sight *usm.Sight) string {
	return "(" + strings.Join(q.ways(sight), " OR ") + ")"
}

// ways are those in which somebody may see a call, as c. Each has an index.
func (q *query) ways(sight *usm.Sight) []string {
	person := q.arg(sight.Person)
	ways := []string{"c.requester = " + person, "c.opened_by = " + person + " AND c.opened_by <> c.requester"}
	for _, domain := range sight.Domains {
		ways = append(ways, "c.domain = "+q.arg(domain))
	}
	return ways
}

// seen is the calls that somebody may see, as c: a page of each way in which he may, as if there were no other.
func (q *query) seen(sight *usm.Sight, page string) string {
	ways := q.ways(sight)
	for i, way := range ways {
		ways[i] = "(SELECT c.number FROM calls c" + where(append(slices.Clip(q.conditions), way)) + " ORDER BY " + newest + page + ")"
	}
	return "calls c JOIN (" + strings.Join(ways, " UNION ") + ") w USING (number)"
}
