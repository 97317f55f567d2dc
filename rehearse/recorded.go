package rehearse

import (
	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// recorded holds the handling norm beside what the log itself says about the promise.
type recorded struct {
	column  string
	squares map[usm.Priority]*Square // "" for all
}

func newRecorded(rule replay.Compare) *recorded {
	return &recorded{column: rule.Column, squares: map[usm.Priority]*Square{"": {}}}
}

func (r *recorded) count(story replay.Story, o outcome) {
	if r.squares[o.recorded] == nil {
		r.squares[o.recorded] = &Square{Priority: o.recorded}
	}
	ours := result("")
	if c, promised := o.promised(usm.NormHandling); promised {
		ours = resultOf(c)
	}
	for _, priority := range []usm.Priority{"", o.recorded} {
		square := r.squares[priority]
		switch {
		case !story.Compared || ours != met && ours != breached:
			square.Unjudged++
		case story.Met && ours == met:
			square.BothMet++
		case story.Met:
			square.OnlyLogMet++
		case ours == met:
			square.OnlyMet++
		default:
			square.BothBreached++
		}
	}
}

func (r *recorded) table() *Recorded {
	table := &Recorded{Column: r.column, Norm: usm.NormHandling, Priorities: []Square{}}
	for _, priority := range append([]usm.Priority{""}, usm.Priorities()...) {
		square := r.squares[priority]
		if square == nil {
			continue
		}
		square.Log = attainment(square.BothMet+square.OnlyLogMet, square.OnlyMet+square.BothBreached)
		square.Attainment = attainment(square.BothMet+square.OnlyMet, square.OnlyLogMet+square.BothBreached)
		if priority == "" {
			table.All = *square
		} else {
			table.Priorities = append(table.Priorities, *square)
		}
	}
	return table
}
