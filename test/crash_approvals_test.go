package test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

const (
	openApprovals = 1000 // at the same time
	openForks     = 20   // every so many-th call has a child
	openBoth      = 10   // every so many-th approval is given by two people, the others by one of them
	voting        = 16   // requests at the same time
	votesBetween  = 200  // two crashes
)

// TestCrashWithOpenApprovals kills every part of the product with SIGKILL while many approvals are decided at the same time,
// and asks that each is decided once by each who decides, and that each call goes on once.
func TestCrashWithOpenApprovals(t *testing.T) { //nolint:paralleltest // its time limit is meant for a machine of its own
	f := launch(t, "it").ours()
	domain, file := unattended(t)
	_, err := f.Admin.ApplyDomain(t.Context(), "it", file)
	require.NoError(t, err)
	begun := time.Now()
	asked := openAsking(t, f.Product, domain, openApprovals, func(i int, call *usm.NewCall) {
		if i%openForks == 0 {
			call.Type = usm.ChangeRequest
		}
		if i%openBoth == 1 {
			call.Fields["amount"] = 2
		}
	})
	t.Logf("%d approvals are open after %s", len(asked), time.Since(begun).Round(time.Second))

	ctx, cancel := context.WithTimeout(t.Context(), crashLimit)
	defer cancel()
	var votes atomic.Int64
	voters, ctx := errgroup.WithContext(ctx)
	given := map[string]string{} // the people by approval
	voters.Go(func() error { return f.voteAll(ctx, asked, given, &votes) })
	f.crash(ctx, &votes, votesBetween)
	require.NoError(t, voters.Wait())
	f.requireRunning()
	db := f.SQL()
	product.AsLongAsItMoves(t, standstill, "every call goes on to its end", func() error {
		if open := count(t, db, `SELECT count(*) FROM calls WHERE status <> 'closed'`); open > 0 {
			return fmt.Errorf("%d are not closed", open)
		}
		return nil
	})
	t.Logf("all is decided and done after %s", time.Since(begun).Round(time.Second))
	product.RequireNothingTwice(t, f.Product, openApprovals+openApprovals/openForks)
	requireDecidedOnce(t, db, given)
}

// voteAll has everything decided, in any order; who is not answered repeats what he sent. given gets who decides what.
func (f *fleet) voteAll(ctx context.Context, asked []usm.ApprovalView, given map[string]string, votes *atomic.Int64) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(voting)
	rand.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
	for i, approval := range asked {
		people := deciders
		if approval.Policy.ID != "both" {
			people = deciders[i%2 : i%2+1]
		}
		given[approval.ID] = strings.Join(people, " ")
		for _, person := range people {
			group.Go(func() error {
				_, err := f.As(person).Decide(ctx, approval.ID, usm.DecisionRequest{Decision: usm.Approve, Digest: approval.Digest},
					client.WithKey("vote/"+approval.ID+"/"+person))
				if err != nil {
					return fmt.Errorf("%s on %s: %w", person, approval.ID, err)
				}
				votes.Add(1)
				return nil
			})
		}
	}
	return group.Wait()
}

// requireDecidedOnce holds approvals and trails against what was decided.
func requireDecidedOnce(t *testing.T, db *sql.DB, given map[string]string) {
	t.Helper()
	require.Len(t, given, openApprovals)
	for claim, statement := range map[string]string{
		"each approval was given by those who gave it, each once": `SELECT a.id, string_agg(b.person, ' ' ORDER BY b.person)
			FROM approvals a, jsonb_to_recordset(document -> 'ballots') AS b (person text, decision text)
			WHERE state = 'approved' AND b.decision = 'approve' GROUP BY 1`,
		"each answer is on the trail once, and before anything else": `SELECT fields ->> 'approval', string_agg(by_person, ' ' ORDER BY by_person)
			FROM trail t WHERE kind = 'decided' AND sequence < (SELECT min(sequence) FROM trail f
				WHERE f.call = t.call AND f.kind = 'step_finished' AND f.step IN ('plan_change', 'plan_operation')) GROUP BY 1`,
	} {
		require.Equal(t, given, pairs(t, db, statement), claim)
	}
	require.Zero(t, count(t, db, `SELECT count(*) FROM approvals WHERE state <> 'approved'`))
	require.Equal(t, openApprovals, count(t, db, `SELECT count(*) FROM trail WHERE kind = 'proposed'`), "each was asked for once")
}
