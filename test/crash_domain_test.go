package test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// deciders decide in the department that unattended makes.
var deciders = []string{"sven", "tamara"}

// unattended is a department in which people do nothing but approve what costs something: one of them, or both where it costs
// more than 1. What people do all the same can be named.
func unattended(tb testing.TB, but ...usm.Step) (usm.Domain, []byte) {
	tb.Helper()
	domain, err := domains.Parse("it.yaml", domains.Builtin()["it"])
	require.NoError(tb, err)
	for i, procedure := range domain.Procedures {
		if procedure.Process == usm.Change || procedure.Process == usm.Operate {
			domain.Procedures[i].Steps = product.Automatic(procedure.Process, but...)
		}
	}
	policy := usm.ApprovalPolicy{ID: "one", Name: "One", Steps: []usm.Step{usm.PlanChange, usm.PlanOperation}, When: "amount == 1.0"}
	policy.Require = usm.Quorum{Need: "any", Approvers: []usm.Approver{{Person: deciders[0]}, {Person: deciders[1]}}}
	domain.Approvals = []usm.ApprovalPolicy{policy}
	policy.ID, policy.Name, policy.When, policy.Require.Need = "both", "Both", "amount > 1.0", "all"
	domain.Approvals = append(domain.Approvals, policy)
	file, err := domains.Marshal(domain)
	require.NoError(tb, err)
	return domain, file
}

// openAsking opens calls, each a service request that costs 1 unless it is changed, and returns what they ask for as whoever
// decides sees it.
func openAsking(
	tb testing.TB, p *product.Product, domain usm.Domain, calls int, change func(i int, call *usm.NewCall),
) (asked []usm.ApprovalView) {
	tb.Helper()
	opening, ctx := errgroup.WithContext(tb.Context())
	opening.SetLimit(voting)
	asks := requester(tb, domain)
	for i := range calls {
		call := usm.NewCall{
			Domain: domain.ID, Type: usm.ServiceRequest, Subject: fmt.Sprintf("Call %d", i), Requester: asks,
			Service: domain.Services[0].ID, Fields: map[string]any{"amount": 1},
		}
		change(i, &call)
		opening.Go(func() error {
			_, err := p.As(asks).Open(ctx, call, client.WithKey(fmt.Sprintf("open/%d", i)))
			return err
		})
	}
	require.NoError(tb, opening.Wait())
	product.AsLongAsItMoves(tb, standstill, "every call asks", func() error {
		asked = nil
		for page := (usm.Page{Limit: 200}); ; {
			some, next, err := p.As(deciders[0]).Approvals(tb.Context(), usm.ApprovalFilter{Page: page, Asks: deciders[0]})
			if err != nil {
				return err
			}
			if asked = append(asked, some...); next == "" {
				break
			}
			page.Cursor = next
		}
		if len(asked) < calls {
			return fmt.Errorf("%d do", len(asked))
		}
		return nil
	})
	return asked
}

// pairs runs a statement that gives two texts a row, the first of them once.
func pairs(t *testing.T, db *sql.DB, statement string) map[string]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	require.NoError(t, err)
	defer rows.Close() //nolint:errcheck // it is read to its end
	found := map[string]string{}
	for rows.Next() {
		var key, value string
		require.NoError(t, rows.Scan(&key, &value))
		found[key] = value
	}
	require.NoError(t, rows.Err())
	return found
}
