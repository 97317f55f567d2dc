package console

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// approving is a world in which plans of changes are approved by sven and tamara, and those of mail only after a recent sign-in.
func approving(t *testing.T) world { t.Helper(); return start(t, "it", "hr").approving(t) }

// approving lets sven and tamara approve.
func (w world) approving(t *testing.T) world {
	t.Helper()
	domain, err := domains.Parse("it.yaml", domains.Builtin()["it"])
	require.NoError(t, err)
	both := usm.Quorum{Need: "all", Approvers: []usm.Approver{{Person: "sven"}, {Person: "tamara"}}}
	domain.Approvals = []usm.ApprovalPolicy{
		{
			ID: "plans", Name: "Plans of changes", Steps: []usm.Step{usm.PlanChange}, When: `call.service != "mail"`, Require: both,
			Emergency: &usm.Emergency{Profiles: []string{"service-manager"}, Within: "8h"},
		},
		{
			ID: "fresh", Name: "Plans of mail", Steps: []usm.Step{usm.PlanChange}, When: `call.service == "mail"`, Require: both,
			StepUp: "15m", Meaning: "I know who cannot mail meanwhile",
		},
	}
	file, err := domains.Marshal(domain)
	require.NoError(t, err)
	_, err = w.Admin.ApplyDomain(t.Context(), "it", file)
	require.NoError(t, err)
	return w
}

// planned is a change of a service whose plan waits for approval.
func (w world) planned(t *testing.T, service, subject string) usm.CallView {
	t.Helper()
	call, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "it", Type: usm.ChangeRequest, Subject: subject, Description: "The old one is slow", Requester: "anna", Service: service,
	})
	require.NoError(t, err)
	call, err = w.Drive(t.Context(), call.Number, product.Plan{Until: usm.PlanChange})
	require.NoError(t, err)
	return w.propose(t, call, "Replace it on Saturday.")
}

// propose has ivan propose a plan, again if there is one.
func (w world) propose(t *testing.T, call usm.CallView, plan string) usm.CallView {
	t.Helper()
	needs, err := w.As("ivan").StepView(t.Context(), call.Number, usm.PlanChange, "")
	require.NoError(t, err)
	fields, _ := needs.Example["fields"].(map[string]any)
	fields["plan"] = plan
	call, err = w.As("ivan").FinishWith(t.Context(), call.Number, usm.PlanChange, needs.Example)
	require.NoError(t, err)
	require.Equal(t, usm.WaitApproval, call.WaitingFor.Kind)
	return call
}

// ballots are the answers to an approval.
func (w world) ballots(t *testing.T, id string) []usm.Ballot {
	t.Helper()
	view, err := w.Admin.Approval(t.Context(), id)
	require.NoError(t, err)
	return view.Ballots
}

func TestApprovals(t *testing.T) {
	t.Parallel()
	w := approving(t)
	chromium := chromium(t)

	t.Run("ShowExactlyWhatTheDigestCovers", func(t *testing.T) {
		id := w.planned(t, "workplace", hostile).WaitingFor.Approval
		view, err := w.As("sven").Approval(t.Context(), id)
		require.NoError(t, err)
		for _, path := range []string{"/approvals", "/approvals/" + id} {
			got := w.get(t, "sven", path)
			require.Equal(t, http.StatusOK, got.Status)
			require.Contains(t, got.Body, view.Digest)
			lines := 0
			for _, section := range view.Sections() {
				for _, line := range section.Lines {
					lines++
					cell := got.Find(`[data-pointer="` + line.Pointer + `"]`)
					require.NotEmpty(t, strings.TrimSpace(cell.First().Text()), line.Pointer)
				}
			}
			require.Positive(t, lines)
			for pointer, want := range map[string]string{
				"/call/type": "Request for change", "/call/requester": "Anna Kowalska", "/call/service": "Workplace", "/call/subject": hostile,
				"/proposal/step": "Plan and agree", "/proposal/fields/plan": "Replace it on Saturday.",
			} {
				require.Equal(t, want, spaced(got.Find(`[data-pointer="`+pointer+`"]`).First()), pointer)
			}
			label := got.Find(`[data-pointer="/proposal/fields/impact_analysis"]`).First().Prev()
			require.Equal(t, "Impact analysis", spaced(label))
			require.NotContains(t, got.Body, "<script>alert")
		}
		exact := w.get(t, "sven", "/approvals/"+id).Find("#canonical").Text()
		sum := sha256.Sum256([]byte(exact))
		require.Equal(t, view.Digest, "sha256:"+hex.EncodeToString(sum[:]), "what an auditor reads is what the digest is of")
		require.Contains(t, w.get(t, "sven", "/work").words("#waits"), "approval waits for your answer")
		w.window(t, chromium, "sven").open("/approvals").accessible().screenshot("approvals").
			open("/approvals/" + id).accessible().screenshot("approval")
	})
	t.Run("AreDecidedSeveralAtOnceAndNoneThatHasChanged", func(t *testing.T) {
		first, second := w.planned(t, "network", "A new router"), w.planned(t, "network", "A new switch")
		list := w.get(t, "sven", "/approvals")
		w.propose(t, second, "Replace it on Sunday.")
		ids := []string{first.WaitingFor.Approval, second.WaitingFor.Approval}
		wrong := w.submit(t, "sven", list, "#approvals", url.Values{"approval": ids, "decision": {"reject"}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status, "a reason is missing")
		list = w.get(t, "sven", "/approvals?call="+first.Number)
		form := url.Values{
			"approval": ids, "decision": {"approve"}, "reason": {"Both " + hostile},
			"digest-" + ids[1]: {"sha256:of-what-was-shown"}, "for-" + ids[1]: {"sven"},
		}
		got := w.submit(t, "sven", list, "#approvals", form)
		require.Equal(t, http.StatusConflict, got.Status)
		require.Contains(t, got.words(".problem"), ids[1]+": This has changed since you saw it")
		require.Contains(t, got.words(".said"), ids[0])
		require.Len(t, w.ballots(t, ids[0]), 1)
		require.Empty(t, w.ballots(t, ids[1]))
		now := w.get(t, "tamara", "/approvals/"+ids[0])
		require.Equal(t, "Both "+hostile, now.words("#stands blockquote"))
		require.Contains(t, now.words("#stands"), "Sven Lindqvist")
	})
	t.Run("ShowWhatIsAskedNowBesideWhatWasShown", func(t *testing.T) {
		call := w.planned(t, "network", "A new cable")
		shown := w.get(t, "sven", "/approvals/"+call.WaitingFor.Approval)
		now := w.propose(t, call, "Replace it on Monday.")
		answer := url.Values{"decision": {"approve"}, "reason": {"Fine with me"}}
		got := w.submit(t, "sven", shown, "#decide", answer)
		require.Equal(t, http.StatusConflict, got.Status)
		require.Regexp(t, `^Proposal.*Plan ?Replace it on Saturday\. ?Replace it on Monday\.$`, spaced(got.Find("#stale tbody tr")))
		require.Equal(t, "Fine with me", got.Find("#decide textarea").Text())
		require.Empty(t, w.ballots(t, now.WaitingFor.Approval))
		again := w.submit(t, "sven", got, "#decide", answer)
		require.Equal(t, http.StatusSeeOther, again.Status, again.Body)
		require.Len(t, w.ballots(t, now.WaitingFor.Approval), 1)
	})
	t.Run("NeedAReasonToReject", func(t *testing.T) {
		id := w.planned(t, "network", "No reason").WaitingFor.Approval
		got := w.submit(t, "sven", w.get(t, "sven", "/approvals/"+id), "#decide", url.Values{"decision": {"reject"}})
		require.Equal(t, http.StatusUnprocessableEntity, got.Status)
		require.Contains(t, got.words("#decide .wrong"), "Please fill this in")
		require.Equal(t, "reject", got.Find("#decide input[checked]").AttrOr("value", ""))
	})
	t.Run("AskForARecentSignIn", func(t *testing.T) {
		id := w.planned(t, "mail", "Another mail server").WaitingFor.Approval
		page := w.get(t, "sven", "/approvals/"+id)
		require.Contains(t, page.words("#decide .problem"), "needs a recent sign-in")
		got := w.submit(t, "sven", page, "#decide", url.Values{"decision": {"approve"}, "reason": {"I do"}})
		require.Equal(t, http.StatusUnauthorized, got.Status)
		require.Contains(t, got.words(".problem"), "nothing was decided")
		require.Equal(t, "I do", got.Find("#decide textarea").Text())
		require.Empty(t, w.ballots(t, id))
	})
	t.Run("AreBypassedByWhoMayAndSaidWhyNotToOthers", func(t *testing.T) {
		id := w.planned(t, "network", "In a hurry").WaitingFor.Approval
		refused := w.get(t, "ivan", "/approvals/"+id)
		require.Zero(t, refused.Find("#bypass, #approver, #decide").Length())
		require.Contains(t, refused.words(".act"), "in an emergency service-manager")
		require.NotEmpty(t, refused.words("#why-not"))
		page := w.get(t, "rosa", "/approvals/"+id)
		added := w.submit(t, "rosa", page, "#approver", url.Values{"person": {"nobody"}, "why_add": {"To be sure"}})
		require.Equal(t, http.StatusUnprocessableEntity, added.Status)
		require.Contains(t, added.words("#approver .wrong"), "nobody of that id")
		sent := w.submit(t, "rosa", added, "#approver", url.Values{"person": {"pieter"}})
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
		require.Contains(t, w.get(t, "rosa", "/approvals/"+id).words("#stands"), "Pieter Bakker")
		sent = w.submit(t, "rosa", page, "#bypass", url.Values{"why_bypass": {"It burns"}})
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
		require.Contains(t, w.get(t, "sven", "/approvals?state=bypassed").words("article"), "In a hurry")
	})
	t.Run("AreAnsweredByWhoStandsIn", func(t *testing.T) {
		id := w.planned(t, "network", "While away").WaitingFor.Approval
		page := w.get(t, "tamara", "/absence")
		wrong := w.submit(t, "tamara", page, "#absence", url.Values{"to": {"tamara"}, "until": {"yesterday"}, "reason": {hostile}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Equal(t, hostile, wrong.Find("#field-reason").AttrOr("value", ""))
		until := time.Now().Add(48 * time.Hour).UTC().Format("2006-01-02T15:04")
		wrong = w.submit(t, "tamara", wrong, "#absence", url.Values{"until": {until}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Contains(t, wrong.words("#absence .wrong"), "nobody stands in for himself")
		sent := w.submit(t, "tamara", wrong, "#absence", url.Values{"to": {"qiang"}})
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)

		list := w.get(t, "qiang", "/approvals?call="+id[:len(id)-2])
		require.Contains(t, list.words("article"), "In place of Tamara")
		sent = w.submit(t, "qiang", list, "#approvals", url.Values{"approval": {id}, "decision": {"approve"}})
		require.Equal(t, http.StatusSeeOther, sent.Status, sent.Body)
		given := w.ballots(t, id)[0]
		require.Equal(t, []string{"tamara", "qiang"}, []string{given.Person, given.By})

		mine := w.get(t, "tamara", "/absence")
		require.Contains(t, mine.words("#absences"), hostile)
		end := mine.Find(`#absences button[name="end"]`).AttrOr("value", "")
		require.Equal(t, http.StatusForbidden, w.post(t, "ivan", "/absence", url.Values{"end": {end}}).Status)
		require.Equal(t, http.StatusSeeOther, w.post(t, "tamara", "/absence", url.Values{"end": {end}}).Status)
		require.Contains(t, w.get(t, "tamara", "/absence").words("#absences"), "ended")
		w.window(t, chromium, "tamara").open("/absence").accessible().screenshot("absence")
	})
	t.Run("ShowAStrangerNothing", func(t *testing.T) {
		id := w.planned(t, "network", "A secret").WaitingFor.Approval
		require.Equal(t, http.StatusNotFound, w.get(t, "aisha", "/approvals/"+id).Status)
		require.Equal(t, http.StatusNotFound, w.post(t, "aisha", "/approvals/"+id, url.Values{"decision": {"approve"}}).Status)
		require.Zero(t, w.get(t, "aisha", "/approvals?state=all").Find("article").Length())
		require.NotContains(t, w.get(t, "aisha", "/absence?of=domains").Body, "Tamara")
	})
	t.Run("SpeakDutchAndFitAPhone", func(t *testing.T) {
		id := w.planned(t, "network", "Een nieuwe kabel").WaitingFor.Approval
		require.Equal(t, "Goedkeuringen", w.dutch(t, "sven", "/approvals").words("h1"))
		require.Contains(t, w.dutch(t, "sven", "/approvals/"+id).words("#decide legend"), "Antwoord")
		require.Equal(t, "Afwezigheid", w.dutch(t, "sven", "/absence").words("h1"))
		b := w.window(t, chromium, "sven", emulation.SetDeviceMetricsOverride(390, 844, 2, true))
		b.open("/approvals/" + id).accessible().screenshot("approval-phone").open("/work").accessible().screenshot("work-phone")
	})
}
