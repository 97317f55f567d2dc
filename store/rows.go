package store

import (
	"time"

	"github.com/lib/pq"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/clock"
)

// callRow is a row of the five registers. Its JSON has the names of the columns, because rows are written by
// jsonb_populate_recordset; generated columns are not in it.
type callRow struct {
	Number        string                   `db:"number" json:"number"`
	Type          usm.CallType             `db:"type" json:"type"`
	Domain        string                   `db:"domain" json:"domain"`
	DomainVersion int                      `db:"domain_version" json:"domain_version"`
	Agreement     string                   `db:"agreement" json:"agreement"`
	Unauthorised  string                   `db:"unauthorised" json:"unauthorised"`
	Subject       string                   `db:"subject" json:"subject"`
	Description   string                   `db:"description" json:"description"`
	Requester     string                   `db:"requester" json:"requester"`
	OpenedBy      string                   `db:"opened_by" json:"opened_by"`
	Service       string                   `db:"service" json:"service"`
	Components    pq.StringArray           `db:"components" json:"components"`
	Category      string                   `db:"category" json:"category"`
	Impact        usm.Level                `db:"impact" json:"impact"`
	Urgency       usm.Level                `db:"urgency" json:"urgency"`
	Priority      usm.Priority             `db:"priority" json:"priority"`
	Status        usm.Status               `db:"status" json:"status"`
	Workflow      string                   `db:"workflow" json:"workflow"`
	Process       usm.Process              `db:"process" json:"process"`
	Step          usm.Step                 `db:"step" json:"step"`
	Attempt       int                      `db:"attempt" json:"attempt"`
	Outcome       usm.Outcome              `db:"outcome" json:"outcome"`
	Route         usm.Outcome              `db:"route" json:"route"`
	Waiting       document[usm.Waiting]    `db:"waiting" json:"waiting"`
	WaitingSince  time.Time                `db:"waiting_since" json:"waiting_since"`
	Parent        *string                  `db:"parent" json:"parent"`
	ForkedAt      usm.Step                 `db:"forked_at" json:"forked_at"`
	ForkAttempt   int                      `db:"fork_attempt" json:"fork_attempt"`
	Coordinator   pq.StringArray           `db:"coordinator" json:"coordinator"`
	Typing        document[usm.Typing]     `db:"typing" json:"typing"`
	Request       document[map[string]any] `db:"request" json:"request"`
	Fields        document[map[string]any] `db:"fields" json:"fields"`
	Changes       int                      `db:"changes" json:"changes"`
	OpenedAt      time.Time                `db:"opened_at" json:"opened_at"`
	FulfilledAt   *time.Time               `db:"fulfilled_at" json:"fulfilled_at"`
	ClosedAt      *time.Time               `db:"closed_at" json:"closed_at"`
	Clause        string                   `db:"clause" json:"clause"`
	Team          string                   `db:"team" json:"team"`
	Terms         string                   `db:"terms" json:"terms"` // key; "" before the call is opened
	Clock         document[clock.State]    `db:"clock" json:"clock"`
	Due           *time.Time               `db:"due" json:"due"`
}

// callColumns are the columns of callRow.
const callColumns = `number, type, domain, domain_version, agreement, unauthorised, subject, description, requester,
	opened_by, service, components, category, impact, urgency, priority, status, workflow, process, step, attempt, outcome,
	route, waiting, waiting_since, parent, forked_at, fork_attempt, coordinator, typing, request, fields, changes, opened_at,
	fulfilled_at, closed_at, clause, team, terms, clock, due`

// stepRow is one attempt of one step of a call.
type stepRow struct {
	Call       string      `db:"call" json:"call"`
	Step       usm.Step    `db:"step" json:"step"`
	Attempt    int         `db:"attempt" json:"attempt"`
	State      usm.State   `db:"state" json:"state"`
	By         string      `db:"by_person" json:"by_person"`
	For        string      `db:"for_person" json:"for_person"`
	Outcome    usm.Outcome `db:"outcome" json:"outcome"`
	Reason     string      `db:"reason" json:"reason"`
	FinishedAt *time.Time  `db:"finished_at" json:"finished_at"`
}

// eventRow is a row of the trail.
type eventRow struct {
	Call      string                   `db:"call" json:"call"`
	Sequence  int                      `db:"sequence" json:"sequence"`
	Key       string                   `db:"key" json:"key"`
	At        time.Time                `db:"at" json:"at"`
	Kind      usm.EventKind            `db:"kind" json:"kind"`
	Process   usm.Process              `db:"process" json:"process"`
	Step      usm.Step                 `db:"step" json:"step"`
	Attempt   int                      `db:"attempt" json:"attempt"`
	State     usm.State                `db:"state" json:"state"`
	By        string                   `db:"by_person" json:"by_person"`
	For       string                   `db:"for_person" json:"for_person"`
	Profile   string                   `db:"profile" json:"profile"`
	Rule      string                   `db:"rule" json:"rule"`
	Outcome   usm.Outcome              `db:"outcome" json:"outcome"`
	Text      string                   `db:"text" json:"text"`
	Fields    document[map[string]any] `db:"fields" json:"fields"`
	Before    document[map[string]any] `db:"before" json:"before"`
	After     document[map[string]any] `db:"after" json:"after"`
	Version   int                      `db:"version" json:"version"`
	Agreement string                   `db:"agreement" json:"agreement"`
	RequestID string                   `db:"request_id" json:"request_id"`
	ActionID  string                   `db:"action_id" json:"action_id"`
	Digest    string                   `db:"digest" json:"digest"`
	Result    document[usm.StepResult] `db:"result" json:"result"`
	Fact      document[*usm.Fact]      `db:"fact" json:"fact"` // nil: it means nothing for the clocks
}

// eventColumns are the columns of eventRow that the API shows.
const eventColumns = `call, sequence, at, kind, process, step, attempt, state, by_person, for_person, profile, rule, outcome,
	text, fields, before, after, version, agreement, request_id`

type linkRow struct {
	Call string `json:"call"`
	Kind string `json:"kind"`
	To   string `json:"to"`
}

type recordRow struct {
	Call     string      `json:"call"`
	Kind     string      `json:"kind"`
	Attempt  int         `json:"attempt"`
	Step     usm.Step    `json:"step"`
	Domain   string      `json:"domain"`
	Decision usm.Outcome `json:"decision"`
	By       string      `json:"by_person"`
	Document any         `json:"document"`
}

type logRow struct {
	Domain string    `json:"domain"`
	Call   string    `json:"call"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
}

type startRow struct {
	Call  string   `json:"call"`
	Input usm.Call `json:"input"`
}

type outboxRow struct {
	ID       string         `json:"id"`
	Topic    string         `json:"topic"`
	Call     string         `json:"call"`
	Sequence int            `json:"sequence"`
	Payload  map[string]any `json:"payload"`
}
