package console

import (
	"cmp"
	"time"

	"github.com/usm-works/usm/usm"
)

// told is one thing that happened to a call, in the words of who asked for it.
type told struct {
	At    time.Time
	Who   string // name; "" for the provider as a whole
	What  string
	Quote string // what somebody wrote
}

// story tells the trail of a call to who asked for it. What is the provider's own affair is left out.
func (v *visit) story(events []usm.Event, names directory) (story []told) {
	begun := false
	for _, e := range events {
		key, quote := tellingOf(e)
		if key == "begun" {
			if begun {
				continue
			}
			begun = true
		}
		if !v.has("told." + key) {
			continue
		}
		story = append(story, told{At: e.At, Who: v.whoWas(e, names), What: v.T("told." + key), Quote: quote})
	}
	return story
}

// tellingOf names the text for an event, and what somebody wrote with it.
func tellingOf(e usm.Event) (key, quote string) {
	reason, _ := e.Fields["reason"].(string)
	switch e.Kind { //nolint:exhaustive // the others are told to nobody
	case usm.EventRegistered, usm.EventOpened:
		return "begun", ""
	case usm.EventAsked, usm.EventAnswered, usm.EventNoted, usm.EventAborted:
		return string(e.Kind), e.Text
	case usm.EventRetyped, usm.EventForked, usm.EventProposed, usm.EventPaused, usm.EventResumed:
		return string(e.Kind), ""
	case usm.EventSentBack:
		if e.Step.Kind() == usm.KindReview {
			return string(usm.Disputed), cmp.Or(reason, e.Text)
		}
		return string(e.Kind), ""
	case usm.EventStepFinished:
		return finishedTelling(e), reasonOf(e, reason)
	}
	return "", ""
}

// finishedTelling names the text for a finished step: its decision where that matters, else the step.
func finishedTelling(e usm.Event) string {
	switch {
	case e.State == usm.StepInherited, e.State == usm.StepNotApplicable:
		return ""
	case e.Outcome == usm.Rejected, e.Outcome == usm.Confirmed, e.Outcome == usm.Disputed, e.Outcome == usm.Agreed, e.Outcome == usm.NotAgreed:
		return string(e.Outcome)
	case e.Step.Kind() == usm.KindWork:
		return string(e.Step)
	}
	return string(e.Step.Kind())
}

// reasonOf is the reason of a decision that went against what was asked.
func reasonOf(e usm.Event, reason string) string {
	if e.Outcome == usm.Rejected || e.Outcome == usm.NotAgreed || e.Outcome == usm.Disputed {
		return reason
	}
	return ""
}

// whoWas names who did something: whoever visits himself, a person, or nobody in particular.
func (v *visit) whoWas(e usm.Event, names directory) string {
	switch {
	case e.By == v.me.Person && e.By != "":
		return v.T("told.you")
	case e.By == usm.Automatic.Person, e.By == usm.Engine.Person, e.By == "":
		return ""
	}
	return names.person(e.By)
}
