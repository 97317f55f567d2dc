package test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// ride is a way through the product: a type of call and the decision that binds its workflow.
type ride struct {
	name     string
	callType usm.CallType
	decision usm.Outcome
	workflow usm.Workflow
	rows     int // of the path, child steps included (usm.md §3)
}

// rides are the eight workflows, an incident that takes both routes and a risk that is accepted.
var rides = []ride{
	{"AgreementChange", usm.Wish, "", usm.AgreementChange, 23},
	{"ResourceChange", usm.ChangeRequest, "", usm.ResourceChange, 15},
	{"IncidentWithChange", usm.Incident, usm.RouteChange, usm.IncidentWithChange, 22},
	{"IncidentWithoutChange", usm.Incident, usm.RouteOperate, usm.IncidentWithoutChange, 13},
	{"Operation", usm.ServiceRequest, "", usm.Operation, 6},
	{"RiskWithAgreementChange", usm.Risk, usm.RouteAgreement, usm.RiskWithAgreementChange, 30},
	{"RiskWithResourceChange", usm.Risk, usm.RouteChange, usm.RiskWithResourceChange, 22},
	{"RiskWithoutChange", usm.Risk, usm.RouteOperate, usm.RiskWithoutChange, 13},
	{"IncidentOnBothRoutes", usm.Incident, usm.RouteBoth, usm.IncidentWithChange, 28},
	{"AcceptedRisk", usm.Risk, usm.AcceptRisk, usm.RiskWithoutChange, 7},
}

// plan drives the ride. The facilities domain waits for the analysis of its sensors.
func (r ride) plan() product.Plan {
	plan := product.Plan{
		Outcomes: map[usm.Step]usm.Outcome{},
		Signals:  map[string]any{"sensor_analysis": map[string]any{"status": "finished", "cause": "A worn bearing", "confirmed": true}},
	}
	if r.decision != "" {
		plan.Outcomes[map[usm.CallType]usm.Step{usm.Incident: usm.PrepareRecovery, usm.Risk: usm.SelectMeasure}[r.callType]] = r.decision
	}
	return plan
}

// requester is a person of the domain whom a customer authorises and who only asks.
func requester(tb testing.TB, domain usm.Domain) string {
	tb.Helper()
	i := slices.IndexFunc(domain.People, func(p usm.Person) bool { return p.Customer != "" && len(p.Profiles) == 0 && !p.Inactive })
	require.GreaterOrEqual(tb, i, 0, "nobody asks in %s", domain.ID)
	return domain.People[i].ID
}

// open opens a call as its requester, for the first service of the domain.
func open(t *testing.T, p *product.Product, domain usm.Domain, kind usm.CallType, options ...client.Option) usm.CallView {
	t.Helper()
	asks := requester(t, domain)
	view, err := p.As(asks).Open(t.Context(), usm.NewCall{
		Domain: domain.ID, Type: kind, Subject: "End to end: " + string(kind), Description: t.Name(), Requester: asks,
		Service: domain.Services[0].ID, Impact: usm.Medium, Urgency: usm.High,
	}, options...)
	require.NoError(t, err)
	return view
}

func builtin(t *testing.T, p *product.Product, id string) usm.Domain {
	t.Helper()
	domain, err := p.Admin.Domain(t.Context(), id)
	require.NoError(t, err)
	return domain
}

func TestEightWorkflows(t *testing.T) { //nolint:tparallel // Temporal is asked when every call has ended
	t.Parallel()
	p := product.Start(t, product.Options{})
	var mu sync.Mutex
	driven := map[string]usm.CallView{}
	t.Run("InEveryDomain", func(t *testing.T) {
		for _, id := range slices.Sorted(maps.Keys(domains.Builtin())) {
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				domain := builtin(t, p, id)
				for _, r := range rides {
					t.Run(r.name, func(t *testing.T) {
						t.Parallel()
						number := open(t, p, domain, r.callType).Number
						view, err := p.Drive(t.Context(), number, r.plan())
						require.NoError(t, err)
						requireClosed(t, r, view)
						requireExecutedPath(t, p, r, view)
						mu.Lock()
						defer mu.Unlock()
						driven[number] = view
					})
				}
			})
		}
	})
	//nolint:paralleltest // after the calls
	t.Run("AreTheOnlyWorkflowsOfCallsInTemporal", func(t *testing.T) { requireTemporalAgrees(t, p, driven) })
}

func requireClosed(t *testing.T, r ride, view usm.CallView) {
	t.Helper()
	require.Equal(t, usm.StatusClosed, view.Status)
	require.Equal(t, usm.WorkflowView{Number: r.workflow.Number, Name: r.workflow.Name}, view.Workflow)
	require.Empty(t, view.Step)
	require.Equal(t, usm.WaitNone, view.WaitingFor.Kind)
	require.Empty(t, view.AllowedActions)
	require.NotNil(t, view.FulfilledAt)
	require.NotNil(t, view.ClosedAt)
	require.Contains(t, view.TemporalURL, product.TemporalUI)
	require.Contains(t, view.TemporalURL, view.Number)
	want := usm.OutcomeFulfilled
	if r.decision == usm.AcceptRisk {
		want = usm.OutcomeRiskAccepted
	}
	require.Equal(t, want, view.Outcome)
}
