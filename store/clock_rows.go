package store

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// termsRow is what clocks of calls run under, written once.
type termsRow struct {
	Key      string    `json:"key"`
	Document usm.Terms `json:"document"`
}

// ledgerRow is a row of the clock ledger of a call.
type ledgerRow struct {
	Call     string        `json:"call"`
	Revision int           `json:"revision"`
	Row      int           `json:"row"`
	Sequence int           `json:"sequence"`
	Document usm.LedgerRow `json:"document"`
}

// clockRow is a clock as reports look for it. Its JSON has the names of the columns.
type clockRow struct {
	Call             string         `json:"call"`
	ID               string         `json:"id"`
	Domain           string         `json:"domain"`
	Norm             string         `json:"norm"`
	Agreement        string         `json:"agreement"`
	AgreementVersion int            `json:"agreement_version"`
	Link             string         `json:"link"`
	Service          string         `json:"service"`
	Workflow         string         `json:"workflow"`
	Type             usm.CallType   `json:"type"`
	Priority         usm.Priority   `json:"priority"`
	Team             string         `json:"team"`
	State            usm.ClockState `json:"state"`
	Target           time.Duration  `json:"target_ns"`
	Used             time.Duration  `json:"used_ns"`
	StartedAt        *time.Time     `json:"started_at"`
	StoppedAt        *time.Time     `json:"stopped_at"`
	Due              *time.Time     `json:"due"`
	BreachedAt       *time.Time     `json:"breached_at"`
	Breaches         int            `json:"breaches"`
	Phases           []phaseRow     `json:"phases"`
	Document         usm.Clock      `json:"document"`
}

// phaseRow is a usm.Phase in numbers.
type phaseRow struct {
	Name    string        `json:"name"`
	Used    time.Duration `json:"used_ns"`
	Elapsed time.Duration `json:"elapsed_ns"`
}

const clockRowColumns = `call, id, domain, norm, agreement, agreement_version, link, service, workflow, type, priority, team, state,
	target_ns, used_ns, started_at, stopped_at, due, breached_at, breaches, phases, document`

// writeTerms, writeClocks and forgetClocks are the parts of change.statement that are about clocks.
const writeTerms = `,
agreed AS (
	INSERT INTO terms (key, document)
	SELECT t.key, t.document FROM input i, jsonb_populate_recordset(NULL::terms, i.change -> 'terms') t
	ON CONFLICT DO NOTHING)`

const writeClocks = `,
measured AS (
	INSERT INTO clock_ledger (call, revision, "row", sequence, document)
	SELECT call, revision, "row", sequence, document
	FROM input, jsonb_populate_recordset(NULL::clock_ledger, change -> 'ledger')),
ticked AS (
	INSERT INTO clocks (` + clockRowColumns + `)
	SELECT ` + clockRowColumns + ` FROM input, jsonb_populate_recordset(NULL::clocks, change -> 'clocks')
	ON CONFLICT (call, id) DO UPDATE SET (norm, agreement, agreement_version, link, service, workflow, type, priority, team,
		state, target_ns, used_ns, started_at, stopped_at, due, breached_at, breaches, phases, document)
	= (excluded.norm, excluded.agreement, excluded.agreement_version, excluded.link, excluded.service, excluded.workflow,
		excluded.type, excluded.priority, excluded.team, excluded.state, excluded.target_ns, excluded.used_ns,
		excluded.started_at, excluded.stopped_at, excluded.due, excluded.breached_at, excluded.breaches, excluded.phases,
		excluded.document))`

const forgetClocks = `,
gone AS (
	DELETE FROM clocks c USING input, jsonb_populate_recordset(NULL::clocks, change -> 'gone') g
	WHERE (c.call, c.id) = (g.call, g.id))`

// clockRows are the clocks of the call.
func (c *callRow) clockRows() []clockRow {
	return each(c.Clock.value.Clocks, func(k usm.Clock) clockRow {
		id, version, _ := strings.Cut(k.Agreement, "@")
		number, _ := strconv.Atoi(version)
		return clockRow{
			Call: c.Number, ID: k.ID, Domain: c.Domain, Norm: k.Norm, Agreement: id, AgreementVersion: number, Link: k.Link,
			Service: c.Service, Workflow: c.Workflow, Type: c.Type, Priority: c.Priority, Team: c.Team, State: k.State,
			Target: time.Duration(k.Target), Used: time.Duration(k.Used), StartedAt: k.StartedAt, StoppedAt: k.StoppedAt,
			Due: k.Due, BreachedAt: k.BreachedAt, Breaches: k.Breaches, Phases: each(k.Phases, phaseOf), Document: k,
		}
	})
}

func phaseOf(p usm.Phase) phaseRow {
	return phaseRow{p.Name, time.Duration(p.Used), time.Duration(p.Elapsed)}
}

// clocks puts into the change what became of the clocks of the call.
func (c *change) clocks(was, is callRow) {
	before, after := index(was.clockRows(), clockID), is.clockRows()
	for _, row := range after {
		if !reflect.DeepEqual(before[row.ID], row) {
			c.Clocks = append(c.Clocks, row)
		}
		delete(before, row.ID)
	}
	for _, row := range before {
		c.Gone = append(c.Gone, row)
	}
}

func clockID(row clockRow) string { return row.ID }
