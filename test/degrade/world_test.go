package degrade

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// What is promised while something is away, and after.
const (
	deadline  = 31 * time.Second // of any request: its limit and one second
	recovered = 20 * time.Second // until all is well again: 10 s are meant and seen, but a machine that is busy takes longer
	again     = 200 * time.Millisecond
)

// errand is what somebody wants. It is sent until it is acknowledged, with the same key.
type errand struct {
	kind    string
	request product.Request
	endless bool // it is sent again and again, until the trouble is over and once after
}

// reply is one answer to an errand.
type reply struct {
	errand
	product.Answer
	took time.Duration
	at   time.Time
	err  error
}

func (r reply) acknowledged() bool { return r.err == nil && r.Status < 300 }

// trouble is something that goes wrong for a while.
type trouble struct {
	name  string
	begin func() (end func())
	lasts time.Duration
	// away are the parts that /readyz misses during it; nil when it says nothing for sure.
	away []string
	// goesOn are the errands that are acknowledged all the same.
	goesOn []string
	// unheard says that the gateway itself is gone, which gives no answers.
	unheard bool
}

// errands are so many of each kind. The calls that they speak of are made here.
func (d *degraded) errands(t *testing.T, about string, each int) []errand {
	t.Helper()
	manager := d.Token("rosa")
	list := []errand{{kind: "work", endless: true, request: product.Request{Path: "/work", Token: manager}}}
	for i := range each {
		send := func(kind, path, token string, body any) {
			list = append(list, errand{kind: kind, request: product.Request{
				Path: path, Token: token, Body: body,
				Header: map[string]string{"Idempotency-Key": fmt.Sprintf("%s/%s/%d", about, kind, i)},
			}})
		}
		incident := d.at(t, usm.Incident, usm.ClassifyIncident)
		send("finish", "/calls/"+incident.Number+"/steps/classify_incident", d.actor(t, incident), object{
			"fields": object{"category": "mail", "impact": "low", "urgency": "low"},
		})
		change := d.at(t, usm.ChangeRequest, usm.PlanChange)
		needs, err := d.As(change.WaitingFor.People[0]).StepView(t.Context(), change.Number, usm.PlanChange, "")
		require.NoError(t, err)
		change, err = d.As(change.WaitingFor.People[0]).FinishWith(t.Context(), change.Number, usm.PlanChange, needs.Example)
		require.NoError(t, err)
		asked, err := d.Admin.Approval(t.Context(), change.WaitingFor.Approval)
		require.NoError(t, err)
		send("decide", "/approvals/"+asked.ID+"/decisions", d.Token("sven"), object{"decision": "approve", "digest": asked.Digest})
		send("open", "/calls", d.Token("anna"), newIncident(i))
		list = append(list,
			errand{kind: "get", endless: true, request: product.Request{Path: "/calls/" + incident.Number, Token: manager}},
			errand{kind: "list", endless: true, request: product.Request{Path: "/calls?limit=20", Token: manager}})
	}
	return list
}

// run sends an errand until it is acknowledged, an endless one until over is closed and once after.
func (d *degraded) run(e errand, over <-chan struct{}, heard func(reply)) {
	tick := time.NewTicker(again)
	defer tick.Stop()
	limit := time.After(2 * deadline)
	for {
		last := false
		select {
		case <-over:
			last = true
		default:
		}
		began := time.Now()
		a, err := d.TrySend(e.request)
		r := reply{errand: e, Answer: a, err: err, took: time.Since(began), at: time.Now()}
		heard(r)
		if r.acknowledged() && (last || !e.endless) {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			return
		}
	}
}

// suffer has everybody ask while something goes wrong, and holds what is promised. It returns all replies.
func (d *degraded) suffer(t *testing.T, errands []errand, x trouble) []reply {
	t.Helper()
	var mu sync.Mutex
	var replies []reply
	over := make(chan struct{})
	var all sync.WaitGroup
	underWay := make(chan struct{}, 1)
	asks := func(errands []errand) {
		for _, e := range errands {
			all.Go(func() {
				d.run(e, over, func(r reply) {
					mu.Lock()
					defer mu.Unlock()
					replies = append(replies, r)
					select {
					case underWay <- struct{}{}:
					default:
					}
				})
			})
		}
	}
	asks(errands[:len(errands)/2])
	<-underWay // whoever is answered first only reads: the others are met in the midst of it
	end := x.begin()
	asks(errands[len(errands)/2:])
	lasts := time.After(x.lasts)
	for _, part := range x.away {
		product.Eventually(t, recovered, "/readyz misses "+part, func() error {
			if _, parts := d.Readiness(t); parts[part] != "away" {
				return fmt.Errorf("%v", parts)
			}
			return nil
		})
	}
	<-lasts
	ended := time.Now()
	end()
	close(over)
	product.Eventually(t, recovered, "the gateway is ready again", func() error {
		if status, parts := d.Readiness(t); status != http.StatusOK {
			return fmt.Errorf("%d: %v", status, parts)
		}
		return nil
	})
	all.Wait()
	requireDegradedWell(t, errands, replies, ended, x)
	return replies
}

// opens is how many calls are opened by errands.
func opens(errands []errand) (count int) {
	for _, e := range errands {
		if e.kind == "open" {
			count++
		}
	}
	return count
}

// requireDegradedWell holds all replies against what is promised.
func requireDegradedWell(t *testing.T, errands []errand, replies []reply, ended time.Time, x trouble) {
	t.Helper()
	var longest, late time.Duration
	counts := map[string]int{}
	first := map[string]bool{}
	for _, r := range replies {
		if x.unheard && r.err != nil {
			counts[r.kind+" unheard"]++
			continue
		}
		require.NoError(t, r.err, r.kind)
		counts[fmt.Sprintf("%s %d", r.kind, r.Status)]++
		longest = max(longest, r.took)
		require.Less(t, r.took, deadline, "%s: %d %s", r.kind, r.Status, r.Body)
		if r.acknowledged() {
			first[r.kind] = first[r.kind] || r.at.Before(ended)
			continue
		}
		requireRefused(t, r)
		require.NotEmpty(t, r.Header.Get("Retry-After"), "%s: %s", r.kind, r.Body)
	}
	for _, e := range errands {
		i := slices.IndexFunc(replies, func(r reply) bool {
			const key = "Idempotency-Key"
			return r.acknowledged() && r.request.Path == e.request.Path && r.request.Header[key] == e.request.Header[key] &&
				(!e.endless || r.at.After(ended))
		})
		require.GreaterOrEqual(t, i, 0, "%s %s was never acknowledged: %v", e.kind, e.request.Path, counts)
		late = max(late, replies[i].at.Sub(ended))
	}
	t.Logf("%s: longest request %s, all is well after %s, %v", x.name, longest.Round(time.Millisecond), late.Round(time.Millisecond), counts)
	require.Less(t, late, recovered, x.name)
	for _, kind := range x.goesOn {
		require.True(t, first[kind], "%s did not go on", kind)
	}
}
