package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// hostile is what somebody types who wants the page to be his.
const hostile = `<script>alert(1)</script>"'&`

// asked follows a form that opened a call to its page, and returns the call.
func (w world) asked(t *testing.T, person string, got response) usm.CallView {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, got.Status, got.Body)
	at, err := url.Parse(got.Header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, "asked", at.Query().Get("said"))
	call, err := w.As(person).Call(t.Context(), strings.TrimPrefix(at.Path, "/asked/"))
	require.NoError(t, err)
	return call
}

func TestAskForHelp(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	chromium := chromium(t)

	t.Run("ShowsWhatIsAgreedForWhoAsks", func(t *testing.T) {
		got := w.get(t, "anna", "/ask")
		require.Equal(t, http.StatusOK, got.Status)
		require.Contains(t, got.words(".choice h3"), "Replace a lost laptop")
		require.Contains(t, w.get(t, "emeka", "/ask").words(".empty"), "Tell us what you need", "nothing is agreed for him")
	})
	t.Run("SendsWhoOnlyAsksThere", func(t *testing.T) {
		require.Equal(t, "/ask", w.get(t, "anna", "/").Header.Get("Location"))
		require.Equal(t, "/work", w.get(t, "farah", "/").Header.Get("Location"))
	})
	t.Run("SearchFindsItemsAndSolutions", func(t *testing.T) {
		got := w.get(t, "anna", "/ask?q=vpn")
		require.Equal(t, "Access by VPN", got.words(".choice h3"))
		require.Contains(t, got.words("article p.value"), "The phone's clock is wrong.")
		require.Contains(t, w.get(t, "anna", "/ask?q=the+screen+of+my+docking+station+stays+black").words("article h3"), "Screen stays black")
		require.Contains(t, w.get(t, "anna", "/ask?q="+url.QueryEscape(hostile)).words(".empty"), hostile)
	})
	t.Run("OpensAnItemAfterWrongInput", func(t *testing.T) {
		path := "/ask/it/replace-lost-laptop"
		form := w.get(t, "anna", path)
		wrong := w.submit(t, "anna", form, "#item", url.Values{"fields/lost_on": {"last week"}, "description": {"In the train"}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.NotEmpty(t, wrong.words(".wrong"))
		require.Equal(t, "In the train", wrong.Find("textarea").Text(), "what was typed is kept")
		require.Equal(t, "last week", wrong.Find(`[name="fields/lost_on"]`).AttrOr("value", ""))
		right := url.Values{"fields/lost_on": {"2026-11-27"}, "fields/asset": {hostile}}
		sent := w.submit(t, "anna", wrong, "#item", right)
		call := w.asked(t, "anna", sent)
		require.Equal(t, usm.ServiceRequest, call.Type)
		require.Equal(t, hostile, call.Fields["asset"])
		require.Equal(t, "Replace a lost laptop", w.get(t, "anna", "/asked/"+call.Number).words("h1"))
	})
	t.Run("OffersPeopleByTheirNames", w.offersPeople)
	t.Run("SendingTwiceIsSendingOnce", func(t *testing.T) {
		form := w.get(t, "anna", "/ask/it/vpn-access")
		values := url.Values{"fields/from": {"2026-12-01"}}
		first, again := w.submit(t, "anna", form, "#item", values), w.submit(t, "anna", form, "#item", values)
		require.Equal(t, w.asked(t, "anna", first).Number, w.asked(t, "anna", again).Number)
	})
	t.Run("WhatIsBrokenIsAnIncident", func(t *testing.T) {
		form := w.get(t, "anna", "/ask/tell?subject="+url.QueryEscape(hostile))
		require.Equal(t, hostile, form.Find("#field-subject").AttrOr("value", ""))
		wrong := w.submit(t, "anna", form, "main form", url.Values{"description": {hostile}, "about": {"it/mail"}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Contains(t, wrong.words("fieldset .wrong"), "Please fill this in")
		require.Equal(t, hostile, wrong.Find("textarea").Text())
		sent := w.submit(t, "anna", wrong, "main form", url.Values{"broken": {"yes"}, "impact": {"high"}, "urgency": {"high"}})
		call := w.asked(t, "anna", sent)
		require.Equal(t, usm.Incident, call.Type)
		require.Equal(t, "mail", call.Service)
		require.Equal(t, usm.High, call.Impact)
		require.Equal(t, hostile, w.get(t, "anna", "/asked/"+call.Number).words("h1"))
	})
	t.Run("WhatIsMissingIsNoIncident", func(t *testing.T) {
		form := w.get(t, "anna", "/ask/tell")
		sent := w.submit(t, "anna", form, "main form", url.Values{
			"broken": {"no"}, "about": {"it/workplace"}, "subject": {"A second screen"},
		})
		require.Equal(t, usm.ServiceRequest, w.asked(t, "anna", sent).Type)
	})
	t.Run("KnowsNoItemThatIsNotForWhoAsks", func(t *testing.T) {
		require.Equal(t, http.StatusNotFound, w.get(t, "anna", "/ask/hr/leave").Status)
		require.Equal(t, http.StatusNotFound, w.get(t, "emeka", "/ask/it/vpn-access").Status)
		require.Equal(t, http.StatusNotFound, w.get(t, "anna", "/ask/it/nothing").Status)
	})
	t.Run("Looks", func(t *testing.T) {
		b := w.window(t, chromium, "anna").open("/ask").accessible().screenshot("ask")
		b.open("/ask/it/replace-lost-laptop").accessible().screenshot("ask-item")
		b.open("/ask/tell").accessible().screenshot("ask-tell")
		b.open("/ask?q=mail").accessible().screenshot("ask-found")
		b.run(emulation.SetDeviceMetricsOverride(390, 844, 2, true))
		b.open("/ask").accessible().screenshot("ask-phone")
	})
	t.Run("SpeaksDutch", func(t *testing.T) {
		require.Equal(t, "Waarmee kunnen we u helpen?", w.dutch(t, "anna", "/ask").words("h1"))
		require.Contains(t, w.dutch(t, "anna", "/ask/tell").words("legend"), "Is er iets kapot")
	})
}

// dutch asks for a page as somebody whose browser speaks Dutch.
func (w world) dutch(t *testing.T, person, path string) response {
	t.Helper()
	return w.send(t, person, http.MethodGet, path, nil, "Accept-Language", "nl")
}

// waits drives a call to where it waits for its requester's confirmation.
func (w world) waits(t *testing.T) usm.CallView {
	t.Helper()
	call := w.incident(t)
	call, err := w.Drive(t.Context(), call.Number, product.Plan{Until: usm.ReviewRecovery})
	require.NoError(t, err)
	require.Equal(t, usm.WaitConfirmation, call.WaitingFor.Kind)
	return call
}

func TestAsked(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	chromium := chromium(t)

	t.Run("AnswersAQuestionWithoutAScript", func(t *testing.T) {
		call := w.incident(t)
		_, err := w.As("farah").Ask(t.Context(), call.Number, "Which mailbox? "+hostile)
		require.NoError(t, err)
		require.Contains(t, w.get(t, "anna", "/ask").words("#waits"), "We have a question for you")
		path := "/asked/" + call.Number
		b := w.window(t, chromium, "anna", emulation.SetScriptExecutionDisabled(true)).open(path).screenshot("asked-question")
		b.run(chromedp.SendKeys("#answer textarea", "Sales", chromedp.ByQuery))
		b.click("#answer button").sees(".said", "Thank you")
		got := w.get(t, "anna", path)
		require.Contains(t, got.words("#story blockquote"), "Which mailbox? "+hostile)
		require.Contains(t, got.words("#story blockquote"), "Sales")
		require.Contains(t, got.words("#story p"), "The answer")
		require.Zero(t, got.Find("#answer").Length())
	})
	t.Run("ConfirmsWhatIsDone", func(t *testing.T) {
		call := w.waits(t)
		got := w.get(t, "anna", "/asked/"+call.Number)
		require.Contains(t, got.words("#standing"), "Please tell us whether it is right")
		require.Equal(t, "Your check", got.words(`.phases [aria-current="step"]`))
		w.window(t, chromium, "anna").open("/asked/" + call.Number).accessible().screenshot("asked-confirm")
		require.Equal(t, http.StatusSeeOther, w.submit(t, "anna", got, "#confirm", nil).Status)
		now, err := w.As("anna").Call(t.Context(), call.Number)
		require.NoError(t, err)
		require.Equal(t, usm.StatusFulfilled, now.Status)
		again := w.submit(t, "anna", got, "#dispute", url.Values{"dispute": {"Not at all"}})
		require.Equal(t, http.StatusConflict, again.Status, "he was late")
		require.Contains(t, again.words(".problem"), "moved on meanwhile")
		require.Equal(t, "Not at all", again.Find("#write textarea").Text(), "what was typed is kept")
	})
	t.Run("DisputesWithAReason", func(t *testing.T) {
		call := w.waits(t)
		got := w.get(t, "anna", "/asked/"+call.Number)
		wrong := w.submit(t, "anna", got, "#dispute", nil)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Contains(t, wrong.words("#dispute .wrong"), "Please fill this in")
		sent := w.submit(t, "anna", wrong, "#dispute", url.Values{"dispute": {hostile}})
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
		now := w.get(t, "anna", "/asked/"+call.Number)
		require.Contains(t, now.words("#story p"), "It was not right.")
		require.Equal(t, hostile, now.words("#story blockquote"))
		require.Equal(t, "Being worked on", now.words(`.phases [aria-current="step"]`))
	})
	t.Run("IsLive", func(t *testing.T) {
		call := w.incident(t)
		b := w.window(t, chromium, "anna").open("/asked/"+call.Number).sees("html[data-live=on] #standing", "look at it first")
		_, err := w.As("farah").Finish(t.Context(), call.Number, usm.AcceptIncident, usm.FinishRequest{Outcome: usm.Accepted})
		require.NoError(t, err)
		b.sees("#story", "It was accepted.")
	})
	t.Run("WritesAndWithdraws", func(t *testing.T) {
		call := w.incident(t)
		path := "/asked/" + call.Number
		got := w.get(t, "anna", path)
		require.Equal(t, http.StatusSeeOther, w.submit(t, "anna", got, "#write", url.Values{"note": {hostile}}).Status)
		require.Contains(t, w.get(t, "anna", path).words("#story blockquote"), hostile)
		require.Equal(t, http.StatusSeeOther, w.submit(t, "anna", got, "#withdraw", url.Values{"withdraw": {"Found it"}}).Status)
		require.Contains(t, w.get(t, "anna", path).words("#standing"), "It was stopped.")
	})
	t.Run("ListsWhatIAskedFor", func(t *testing.T) {
		call := w.incident(t)
		require.Contains(t, w.get(t, "anna", "/asked").words("main table"), call.Number)
		require.Contains(t, w.get(t, "chiara", "/asked").words(".empty"), "asked for nothing")
		b := w.window(t, chromium, "anna").open("/asked").accessible().screenshot("asked")
		b.run(emulation.SetDeviceMetricsOverride(390, 844, 2, true))
		b.open("/asked/" + call.Number).accessible().screenshot("asked-call-phone")
	})
	t.Run("ShowsAStrangerNothing", func(t *testing.T) {
		call := w.incident(t)
		for _, path := range []string{"/asked/" + call.Number, "/asked/INC-999999", "/asked/x"} {
			require.Equal(t, http.StatusNotFound, w.get(t, "aisha", path).Status, path)
		}
		form := url.Values{"do": {"note"}, "note": {"let me in"}}
		require.Equal(t, http.StatusNotFound, w.post(t, "aisha", "/asked/"+call.Number, form).Status)
	})
	t.Run("SpeaksDutch", func(t *testing.T) {
		call := w.incident(t)
		require.Contains(t, w.dutch(t, "anna", "/asked/"+call.Number).words("#standing"), "We hebben het, en kijken er eerst naar.")
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	w := start(t, "it", "hr")
	call := w.incident(t)
	require.Equal(t, "/calls/"+call.Number, w.get(t, "farah", "/find?q="+call.Number).Header.Get("Location"))
	short := strings.Replace(strings.ToLower(call.Number), "-0000", "-", 1)
	require.Equal(t, "/asked/"+call.Number, w.get(t, "anna", "/find?q="+short).Header.Get("Location"))
	found := w.get(t, "farah", "/find?q=arrive")
	require.Contains(t, found.words("main table"), call.Number+"Mail does not arriveAnna Kowalska")
	require.Contains(t, w.get(t, "aisha", "/find?q="+call.Number).words(".empty"), "Nothing that you may see")
	require.Contains(t, w.get(t, "farah", "/find?q="+url.QueryEscape(hostile)).words(".empty"), hostile)
	require.Contains(t, w.dutch(t, "farah", "/find").words("h1"), "melding zoeken")
	w.window(t, chromium(t), "farah").open("/find?q=arrive").accessible()
}
