package clock

import (
	"cmp"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// comes reports whether the moment comes with the fact; before is the fact before it.
func comes(m usm.Moment, before, f *usm.Fact) bool {
	return (m.Opened == "" || before.Open != m.Opened) && holds(m, f)
}

// holds reports whether the moment is now, when the call stands as after the fact. The zero moment never is.
func holds(m usm.Moment, f *usm.Fact) bool {
	return m != usm.Moment{} && is(m.Event, f.Kind) && is(m.Step, f.Step) && is(m.Opened, f.Open) && is(m.Outcome, f.Outcome) &&
		is(m.Status, f.Status) && is(m.Waiting, f.Waiting) && is(m.Reason, f.Reason) && is(m.By, f.By)
}

func is[T ~string](asked, actual T) bool { return asked == "" || asked == actual }

// held returns the reasons that hold after the fact, given those that held before: the oldest first.
func (b *Book) held(holding []string, before, f *usm.Fact) []string {
	var now []string
	keep := func(id string, on bool) {
		if on && !slices.Contains(now, id) {
			now = append(now, id)
		}
	}
	for _, id := range holding {
		keep(id, b.holds(id, true, before, f))
	}
	for i := range b.reasons {
		keep(b.reasons[i].ID, b.holds(b.reasons[i].ID, false, before, f))
	}
	if f.Kind == usm.EventPaused {
		keep(f.Reason, b.holds(f.Reason, false, before, f))
	}
	return now
}

// holds reports whether a reason holds after the fact. One that nobody knows any more holds until somebody ends it.
func (b *Book) holds(id string, held bool, before, f *usm.Fact) bool {
	for i := range b.reasons {
		if r := &b.reasons[i]; r.ID == id && r.While != nil {
			return holds(*r.While, f) || held && r.Until != nil && !comes(*r.Until, before, f)
		}
	}
	if f.Reason == id && f.Kind == usm.EventPaused {
		return true
	}
	return held && (f.Reason != id || f.Kind != usm.EventResumed)
}

// delivered reports whether the requester has confirmed the delivery. A question while the call is evaluated changes its
// status, and nothing about that.
func delivered(f *usm.Fact) bool {
	review := f.Open.Process().Find(usm.KindReview)
	return f.Status == usm.StatusFulfilled || f.Status == usm.StatusClosed || f.Open.Ordinal() > review.Ordinal()
}

// reacts reports whether the provider has finished a step.
func reacts(f *usm.Fact) bool {
	return f.Kind == usm.EventStepFinished && f.State == usm.StepDone && f.By == usm.SideProvider
}

// tells reports whether the requester hears something: a note, a question, that the call was accepted, that the delivery is
// there.
func tells(before, f *usm.Fact) bool {
	return f.Kind == usm.EventAsked || f.Kind == usm.EventNoted && f.By == usm.SideProvider ||
		reacts(f) && f.Step.Kind() == usm.KindAccept ||
		f.Open.Kind() == usm.KindReview && before.Open != f.Open
}

// stops reports whether the fact is the end of the norm.
func (p *promise) stops(before, f *usm.Fact) bool {
	switch {
	case p.named != nil:
		return comes(p.named.Stop, before, f)
	case p.norm == usm.NormReaction:
		return reacts(f) || delivered(f)
	}
	return delivered(f)
}

// starts reports whether the norm begins with the fact; reaction, update and handling begin with the notification.
func (p *promise) starts(before, f *usm.Fact) bool {
	return p.named != nil && comes(p.named.Start, before, f)
}

// resets reports whether the norm begins again.
func (p *promise) resets(before, f *usm.Fact) bool {
	if p.named != nil {
		return anyComes(p.named.Reset, before, f)
	}
	return p.norm == usm.NormUpdate && tells(before, f)
}

// cancels reports whether the norm no longer counts.
func (p *promise) cancels(before, f *usm.Fact) bool {
	return p.named != nil && anyComes(p.named.Cancel, before, f)
}

func anyComes(moments []usm.Moment, before, f *usm.Fact) bool {
	for _, m := range moments {
		if comes(m, before, f) {
			return true
		}
	}
	return false
}

// happened says in words what kinds of events are.
var happened = map[usm.EventKind]string{
	usm.EventRegistered: "the call was registered", usm.EventOpened: "the call was opened", usm.EventForked: "child calls were opened",
	usm.EventAsked: "the requester was asked", usm.EventAnswered: "the question was answered",
	usm.EventSentBack: "the call was sent back", usm.EventNoted: "a note", usm.EventLinked: "the call was linked",
	usm.EventSignal: "a signal", usm.EventDeadLetter: "a signal that nobody waited for", usm.EventRequested: "work was requested",
	usm.EventRetyped: "the call was retyped", usm.EventAborted: "the call was aborted", usm.EventPaused: "clocks were paused",
	usm.EventResumed: "clocks were resumed", usm.EventRebound: "the call was rebound", usm.EventAlarm: "an alarm",
}

// words says in words what the fact is.
func words(f *usm.Fact) string {
	text := cmp.Or(happened[f.Kind], plain(f.Kind))
	if f.Kind == usm.EventStepFinished {
		text = string(f.Step) + " was finished"
	}
	if f.By != usm.SideMachine && f.By != "" {
		text += " by the " + string(f.By)
	}
	if f.Kind == usm.EventStepFinished && f.Outcome != "" {
		text += ": " + plain(f.Outcome)
	}
	return text
}

// plain writes a name as words.
func plain[T ~string](name T) string { return strings.ReplaceAll(string(name), "_", " ") }
