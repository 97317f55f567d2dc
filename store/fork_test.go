package store_test

import (
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// fork opens the children of a fork step; the call then waits for them.
func (w world) fork(call usm.Call, step usm.Step, attempt int, workflows ...usm.Workflow) []usm.Call {
	w.t.Helper()
	in := input(call, step, func(in *usm.StepInput) {
		in.Attempt, in.Actor, in.ConfirmBy = attempt, usm.Automatic, []string{"coordinator"}
		in.Next = usm.Next{
			Step: step, Attempt: attempt, Status: usm.StatusWaiting, Waiting: usm.Waiting{Kind: usm.WaitChild, Step: step},
		}
		for _, workflow := range workflows {
			in.Forks = append(in.Forks, workflow.Name)
		}
	})
	return w.finish(in, usm.Effects{}).Opened
}

// back tells the parent that the children of its fork have come back.
func (w world) back(call usm.Call, step usm.Step) {
	w.t.Helper()
	next := input(call, step).Next
	_, err := w.Amend(w.ctx(), usm.Amendment{
		Call: call, Kind: usm.EventStepFinished, Step: step, Key: "step/" + string(step) + "/1/returned",
		Actor: usm.Automatic, Next: &next,
	})
	require.NoError(w.t, err)
}

func TestForks(t *testing.T) {
	t.Parallel()

	t.Run("OpenAChildWithWhatTheParentIsAbout", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ChangeRequest))
		w.through(call, usm.AcceptChange)
		w.finish(input(call, usm.ClassifyChange), usm.Effects{Facts: &usm.RequestFacts{
			Category: "hardware", Impact: usm.High, Urgency: usm.Low, Priority: usm.PriorityMedium, Service: "web", Components: []string{"disk-1"},
		}})
		w.through(call, usm.PlanChange, usm.PrepareChange, usm.ReleaseChange)
		opened := w.fork(call, usm.DeployChange, 1, usm.Operation)
		require.Len(t, opened, 1)
		child := opened[0]
		require.Equal(t, "SRQ-000001", child.Number)
		require.Equal(t, usm.ServiceRequest, child.Type)
		require.Equal(t, call.Number, child.Parent)
		require.Equal(t, usm.DeployChange, child.ForkedAt)
		require.Equal(t, []string{"coordinator"}, child.Coordinator)
		require.Equal(t, usm.PriorityMedium, child.Priority)
		require.Equal(t, "hardware", child.Category)
		require.Equal(t, "web", child.Service)
		require.Equal(t, []string{"disk-1"}, child.Components)
		require.Equal(t, "eve", child.Requester)

		require.Equal(t, usm.StatusRegistered, w.view(child.Number).Status)
		require.Equal(t, []usm.Link{{To: call.Number, Kind: "parent"}}, w.view(child.Number).Links)
		parent := w.view(call.Number)
		require.Equal(t, []string{child.Number}, parent.Children)
		require.Equal(t, []usm.Link{{To: child.Number, Kind: "child"}}, parent.Links)
		require.Equal(t, usm.StatusWaiting, parent.Status)
		require.Equal(t, usm.DeployChange, parent.Step)
		require.Equal(t, "open", read[string](w, `SELECT state FROM call_steps WHERE call = $1 AND step = 'deploy_change'`, call.Number))

		w.start(child)
		require.Equal(t, usm.WaitNone, w.view(child.Number).WaitingFor.Kind, "accept is inherited")
	})

	t.Run("AreFinishedOnceWhenTheChildrenComeBack", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		w.through(call, usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident, usm.PrepareRecovery)
		w.fork(call, usm.RecoverService, 1, usm.Operation)
		w.back(call, usm.RecoverService)
		w.back(call, usm.RecoverService)
		events := w.events(call.Number)
		require.Equal(t, []usm.EventKind{usm.EventForked, usm.EventStepFinished}, kinds(events[len(events)-2:]))
		require.Equal(t, "done", read[string](w, `SELECT state FROM call_steps WHERE call = $1 AND step = 'recover_service'`, call.Number))
		require.Equal(t, usm.ReviewRecovery, w.view(call.Number).Step)
	})

	t.Run("RaiseCallsThatNobodyWaitsFor", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ServiceRequest))
		w.through(call, usm.AcceptRequest, usm.ClassifyRequest, usm.PlanOperation)
		opened := w.finish(input(call, usm.ExecuteOperation), usm.Effects{Raise: []usm.NewCall{
			{Type: usm.Incident, Subject: "The fan stands still", Components: []string{"srv-1"}},
			{Type: usm.Risk, Subject: "The other fan is old", Domain: "it", Requester: "olga"},
		}}).Opened
		require.Len(t, opened, 2)
		require.Equal(t, "INC-000001", opened[0].Number)
		require.Equal(t, "eve", opened[0].Requester)
		require.Equal(t, "RSK-000001", opened[1].Number)
		for _, raised := range opened {
			require.False(t, raised.IsChild())
			require.Equal(t, call.Number, raised.Parent)
			require.Equal(t, []usm.Link{{To: call.Number, Kind: "raised_from"}}, w.view(raised.Number).Links)
			require.Empty(t, w.start(raised).Unauthorised)
		}
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM starts WHERE call = ANY($1) AND started_at IS NOT NULL`,
			pq.StringArray{opened[0].Number, opened[1].Number}), "a gateway would start them too")
		require.Empty(t, w.view(call.Number).Children)
		require.Len(t, w.view(call.Number).Links, 2)
	})

	t.Run("PointAtWhatARaisedCallNamesThatIsNotThere", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.ServiceRequest))
		w.through(call, usm.AcceptRequest, usm.ClassifyRequest, usm.PlanOperation)
		_, err := w.FinishStep(w.ctx(), input(call, usm.ExecuteOperation), usm.Effects{Raise: []usm.NewCall{
			{Type: usm.Incident, Subject: "one"},
			{Type: usm.Risk, Subject: "two", Service: "fax"},
			{Type: usm.Incident, Subject: "three", Components: []string{"srv-1", "fan"}},
		}})
		refused := refusal(t, usm.CodeInvalid, err)
		require.Equal(t, []usm.FieldError{
			{Pointer: "/fields/incidents/1/components/1", Detail: `there is no component "fan"`},
			{Pointer: "/fields/risks/0/service", Detail: `there is no service "fax"`},
		}, refused.Fields)
	})
}
