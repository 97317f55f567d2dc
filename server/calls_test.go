package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestOpenCall(t *testing.T) {
	t.Parallel()

	t.Run("AnswersWithTheStartedCallAndItsAddress", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		got := w.post("rita", "/calls", newIncident()).status(http.StatusCreated)
		view := got.call()
		require.Equal(t, "/api/v1/calls/"+view.Number, got.Header.Get("Location"))
		require.Equal(t, usm.StatusOpen, view.Status)
		require.Equal(t, "rita", view.OpenedBy)
		require.Equal(t, "http://temporal.example/namespaces/usm/workflows/"+view.Number, view.TemporalURL)
		require.Equal(t, []string{view.Number}, w.store.started)
	})

	t.Run("TakesTheCallWhenTheEngineIsAway", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.desk.fail(usm.Errorf(usm.CodeUnavailable, "away"))
		view := w.post("rita", "/calls", newIncident()).status(http.StatusCreated).call()
		require.Equal(t, usm.StatusRegistered, view.Status)
		require.Empty(t, view.TemporalURL)
		require.Empty(t, view.AllowedActions)
		got := w.post("omar", "/calls/"+view.Number+"/steps/accept_incident", map[string]any{})
		got.problem(http.StatusServiceUnavailable, usm.CodeUnavailable)
		require.Equal(t, "2", got.Header.Get("Retry-After"))
	})
}

func TestOpenCallRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		as     string
		body   any
		status int
		code   usm.Code
		places []string
	}{
		"AnUnknownDomain":     {"rita", newIncident(map[string]any{"domain": "mars"}), 422, usm.CodeInvalid, []string{"/domain"}},
		"ADomainOfOthers":     {"heidi", newIncident(), 422, usm.CodeInvalid, []string{"/domain"}},
		"AnUnknownRequester":  {"omar", newIncident(map[string]any{"requester": "nobody"}), 422, usm.CodeInvalid, []string{"/requester"}},
		"AnInactiveRequester": {"omar", newIncident(map[string]any{"requester": "gone"}), 422, usm.CodeInvalid, []string{"/requester"}},
		"EverythingUnknownAtOnce": {
			"rita", newIncident(map[string]any{"service": "x", "components": []string{"srv-1", "y"}, "parent": "INC-000099"}), 422,
			usm.CodeInvalid,
			[]string{"/components/1", "/parent", "/service"},
		},
		"SomebodyElsesRequest": {"ravi", newIncident(), 403, usm.CodeForbidden, nil},
		"AMissingField": {
			"rita", map[string]any{"domain": "it", "description": "", "requester": "rita"}, 422, usm.CodeInvalid, []string{"/subject"},
		},
		"AnUnknownField":      {"rita", newIncident(map[string]any{"colour": "red"}), 422, usm.CodeInvalid, []string{"/colour"}},
		"AFieldInAnotherCase": {"rita", newIncident(map[string]any{"Service": "mail"}), 422, usm.CodeInvalid, []string{"/Service"}},
		"AWrongType": {
			"rita", newIncident(map[string]any{"subject": 7, "components": []any{3}}), 422, usm.CodeInvalid,
			[]string{"/components/0", "/subject"},
		},
		"ATypeThatIsNone": {"rita", newIncident(map[string]any{"type": "ticket"}), 422, usm.CodeInvalid, []string{"/type"}},
		"BrokenJSON":      {"rita", `{"domain":`, 400, "malformed", []string{""}},
		"TheCharacterNUL": {"rita", newIncident(map[string]any{"subject": "a\x00b"}), 400, "malformed", []string{""}},
		"NoBody":          {"rita", "", 400, "malformed", nil},
		"AnItemThatIsNotThere": {
			"rita", newIncident(map[string]any{"type": nil, "fields": map[string]any{"item": "yacht"}}), 422, usm.CodeInvalid,
			[]string{"/fields/item"},
		},
		"AnItemOfAnotherType": {
			"rita", newIncident(map[string]any{"service": "laptop", "fields": map[string]any{"item": "new-laptop", "model": "fast"}}), 422,
			usm.CodeInvalid,
			[]string{"/type"},
		},
		"FieldsTheItemDoesNotTake": {
			"rita",
			newIncident(map[string]any{"type": "service_request", "service": "laptop", "fields": map[string]any{"item": "new-laptop", "size": 1}}),
			422, usm.CodeInvalid,
			[]string{"/fields/model", "/fields/size"},
		},
		"AFactThatIsNoBoolean": {
			"rita", newIncident(map[string]any{"fields": map[string]any{"broken": "yes"}}), 422, usm.CodeInvalid, []string{"/fields/broken"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			p := w.post(c.as, "/calls", c.body).problem(c.status, c.code)
			require.ElementsMatch(t, c.places, p.places(), "%+v", p.Errors)
			require.Empty(t, w.store.order, "nothing is registered")
		})
	}
}

func TestOpenCallTypes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		covered string
		fields  map[string]any
		service string
		want    usm.CallType
		rule    int
	}{
		"WhatIsBrokenAsAnIncident":         {"", map[string]any{"broken": true}, "mail", usm.Incident, 2},
		"WhatNoAgreementCoversAsAWish":     {"", nil, "mail", usm.Wish, 3},
		"WhatLastsAsARequestForChange":     {"sa-1@2", map[string]any{"lasting": true}, "mail", usm.ChangeRequest, 4},
		"WhatIsCoveredAsAServiceRequest":   {"sa-1@2", nil, "mail", usm.ServiceRequest, 5},
		"WhatIsRaisedInsideAsARisk":        {"sa-1@2", map[string]any{"internal": true}, "mail", usm.Risk, 6},
		"AComplaintAsAWish":                {"sa-1@2", map[string]any{"dissatisfied": true}, "mail", usm.Wish, 1},
		"AnItemOfTheCatalogueAsWhatItSays": {"", map[string]any{"item": "new-laptop", "model": "fast"}, "", usm.ServiceRequest, 0},
		"AnItemWithFactsBesideItsOwnFields": {
			"", map[string]any{"item": "new-laptop", "model": "fast", "lasting": true}, "laptop", usm.ServiceRequest, 0,
		},
		"AnItemThatIsNotAgreedInAdvanceAsAWish": {"sa-1@2", map[string]any{"item": "new-mailbox"}, "mail", usm.Wish, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.store.covered = usm.Coverage{Agreement: c.covered, Clause: "north", Why: c.covered + " by clause north"}
			body := newIncident(map[string]any{"service": c.service, "fields": c.fields})
			delete(body, "type")
			if c.fields == nil {
				delete(body, "fields")
			}
			view := w.post("rita", "/calls", body).status(http.StatusCreated).call()
			require.Equal(t, c.want, view.Type)
			require.Equal(t, c.want, view.Typing.Type)
			require.Equal(t, c.rule, view.Typing.Rule)
			require.NotEmpty(t, view.Typing.Reason)
			if c.fields["item"] != nil {
				require.Contains(t, view.Typing.Reason, c.fields["item"])
				require.Equal(t, map[any]string{"new-laptop": "laptop", "new-mailbox": "mail"}[c.fields["item"]], view.Service)
			}
			if c.rule == 5 || c.fields["item"] == "new-laptop" {
				require.Contains(t, view.Typing.Reason, "sa-1@2", "the agreement")
				require.Contains(t, view.Typing.Reason, "clause north", "and its clause")
			}
		})
	}
}

func TestWhoSeesACall(t *testing.T) {
	t.Parallel()
	for who, status := range map[string]int{"rita": 200, "ravi": 200, "omar": 200, "admin": 200, "heidi": 404, "sensor": 404} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			number := w.incident()
			got := w.get(who, "/calls/"+number)
			if status == http.StatusNotFound {
				got.problem(status, usm.CodeNotFound)
				return
			}
			require.Equal(t, number, got.status(status).call().Number)
		})
	}
}

func TestRevisions(t *testing.T) {
	t.Parallel()

	t.Run("AnUnchangedCallIsNotSentAgain", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		tag := w.get("rita", "/calls/"+number).status(http.StatusOK).Header.Get("ETag")
		require.Equal(t, `"2"`, tag)
		got := w.get("rita", "/calls/"+number, "If-None-Match", "W/"+tag)
		got.status(http.StatusNotModified)
		require.Empty(t, got.body)
		w.get("rita", "/calls/"+number, "If-None-Match", `"1"`).status(http.StatusOK)
	})

	t.Run("AChangeOfAnOlderRevisionIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		number := w.incident()
		note := map[string]any{"text": "Looks like the router."}
		w.post("omar", "/calls/"+number+"/notes", note, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, usm.CodePrecondition)
		require.Empty(t, w.desk.actions)
		w.post("omar", "/calls/"+number+"/notes", note, "If-Match", `"1", "2"`).status(http.StatusOK)
	})
}

func TestLists(t *testing.T) {
	t.Parallel()

	t.Run("LinkToTheNextPageUntilTheEnd", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for range 5 {
			w.incident()
		}
		seen := 0
		for path := "/api/v1/calls?limit=2&status=open"; path != ""; {
			var page []usm.CallView
			got := w.send("rita", http.MethodGet, path, nil).status(http.StatusOK).into(&page)
			seen += len(page)
			path = nextOf(got)
		}
		require.Equal(t, 5, seen)
		require.Equal(t, usm.StatusOpen, w.store.filter.Status, "filters stay on the next page")
	})

	t.Run("PassEveryFilterOn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("rita", "/calls?type=incident&domain=it&workflow=4&process=recover&step=classify_incident&status=open&priority=high"+
			"&requester=rita&service=mail&component=srv-1&parent=INC-000001&q=router").status(http.StatusOK)
		require.Equal(t, usm.CallFilter{
			Type: usm.Incident, Domain: "it", Workflow: "4", Process: usm.Recover, Step: usm.ClassifyIncident, Status: usm.StatusOpen,
			Priority: usm.PriorityHigh, Requester: "rita", Service: "mail", Component: "srv-1", Parent: "INC-000001", Q: "router",
			Visible: &usm.Sight{Person: "rita", Domains: []string{"it"}}, Page: usm.Page{Limit: 50},
		}, w.store.filter)
	})

	t.Run("ShowAdministratorsEverything", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("admin", "/calls").status(http.StatusOK)
		require.Nil(t, w.store.filter.Visible)
	})

	t.Run("RefuseWhatTheyDoNotKnow", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, query := range []string{"limit=0", "limit=201", "limit=many", "status=lost", "colour=red"} {
			w.get("rita", "/calls?"+query).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		}
	})

	t.Run("OfWorkAreWhatThePersonMayActOn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.get("omar", "/work").status(http.StatusOK)
		require.Equal(t, "omar", w.store.filter.MayAct)
		require.Empty(t, w.store.filter.Claimed)
		w.get("omar", "/work?claimed=me&process=recover").status(http.StatusOK)
		require.Equal(t, [2]string{"omar", "recover"}, [2]string{w.store.filter.Claimed, string(w.store.filter.Process)})
		w.get("omar", "/work?claimed=olga").problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		require.JSONEq(t, "[]", string(w.get("admin", "/work").status(http.StatusOK).body))
	})
}
