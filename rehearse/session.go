package rehearse

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
	"github.com/usm-works/usm/usm/clock"
)

// fate is what became of an answer.
type fate int

const (
	fateUnneeded fate = iota
	fateUnreached
	fateOverdue
	fateCounted
)

// answer is a decision of the log while a round is heard.
type answer struct {
	replay.Verdict
	from    time.Time // the role was asked, in the log: when it was submitted, or with the answer before
	fate    fate
	settled bool          // an approval that asks for it ended without it
	waited  time.Duration // counted: business time since the role was asked
	late    bool          // counted: what was to be approved had begun
}

// answersOf are the answers of a round in the order of their time, none before it was submitted.
func answersOf(round replay.Round) []*answer {
	var answers []*answer
	for _, v := range round.Verdicts {
		answers = append(answers, &answer{Verdict: v})
	}
	slices.SortStableFunc(answers, func(a, b *answer) int { return a.At.Compare(b.At) })
	from := round.At
	for _, a := range answers {
		if a.from = from; a.At.Before(from) {
			a.At = from
		}
		from = a.At
	}
	return answers
}

// when is the time of the answer of a role that is asked since then: it takes as much business time as it took in the log.
// That of a role that is asked when the log asked it is that of the log.
func (a *answer) when(since time.Time, c *clock.Calendar) (time.Time, error) {
	if since.Equal(a.from) {
		return a.At, nil
	}
	return c.Add(since, c.Between(a.from, a.At))
}

// session is one approval on its way.
type session struct {
	*hearing
	a       usm.Approval
	w       approval.World
	answers []*answer
	until   time.Time            // it was submitted again; zero: never
	since   map[string]time.Time // roles that were asked
	heard   map[string]bool      // roles that have answered
}

// run gives the answers of the log, each when it comes, and rings what is due before it. Without an answer that is still to
// come nothing rings: what a role that the log did not ask would have said in time nobody knows.
func (s *session) run() error {
	for s.a.State == usm.ApprovalOpen {
		next, at, v, err := s.next()
		if err != nil {
			return err
		}
		if next == nil || !s.until.IsZero() && at.After(s.until) {
			s.leave()
			return nil
		}
		alarm, err := approval.Next(s.a, s.w)
		if err != nil {
			return err
		}
		if alarm.Key == "" || !alarm.At.Before(at) {
			if err = s.vote(next, at, v); err != nil {
				return err
			}
			continue
		}
		s.w.Now = alarm.At
		var rang bool
		if s.a, _, rang = approval.Ring(s.a, alarm, s.w); !rang {
			return fmt.Errorf("approval %s does not want its own alarm %s", s.a.ID, alarm.Key)
		}
	}
	return nil
}

// next is the earliest answer of those who are asked, its time, and the role's voice; nil when the log has none.
func (s *session) next() (next *answer, at time.Time, voice voice, err error) {
	for _, v := range s.voices(s.a, s.w) {
		if s.since[v.role].IsZero() {
			s.since[v.role] = s.w.Now
		}
		i := slices.IndexFunc(s.answers, func(a *answer) bool { return a.Role == v.role })
		if i < 0 || s.heard[v.role] {
			continue
		}
		when, err := s.answers[i].when(s.since[v.role], s.w.Calendar)
		if err != nil {
			return nil, at, voice, err
		}
		if next == nil || when.Before(at) {
			next, at, voice = s.answers[i], when, v
		}
	}
	return next, at, voice, nil
}

// vote counts the answer of a role. An approval is that of one of its people; a rejection is that of all, since in the log it
// ended the round.
func (s *session) vote(next *answer, at time.Time, v voice) (err error) {
	s.w.Now, s.heard[v.role] = at, true
	people := []string{v.speaker(s.plan.Case)}
	if next.Decision == usm.Reject {
		people = v.people
	}
	for _, person := range people {
		asked := func(d usm.Decider) bool { return d.By == person && d.Person == person }
		if !slices.ContainsFunc(approval.Deciders(s.a, s.w), asked) {
			continue // the others have decided it
		}
		ballot := usm.Ballot{
			Person: person, Decision: next.Decision, Reason: cmp.Or(next.Reason, string(next.Decision)), Digest: s.a.Digest, SignedIn: &at,
		}
		if s.a, err = approval.Vote(s.a, ballot, s.w); err != nil {
			return err
		}
	}
	if next.fate != fateCounted {
		next.fate, next.waited = fateCounted, s.w.Calendar.Between(s.since[v.role], at)
		next.late = !s.course.began.IsZero() && at.After(s.course.began)
	}
	return nil
}

// leave leaves the approval open, or void when it was submitted again, and says whom it waits for.
func (s *session) leave() {
	for _, v := range s.voices(s.a, s.w) {
		told := slices.ContainsFunc(s.answers, func(a *answer) bool { return a.Role == v.role })
		if !told || s.heard[v.role] {
			s.course.missing = append(s.course.missing, v.role)
		}
	}
	if !s.until.IsZero() {
		s.a.State = usm.ApprovalVoid
	}
}

// count keeps what came of the approval, and of the answers that it asks for and did not get.
func (s *session) count(stuck bool) {
	row := asked{
		policy: s.a.Policy.ID, state: s.a.State, silent: s.a.Silence, stuck: stuck,
		apart: len(approval.KeptApart(s.a, s.directory)) > 0,
	}
	if s.a.ClosedAt != nil {
		row.waited = s.w.Calendar.Between(s.a.OpenedAt, *s.a.ClosedAt)
	}
	s.course.asked = append(s.course.asked, row)
	roles := s.roles(asking(s.a), s.a.Policy.Require)
	for _, a := range s.answers {
		if a.fate == fateCounted || !slices.Contains(roles, a.Role) {
			continue
		}
		switch s.a.State {
		case usm.ApprovalExpired, usm.ApprovalEscalated:
			a.fate = fateOverdue
		case usm.ApprovalApproved:
			a.settled = true
		}
	}
}
