package product

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// Token returns the bearer token of a person, issued when it is first asked for.
func (p *Product) Token(person string) string {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.people[person] == "" {
		token, err := p.store.IssueToken(context.Background(), usm.Token{Person: person, Name: "test"})
		require.NoError(p.t, err, "token of %s", person)
		p.people[person] = token
	}
	return p.people[person]
}

// Tokens issues the tokens of these people now, for tests in which Postgres goes away later.
func (p *Product) Tokens(domains ...string) {
	p.t.Helper()
	for _, id := range domains {
		domain, err := p.Admin.Domain(context.Background(), id)
		require.NoError(p.t, err)
		for _, person := range domain.People {
			p.Token(person.ID)
		}
	}
}

// As returns the API as a person sees it. Requests are repeated while a part of the product is away.
func (p *Product) As(person string) *client.Client {
	p.t.Helper()
	return p.Admin.As(p.Token(person))
}

// Temporal returns a bare client of the product's Temporal, which knows nothing of the product.
func (p *Product) Temporal() temporal.Client {
	p.t.Helper()
	c, err := temporal.NewLazyClient(temporal.Options{
		HostPort: p.TemporalAddress, Namespace: p.Namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(p.t, err)
	p.t.Cleanup(c.Close)
	return c
}

// interval is how often something is asked for that nothing announces.
const interval = 25 * time.Millisecond

// Eventually returns when done no longer gives an error, and fails the test with its last error when that takes too long.
func Eventually(tb testing.TB, limit time.Duration, what string, done func() error) {
	tb.Helper()
	eventually(tb, limit, what, done, func(string) bool { return false })
}

// AsLongAsItMoves is Eventually for what takes as long as the machine is busy: the limit is how long nothing may change in what
// done's error says.
func AsLongAsItMoves(tb testing.TB, limit time.Duration, what string, done func() error) {
	tb.Helper()
	last := ""
	eventually(tb, limit, what, done, func(now string) bool {
		moved := now != last
		last = now
		return moved
	})
}

func eventually(tb testing.TB, limit time.Duration, what string, done func() error, again func(string) bool) {
	tb.Helper()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	deadline := time.Now().Add(limit)
	for {
		err := done()
		if err == nil {
			return
		}
		switch now := time.Now(); {
		case again(err.Error()):
			deadline = now.Add(limit)
		case now.After(deadline):
			require.NoError(tb, err, "not within %s: %s", limit, what)
		}
		<-tick.C
	}
}
