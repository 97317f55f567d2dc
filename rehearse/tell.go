package rehearse

import (
	"slices"
	"time"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// teller tells the story of a case in facts, as the product would have recorded it under the procedure of a domain. What a
// log cannot say is as it usually is: everything up to the step that the log shows was finished when it first shows it.
type teller struct {
	*side
	facts   []usm.Fact
	now     usm.Fact  // how the call stands
	review  time.Time // when the delivery was last up for confirmation
	timely  bool      // false: a delivery counts as confirmed because nobody said anything for so long
	pending bool      // priority or team changed since the last fact
}

// tell returns the facts of a case, and whether the log goes on after the delivery counted as confirmed.
func (s *side) tell(story replay.Story, terms string) (facts []usm.Fact, timely bool) {
	steps := s.procedure.Process.Steps()
	t := teller{side: s, timely: true, now: usm.Fact{
		At: story.Opened, Type: s.callType, Service: story.Service, Status: usm.StatusOpen,
		Open: steps[0], Attempt: 1, Waiting: usm.WaitStep,
	}}
	t.levels(story.Moves[0])
	t.add(usm.Fact{Kind: usm.EventOpened, Step: steps[0], By: usm.SideMachine, Terms: terms})
	t.machine()
	for _, move := range story.Moves {
		t.expire(move.At)
		if t.now.Status.Ended() {
			break
		}
		t.move(move)
	}
	if !t.now.Status.Ended() && t.now.At.After(t.facts[len(t.facts)-1].At) { // the log ends, and time passed until then
		t.signal()
	}
	return t.facts, t.timely
}

// move tells what one row says.
func (t *teller) move(move replay.Move) {
	t.now.At = move.At
	t.levels(move)
	if t.now.Team != move.Team {
		t.now.Team, t.pending = move.Team, true
	}
	switch move.Waits {
	case usm.WaitStep, usm.WaitAnswer, usm.WaitSignal:
		t.leave(move.Waits)
		t.work(move)
	case usm.WaitConfirmation, usm.WaitNone:
		t.leave(move.Waits)
		t.deliver()
		if move.Waits == usm.WaitNone {
			t.confirmed(usm.SideRequester)
		}
	}
	if t.pending {
		t.signal()
	}
	if move.Noted {
		t.add(usm.Fact{Kind: usm.EventNoted, By: usm.SideProvider})
	}
}

// levels looks the priority up in the domain's own table.
func (t *teller) levels(move replay.Move) {
	if priority := t.domain.Priorities.Priority(move.Impact, move.Urgency); priority != t.now.Priority {
		t.now.Priority, t.pending = priority, true
	}
}

// leave ends what the call waited for when it now waits for something else.
func (t *teller) leave(to usm.WaitKind) {
	if t.now.Waiting == to {
		return
	}
	switch t.now.Waiting {
	case usm.WaitAnswer:
		t.wait(usm.WaitStep)
		t.add(usm.Fact{Kind: usm.EventAnswered, By: usm.SideRequester})
	case usm.WaitSignal:
		t.wait(usm.WaitStep)
		t.signal()
	case usm.WaitConfirmation:
		if to == usm.WaitNone {
			return
		}
		review := t.now.Open
		t.now.Open = t.procedure.Rule(review).DisputeTo
		t.now.Attempt++
		t.wait(usm.WaitStep)
		t.add(usm.Fact{
			Kind: usm.EventStepFinished, Step: review, State: usm.StepDone, Outcome: usm.Disputed, By: usm.SideRequester,
		})
	}
}

// work brings the call to the step that the row shows, and to what it waits for there.
func (t *teller) work(move replay.Move) {
	for t.now.Open.Ordinal() < move.Step.Ordinal() {
		t.finish(usm.SideProvider)
	}
	if t.now.Waiting == move.Waits {
		return
	}
	t.wait(move.Waits)
	switch move.Waits {
	case usm.WaitAnswer:
		t.add(usm.Fact{Kind: usm.EventAsked, Step: t.now.Open, By: usm.SideProvider})
	case usm.WaitSignal:
		t.add(usm.Fact{Kind: usm.EventRequested, Step: t.now.Open, By: usm.SideProvider})
	}
}

// deliver finishes everything before the review.
func (t *teller) deliver() {
	for t.now.Open.Kind() != usm.KindReview {
		t.finish(usm.SideProvider)
	}
}

// finish finishes the open step and opens the next one, or those after it that the procedure has performed by machine.
func (t *teller) finish(by usm.Side) {
	step := t.now.Open
	state := usm.StepDone
	switch {
	case t.procedure.Rule(step).NotApplicable != "":
		state, by = usm.StepNotApplicable, usm.SideMachine
	case step.Kind() == usm.KindFork: // its child calls end
		by = usm.SideMachine
	}
	t.now.Open = step.Next()
	t.wait(usm.WaitStep)
	if t.now.Open.Kind() == usm.KindReview {
		t.wait(usm.WaitConfirmation)
		t.review = t.now.At
	}
	t.add(usm.Fact{Kind: usm.EventStepFinished, Step: step, State: state, Outcome: usual(step), By: by})
	t.machine()
}

// machine finishes what the procedure has performed without people, up to the review.
func (t *teller) machine() {
	for {
		rule := t.procedure.Rule(t.now.Open)
		unattended := rule.NotApplicable != "" || rule.Performer == usm.ByAutomatic && t.now.Attempt == 1
		if kind := t.now.Open.Kind(); !unattended || kind == usm.KindReview || kind == usm.KindClose {
			return
		}
		t.finish(usm.SideMachine)
	}
}

// expire confirms a delivery about which nobody said anything for as long as the procedure allows.
func (t *teller) expire(at time.Time) {
	if until := t.review.Add(t.confirm); t.now.Waiting == usm.WaitConfirmation && until.Before(at) {
		t.now.At, t.timely = until, false
		t.confirmed(usm.SideMachine)
	}
}

// confirmed fulfils the call and closes it.
func (t *teller) confirmed(by usm.Side) {
	review := t.now.Open
	t.now.Open, t.now.Waiting, t.now.Status = review.Next(), usm.WaitStep, usm.StatusFulfilled
	t.add(usm.Fact{Kind: usm.EventStepFinished, Step: review, State: usm.StepDone, Outcome: usm.Confirmed, By: by})
	for t.now.Open != "" {
		step := t.now.Open
		if t.now.Open = step.Next(); t.now.Open == "" {
			t.now.Waiting, t.now.Status = usm.WaitNone, usm.StatusClosed
		}
		t.add(usm.Fact{Kind: usm.EventStepFinished, Step: step, State: usm.StepDone, By: usm.SideProvider})
	}
}

// signal says that something is so because another system said it: the supplier, or the log. That is neither a reaction
// nor anything that the requester hears.
func (t *teller) signal() { t.add(usm.Fact{Kind: usm.EventSignal, By: usm.SideMachine}) }

func (t *teller) wait(kind usm.WaitKind) {
	t.now.Waiting, t.now.Status = kind, usm.Waiting{Kind: kind}.Status()
}

// usual is what is decided at a step unless something is wrong; a recovery and a measure need no change.
func usual(step usm.Step) usm.Outcome {
	outcomes := step.Outcomes()
	switch {
	case len(outcomes) == 0:
		return ""
	case slices.Contains(outcomes, usm.RouteOperate):
		return usm.RouteOperate
	}
	return outcomes[0]
}

// add records what happened, with how the call stands after it.
func (t *teller) add(what usm.Fact) {
	fact := t.now
	fact.Sequence = len(t.facts) + 1
	fact.Kind, fact.Step, fact.State, fact.Outcome = what.Kind, what.Step, what.State, what.Outcome
	fact.By, fact.Terms = what.By, what.Terms
	t.facts, t.pending = append(t.facts, fact), false
}
