package main

import (
	"fmt"
	"io"
	"time"

	bars "github.com/jedib0t/go-pretty/v6/progress"

	"github.com/usm-works/usm/replay"
)

// plainEvery is how often progress is told where a bar cannot be drawn.
const plainEvery = 5 * time.Second

// progress shows how far something long is, on standard error: a bar on a terminal, else a line now and then.
type progress struct {
	what  string
	of    string // what is counted, in the plural
	out   io.Writer
	drawn bool
	bars  bars.Writer // nil until the first step
	bar   *bars.Tracker
	gone  chan struct{} // closed when nothing is drawn any more
	began time.Time
	told  time.Time
}

func (a *app) bar(what, of string) *progress {
	drawn := isTerminal(a.err) && a.settings.noColour == ""
	return &progress{what: what, of: of, out: a.err, drawn: drawn, began: time.Now(), told: time.Now()}
}

// step is called after each, one call at a time.
func (p *progress) step(at replay.Progress) {
	switch {
	case p.drawn:
		p.draw(at)
	case time.Since(p.told) >= plainEvery || at.Done == at.Total:
		p.told = time.Now()
		rate := float64(at.Done) / max(time.Since(p.began).Seconds(), 1e-9)
		left := time.Duration(float64(at.Total-at.Done)/rate) * time.Second
		fmt.Fprintf(p.out, "%s: %d of %d %s, %.1f %s/s, %s left\n", p.what, at.Done, at.Total, p.of, rate, p.of, left)
	}
}

// draw draws the bar from its first step on.
func (p *progress) draw(at replay.Progress) {
	if p.bars == nil {
		p.bars, p.gone = bars.NewWriter(), make(chan struct{})
		p.bar = &bars.Tracker{Message: p.what, Total: int64(at.Total)}
		p.bars.SetOutputWriter(p.out)
		p.bars.SetAutoStop(true)
		p.bars.Style().Visibility.ETA, p.bars.Style().Visibility.Speed = true, true
		p.bars.AppendTracker(p.bar)
		go func() {
			defer close(p.gone)
			p.bars.Render()
		}()
	}
	p.bar.SetValue(int64(at.Done))
}

func (p *progress) finish() {
	if p.bars != nil {
		if !p.bar.IsDone() {
			p.bar.MarkAsErrored() // it was ended before
		}
		<-p.gone
	}
}
