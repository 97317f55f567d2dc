package usm_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestCallTypes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ     usm.CallType
		prefix  string
		process usm.Process
	}{
		{usm.Wish, "WSH", usm.Agree},
		{usm.ChangeRequest, "RFC", usm.Change},
		{usm.Incident, "INC", usm.Recover},
		{usm.ServiceRequest, "SRQ", usm.Operate},
		{usm.Risk, "RSK", usm.Improve},
	} {
		t.Run(string(c.typ), func(t *testing.T) {
			t.Parallel()
			require.True(t, c.typ.Valid())
			require.Equal(t, c.prefix, c.typ.Prefix())
			require.Equal(t, c.process, c.typ.Process())
			require.Equal(t, c.typ, c.process.CallType())
			require.Equal(t, c.prefix+"-000042", c.typ.Number(42))
		})
	}
	require.Len(t, usm.CallTypes(), 5)
	require.False(t, usm.CallType("").Valid())
	require.False(t, usm.CallType("ticket").Valid())
	require.Empty(t, usm.CallType("ticket").Prefix())
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	t.Run("GrowBeyondSixDigits", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "INC-1000000", usm.Incident.Number(1_000_000))
	})

	t.Run("NameTheirRegister", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			typ := rapid.SampledFrom(usm.CallTypes()).Draw(t, "type")
			number := typ.Number(rapid.Int64Range(1, 1<<40).Draw(t, "n"))
			found, ok := usm.TypeOfNumber(number)
			require.True(t, ok)
			require.Equal(t, typ, found)
		})
	})

	for _, number := range []string{"", "INC", "INC-", "INC000042", "CHG-000001", "inc-000001"} {
		t.Run("AreNot"+number, func(t *testing.T) {
			t.Parallel()
			_, ok := usm.TypeOfNumber(number)
			require.False(t, ok)
		})
	}

	t.Run("OfACallAreUnique", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			typ := rapid.SampledFrom(usm.CallTypes())
			n := rapid.Int64Range(1, 1<<40)
			typeA, typeB, a, b := typ.Draw(t, "type a"), typ.Draw(t, "type b"), n.Draw(t, "a"), n.Draw(t, "b")
			require.Equal(t, typeA == typeB && a == b, typeA.Number(a) == typeB.Number(b))
		})
	})
}

func TestStatusEnded(t *testing.T) {
	t.Parallel()
	for status, ended := range map[usm.Status]bool{
		usm.StatusRegistered: false, usm.StatusOpen: false, usm.StatusWaiting: false, usm.StatusFulfilled: false, "": false,
		usm.StatusClosed: true, usm.StatusRejected: true, usm.StatusNotAgreed: true, usm.StatusRetyped: true, usm.StatusAborted: true,
	} {
		require.Equal(t, ended, status.Ended(), status)
	}
}

func TestStateFinished(t *testing.T) {
	t.Parallel()
	for state, finished := range map[usm.State]bool{
		"": false, usm.StepPending: false, usm.StepOpen: false, usm.StepSkipped: false,
		usm.StepDone: true, usm.StepInherited: true, usm.StepNotApplicable: true,
	} {
		require.Equal(t, finished, state.Finished(), state)
	}
}

func TestIsChild(t *testing.T) {
	t.Parallel()
	require.True(t, ritasChild.IsChild())
	require.False(t, ritasCall.IsChild())
	raised := usm.Call{NewCall: usm.NewCall{Parent: "SRQ-000001"}}
	require.False(t, raised.IsChild(), "nobody waits for a call that was only raised from another")
}

func TestCallInput(t *testing.T) {
	t.Parallel()
	t.Run("IsFlatForABareClient", func(t *testing.T) {
		t.Parallel()
		var call usm.Call
		require.NoError(t, json.Unmarshal([]byte(`{"domain": "it", "subject": "No mail", "requester": "anna"}`), &call))
		require.Equal(t, usm.Call{NewCall: usm.NewCall{Domain: "it", Subject: "No mail", Requester: "anna"}}, call)
	})

	t.Run("LeavesOutWhatIsNotKnown", func(t *testing.T) {
		t.Parallel()
		raw, err := json.Marshal(usm.Call{NewCall: usm.NewCall{Domain: "it", Subject: "No mail", Requester: "anna"}})
		require.NoError(t, err)
		require.JSONEq(t, `{"domain": "it", "subject": "No mail", "description": "", "requester": "anna"}`, string(raw))
	})

	t.Run("CarriesItsProgressToTheNextRun", func(t *testing.T) {
		t.Parallel()
		call := ritasChild
		call.Progress = &usm.Progress{
			Workflow: usm.IncidentWithChange.Name, Version: 3, Step: usm.RecoverService, Status: usm.StatusWaiting,
			Steps:    map[usm.Step]usm.StepState{usm.AcceptIncident: {State: usm.StepDone, Attempt: 2, By: "omar", Digest: "d"}},
			Waiting:  usm.Waiting{Kind: usm.WaitChild, Step: usm.RecoverService},
			Route:    usm.RouteBoth,
			Children: []usm.Child{{Number: "RFC-000001", Workflow: usm.ResourceChange.Name, Detached: true}},
			Early:    []usm.Signal{{ID: "1", Source: "s", Name: "n", Data: map[string]any{"a": 1.5}}},
			Seen:     []string{"s\x1f0"}, Changes: 7,
		}
		raw, err := json.Marshal(call)
		require.NoError(t, err)
		var next usm.Call
		require.NoError(t, json.Unmarshal(raw, &next))
		require.Equal(t, call, next)
	})
}
