package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// varied has calls in every state and returns the addresses of pages that show them, by who looks at them.
func (w world) varied(t *testing.T) map[string][]string {
	t.Helper()
	done := func(_ any, err error) { t.Helper(); require.NoError(t, err) }
	ctx, farah, olga := t.Context(), w.As("farah"), w.As("olga")
	closed, asked, rejected := w.incident(t), w.incident(t), w.incident(t)
	aborted, other, retyped := w.incident(t), w.incident(t), w.incident(t)
	operated := map[usm.Step]usm.Outcome{usm.PrepareRecovery: usm.RouteOperate}
	done(w.Drive(ctx, closed.Number, product.Plan{Outcomes: operated}))
	w.letter(t, closed.Number)
	done(farah.Ask(ctx, asked.Number, "Welk gebouw?"))
	done(farah.Finish(ctx, rejected.Number, usm.AcceptIncident, usm.FinishRequest{
		Outcome: usm.Rejected, Fields: map[string]any{"reason": "Niet van ons."},
	}))
	done(w.As("rosa").Abort(ctx, aborted.Number, "Het was een oefening."))
	done(farah.Claim(ctx, other.Number, "Ik kijk"))
	done(farah.Link(ctx, other.Number, closed.Number, "caused_by"))
	done(olga.Act(ctx, other.Number, "pause", map[string]any{"reason": "hold"}))
	done(olga.Reassign(ctx, other.Number, []string{"engineer"}, "Druk"))
	done(olga.Retype(ctx, retyped.Number, usm.Wish, "Het is een wens"))
	w.opened(t, usm.Risk, sized(usm.High, usm.Low), subject("De lijn kan breken"))
	waits := w.incident(t)
	done(w.Drive(ctx, waits.Number, product.Plan{Outcomes: operated, Until: usm.ReviewRecovery}))
	planned := w.planned(t, "network", "Een nieuwe router")
	decided := w.planned(t, "network", "Een nieuwe schakelaar").WaitingFor.Approval
	view, err := w.Admin.Approval(ctx, decided)
	require.NoError(t, err)
	done(w.As("sven").Decide(ctx, decided, usm.DecisionRequest{Decision: usm.Reject, Reason: "Te duur", Digest: view.Digest, For: "sven"}))
	done(w.As("tamara").Delegate(ctx, usm.Delegation{
		Domain: "it", Person: "tamara", To: "qiang", Until: time.Now().Add(48 * time.Hour), Process: usm.Change, Reason: "Vakantie",
	}))
	pages := map[string][]string{
		"anna": {"/asked", "/ask?q=vpn", "/ask/it/replace-lost-laptop"},
		"olga": {"/work", "/calls/INC-999999", "/insight?domain=it", "/agreements/it/sa-sales/calls"},
		"rosa": {"/approvals?state=all", "/insight", "/system", "/domains/it"},
		"sven": {"/approvals", "/approvals/" + planned.WaitingFor.Approval, "/approvals/" + decided, "/absence?of=domains"},
	}
	for _, call := range []usm.CallView{closed, asked, rejected, aborted, other, retyped, waits} {
		pages["anna"] = append(pages["anna"], "/asked/"+call.Number)
		pages["olga"] = append(pages["olga"], "/calls/"+call.Number)
	}
	pages["olga"] = append(pages["olga"], "/calls/"+planned.Number)
	var all []string
	for _, column := range []string{
		"number", "subject", "domain", "status", "step", "workflow", "priority", "impact", "urgency", "category", "service", "components",
		"requester", "agreement", "team", "outcome", "opened_at", "due", "fulfilled_at", "closed_at",
	} {
		all = append(all, "columns="+column)
	}
	for _, register := range []string{"wishes", "changes", "incidents", "requests", "risks"} {
		pages["rosa"] = append(pages["rosa"], "/registers/"+register+"?"+strings.Join(all, "&"))
	}
	return pages
}

// TestPagesAreDutch walks all pages as somebody whose browser speaks Dutch, with calls in every state.
func TestPagesAreDutch(t *testing.T) {
	t.Parallel()
	w := approving(t)
	pages, number, names := w.varied(t), w.seeded(t), w.names(t, "it")
	for _, l := range readPages(t) {
		for i, visitor := range visitors[:4] {
			if l.status[i] == http.StatusOK || l.status[i] == http.StatusForbidden {
				pages[visitor.person] = append(pages[visitor.person], strings.ReplaceAll(l.address, "{call}", number))
			}
		}
	}
	seen := 0
	for person, addresses := range pages {
		for _, address := range addresses {
			got := w.dutch(t, person, address)
			if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
				continue
			}
			seen++
			require.Equal(t, "nl", got.Find("html").AttrOr("lang", ""), address)
			assert.Empty(t, notIn(t, "nl", got.said(), names...), "%s at %s", person, address)
			if seen%7 == 0 { // the words of programs are nothing for anybody
				assert.Empty(t, notIn(t, "en", w.get(t, person, address).said(), names...), "%s at %s", person, address)
			}
		}
	}
	require.Greater(t, seen, 100)

	t.Run("WhatIsWrongToo", func(t *testing.T) {
		call := w.incident(t)
		page := w.get(t, "farah", "/calls/"+call.Number)
		require.NotEmpty(t, notIn(t, "nl", page.said()), "an English page is told from a Dutch one")
		_, err := w.As("farah").Finish(t.Context(), call.Number, usm.AcceptIncident, usm.FinishRequest{Outcome: usm.Accepted})
		require.NoError(t, err)
		page = w.dutch(t, "farah", "/calls/"+call.Number)
		got := w.send(t, "farah", http.MethodPost, page.Find("#finish").AttrOr("action", ""), nil, "Accept-Language", "nl")
		require.Equal(t, http.StatusUnprocessableEntity, got.Status)
		require.Contains(t, got.words(".wrong"), words(t, "nl")["wrong.is_required"])
		require.Empty(t, notIn(t, "nl", got.said(), names...))
	})
}
