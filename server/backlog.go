package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/usm-works/usm/usm"
)

// A scrape goes on when Postgres is away: what it asks of others is asked so often at most, may take so long, is waited for that
// long, and counts for a while.
const (
	askedEvery   = 10 * time.Second
	askedFor     = 10 * time.Second
	askedWithin  = time.Second
	answerCounts = time.Minute
)

// lasting remembers an answer.
type lasting[T any] struct {
	mu     sync.Mutex
	asking chan struct{} // closed with the answer; nil while nobody asks
	at     time.Time
	value  T
	err    error
}

// ask returns the last answer, after a new one was asked for when it is time for that.
func (l *lasting[T]) ask(question func(context.Context) (T, error)) (answer T, err error) {
	l.mu.Lock()
	if l.asking == nil && time.Since(l.at) >= askedEvery {
		l.asking = make(chan struct{})
		go l.answer(question)
	}
	asking := l.asking
	l.mu.Unlock()
	if asking != nil {
		select {
		case <-asking:
		case <-time.After(askedWithin):
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.at) > answerCounts {
		return answer, errors.New("there is no answer yet")
	}
	return l.value, l.err
}

func (l *lasting[T]) answer(question func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), askedFor)
	defer cancel()
	value, err := question(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.value, l.err, l.at = value, err, time.Now()
	close(l.asking)
	l.asking = nil
}

// backlog measures what waits in the registers. While they do not answer it has no figures, and counts that.
type backlog struct {
	question func(context.Context) (usm.Backlog, error)
	mails    bool // are sent; else they wait on purpose
	kept     lasting[usm.Backlog]
	errors   prometheus.Counter
}

func newBacklog(question func(context.Context) (usm.Backlog, error), mails bool) *backlog {
	return &backlog{question: question, mails: mails, errors: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "usm_scrape_errors_total", Help: "Scrapes without what waits in the registers, because they did not say it.",
	})}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// What the registers say, of all gateways and workers together.
var (
	callsOpen = describe("usm_calls_open", "Open calls, by process, step (both empty until the engine has a call) and age.",
		"process", "step", "age")
	pendingCalls   = describe("usm_intake_pending_calls", "Calls taken in that the engine does not have yet (10,000 are counted).")
	pendingOldest  = describe("usm_intake_oldest_seconds", "How long the first of them has waited.")
	unheard        = describe("usm_actions_unheard", "Recorded actions that the engine may not know of yet (10,000 are counted).")
	unheardOldest  = describe("usm_actions_unheard_oldest_seconds", "How long ago the first of them was sent.")
	notices        = describe("usm_outbox_notices_waiting", "Notices to people that no mail was made of yet (10,000 are counted).")
	noticesOldest  = describe("usm_outbox_oldest_seconds", "How long the first of them has waited.")
	mailsWaiting   = describe("usm_mails_waiting", "Mails still to be sent, those that are tried again included (10,000 are counted).")
	mailsOldest    = describe("usm_mails_oldest_seconds", "How long ago the first of them was made.")
	lettersWaiting = describe("usm_dead_letters_waiting", "Signals that no call could take and nobody has replayed, among the last 10,000.")
)

// ages are the values of the label age, in the order of usm.OpenAges.
var ages = []string{"1h", "1d", "7d", "30d", "older"}

// Describe names them.
func (b *backlog) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		callsOpen, pendingCalls, pendingOldest, unheard, unheardOldest, notices, noticesOldest, mailsWaiting, mailsOldest, lettersWaiting,
	} {
		to <- d
	}
	b.errors.Describe(to)
}

// Collect asks the registers.
func (b *backlog) Collect(to chan<- prometheus.Metric) {
	found, err := b.kept.ask(b.question)
	if err != nil {
		b.errors.Inc()
	}
	b.errors.Collect(to)
	if err != nil {
		return
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, open := range found.Open {
		gauge(callsOpen, float64(open.Count), string(open.Step.Process()), string(open.Step), ages[open.Age])
	}
	for _, q := range []struct {
		waiting, oldest *prometheus.Desc
		of              usm.Queue
		measured        bool
	}{
		{pendingCalls, pendingOldest, found.Pending, true},
		{unheard, unheardOldest, found.Unheard, true},
		{notices, noticesOldest, found.Notices, b.mails},
		{mailsWaiting, mailsOldest, found.Mails, b.mails},
	} {
		if !q.measured {
			continue
		}
		gauge(q.waiting, float64(q.of.Waiting))
		gauge(q.oldest, q.of.Oldest)
	}
	gauge(lettersWaiting, float64(found.DeadLetters))
}

// asked measures which parts are there.
type asked struct {
	parts Parts
	kept  lasting[map[string]error]
}

func newAsked(parts Parts) *asked { return &asked{parts: parts} }

var partReady = describe("usm_part_ready", "Whether a part that the process cannot do without answers: 1 or 0.", "part")

// Describe names it.
func (a *asked) Describe(to chan<- *prometheus.Desc) { to <- partReady }

// Collect asks the parts.
func (a *asked) Collect(to chan<- prometheus.Metric) {
	said, err := a.kept.ask(func(ctx context.Context) (map[string]error, error) {
		ctx, cancel := context.WithTimeout(ctx, askedWithin)
		defer cancel()
		return a.parts.ask(ctx), nil
	})
	if err != nil {
		return
	}
	for part, err := range said {
		there := 1.0
		if err != nil {
			there = 0
		}
		to <- prometheus.MustNewConstMetric(partReady, prometheus.GaugeValue, there, part)
	}
}
