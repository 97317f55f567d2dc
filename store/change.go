package store

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// change is everything that one transaction writes about calls. It is one statement and one round trip, whatever is in it.
type change struct {
	Insert  []callRow   `json:"insert,omitempty"` // calls that are new
	Update  []callRow   `json:"update,omitempty"` // calls that were locked
	Steps   []stepRow   `json:"steps,omitempty"`  // in this order: a step is finished before the next one opens
	Events  []eventRow  `json:"events,omitempty"`
	Outbox  []outboxRow `json:"outbox,omitempty"`
	Links   []linkRow   `json:"links,omitempty"`
	Records []recordRow `json:"records,omitempty"`
	Log     []logRow    `json:"log,omitempty"`
	Starts  []startRow  `json:"starts,omitempty"`
	Terms   []termsRow  `json:"terms,omitempty"`
	Ledger  []ledgerRow `json:"ledger,omitempty"`
	Clocks  []clockRow  `json:"clocks,omitempty"` // those that are not as they were
	Gone    []clockRow  `json:"gone,omitempty"`   // those that a recomputation does not find any more

	Approvals []approvalRow `json:"approvals,omitempty"` // those that are not as they were
	Asked     []askRow      `json:"asked,omitempty"`
	Unasked   []askRow      `json:"unasked,omitempty"`
	Nudges    []nudgeRow    `json:"nudges,omitempty"`
}

// The parts of what carries a change out. Each is written only when the change has something for it.
const (
	writeInput = `
WITH input AS (SELECT $1::jsonb AS change)`
	writeCalls = `,
inserted AS (
	INSERT INTO calls (` + callColumns + `)
	SELECT ` + callColumns + ` FROM input, jsonb_populate_recordset(NULL::calls, change -> 'insert'))`
	writeUpdates = `,
updated AS (
	UPDATE calls c SET (domain_version, agreement, unauthorised, service, components, category, impact, urgency, priority,
		status, workflow, step, attempt, outcome, route, waiting, waiting_since, fields, changes, fulfilled_at, closed_at,
		clause, team, terms, clock, due)
	= (n.domain_version, n.agreement, n.unauthorised, n.service, n.components, n.category, n.impact, n.urgency, n.priority,
		n.status, n.workflow, n.step, n.attempt, n.outcome, n.route, n.waiting, n.waiting_since, n.fields, n.changes,
		n.fulfilled_at, n.closed_at, n.clause, n.team, n.terms, n.clock, n.due)
	FROM (SELECT ` + callColumns + ` FROM input, jsonb_populate_recordset(NULL::calls, change -> 'update')%s) n
	WHERE c.number = n.number)`
	writeProgress = `,
stepped AS (
	INSERT INTO call_steps AS s (call, step, attempt, state, by_person, for_person, outcome, reason, finished_at)
	SELECT call, step, attempt, state, by_person, for_person, outcome, reason, finished_at
	FROM input, jsonb_populate_recordset(NULL::call_steps, change -> 'steps') n
	ON CONFLICT (call, step, attempt) DO UPDATE SET (state, by_person, for_person, outcome, reason, finished_at)
		= (excluded.state, excluded.by_person, excluded.for_person, excluded.outcome, excluded.reason, excluded.finished_at)
	WHERE s.finished_at IS NULL),
recorded AS (
	INSERT INTO trail (call, sequence, key, at, kind, process, step, attempt, state, by_person, for_person, profile, rule,
		outcome, text, fields, before, after, version, agreement, request_id, action_id, digest, result, fact)
	SELECT call, sequence, key, at, kind, process, step, attempt, state, by_person, for_person, profile, rule,
		outcome, text, fields, before, after, version, agreement, request_id, action_id, digest, result, coalesce(fact, '{}')
	FROM input, jsonb_populate_recordset(NULL::trail, change -> 'events')),
told AS (
	INSERT INTO outbox (id, topic, call, sequence, payload)
	SELECT id, topic, call, sequence, payload FROM input, jsonb_populate_recordset(NULL::outbox, change -> 'outbox'))`
	writeLinks = `,
linked AS (
	INSERT INTO links (call, kind, "to")
	SELECT call, kind, "to" FROM input, jsonb_populate_recordset(NULL::links, change -> 'links') ON CONFLICT DO NOTHING)`
	writeRecords = `,
kept AS (
	INSERT INTO records (call, kind, attempt, step, domain, decision, by_person, document)
	SELECT call, kind, attempt, step, domain, decision, by_person, document
	FROM input, jsonb_populate_recordset(NULL::records, change -> 'records'))`
	writeLog = `,
logged AS (
	INSERT INTO operation_log (domain, call, at, text)
	SELECT domain, call, at, text FROM input, jsonb_populate_recordset(NULL::operation_log, change -> 'log'))`
	writeStarts = `,
taken AS (
	INSERT INTO starts (call, input)
	SELECT s.call, s.input FROM input i, jsonb_populate_recordset(NULL::starts, i.change -> 'starts') s)`
	writeEnd = `
SELECT`
)

// statement is what carries the change out. There are few of them, and each is prepared.
func (c *change) statement() string {
	var text strings.Builder
	text.WriteString(writeInput)
	for _, part := range []struct {
		rows int
		text string
	}{
		{len(c.Insert), writeCalls},
		{1, fmt.Sprintf(writeUpdates, c.few())},
		{1, writeProgress},
		{len(c.Links), writeLinks},
		{len(c.Records), writeRecords},
		{len(c.Log), writeLog},
		{len(c.Starts), writeStarts},
		{len(c.Approvals) + len(c.Asked) + len(c.Unasked), writeApprovals},
		{len(c.Nudges), leaveNudges},
		{len(c.Terms), writeTerms},
		{len(c.Ledger) + len(c.Clocks), writeClocks},
		{len(c.Gone), forgetClocks},
	} {
		if part.rows > 0 {
			text.WriteString(part.text)
		}
	}
	text.WriteString(writeEnd)
	return text.String()
}

// few tells Postgres that one call is updated, as mostly, so that it finds that by its number. It plans for a hundred otherwise, and
// reads all calls where there are not many.
func (c *change) few() string {
	if len(c.Update) == 1 {
		return " LIMIT 1"
	}
	return ""
}

// write carries the change out.
func (t *tx) write(ctx context.Context, c change) error {
	t.records = true
	_, err := t.ExecContext(ctx, c.statement(), doc(c))
	return err
}

// record puts an event on a call's trail and tells it to the outbox. The caller has given the event its call, sequence
// and content.
func (c *change) record(row callRow, event eventRow, notices []usm.Notice) {
	event.Fields.value = object(event.Fields.value)
	event.Before.value = object(event.Before.value)
	event.After.value = object(event.After.value)
	c.Events = append(c.Events, event)
	id := fmt.Sprintf("%s/%d", event.Call, event.Sequence)
	data := map[string]any{
		"call": row.Number, "type": row.Type, "domain": row.Domain, "status": row.Status, "subject": row.Subject,
		"requester": row.Requester, "sequence": event.Sequence, "kind": event.Kind, "process": event.Process,
		"step": event.Step, "attempt": event.Attempt, "outcome": event.Outcome, "by": event.By, "for": event.For,
	}
	if event.Kind == usm.EventAlarm {
		data["text"], data["fields"] = event.Text, event.Fields.value
	}
	c.tell(id, "usm.call."+string(event.Kind), event, data)
	for i, notice := range notices {
		told := maps.Clone(data)
		told["to"], told["text"] = notice.To, notice.Text
		if notice.Approval != "" {
			told["approval"] = notice.Approval
		}
		c.tell(fmt.Sprintf("%s/notice/%d", id, i+1), topicNotice, event, told)
	}
}

// topicNotice is that of what is told to people.
const topicNotice = "usm.call.notice"

// tell adds a CloudEvent to the outbox. Its id comes from the place on the trail, so it is the same in every delivery.
func (c *change) tell(id, topic string, event eventRow, data map[string]any) {
	c.Outbox = append(c.Outbox, outboxRow{
		ID: id, Topic: topic, Call: event.Call, Sequence: event.Sequence,
		Payload: cloudEvent(id, topic, "/usm/calls", event.Call, event.At, data),
	})
}

// cloudEvent is an event in the form in which others get it: CloudEvents 1.0, structured.
func cloudEvent(id, topic, source, subject string, at time.Time, data map[string]any) map[string]any {
	return map[string]any{
		"specversion": "1.0", "id": id, "source": source, "type": topic, "subject": subject,
		"time": at.UTC().Format(time.RFC3339Nano), "datacontenttype": "application/json", "data": data,
	}
}

// link connects two calls in both directions.
func (c *change) link(call, kind, to string) {
	c.Links = append(c.Links, linkRow{call, kind, to}, linkRow{to, inverse(kind), call})
}

var inverses = map[string]string{
	"parent": "child", "raised": "raised_from", "retyped_to": "retyped_from", "duplicate_of": "duplicated_by",
	"causes": "caused_by", "blocks": "blocked_by", "solves": "solved_by",
}

// inverse returns the kind of link that leads back; a kind without a name for that is the same both ways, as "related" is.
func inverse(kind string) string {
	for there, back := range inverses {
		switch kind {
		case there:
			return back
		case back:
			return there
		}
	}
	return kind
}
