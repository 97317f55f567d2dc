package test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestAnAnswerThatTheEngineLostAndNobodyRepeats reaches its run all the same, a bypass too; one that was not lost costs the
// engine nothing.
func TestAnAnswerThatTheEngineLostAndNobodyRepeats(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"it"}})
	registers := storetest.Open(t, store.Options{URL: p.Database})
	database := p.SQL()
	noted := func() (count int) {
		require.NoError(t, database.QueryRowContext(t.Context(), `SELECT count(*) FROM nudges`).Scan(&count))
		return count
	}

	_, well := planned(t, p, eitherOfTwo("first"), eitherOfTwo("second"))
	approve := func(person, id string) usm.ApprovalView {
		asked, err := p.Admin.Approval(t.Context(), id)
		require.NoError(t, err)
		view, err := p.As(person).Decide(t.Context(), id, usm.DecisionRequest{Decision: usm.Approve, Digest: asked.Digest})
		require.NoError(t, err)
		return view
	}
	require.Equal(t, usm.ApprovalApproved, approve("sven", well.WaitingFor.Approval).State)
	require.Zero(t, noted(), "the engine has it: nothing is to be looked at")

	_, voted := planned(t, p, eitherOfTwo("plans"))
	_, bypassed := planned(t, p, eitherOfTwo("plans"))
	asked, err := p.Admin.Approval(t.Context(), voted.WaitingFor.Approval)
	require.NoError(t, err)
	_, err = registers.Amend(t.Context(), lostVote(asked))
	require.NoError(t, err)
	_, err = registers.Amend(t.Context(), lostBypass(bypassed))
	require.NoError(t, err)
	for _, number := range []string{voted.Number, bypassed.Number} {
		product.Eventually(t, time.Minute, "the run of "+number+" goes on by itself", func() error {
			now, err := p.Admin.Call(t.Context(), number)
			if err == nil && now.Step != usm.PrepareChange {
				err = fmt.Errorf("it is at %s", now.Step)
			}
			return err
		})
		require.Equal(t, 1, updates(t, p, number, usm.ActionRecheck))
	}
	require.Equal(t, usm.ApprovalApproved, approve("tamara", bypassed.Number+".2").State, "the run that waits for what is owed was started")
	require.Zero(t, updates(t, p, well.Number, usm.ActionRecheck), "whose time was over before")
	product.Eventually(t, time.Minute, "nothing is left to be looked at", func() error {
		if left := noted(); left > 0 {
			return fmt.Errorf("%d are", left)
		}
		return nil
	})
}

// updates is how many updates of that name are in the history of a run.
func updates(t *testing.T, p *product.Product, run string, name usm.ActionName) (count int) {
	t.Helper()
	events := p.Temporal().GetWorkflowHistory(t.Context(), run, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		accepted := event.GetWorkflowExecutionUpdateAcceptedEventAttributes()
		if accepted.GetAcceptedRequest().GetInput().GetName() == string(name) {
			count++
		}
	}
	return count
}
