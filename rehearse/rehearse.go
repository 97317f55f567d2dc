// Package rehearse runs a recorded log through the agreements, calendars, procedures and approval policies of a domain file,
// and says what they would have come to: norms met and breached, pauses, warnings and escalation steps; who would have been
// asked to approve, and what would have become of it. It needs no server and changes nothing.
//
// The log and its mapping are those of package replay, whose Story tells the times of a case. Here the story is told in
// facts as the product would have recorded them under the procedure of the domain, alarms included, and package usm/clock
// folds them, as it does in the product. Package usm/approval decides what the log tells of decisions.
package rehearse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// Options say what to rehearse.
type Options struct {
	Log     *replay.Log
	Mapping replay.Mapping // it has facts, or tells of approvals
	Domain  usm.Domain     // what is proposed. All of its agreements count as in force, whatever their validity
	Against *usm.Domain    // what the proposal is compared with; nil: nothing
	// Agreement is the id of the one for which every case counts, whatever it covers. "": cases are spread over the people
	// who ask, as in a replay, and count for the agreement that covers the person.
	Agreement string
	Limit     int // cases, from the first; 0 is all
	// Progress, unless nil, is called after each case.
	Progress func(replay.Progress)
}

// Run rehearses a log and returns what came of it, also when it ended early; err is then why. Rows that cannot be used are
// in the report and are no error. Memory is bounded by the cases that are interleaved in the log, plus a few bytes for
// each case.
func Run(ctx context.Context, o Options) (Report, error) {
	began := time.Now()
	r, err := newRehearsal(o)
	if err != nil {
		return Report{}, err
	}
	err = r.run(ctx)
	if err == nil {
		err = r.silent()
	}
	report := r.report()
	report.Elapsed = time.Since(began)
	return report, err
}

// rehearsal is one run.
type rehearsal struct {
	Options
	world     replay.World
	norms     *norms     // nil when nothing is promised for the log
	approvals *approvals // nil when nothing is decided in it
	tally     *tally
	notes     []string
	total     int
}

func newRehearsal(o Options) (r *rehearsal, err error) {
	r = &rehearsal{Options: o, tally: newTally()}
	if err = r.parts(); err != nil {
		return nil, err
	}
	r.world = replay.WorldOf(o.Domain, func(string) bool { return true })
	if len(r.world.Requesters) == 0 {
		return nil, fmt.Errorf("domain %s has nobody who only asks: a person whom a customer authorises and who holds no profile", o.Domain.ID)
	}
	if r.world.Zone, err = o.Mapping.Zone(o.Domain.TimeZone); err != nil {
		return nil, err
	}
	cases, err := o.Log.Count(o.Mapping.Case)
	if r.total = cases; o.Limit > 0 {
		r.total = min(cases, o.Limit)
	}
	return r, err
}

// parts prepares what can be rehearsed. Where only one of the two can, a note says why the other cannot.
func (r *rehearsal) parts() (err error) {
	var noNorms, noApprovals error
	r.norms, noNorms = newNorms(r.Options)
	r.approvals, noApprovals = newApprovals(r.Options)
	switch {
	case noNorms != nil && noApprovals != nil:
		return errors.Join(noNorms, noApprovals)
	case noNorms != nil && r.Agreement != "":
		return noNorms
	case noNorms != nil:
		r.notes = append(r.notes, "no norms: "+noNorms.Error())
	case noApprovals != nil && r.Mapping.Approvals != nil:
		r.notes = append(r.notes, "no approvals: "+noApprovals.Error())
	}
	return nil
}

// run measures one case after the other, as the log gives them.
func (r *rehearsal) run(ctx context.Context) error {
	taken := 0
	var failed error
	err := r.Log.Cases(r.Mapping.Case, func(c replay.Case) bool {
		if taken == r.total {
			return false
		}
		taken++
		if failed = ctx.Err(); failed == nil {
			failed = r.one(c)
		}
		if failed == nil && r.Progress != nil {
			r.Progress(replay.Progress{Done: taken, Total: r.total})
		}
		return failed == nil
	}, r.tally.refuse)
	return errors.Join(err, failed)
}

// one rehearses one case.
func (r *rehearsal) one(c replay.Case) error {
	service, refused, err := r.measure(c)
	if err != nil {
		return fmt.Errorf("case %s: %w", c.ID, err)
	}
	bad, err := r.decide(c, service)
	if err != nil {
		return fmt.Errorf("case %s, approvals: %w", c.ID, err)
	}
	for _, refusal := range bad {
		if !slices.Contains(refused, refusal) {
			refused = append(refused, refusal)
		}
	}
	for _, refusal := range refused {
		r.tally.refuse(refusal)
	}
	return nil
}

// measure runs a case through the agreements, and says what it is about.
func (r *rehearsal) measure(c replay.Case) (service string, refused []replay.Refusal, err error) {
	if r.norms == nil {
		return "", nil, nil
	}
	story, refused, ok := r.Mapping.Story(c, r.world, r.world.Zone)
	if !ok {
		return "", refused, nil
	}
	story.Service = r.norms.proposed.service(story)
	return story.Service, refused, r.norms.measure(story, r.tally)
}

// decide runs a case through the approval policies.
func (r *rehearsal) decide(c replay.Case, service string) (refused []replay.Refusal, err error) {
	if r.approvals == nil {
		return nil, nil
	}
	plan, refused, ok := r.Mapping.Plan(c, r.world)
	if !ok {
		return refused, nil
	}
	if r.norms == nil {
		r.tally.numbers.Cases++
		r.tally.numbers.Rows += len(c.Rows)
	}
	return refused, r.approvals.hear(plan, service)
}

// silent says that nobody decides anything under the policies: an error when nothing else was rehearsed.
func (r *rehearsal) silent() error {
	if r.approvals == nil {
		return nil
	}
	err := r.approvals.silent()
	switch {
	case err == nil:
	case r.norms == nil:
		return err
	default:
		r.notes = append(r.notes, err.Error())
	}
	return nil
}
