package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/workflows"
)

// calendar keeps the turns that are written, with the moment at which that happened.
type calendar struct {
	activities.Registers
	env    *testsuite.TestWorkflowEnvironment
	mu     sync.Mutex          // several agreements turn at once
	terms  []usm.AgreementTerm // of the domain that is applied
	turns  []usm.AgreementTurn
	ids    []string
	refuse []error // answers to the first attempts
}

func (c *calendar) Turn(_ context.Context, term usm.AgreementTerm, turn usm.AgreementTurn) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.refuse) > 0 {
		err := c.refuse[0]
		c.refuse = c.refuse[1:]
		return err
	}
	c.ids = append(c.ids, term.WorkflowID())
	c.turns = append(c.turns, usm.AgreementTurn{At: c.env.Now().UTC(), Kind: turn.Kind})
	return nil
}

func (c *calendar) ApplyDomain(context.Context, usm.Domain, string) (usm.DomainResult, error) {
	return usm.DomainResult{Version: 1, Changed: true, Terms: c.terms}, nil
}

func newCalendar() *calendar {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	c := &calendar{env: suite.NewTestWorkflowEnvironment()}
	c.env.SetStartTime(started)
	c.env.SetTestTimeout(time.Minute)
	c.env.SetWorkerOptions(patient)
	registerAll(c.env, c, nil)
	return c
}

// term is that of an agreement of three years, from a first day to come on, with notices at 60 and 14 days.
func term() usm.AgreementTerm {
	first, end := started.AddDate(0, 1, 0), started.AddDate(3, 1, 0)
	return usm.AgreementTerm{Domain: "it", Agreement: "sa-sales", Version: 2, Events: []usm.AgreementTurn{
		{At: first, Kind: usm.TurnInForce},
		{At: end.AddDate(0, 0, -60), Kind: usm.TurnRenewal},
		{At: end.AddDate(0, 0, -14), Kind: usm.TurnRenewal},
		{At: end, Kind: usm.TurnExpired},
	}}
}

func TestAgreementTerm(t *testing.T) {
	t.Parallel()

	t.Run("WritesEachTurnOfThreeYearsAtItsMoment", func(t *testing.T) {
		t.Parallel()
		c := newCalendar()
		c.env.ExecuteWorkflow(workflows.AgreementTerm, term())
		require.NoError(t, c.env.GetWorkflowError())
		require.Equal(t, term().Events, c.turns)
		require.Equal(t, "agreement:it:sa-sales@2", c.ids[0])
	})

	t.Run("WritesTurnsThatArePastAtOnceInTheirOrder", func(t *testing.T) {
		t.Parallel()
		c := newCalendar()
		late := term().Events[2].At.Add(time.Hour)
		c.env.SetStartTime(late)
		c.env.ExecuteWorkflow(workflows.AgreementTerm, term())
		require.NoError(t, c.env.GetWorkflowError())
		want := term().Events
		for i := range want[:3] {
			want[i].At = late
		}
		require.Equal(t, want, c.turns)
	})

	t.Run("GoesOnUntilTheRegistersAnswer", func(t *testing.T) {
		t.Parallel()
		c := newCalendar()
		c.refuse = []error{errors.New("no connection"), usm.Errorf(usm.CodeUnavailable, "later")}
		c.env.ExecuteWorkflow(workflows.AgreementTerm, term())
		require.NoError(t, c.env.GetWorkflowError())
		require.Len(t, c.turns, 4)
	})

	t.Run("FailsWhenThereIsNoSuchVersion", func(t *testing.T) {
		t.Parallel()
		c := newCalendar()
		c.refuse = []error{usm.Errorf(usm.CodeNotFound, "no such version")}
		c.env.ExecuteWorkflow(workflows.AgreementTerm, term())
		require.ErrorContains(t, c.env.GetWorkflowError(), "no such version")
		require.Empty(t, c.turns)
	})
}

func TestApplyDomainWatchesItsAgreements(t *testing.T) {
	t.Parallel()
	c := newCalendar()
	other := term()
	other.Version = 3
	c.terms = []usm.AgreementTerm{term(), term(), other} // one is watched already
	c.env.ExecuteWorkflow(func(ctx workflow.Context) error {
		if err := workflow.ExecuteChildWorkflow(ctx, workflows.ApplyDomain, usm.ApplyDomain{}).Get(ctx, nil); err != nil {
			return err
		}
		return workflow.Sleep(ctx, 4*365*24*time.Hour)
	})
	require.NoError(t, c.env.GetWorkflowError())
	require.Len(t, c.turns, 8)
	require.ElementsMatch(t, []string{"agreement:it:sa-sales@2", "agreement:it:sa-sales@3"}, c.ids[:2])
}
