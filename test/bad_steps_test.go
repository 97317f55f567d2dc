package test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// attempt is something that somebody tries on a call, and what comes of it.
type attempt struct {
	at   usm.Step // where the call is; "" where it opens
	who  string   // person; "" is who may act
	path string   // below the call
	body any
	want refusal
}

// requireAllRefused makes every attempt on a call of its own and asks that nothing changed.
func requireAllRefused(t *testing.T, w *world, attempts map[string]attempt) {
	t.Helper()
	for name, c := range attempts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := w.at(t, rides[3], c.at)
			token := w.Token(c.who)
			if c.who == "" {
				token = w.actor(t, before)
			}
			path := "/calls/" + before.Number + "/" + c.path
			trail := w.Trail(t, before.Number)
			requireRefused(t, w.Send(t, product.Request{Path: path, Token: token, Body: c.body}), path, c.want)
			now, err := w.Admin.Call(t.Context(), before.Number)
			require.NoError(t, err)
			require.Equal(t, before.Revision, now.Revision)
			require.Equal(t, trail, w.Trail(t, before.Number))
		})
	}
}

type object = map[string]any

func fields(more object) object {
	all := object{"category": "mail", "impact": "low", "urgency": "low"}
	for name, value := range more {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return object{"fields": all}
}

func badSteps(t *testing.T, w *world) {
	t.Helper()
	const classify = "steps/classify_incident"
	solved := object{"fields": object{"solution": "s"}}
	outOfTurn := refusal{http.StatusConflict, usm.CodeOutOfTurn, nil, ""}
	at := usm.ClassifyIncident
	requireAllRefused(t, w, map[string]attempt{
		"AStepOutOfTurn":         {"", "", "steps/close_incident", object{}, outOfTurn},
		"AStepOfAnotherProcess":  {"", "", "steps/accept_wish", object{}, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "accept_wish"}},
		"AStepThatIsNone":        {"", "", "steps/party", object{}, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "party"}},
		"SomebodyElsesStep":      {at, "ivan", classify, fields(nil), forbidden("service-desk")},
		"TheRequestersOwnStep":   {at, "anna", classify, fields(nil), forbidden("service-desk")},
		"AMissingField":          {at, "", classify, fields(object{"category": nil}), invalid("/fields/category")},
		"NoFields":               {at, "", classify, object{}, invalid("/fields/category", "/fields/impact", "/fields/urgency")},
		"AnExtraField":           {at, "", classify, fields(object{"colour": "red"}), invalid("/fields/colour")},
		"AnExtraMember":          {at, "", classify, object{"fields": object{}, "colour": "red"}, invalid("/colour")},
		"AFieldOfAWrongType":     {at, "", classify, fields(object{"category": 7}), invalid("/fields/category")},
		"AnUnknownLevel":         {at, "", classify, fields(object{"urgency": "nil"}), invalid("/fields/urgency")},
		"AnUnknownCategory":      {at, "", classify, fields(object{"category": "cats"}), invalid("/fields/category")},
		"AnUnknownService":       {at, "", classify, fields(object{"service": "catering"}), invalid("/fields/service")},
		"AnUnknownComponent":     {at, "", classify, fields(object{"components": []string{"x"}}), invalid("/fields/components/0")},
		"AnOutcomeWhereNoneIs":   {at, "", classify, object{"outcome": "agreed", "fields": fields(nil)["fields"]}, invalid("/outcome")},
		"ADecisionWithoutOne":    {usm.PrepareRecovery, "", "steps/prepare_recovery", solved, invalid("/outcome")},
		"ARejectionWithNoReason": {"", "", "steps/accept_incident", object{"outcome": "rejected"}, invalid("/fields/reason")},
		"NotApplicableAndFields": {
			at, "", classify, object{"not_applicable": object{"reason": "r"}, "fields": fields(nil)["fields"]}, invalid("/not_applicable"),
		},
		"NotApplicableForNoReason": {at, "", classify, object{"not_applicable": object{"reason": ""}}, invalid("/not_applicable/reason")},
		"AForkByHand":              {usm.RecoverService, "olga", "steps/recover_service", object{}, outOfTurn},
	})
}

func badActions(t *testing.T, w *world) {
	t.Helper()
	outOfTurn := refusal{http.StatusConflict, usm.CodeOutOfTurn, nil, ""}
	requireAllRefused(t, w, map[string]attempt{
		"ConfirmTooEarly":             {"", "anna", "confirm", object{}, outOfTurn},
		"DisputeTooEarly":             {"", "anna", "dispute", object{"reason": "r"}, outOfTurn},
		"AnswerToNothing":             {"", "anna", "answer", object{"text": "t"}, outOfTurn},
		"AskWhenSomebodyConfirms":     {usm.ReviewRecovery, "olga", "ask", object{"question": "q"}, outOfTurn},
		"ConfirmForTheRequester":      {usm.ReviewRecovery, "ivan", "confirm", object{}, forbidden("anna")},
		"DisputeForNoReason":          {usm.ReviewRecovery, "anna", "dispute", object{}, invalid("/reason")},
		"AskNothing":                  {"", "", "ask", object{"question": ""}, invalid("/question")},
		"RedoOfWhatIsToCome":          {"", "olga", "redo", object{"step": "close_incident", "reason": "r"}, invalid("/step")},
		"RedoOfAnotherProcess":        {"", "olga", "redo", object{"step": "plan_change", "reason": "r"}, invalid("/step")},
		"RedoByABystander":            {"", "bilal", "redo", object{"reason": "r"}, forbidden("service-desk")},
		"AbortByABystander":           {"", "bilal", "abort", object{"reason": "r"}, forbidden("service-desk")},
		"AbortForNoReason":            {"", "olga", "abort", object{"reason": ""}, invalid("/reason")},
		"RetypeToTheSame":             {"", "olga", "retype", object{"type": "incident", "reason": "r"}, invalid("/type")},
		"RetypeToNothing":             {"", "olga", "retype", object{"type": "ticket", "reason": "r"}, invalid("/type")},
		"RetypeWhileAChildIsUnderWay": {usm.RecoverService, "olga", "retype", object{"type": "wish", "reason": "r"}, outOfTurn},
		"LinkToNothing":               {"", "", "links", object{"to": "INC-999999", "kind": "related"}, invalid("/to")},
		"LinkOfAnUnknownShape":        {"", "", "links", object{"to": "INC-999999", "kind": "Not A Kind"}, invalid("/kind")},
		"NoteOfNothing":               {"", "", "notes", object{"text": ""}, invalid("/text")},
		"AnActionThatIsNone":          {"", "", "party", object{}, refusal{http.StatusNotFound, usm.CodeNotFound, nil, "party"}},
	})
}
