package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func (w world) converses(t *testing.T) {
	call := w.incident(t)
	w.does(t, "farah", call.Number, "Accept", "#do-ask", url.Values{"ask/question": {"Which building?"}})
	page := w.until(t, "anna", call.Number, "#call-step", "Which building?")
	require.Contains(t, page.words("#call-step dl"), "Anna Kowalska")
	got := w.sends(t, "anna", page, "#do-answer", url.Values{"answer/text": {"The tower."}})
	require.Equal(t, address+call.Number+"?said=answer", got.Header.Get("Location"))
	require.Contains(t, w.get(t, "anna", got.Header.Get("Location")).words(".said"), "Your answer was sent")
	w.does(t, "goran", call.Number, "Accept", "#do-notes", url.Values{"notes/text": {"I am\non it."}})
	page = w.get(t, "anna", address+call.Number)
	require.Equal(t, 3, page.Find("#call-talk li").Length())
	require.Equal(t, "Farah Nouri", page.words("#call-talk li.asked strong"))
	require.Equal(t, "The tower.", page.words("#call-talk li.answered .value"))
}

func (w world) tellsWhyNot(t *testing.T) {
	call := w.incident(t)
	page := w.get(t, "anna", address+call.Number)
	require.Zero(t, page.Find("#finish").Length())
	require.Contains(t, page.words("#call-step"), "accept_incident is for the profile service-desk")
	require.Contains(t, page.words("#call-step dl"), "Farah Nouri")
	require.Equal(t, "the call waits for no confirmation", page.words("#why-confirm"))
	require.Equal(t, 1, page.Find(`#not-allowed button[disabled][aria-describedby="why-claim"]`).Length())
	require.Equal(t, 1, page.Find("#do-abort").Length(), "the requester may abort")
	dutch := w.dutch(t, "anna", address+call.Number)
	require.Contains(t, dutch.words("#call-step .problem"), "Dit kan nu niet, of niet door u.")
	require.Contains(t, dutch.words(`#call-step .problem [lang="en"]`), "is for the profile service-desk", "the API's own sentence is English")
	require.Equal(t, "the call waits for no confirmation", dutch.words(`#why-confirm [lang="en"]`))
	require.Zero(t, page.Find(`main [lang="en"]`).Length())
	got := w.post(t, "anna", address+call.Number+"/claim", url.Values{})
	require.Equal(t, http.StatusForbidden, got.Status)
	require.Contains(t, got.words(".problem"), "is for the profile service-desk")
}

func (w world) steers(t *testing.T) {
	call := w.incident(t)
	w.does(t, "farah", call.Number, "Accept", "#do-claim", nil)
	require.Contains(t, w.get(t, "goran", address+call.Number).words("#call-step"), "farah has claimed accept_incident")
	w.does(t, "farah", call.Number, "Claimed by", "#do-release", nil)
	w.does(t, "olga", call.Number, "Accept", "#do-reassign", url.Values{"reassign/profiles": {"engineer"}, "reassign/reason": {"Busy"}})
	w.does(t, "ivan", call.Number, "Ivan Horvat", "#do-pause", url.Values{"pause/reason": {"hold"}})
	page := w.until(t, "ivan", call.Number, "#call-facts", "paused")
	require.Equal(t, "On hold at the customer's wish", page.words("#field-resume-reason option[value=hold]"))
	w.does(t, "ivan", call.Number, "Accept", "#do-resume", url.Values{"resume/reason": {"hold"}})
	other := w.incident(t)
	w.does(t, "ivan", call.Number, "Accept", "#do-links", url.Values{"links/to": {other.Number}, "links/kind": {"related"}})
	require.Contains(t, w.get(t, "ivan", address+call.Number).words("#call-facts"), "Related"+other.Number)
	w.does(t, "ivan", call.Number, "Accept", "#do-redo", url.Values{"redo/reason": {"Once more"}})
	w.does(t, "olga", call.Number, "attempt 2", "#do-rebind", url.Values{"rebind/reason": {"Again"}})
	page = w.until(t, "farah", call.Number, "#call-step", "Accept")
	require.Zero(t, page.Find("#skip").Length(), "nobody leaves out accepting")
	w.does(t, "farah", call.Number, "Accept", "#finish", nil)
	w.does(t, "farah", call.Number, "Classify", "#finish", url.Values{"fields/category": {"mail"}})
	w.does(t, "ivan", call.Number, "Analyse", "#skip", url.Values{"not_applicable": {"The cause is known."}})
	page = w.until(t, "olga", call.Number, "#call-step", "Prepare")
	require.Contains(t, page.words("#path-table tbody tr:nth-child(3)"), "Not applicable")
	require.Contains(t, page.words("#path-table tbody tr:nth-child(3)"), "The cause is known.")
	got := w.sends(t, "olga", page, "#do-retype", url.Values{"retype/type": {"wish"}, "retype/reason": {"It is a wish"}})
	require.Regexp(t, `^/calls/WSH-\d+\?said=retype$`, got.Header.Get("Location"))
	w.does(t, "anna", other.Number, "Accept", "#do-abort", url.Values{"abort/reason": {"It works again"}})
	w.until(t, "anna", other.Number, "#call-step h2", "Aborted")
	require.Contains(t, w.get(t, "anna", address+other.Number).words("#call-more"), "Nothing can be done")
}

func (w world) showsForms(t *testing.T) {
	_, child := w.forked(t)
	w.does(t, "mateo", child, "Plan", "#finish", url.Values{"fields/plan": {"At once"}})
	page := w.until(t, "mateo", child, "#call-step", "Execute")
	require.Equal(t, 1, page.Find(`[name="fields/log/0/text"]`).Length())
	page = w.sends(t, "mateo", page, "#finish", url.Values{"show": {"more"}, "fields/log/0/text": {"First"}})
	require.Equal(t, http.StatusOK, page.Status)
	require.Equal(t, "First", page.words(`[name="fields/log/0/text"]`))
	require.Equal(t, 1, page.Find(`[name="fields/log/1/text"]`).Length())
	call := w.incident(t)
	page = w.get(t, "farah", address+call.Number)
	require.Zero(t, page.Find(`[name="fields/reason"][required]`).Length())
	page = w.sends(t, "farah", page, "#finish", url.Values{"show": {"outcome"}, "outcome": {"rejected"}})
	require.Equal(t, 1, page.Find(`[name="fields/reason"][required]`).Length(), "a rejection needs its reason")
	require.Equal(t, "Rejected", page.words("#outcome option[selected]"))
	now, err := w.As("farah").Call(t.Context(), call.Number)
	require.NoError(t, err)
	require.Equal(t, usm.AcceptIncident, now.Step, "nothing was done")
}
