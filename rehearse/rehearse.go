// Package rehearse runs a recorded log through the agreements, calendars and procedures of a domain file, and says what
// they would have come to: norms met and breached, pauses, warnings and escalation steps. It needs no server and changes
// nothing.
//
// The log and its mapping are those of package replay, whose Story tells the times of a case. Here the story is told in
// facts as the product would have recorded them under the procedure of the domain, alarms included, and package usm/clock
// folds them, as it does in the product.
package rehearse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// Options say what to rehearse.
type Options struct {
	Log     *replay.Log
	Mapping replay.Mapping // it must have facts
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
	report := r.report()
	report.Elapsed = time.Since(began)
	return report, err
}

// rehearsal is one run.
type rehearsal struct {
	Options
	world    replay.World
	zone     *time.Location
	proposed *side
	against  *side // nil without
	tally    *tally
	compared *recorded // nil when the log does not judge itself
	changes  *changes  // nil without against
	total    int
}

func newRehearsal(o Options) (r *rehearsal, err error) {
	if err = o.Mapping.Measures(o.Log); err != nil {
		return nil, err
	}
	r = &rehearsal{Options: o, tally: newTally()}
	if r.zone, err = o.Mapping.Zone(o.Domain.TimeZone); err != nil {
		return nil, err
	}
	if r.proposed, err = newSide(o.Domain, o.Mapping.Call.Type, o.Agreement); err != nil {
		return nil, err
	}
	if o.Against != nil {
		r.changes = newChanges()
		if r.against, err = newSide(*o.Against, o.Mapping.Call.Type, o.Agreement); err != nil {
			return nil, err
		}
	}
	if o.Mapping.Facts.Compare.Column != "" {
		r.compared = newRecorded(o.Mapping.Facts.Compare)
	}
	r.world = replay.WorldOf(o.Domain, func(string) bool { return true })
	if len(r.world.Requesters) == 0 {
		return nil, fmt.Errorf("domain %s has nobody who only asks: a person whom a customer authorises and who holds no profile", o.Domain.ID)
	}
	cases, err := o.Log.Count(o.Mapping.Case)
	if r.total = cases; o.Limit > 0 {
		r.total = min(cases, o.Limit)
	}
	return r, err
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
	story, refused, ok := r.Mapping.Story(c, r.world, r.zone)
	for _, refusal := range refused {
		r.tally.refuse(refusal)
	}
	if !ok {
		return nil
	}
	story.Service = r.proposed.service(story)
	after, err := r.proposed.measure(story, r.tally)
	if err != nil {
		return fmt.Errorf("case %s: %w", c.ID, err)
	}
	r.tally.count(story, r.Mapping.Call.Type, after)
	if r.compared != nil {
		r.compared.count(story, after)
	}
	if r.against == nil {
		return nil
	}
	before, err := r.against.measure(story, nil)
	if err != nil {
		return fmt.Errorf("case %s, against: %w", c.ID, err)
	}
	r.changes.count(story, before, after)
	return nil
}
