package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// steps prints a line for each part that has started. It is safe for concurrent use.
type steps struct {
	mu    sync.Mutex
	out   io.Writer
	began time.Time
}

func newSteps(out io.Writer) *steps { return &steps{out: out, began: time.Now()} }

// run does one part and prints how long it took, and what detail it gives.
func (s *steps) run(name string, do func() (detail string, err error)) error {
	began := time.Now()
	detail, err := do()
	state := "ready"
	if err != nil {
		state, detail = "failed", ""
	}
	s.line(strings.TrimRight(fmt.Sprintf("%-10s %-7s %6.1f s  %s", name, state, time.Since(began).Seconds(), detail), " "))
	return err
}

// line prints a line with the time since everything began.
func (s *steps) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "%6.1f s  %s\n", time.Since(s.began).Seconds(), text)
}
