package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tsenart/vegeta/v12/lib"

	"github.com/usm-works/usm/usm"
)

// driver asks an engine, and sees what comes of it in its database: no engine has to tell, so none is slowed down by telling.
type driver struct {
	engine  engine
	stack   *stack
	http    *http.Client
	asked   atomic.Int64 // statements, each a transaction
	refused atomic.Int64 // requests that were told to come back

	mu     sync.Mutex
	awaits map[string]awaited
}

// awaited is what somebody waits for.
type awaited struct {
	ends bool // else that it waits for a decision
	row  int
	told chan waits
}

// drive looks until ctx ends.
func drive(ctx context.Context, e engine, s *stack) *driver {
	d := &driver{engine: e, stack: s, awaits: map[string]awaited{}, http: &http.Client{
		Timeout: 10 * time.Minute, Transport: &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024},
	}}
	go d.look(ctx)
	return d
}

// look asks the database more often when few cases are awaited, whose time is short.
func (d *driver) look(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		d.mu.Lock()
		wanted := map[awaited][]string{}
		for number, a := range d.awaits {
			a.told = nil
			wanted[a] = append(wanted[a], number)
		}
		pause := 5 * time.Millisecond
		if len(d.awaits) < 5 {
			pause = time.Millisecond
		}
		d.mu.Unlock()
		for what, numbers := range wanted {
			if err := d.see(ctx, what, numbers); err != nil && ctx.Err() == nil {
				panic(err) // a statement of ours is wrong, or Postgres is gone
			}
		}
		timer.Reset(pause)
	}
}

// see tells those whose cases are where they are awaited.
func (d *driver) see(ctx context.Context, what awaited, numbers []string) error {
	statement, ends := d.engine.look()
	if what.ends {
		statement = ends
	}
	d.asked.Add(1)
	rows, err := d.stack.db.Query(ctx, statement, numbers, what.row)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var w waits
		if err = rows.Scan(&w.number, &w.what, &w.digest); err != nil {
			return err
		}
		d.mu.Lock()
		d.awaits[w.number].told <- w
		delete(d.awaits, w.number)
		d.mu.Unlock()
	}
	return rows.Err()
}

// await returns when the case is there.
func (d *driver) await(ctx context.Context, number string, row int, ends bool) (waits, error) {
	told := make(chan waits, 1)
	d.mu.Lock()
	d.awaits[number] = awaited{ends, row, told}
	d.mu.Unlock()
	select {
	case w := <-told:
		return w, nil
	case <-ctx.Done():
		return waits{}, fmt.Errorf("%s is not at row %d: %w", number, row, ctx.Err())
	}
}

// patience is how long a request is repeated that is told to come back.
const patience = 2 * time.Minute

// send sends a request until it is taken, as a client does, under the same key, and returns the answer and how long all of it took.
func (d *driver) send(ctx context.Context, t vegeta.Target) (body []byte, took time.Duration, err error) {
	begun := time.Now()
	for {
		again, body, err := d.sendOnce(ctx, t)
		took := time.Since(begun)
		if err == nil || !again || took > patience {
			return body, took, err
		}
		d.refused.Add(1)
		select {
		case <-ctx.Done():
			return nil, took, ctx.Err()
		case <-time.After(time.Second): // what the gateway asks for
		}
	}
}

// sendOnce sends it once, and says whether it may be taken later.
func (d *driver) sendOnce(ctx context.Context, t vegeta.Target) (again bool, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, t.Method, t.URL, bytes.NewReader(t.Body))
	if err != nil {
		return false, nil, err
	}
	request.Header = t.Header
	answer, err := d.http.Do(request)
	if err != nil {
		return false, nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read to its end
	if body, err = io.ReadAll(answer.Body); err == nil && answer.StatusCode > 299 {
		err = fmt.Errorf("%s %s: %s: %s", t.Method, t.URL, answer.Status, body)
	}
	busy := answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable
	return busy || bytes.Contains(body, []byte(usm.CodeInProgress)), body, err
}

// numberOf is the number of the case in an answer.
func numberOf(body []byte) (string, error) {
	var answer struct {
		Number string `json:"number"`
	}
	err := json.Unmarshal(body, &answer)
	if err == nil && answer.Number == "" {
		err = fmt.Errorf("no number in %s", body)
	}
	return answer.Number, err
}

// taken is how long the parts of one case took.
type taken struct{ opening, decision, whole time.Duration }

// follow sees a case that has been opened to its end, and does what people do in it; decision is how long the first of that took.
func (d *driver) follow(ctx context.Context, name, number string) (decision time.Duration, err error) {
	p := plans[name]
	for i := range p.people {
		w, err := d.await(ctx, number, p.steps+i, false)
		if err != nil {
			return 0, err
		}
		_, took, err := d.send(ctx, d.engine.decide(w))
		if err != nil {
			return 0, err
		}
		if i == 0 {
			decision = took
		}
	}
	w, err := d.await(ctx, number, p.last(), true)
	if err == nil && w.what != "" && w.what != "closed" {
		err = fmt.Errorf("%s has ended as %s", number, w.what)
	}
	return decision, err
}

// whole performs one case.
func (d *driver) whole(ctx context.Context, name string) (number string, t taken, err error) {
	begun := time.Now()
	body, opening, err := d.send(ctx, d.engine.open(name))
	if err != nil {
		return "", t, err
	}
	if number, err = numberOf(body); err != nil {
		return "", t, err
	}
	decision, err := d.follow(ctx, name, number)
	return number, taken{opening, decision, time.Since(begun)}, err
}
