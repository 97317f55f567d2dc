package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

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
	bar   *progressbar.ProgressBar
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
	case p.drawn && p.bar == nil:
		p.bar = progressbar.NewOptions(at.Total, progressbar.OptionSetWriter(p.out), progressbar.OptionShowCount(),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString(p.of), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetDescription(p.what),
			progressbar.OptionFullWidth())
		fallthrough
	case p.drawn:
		_ = p.bar.Set(at.Done) // a bar that cannot be drawn is no reason to stop
	case time.Since(p.told) >= plainEvery || at.Done == at.Total:
		p.told = time.Now()
		rate := float64(at.Done) / max(time.Since(p.began).Seconds(), 1e-9)
		left := time.Duration(float64(at.Total-at.Done)/rate) * time.Second
		fmt.Fprintf(p.out, "%s: %d of %d %s, %.1f %s/s, %s left\n", p.what, at.Done, at.Total, p.of, rate, p.of, left)
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
		fmt.Fprintln(p.out)
	}
}
