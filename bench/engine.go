package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tsenart/vegeta/v12/lib"
)

// An engine is one of what is compared, as it runs on its stack.
type engine interface {
	// open is the request that opens a case; the answer has its number.
	open(name string) vegeta.Target
	// decide is the request that decides a case; its answer comes when that is committed.
	decide(w waits) vegeta.Target
	// look says by which statements a case is seen to wait, and to have ended. They take numbers of cases and the number of the
	// last row that they have written then, and give number, what and digest.
	look() (waits, ends string)
	// trace is what a case that has ended has left with the engine.
	trace(ctx context.Context, number string) (trace, error)
	// roots are the processes that are there for the engine alone; their children are too.
	roots() []int
	// restart ends the processes that perform cases and starts them again. What they kept in memory is lost.
	restart(ctx context.Context) error
	stop()
}

// waits is a case that waits for a decision: what is the approval, or with no digest the step.
type waits struct{ number, what, digest string }

// trace is how long a case is in the words of its engine.
type trace struct {
	Events     int `json:"events"`     // of the history; rows of its journal, its jobs
	Activities int `json:"activities"` // that it has run, local ones included
}

// kind is an engine that can be started.
type kind struct {
	name     string
	title    string
	temporal string // how Temporal keeps its data, "" for an engine without
	small    string // what this program serves, "" for the product
}

// kinds in the order of the tables.
var kinds = []kind{
	{"usm", "This product", onPostgres, ""},
	{"plain", "Temporal, a task for each step", onPostgres, "plain"},
	{"lean", "Temporal, an activity for each step", onPostgres, "lean"},
	{"dbos", "DBOS", "", "dbos"},
	{"river", "River", "", "river"},
	{"floor", "By hand in Postgres", "", "floor"},
	{"usm-file", "This product, Temporal on a file", onFile, ""},
	{"plain-file", "A task for each step, Temporal on a file", onFile, "plain"},
}

// kindNamed returns the engine of that name.
func kindNamed(name string) (kind, error) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, fmt.Errorf("no engine is called %q", name)
	}
	return kinds[i], nil
}

// start starts the engine on a stack. One that has started half way is returned with the error.
func (k kind) start(ctx context.Context, s *stack, binary string) (engine, error) {
	if k.small == "" {
		return startProduct(ctx, s, binary)
	}
	if _, err := s.db.Exec(ctx, schema); err != nil {
		return nil, err
	}
	e := &smallEngine{name: k.small, stack: s}
	return e, e.start(ctx)
}

// smallEngine is a small engine in a process of its own.
type smallEngine struct {
	name    string
	stack   *stack
	process *process
	url     string
}

func (e *smallEngine) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	env := append(os.Environ(), envDatabase+"="+e.stack.postgres.URL(""))
	if e.stack.temporal != nil {
		env = append(env, envTemporal+"="+e.stack.temporal.address)
	}
	if e.process, err = start(filepath.Join(e.stack.dir, e.name+".log"), env, self, "serve", e.name); err != nil {
		return err
	}
	said, err := e.process.said(ctx)
	e.url = strings.TrimPrefix(said, "ready ")
	return err
}

func (e *smallEngine) open(name string) vegeta.Target {
	return post(e.url+"/cases", "", map[string]string{"case": name})
}

func (e *smallEngine) decide(w waits) vegeta.Target {
	return post(e.url+"/cases/"+w.number+"/decision", "", map[string]string{"decision": "approve"})
}

func (e *smallEngine) look() (waits, ends string) {
	ends = `SELECT case_id, '', '' FROM writes WHERE case_id = ANY($1) AND step = $2`
	if e.stack.temporal != nil {
		return `SELECT case_id, '', '' FROM tasks WHERE case_id = ANY($1) AND step = $2 + 1`, ends
	}
	return ends, ends
}

func (e *smallEngine) trace(ctx context.Context, number string) (t trace, err error) {
	cases := []string{number, childID(number), childID(childID(number))}
	if e.stack.temporal != nil {
		return e.stack.temporal.trace(ctx, cases)
	}
	statement := map[string]string{
		"floor": `SELECT 0, count(*) FROM writes WHERE case_id = ANY($1)`,
		"river": `SELECT count(*), (SELECT count(*) FROM writes WHERE case_id = ANY($1)) FROM river_job WHERE args ->> 'id' = ANY($1)`,
		"dbos": `SELECT count(*) + (SELECT count(*) FROM dbos.workflow_status WHERE workflow_uuid = ANY($1)),
			(SELECT count(*) FROM writes WHERE case_id = ANY($1)) FROM dbos.operation_outputs WHERE workflow_uuid = ANY($1)`,
	}[e.name]
	err = e.stack.db.QueryRow(ctx, statement, cases).Scan(&t.Events, &t.Activities)
	return t, err
}

func (e *smallEngine) roots() []int { return []int{e.process.cmd.Process.Pid} }

func (e *smallEngine) restart(ctx context.Context) error {
	e.process.stop()
	return e.start(ctx)
}

func (e *smallEngine) stop() { e.process.stop() }

// post is a request with a body.
func post(url, token string, body any) vegeta.Target {
	content, err := json.Marshal(body)
	if err != nil {
		panic(err) // of our own types
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return vegeta.Target{Method: http.MethodPost, URL: url, Header: header, Body: content}
}
