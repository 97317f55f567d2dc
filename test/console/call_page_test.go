package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestCallPage has one product for all that the page of a call does; the last part takes the worker away.
func TestCallPage(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	t.Run("LeadsACallFromOpenToClosedWithoutAScript", w.closesACall)
	t.Run("DrawsWhereAForkBranchesAndComesBack", w.drawsAFork)
	t.Run("AsksAnswersAndNotes", w.converses)
	t.Run("ShowsWhatIsNotAllowedWithTheReason", w.tellsWhyNot)
	t.Run("SteersACall", w.steers)
	t.Run("NarrowsTheFormToAnOutcomeAndAddsRows", w.showsForms)
	t.Run("OffersComponentsByTheirNames", w.offersComponents)
	t.Run("KeepsWhatWasTypedAndSaysWhatIsWrongAtTheField", w.keepsWhatWasTyped)
	t.Run("ShowsWhatChangedWhenSomebodyWasFaster", w.tellsWhoWasFaster)
	t.Run("EscapesWhatPeopleType", w.escapes)
	t.Run("IsNotThereForStrangers", w.hidesFromStrangers)
	t.Run("InABrowser", w.inABrowser)
	t.Run("KeepsTheFormWhenTheSessionIsOverOrTheWorkerIsAway", w.keepsTheForm)
}

const address = "/calls/"

// until asks for the page of a call until an element holds a text.
func (w world) until(t *testing.T, person, number, selector, text string) response {
	t.Helper()
	var page response
	product.Eventually(t, patience, text, func() error {
		page = w.get(t, person, address+number)
		if !strings.Contains(page.words(selector), text) {
			return errors.New(page.words(selector))
		}
		return nil
	})
	return page
}

// does sends a form of the page of a call and expects that it is done; the text has to be on the page first.
func (w world) does(t *testing.T, person, number, heading, form string, fields url.Values) {
	t.Helper()
	got := w.sends(t, person, w.until(t, person, number, "#call-step", heading), form, fields)
	require.Equal(t, http.StatusSeeOther, got.Status, got.words("main"))
}

// sends a form; a busy engine may be away for a moment, and the same form again is the same action.
func (w world) sends(t *testing.T, person string, page response, form string, fields url.Values) response {
	t.Helper()
	var got response
	product.Eventually(t, patience, form, func() error {
		if got = w.submit(t, person, page, form, fields); got.Status == http.StatusServiceUnavailable {
			return errors.New(got.words("main"))
		}
		return nil
	})
	return got
}

// evaluated are good answers to the five questions.
var evaluated = url.Values{
	"fields/done_properly": {"true"}, "fields/recorded_completely": {"true"}, "fields/standard_candidate": {"false"},
}

// forked brings an incident to the fork that recovers it, and returns its child.
func (w world) forked(t *testing.T) (call usm.CallView, child string) {
	t.Helper()
	call = w.incident(t)
	w.does(t, "farah", call.Number, "Accept", "#finish", nil)
	w.does(t, "farah", call.Number, "Classify", "#finish", url.Values{
		"fields/category": {"software"}, "fields/impact": {"medium"}, "fields/urgency": {"high"},
	})
	w.does(t, "ivan", call.Number, "Analyse", "#finish", url.Values{"fields/diagnosis": {"The queue is full."}})
	w.does(t, "ivan", call.Number, "Prepare", "#finish", url.Values{"outcome": {"operate"}, "fields/solution": {"Restart node 2."}})
	page := w.until(t, "anna", call.Number, "#call-step dl", "SRQ-")
	return call, page.Find("#call-step a.number").First().Text()
}

func (w world) closesACall(t *testing.T) {
	call, child := w.forked(t)
	w.does(t, "mateo", child, "Plan", "#finish", url.Values{"fields/plan": {"At once"}, "fields/start": {"2026-11-24T09:30"}})
	w.does(t, "mateo", child, "Execute", "#finish", url.Values{"fields/log/0/text": {"Node 2 restarted"}})
	w.does(t, "olga", child, "Review", "#do-confirm", nil)
	w.does(t, "farah", child, "Evaluate", "#finish", evaluated)
	w.does(t, "anna", call.Number, "Review", "#do-confirm", url.Values{"confirm/remarks": {"Thank you"}})
	w.does(t, "olga", call.Number, "Evaluate", "#finish", evaluated)
	page := w.until(t, "anna", call.Number, "#call-step h2", "Closed")
	require.Contains(t, page.words("#call-recorded"), "The queue is full.")
	require.Contains(t, page.words("#call-recorded"), "Thank you")
	require.Equal(t, 13, page.Find("svg.path a.step.done, svg.path a.step.inherited").Length())
	planned := w.get(t, "mateo", address+child)
	require.Equal(t, 1, planned.Find(`#call-recorded time[datetime="2026-11-24T09:30:00Z"]`).Length())
}

func (w world) drawsAFork(t *testing.T) {
	call, child := w.forked(t)
	page := w.get(t, "olga", address+call.Number)
	require.Equal(t, 13, page.Find("svg.path a.step").Length())
	require.Equal(t, 2, page.Find("svg.path .lane").Length(), "the lanes of the two processes that take part")
	require.Equal(t, 1, page.Find("svg.path .way.branch").Length())
	require.Equal(t, 1, page.Find("svg.path .way.back").Length())
	require.Equal(t, 6, page.Find(`svg.path a.step[href="/calls/`+child+`"]`).Length())
	require.Equal(t, 1, page.Find(`svg.path a.step.open[href="#call-step"]`).Length())
	require.Contains(t, page.Find("svg.path a.step").First().AttrOr("aria-label", ""), "Accept · Done · Farah Nouri")
	require.Equal(t, 13, page.Find("#path-table tbody tr").Length())
	require.Contains(t, page.words("#path-table tbody tr:nth-child(4)"), "By operations")
	require.Contains(t, page.words("#call-facts"), child)
	require.Equal(t, product.TemporalUI+"/namespaces/"+w.Namespace+"/workflows/"+call.Number,
		page.Find("#call-head a[rel=noreferrer]").AttrOr("href", ""))
	require.Contains(t, page.words("#ledger"), "started")
}
