package store_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// madeCall and madeClock are rows of the registers as tests make them. Their JSON has the names of the columns.
type madeCall struct {
	Number      string       `json:"number"`
	Type        usm.CallType `json:"type"`
	Domain      string       `json:"domain"`
	Subject     string       `json:"subject"`
	Requester   string       `json:"requester"`
	Service     string       `json:"service"`
	Impact      usm.Level    `json:"impact"`
	Status      usm.Status   `json:"status"`
	OpenedAt    time.Time    `json:"opened_at"`
	FulfilledAt *time.Time   `json:"fulfilled_at"`
	ClosedAt    *time.Time   `json:"closed_at"`
}

type madeClock struct {
	Call      string         `json:"call"`
	ID        string         `json:"id"`
	Domain    string         `json:"domain"`
	Norm      string         `json:"norm"`
	Agreement string         `json:"agreement"`
	Version   int            `json:"agreement_version"`
	Link      string         `json:"link"`
	Service   string         `json:"service"`
	Workflow  string         `json:"workflow"`
	Type      usm.CallType   `json:"type"`
	Priority  usm.Priority   `json:"priority"`
	Team      string         `json:"team"`
	State     usm.ClockState `json:"state"`
	Target    time.Duration  `json:"target_ns"`
	Used      time.Duration  `json:"used_ns"`
	StartedAt *time.Time     `json:"started_at"`
	StoppedAt *time.Time     `json:"stopped_at"`
	Due       *time.Time     `json:"due"`
	Breaches  int            `json:"breaches"`
	Phases    []madePhase    `json:"phases"`
	Document  usm.Clock      `json:"document"`

	requester string
}

type madePhase struct {
	Name    string        `json:"name"`
	Used    time.Duration `json:"used_ns"`
	Elapsed time.Duration `json:"elapsed_ns"`
}

func (w world) insertCalls(calls []madeCall) {
	w.t.Helper()
	raw, err := json.Marshal(calls)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec(`
		INSERT INTO calls (number, type, domain, domain_version, agreement, unauthorised, subject, description, requester, opened_by,
			service, components, category, impact, urgency, priority, status, workflow, process, step, attempt, outcome, route,
			waiting, waiting_since, forked_at, fork_attempt, coordinator, typing, request, fields, changes, opened_at,
			fulfilled_at, closed_at)
		SELECT number, type, domain, 1, '', '', subject, '', requester, 'desk',
			service, '{}', '', impact, '', '', status, 'IncidentWithChange', 'recover', '', 1, '', '',
			'{}', opened_at, '', 0, '{}', '{}', '{}', '{}', 1, opened_at,
			fulfilled_at, closed_at
		FROM jsonb_populate_recordset(NULL::calls, $1)`, string(raw)))
}

func (w world) insertClocks(clocks []madeClock) {
	w.t.Helper()
	raw, err := json.Marshal(clocks)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec(`
		INSERT INTO clocks SELECT (jsonb_populate_recordset(NULL::clocks, $1)).*`, string(raw)))
}

// chance makes worlds that are the same in every run.
type chance struct{ *rand.Rand }

func one[T any](c chance, of ...T) T { return of[c.IntN(len(of))] }

// moment is one of the last sixty days, none of the last hours.
func (c chance) moment(now time.Time) time.Time {
	return now.Add(-5 * time.Hour).Add(-time.Duration(c.IntN(60*24)) * time.Hour).Truncate(time.Microsecond)
}

// generated is a world of two domains, with clocks of every kind.
func generated(t *testing.T, seed uint64, calls int) (w world, clocks []madeClock) {
	t.Helper()
	w = setup(t)
	other := storetest.Domain()
	other.ID, other.Agreements = "hr", nil
	_, err := w.ApplyDomain(w.ctx(), other, "test")
	require.NoError(t, err)
	c, now := chance{rand.New(rand.NewPCG(seed, 0))}, time.Now().UTC()
	var made []madeCall
	for i := range calls {
		call := madeCall{
			Number: fmt.Sprintf("INC-%06d", i+1), Type: one(c, usm.Incident, usm.ServiceRequest), Domain: one(c, "it", "hr"),
			Subject: fmt.Sprintf("Call %d", i+1), Requester: one(c, "eve", "ed"), Service: one(c, "mail", "web"), Status: usm.StatusOpen,
			OpenedAt: c.moment(now),
		}
		made = append(made, call)
		for n := range 1 + c.IntN(4) {
			clocks = append(clocks, c.clock(call, n, now))
		}
	}
	w.insertCalls(made)
	w.insertClocks(clocks)
	return w, clocks
}

func (c chance) clock(call madeCall, n int, now time.Time) madeClock {
	started := c.moment(now)
	k := madeClock{
		Call: call.Number, ID: fmt.Sprintf("clock-%d", n), Domain: call.Domain, Norm: one(c, "reaction", "handling"),
		Agreement: one(c, "sa-hq", "uc-vendor"), Version: 1 + c.IntN(2), Link: one(c, "", "vendor"), Service: call.Service,
		Workflow: one(c, "IncidentWithChange", "Operation"), Type: call.Type, Priority: one(c, usm.PriorityHigh, ""),
		Team: one(c, "", "desk"), Used: time.Duration(c.IntN(1e6)) * time.Millisecond, StartedAt: &started, Phases: []madePhase{},
		State:    one(c, usm.ClockPending, usm.ClockRunning, usm.ClockPaused, usm.ClockStopped, usm.ClockStopped, usm.ClockCancelled),
		Breaches: one(c, 0, 0, 0, 1, 2), requester: call.Requester,
	}
	switch k.State {
	case usm.ClockPending:
		k.StartedAt, k.Breaches = nil, 0
	case usm.ClockRunning:
		due := now.Add(time.Duration(1+c.IntN(50)) * one(c, time.Hour, -time.Hour))
		k.Due = &due
	case usm.ClockStopped, usm.ClockCancelled:
		stopped := started.Add(time.Duration(c.IntN(20)) * time.Hour)
		k.StoppedAt = &stopped
	case usm.ClockPaused:
	}
	if k.Norm == "handling" && k.Type == usm.Incident {
		for _, name := range []string{"detection", "diagnosis", "repair", "recovery"}[:1+c.IntN(4)] {
			k.Phases = append(k.Phases, madePhase{name, time.Duration(c.IntN(1e6)) * time.Second, time.Duration(c.IntN(1e6)) * time.Second})
		}
	}
	k.Document = usm.Clock{ID: k.ID, Norm: k.Norm, Agreement: fmt.Sprintf("%s@%d", k.Agreement, k.Version), State: k.State}
	return k
}
