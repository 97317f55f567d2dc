package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func (w world) keepsWhatWasTyped(t *testing.T) {
	call := w.incident(t)
	w.does(t, "farah", call.Number, "Accept", "#finish", nil)
	page := w.until(t, "farah", call.Number, "#call-step", "Classify")
	got := w.sends(t, "farah", page, "#finish", url.Values{"fields/category": {""}, "fields/components": {"srv-1\nsrv 2"}, "note": {"Kept"}})
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Equal(t, "is required", got.words("#field-fields-category-wrong"))
	require.Equal(t, "true", got.Find("#field-fields-category").AttrOr("aria-invalid", ""))
	require.Equal(t, "srv-1", got.Find(`[type="search"][name="fields/components"]`).AttrOr("value", ""), "what nobody is called is looked for")
	require.Equal(t, "srv 2", got.Find(`[name="fields/components"][checked]`).AttrOr("value", ""))
	require.NotEmpty(t, got.words("#field-fields-components-wrong"))
	require.Equal(t, "Kept", got.words("#note"))
	require.Equal(t, 1, got.Find(`.problem a[href="#field-fields-category"]`).Length())
	mended := w.sends(t, "farah", got, "#finish", url.Values{
		"fields/category": {"software"}, "fields/urgency": {"low"}, "fields/components": {""},
	})
	require.Equal(t, http.StatusSeeOther, mended.Status, mended.words("main"))
	// The very same form again is the same action.
	require.Equal(t, http.StatusSeeOther, w.sends(t, "farah", got, "#finish", url.Values{
		"fields/category": {"software"}, "fields/urgency": {"low"}, "fields/components": {""},
	}).Status)
}

func (w world) tellsWhoWasFaster(t *testing.T) {
	call := w.incident(t)
	page := w.get(t, "farah", address+call.Number)
	_, err := w.As("goran").Note(t.Context(), call.Number, "Looked at it")
	require.NoError(t, err)
	w.does(t, "goran", call.Number, "Accept", "#finish", nil)
	got := w.sends(t, "farah", page, "#finish", url.Values{"outcome": {"rejected"}, "fields/reason": {"My long reason"}})
	require.Equal(t, http.StatusPreconditionFailed, got.Status)
	require.Contains(t, got.words("main .card"), "What happened since you opened the page")
	require.Contains(t, got.words("main .card"), "Looked at it")
	require.Contains(t, got.words("main .card"), "by Goran Petrov")
	require.Contains(t, got.words(".kept"), "My long reason")

	// What is beside the matter stands in nobody's way; what concerns the open step is told, and the form is kept.
	page = w.until(t, "farah", call.Number, "#call-step", "Classify")
	_, err = w.As("goran").Claim(t.Context(), call.Number, "")
	require.NoError(t, err)
	_, err = w.As("goran").Release(t.Context(), call.Number, "")
	require.NoError(t, err)
	filled := url.Values{"fields/category": {"network"}, "fields/urgency": {"low"}}
	got = w.sends(t, "farah", page, "#finish", filled)
	require.Equal(t, http.StatusPreconditionFailed, got.Status)
	require.Equal(t, "Network and telephony", got.words("#field-fields-category option[selected]"))
	_, err = w.As("goran").Note(t.Context(), call.Number, "Carry on")
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, w.sends(t, "farah", got, "#finish", nil).Status)
}

func (w world) escapes(t *testing.T) {
	call := w.incident(t)
	for form, fields := range map[string]url.Values{
		"#do-notes": {"notes/text": {hostile}}, "#do-claim": {"claim/note": {hostile}},
	} {
		w.does(t, "farah", call.Number, "Accept", form, fields)
	}
	page := w.sends(t, "farah", w.get(t, "farah", address+call.Number), "#finish", url.Values{
		"outcome": {"rejected"}, "fields/reason": {hostile}, "fields/duplicate_of": {hostile}, "note": {hostile}, "key": {hostile},
		"fields/components": {hostile}, "revision": {hostile},
	})
	require.GreaterOrEqual(t, page.Status, 400)
	require.NotContains(t, page.Body, "<script>alert")
	require.Contains(t, page.words("#call-talk"), hostile)
	require.Equal(t, hostile, page.words("#field-fields-reason"))
	require.Equal(t, hostile, page.Find("#field-fields-duplicate_of").AttrOr("value", ""))
	got := w.sends(t, "farah", w.get(t, "farah", address+call.Number), "#do-links", url.Values{"links/to": {hostile}, "links/kind": {hostile}})
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.NotContains(t, got.Body, "<script>alert")
	require.Equal(t, hostile, got.Find("#field-links-to").AttrOr("value", ""))
}

func (w world) hidesFromStrangers(t *testing.T) {
	call := w.incident(t)
	for _, path := range []string{call.Number, "INC-999999", "nonsense"} {
		require.Equal(t, http.StatusNotFound, w.get(t, "fatou", address+path).Status)
		for _, action := range []string{"/steps/accept_incident", "/notes", "/abort", "/nonsense"} {
			got := w.post(t, "fatou", address+path+action, url.Values{"notes/text": {"Hello"}})
			require.Equal(t, http.StatusNotFound, got.Status, action)
			require.NotContains(t, got.Body, call.Subject)
		}
	}
	require.Equal(t, http.StatusUnauthorized, w.get(t, "", address+call.Number).Status)
}

func (w world) keepsTheForm(t *testing.T) {
	call := w.incident(t)
	page := w.get(t, "farah", address+call.Number)
	typed := url.Values{"note": {"Typed for long"}}
	over := w.submit(t, "", page, "#finish", typed)
	require.Equal(t, http.StatusUnauthorized, over.Status)
	require.Equal(t, "Typed for long", over.Find(`form.kept input[name="note"]`).AttrOr("value", ""))
	w.Part("worker").Kill()
	away := w.submit(t, "farah", page, "#finish", typed)
	require.Equal(t, http.StatusServiceUnavailable, away.Status)
	require.Equal(t, "Typed for long", away.Find(`form.kept input[name="note"]`).AttrOr("value", ""))
	require.Equal(t, address+call.Number+"/steps/accept_incident", away.Find("form.kept").AttrOr("action", ""))
	require.Equal(t, http.StatusOK, w.get(t, "farah", address+call.Number).Status, "reading needs no worker")
}
