package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestOpen(t *testing.T) {
	t.Parallel()

	t.Run("BindsTheCallAndOpensItsFirstStep", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.register(asked(usm.Incident))
		require.Equal(t, usm.StatusRegistered, w.view(call.Number).Status)
		binding := w.start(call)
		require.Equal(t, usm.Binding{
			Version: 1, Agreement: "sa-hq@1", Procedure: storetest.Domain().Procedure(usm.Recover),
			Categories: []string{"hardware", "software"}, ConsoleURL: "http://console",
		}, binding)
		view := w.view(call.Number)
		require.Equal(t, usm.StatusOpen, view.Status)
		require.Equal(t, usm.AcceptIncident, view.Step)
		require.Equal(t, 1, view.Attempt)
		require.Equal(t, usm.WaitStep, view.WaitingFor.Kind)
		require.Equal(t, []string{"operator", "coordinator"}, view.WaitingFor.Profiles)
		require.Equal(t, []string{"carl", "cora", "olga", "omar"}, view.WaitingFor.People)
		pending, err := w.Pending(w.ctx(), 10)
		require.NoError(t, err)
		require.Empty(t, pending)
		read, err := w.Binding(w.ctx(), call.Number)
		require.NoError(t, err)
		require.Equal(t, binding, read)
	})

	t.Run("ReturnsTheFirstBindingWhateverChangesLater", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.register(asked(usm.Incident))
		first := w.start(call)
		newer := storetest.Domain()
		newer.Categories = newer.Categories[:1]
		_, err := w.ApplyDomain(w.ctx(), newer, "test")
		require.NoError(t, err)
		again, err := w.Open(w.ctx(), call, usm.IncidentWithChange.Name)
		require.NoError(t, err)
		require.Equal(t, first, again)
		require.Len(t, w.events(call.Number), 2)
		require.Equal(t, 2, w.start(w.register(asked(usm.Incident))).Version)
	})

	t.Run("RegistersACallThatABareClientStartedUnderItsOwnNumber", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		bare := usm.Call{Number: "INC-000001", NewCall: usm.NewCall{Domain: "it", Subject: "Bare", Requester: "eve"}}
		for _, err := range atOnce(5, func(int) error {
			_, err := w.Open(w.ctx(), bare, usm.IncidentWithoutChange.Name)
			return err
		}) {
			require.NoError(t, err)
		}
		view := w.view("INC-000001")
		require.Equal(t, usm.Incident, view.Type)
		require.Equal(t, usm.StatusOpen, view.Status)
		require.Equal(t, []usm.EventKind{usm.EventRegistered, usm.EventOpened}, kinds(w.events("INC-000001")))
		require.Equal(t, "INC-000002", w.register(asked(usm.Incident)).Number, "its number is not given again")
	})

	t.Run("RefusesABareCallThatNamesWhatIsNotThere", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for pointer, call := range map[string]usm.NewCall{
			"/domain":       {Domain: "zoo", Subject: "s", Requester: "eve"},
			"/requester":    {Domain: "it", Subject: "s", Requester: "nobody"},
			"/subject":      {Domain: "it", Requester: "eve"},
			"/service":      {Domain: "it", Subject: "s", Requester: "eve", Service: "fax"},
			"/components/0": {Domain: "it", Subject: "s", Requester: "eve", Components: []string{"fan"}},
			"/parent":       {Domain: "it", Subject: "s", Requester: "eve", Parent: "INC-999999"},
		} {
			_, err := w.Open(w.ctx(), usm.Call{Number: "SRQ-000009", NewCall: call}, usm.Operation.Name)
			require.Equal(t, pointer, refusal(t, usm.CodeInvalid, err).Fields[0].Pointer)
		}
		_, err := w.Open(w.ctx(), usm.Call{Number: "SRQ-000009", NewCall: asked(usm.Incident)}, "Ninth")
		requireCode(t, usm.CodeInvalid, err)
		for _, number := range []string{"my-call", "INC-000009"} {
			_, err = w.Open(w.ctx(), usm.Call{Number: number, NewCall: asked(usm.ServiceRequest)}, usm.Operation.Name)
			require.Equal(t, "/number", refusal(t, usm.CodeInvalid, err).Fields[0].Pointer)
		}
		_, err = w.Call(w.ctx(), "SRQ-000009")
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("SaysWhyNoCustomerAuthorisesTheRequester", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		other := storetest.Domain()
		other.ID, other.People = "hr", []usm.Person{{ID: "zoe", Name: "Zoe", Customer: "hq"}}
		other.Agreements, other.Components = nil, nil
		_, err := w.ApplyDomain(w.ctx(), other, "test")
		require.NoError(t, err)
		parent := w.open(asked(usm.ServiceRequest))
		for name, c := range map[string]struct {
			call usm.NewCall
			want string
		}{
			"covered":                {asked(usm.Incident), ""},
			"no service":             {asked(usm.Incident, by("pat"), about("")), ""},
			"no agreement":           {asked(usm.Incident, by("pat")), "customer lab has no agreement in force for service mail"},
			"a wish may ask for one": {asked(usm.Wish, by("pat")), ""},
			"no customer":            {asked(usm.Incident, by("joe")), "no customer authorises joe"},
			"another domain":         {asked(usm.Incident, by("zoe")), "zoe is not a person of this domain"},
			"a risk seen inside":     {asked(usm.Risk, by("olga")), ""},
			"an incident from olga":  {asked(usm.Incident, by("olga")), "no customer authorises olga"},
			"raised from a call":     {asked(usm.Incident, by("joe"), func(c *usm.NewCall) { c.Parent = parent.Number }), ""},
		} {
			require.Equal(t, c.want, w.start(w.register(c.call)).Unauthorised, name)
		}
	})

	t.Run("AnAgreementThatIsNotValidTodayCoversNobody", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		covered := func() string {
			coverage, err := w.Covered(w.ctx(), asked(usm.Incident))
			require.NoError(t, err)
			return coverage.Agreement
		}
		require.Equal(t, "sa-hq@1", covered())
		require.NoError(t, w.exec(`UPDATE agreements SET valid_until = '2001-01-01'`))
		require.Empty(t, covered())
	})

	t.Run("BindingOfACallThatIsNotOpenedIsOutOfTurn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Binding(w.ctx(), w.register(asked(usm.Incident)).Number)
		requireCode(t, usm.CodeOutOfTurn, err)
		_, err = w.Binding(w.ctx(), "INC-999999")
		requireCode(t, usm.CodeNotFound, err)
	})
}

func by(person string) func(*usm.NewCall) { return func(c *usm.NewCall) { c.Requester = person } }

func about(service string) func(*usm.NewCall) { return func(c *usm.NewCall) { c.Service = service } }
