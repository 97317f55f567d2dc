package replay

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// Options say what to replay and how.
type Options struct {
	Log     *Log
	Mapping Mapping
	Client  *client.Client    // of the gateway; it should reconnect. Its own token is not used
	Tokens  map[string]string // bearer token by person: those who ask and those who perform the steps
	Domain  string            // "" is the mapping's
	// Run names the replay: the same log is replayed anew under another name, and goes on under the same.
	Run         string
	Limit       int  // cases, from the first; 0 is all
	Concurrency int  // cases at a time; 0 is 16
	Strict      bool // end at the first refusal
	// StateFile remembers which cases are finished; "" remembers nothing, and the gateway's idempotency alone prevents
	// duplicates.
	StateFile string
	// Progress, unless nil, is called after each case.
	Progress func(Progress)
}

// Progress is how far a replay is.
type Progress struct{ Done, Total int }

// defaultConcurrency is the number of cases at a time unless Options say otherwise.
const defaultConcurrency = 16

// Run replays a log and returns what happened, also when it ended early; err is then why. Refused rows and cases are in
// the report and are no error unless Options.Strict.
func Run(ctx context.Context, o Options) (Report, error) {
	d, err := newDriver(ctx, o)
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	err = d.run(ctx)
	d.report.Elapsed = time.Since(began)
	d.report.Approvals.sorted(o.Mapping.Approvals)
	return d.report, errors.Join(err, d.state.save())
}

// driver replays the cases of one log.
type driver struct {
	Options
	people map[string]*client.Client
	world  World
	prefix string // of every idempotency key
	total  int

	mu      sync.Mutex
	handled int // cases
	report  Report
	state   *state
}

func newDriver(ctx context.Context, o Options) (*driver, error) {
	d := &driver{Options: o, people: map[string]*client.Client{}}
	if d.Domain == "" {
		d.Domain = o.Mapping.Domain
	}
	if d.Concurrency <= 0 {
		d.Concurrency = defaultConcurrency
	}
	if err := o.Mapping.Fits(o.Log); err != nil {
		return nil, err
	}
	for person, token := range o.Tokens {
		d.people[person] = o.Client.As(token)
	}
	if err := d.learn(ctx); err != nil {
		return nil, err
	}
	cases, err := o.Log.Count(o.Mapping.Case)
	if err != nil {
		return nil, err
	}
	if d.total = cases; o.Limit > 0 {
		d.total = min(cases, o.Limit)
	}
	d.prefix = "replay/" + digest(o.Log.Digest, o.Mapping.digest, d.Domain, o.Run)
	d.state, err = loadState(ctx, o.StateFile, d)
	return d, err
}

// run reads the log and drives its cases, so many at a time. It returns the first error that is no refusal.
func (d *driver) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(d.Concurrency)
	taken := 0
	strict := func(r Refusal) {
		if err := d.refuse(r); err != nil {
			group.Go(func() error { return err })
		}
	}
	readErr := d.Log.Cases(d.Mapping.Case, func(c Case) bool {
		if taken++; taken > d.total || ctx.Err() != nil {
			return false
		}
		group.Go(func() error { return d.one(ctx, c) })
		return taken < d.total
	}, strict)
	return errors.Join(readErr, group.Wait())
}

// refuse records a refusal; in a strict replay it is an error.
func (d *driver) refuse(r Refusal) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.refuse(r)
	if d.Strict {
		return r
	}
	return nil
}

// one drives one case to its end, unless an earlier run has.
func (d *driver) one(ctx context.Context, c Case) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	defer d.told()
	plan, refused, ok := d.Mapping.Plan(c, d.world)
	for _, r := range refused {
		if err := d.refuse(r); err != nil {
			return err
		}
	}
	if !ok {
		return nil
	}
	d.mu.Lock()
	before, resumed := d.state.Cases[plan.Case]
	d.mu.Unlock()
	if resumed && before.Done {
		d.finished(before, true)
		return nil
	}
	r := &ride{
		driver: d, plan: plan, prefix: d.prefix + "/" + keyPart(plan.Case), done: before,
		ended: map[string]bool{}, past: map[string]bool{},
	}
	result, err := r.run(ctx)
	d.keep(plan.Case, result)
	switch {
	case err == nil:
		d.finished(result, resumed)
		return nil
	case aboutTheCase(err):
		return d.refuse(refusalOf(plan, result, err))
	}
	return err
}

// aboutTheCase reports whether an error is a refusal of what one case asks, so that the others can go on.
func aboutTheCase(err error) bool {
	var stuck *stuckError
	var problem *client.Problem
	if !errors.As(err, &problem) {
		return errors.As(err, &stuck)
	}
	return !slices.Contains([]usm.Code{usm.CodeUnauthenticated, usm.CodeUnavailable, usm.CodeRateLimited}, problem.Code)
}

// keep remembers how far a case has come.
func (d *driver) keep(name string, c caseState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.Number != "" {
		d.state.Cases[name] = c
	}
	d.report.Requests += c.requests
	d.state.saveNow()
}

// finished counts a case that is over.
func (d *driver) finished(c caseState, resumed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.count(c, resumed)
}

// told reports the progress after a case, whatever became of it.
func (d *driver) told() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.handled++; d.Progress != nil {
		d.Progress(Progress{Done: d.handled, Total: d.total})
	}
}

// refusalOf says in terms of the log what the product refused.
func refusalOf(plan Plan, c caseState, err error) Refusal {
	r := Refusal{Line: plan.Line, Case: plan.Case, Reason: err.Error()}
	if c.Number != "" {
		r.Reason = c.Number + ": " + r.Reason
	}
	var problem *client.Problem
	if errors.As(err, &problem) && len(problem.Errors) > 0 {
		r.Column = problem.Errors[0].Pointer
		r.Reason += ": " + problem.Errors[0].Detail
	}
	return r
}
