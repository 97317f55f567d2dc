package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

const (
	shown  = "sha256:1111111111111111"
	secret = "a-link-of-256-bits"
)

// linked is a gateway with an approval that asks Omar, and Mona who stands in for him, and a link for each.
type linked struct {
	*world

	mails *fakePost
}

func setupLinks(t *testing.T, change ...func(*usm.Approval)) linked {
	t.Helper()
	mails := newFakePost()
	return linkTo(setup(t, func(o *server.Options) { o.Post = mails }), mails, change...)
}

// linkTo opens the approval of setupLinks at a gateway.
func linkTo(in *world, mails *fakePost, change ...func(*usm.Approval)) linked {
	in.t.Helper()
	w := linked{in, mails}
	number := w.incident()
	approval := usm.Approval{
		ID: number + ".1", Call: number, Domain: "it", Subject: "A new <router>", Step: usm.ReleaseChange, State: usm.ApprovalOpen,
		By: usm.Actor{Person: "carla"}, Digest: shown,
		Content: map[string]any{"call": map[string]any{"requester": "rita"}, "proposal": map[string]any{"fields": map[string]any{"cost": 12.5}}},
		Members: []usm.Member{{Person: "omar", As: usm.Approver{Person: "omar"}}},
		Deciders: []usm.Decider{
			{Person: "omar", By: "omar", Rule: usm.RuleApprover}, {Person: "omar", By: "mona", Rule: usm.RuleDelegate, Delegation: 7},
		},
	}
	for _, c := range change {
		c(&approval)
	}
	w.store.approve(approval)
	later := time.Now().Add(time.Hour)
	mails.links[secret] = usm.MailLink{Approval: approval.ID, Person: "omar", By: "omar", Digest: shown, ExpiresAt: later}
	mails.links["of-mona"] = usm.MailLink{Approval: approval.ID, Person: "omar", By: "mona", Digest: shown, ExpiresAt: later}
	w.desk.act = w.decides
	return w
}

// decides counts a vote as the engine does.
func (w linked) decides(action usm.Action) (usm.Ack, error) {
	w.t.Helper()
	a, err := w.store.Approval(w.t.Context(), action.Vote.Approval)
	require.NoError(w.t, err)
	whose := action.Actor.Person
	if action.Actor.For != "" {
		whose = action.Actor.For
	}
	a.Ballots = append(a.Ballots, usm.Ballot{
		Person: whose, By: action.Actor.Person, Decision: action.Vote.Decision, Reason: action.Text, Digest: action.Vote.Digest, At: time.Now(),
	})
	a.State, a.Deciders = usm.ApprovalApproved, nil
	w.store.approve(a)
	return usm.Ack{}, nil
}

// follow asks for a link's page.
func (w linked) open(method, link string, headers ...string) *answer {
	w.t.Helper()
	return w.send("", method, "/decide/"+link, nil, headers...)
}

// answer posts the form.
func (w linked) answer(link, decision, reason string) *answer {
	w.t.Helper()
	form := url.Values{"decision": {decision}, "reason": {reason}}
	return w.send("", http.MethodPost, "/decide/"+link, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (w linked) change(alter func(*usm.Approval)) {
	w.t.Helper()
	for id := range w.store.approvals {
		a, err := w.store.Approval(w.t.Context(), id)
		require.NoError(w.t, err)
		alter(&a)
		w.store.approve(a)
	}
}

// nowhere asserts that an answer is the one page of every link that is no good, and returns it.
func (w linked) nowhere(got *answer) string {
	w.t.Helper()
	got.status(http.StatusNotFound)
	require.Contains(w.t, string(got.body), "This link leads nowhere")
	require.NotContains(w.t, string(got.body), "INC-", "it reveals nothing")
	require.NotContains(w.t, string(got.body), "router")
	return string(got.body)
}

func TestThePageOfALink(t *testing.T) {
	t.Parallel()
	w := setupLinks(t)
	got := w.open(http.MethodGet, secret).status(http.StatusOK)
	page := string(got.body)
	for _, want := range []string{
		"A new &lt;router&gt;", shown, ">Cost<", "12.5", ">Requester<", "Rita", "carla", `method="post"`, "/proposal/fields/cost",
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "You stand in for")
	require.Contains(t, string(w.open(http.MethodGet, "of-mona").status(http.StatusOK).body), "<dd>Omar</dd>")
	for _, link := range []string{secret, "forged"} {
		headers := w.open(http.MethodGet, link).Header
		require.Equal(t, "no-store", headers.Get("Cache-Control"))
		require.Equal(t, "no-referrer", headers.Get("Referrer-Policy"))
		require.Contains(t, headers.Get("X-Robots-Tag"), "noindex")
		require.Equal(t, "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			headers.Get("Content-Security-Policy"))
		require.Equal(t, "nosniff", headers.Get("X-Content-Type-Options"))
		require.Empty(t, headers.Get("Set-Cookie"))
	}
}

// TestAScannerThatFollowsEveryLinkChangesNothing asks for the page in every way in which a scanner or a browser does so by
// itself.
func TestAScannerThatFollowsEveryLinkChangesNothing(t *testing.T) {
	t.Parallel()
	w := setupLinks(t)
	before, _ := w.store.Approval(t.Context(), w.store.order[0]+".1")
	linksBefore, _ := w.mails.state()
	for range 3 {
		for _, link := range []string{secret, "of-mona"} {
			for _, headers := range [][]string{
				nil,
				{"Sec-Purpose", "prefetch;prerender"},
				{"Purpose", "prefetch"},
				{"X-Moz", "prefetch"},
				{"User-Agent", "SafeLinks/1.0"},
				{"Range", "bytes=0-10"},
				{"If-None-Match", "*"},
				{"X-HTTP-Method-Override", "POST"},
			} {
				w.open(http.MethodGet, link, headers...).status(http.StatusOK)
				require.Empty(t, w.open(http.MethodHead, link, headers...).status(http.StatusOK).body)
				w.open(http.MethodOptions, link, headers...).status(http.StatusNoContent)
			}
			w.open(http.MethodGet, link+"?decision=approve").status(http.StatusOK)
			for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
				w.send("", method, "/decide/"+link, "decision=approve").status(http.StatusMethodNotAllowed)
			}
		}
	}
	after, _ := w.store.Approval(t.Context(), w.store.order[0]+".1")
	linksAfter, renewed := w.mails.state()
	require.Equal(t, before, after)
	require.Equal(t, linksBefore, linksAfter)
	require.Zero(t, renewed)
	require.Empty(t, w.desk.actions, "nothing reached the engine")
	w.answer(secret, "approve", "").status(http.StatusOK)
}

func TestDecidingByALink(t *testing.T) {
	t.Parallel()

	t.Run("IsOnRecordLikeEveryOtherDecision", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		page := string(w.answer(secret, "reject", " too dear ").status(http.StatusOK).body)
		require.Contains(t, page, "Your answer is on record")
		require.Contains(t, page, "too dear")
		require.Len(t, w.desk.actions, 1)
		action := w.desk.actions[0]
		require.Equal(t, usm.ActionDecide, action.Name)
		require.Equal(t, "too dear", action.Text)
		require.Equal(t, usm.Actor{Person: "omar", Rule: usm.RuleApprover}, action.Actor)
		require.Equal(t, "link", action.Vote.Through)
		require.Equal(t, shown, action.Vote.Digest)
		require.NotEmpty(t, action.RequestID)
	})

	t.Run("ForWhomOneStandsInIsRecordedAsSuch", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		w.answer("of-mona", "approve", "").status(http.StatusOK)
		require.Equal(t, usm.Actor{Person: "mona", For: "omar", Rule: usm.RuleDelegate, Delegation: 7}, w.desk.actions[0].Actor)
	})

	t.Run("TwiceShowsTheFirstAnswerAgain", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		first := w.answer(secret, "approve", "fine").status(http.StatusOK)
		again := w.answer(secret, "approve", "another reason").status(http.StatusOK)
		require.Equal(t, string(first.body), string(again.body))
		require.Len(t, w.desk.actions, 1)
		w.nowhere(w.answer(secret, "reject", "no"))
		w.nowhere(w.open(http.MethodGet, secret))
	})

	t.Run("WithoutAReasonOrAnAnswerAsksAgain", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		for decision, reason := range map[string]string{"reject": "  ", "": "x", "perhaps": "x", "approve": strings.Repeat("x", 20_001)} {
			page := string(w.answer(secret, decision, reason).status(http.StatusUnprocessableEntity).body)
			require.Contains(t, page, "Please choose an answer")
			require.Contains(t, page, "12.5")
		}
		require.Empty(t, w.desk.actions)
		w.answer(secret, "abstain", "").status(http.StatusOK)
	})

	t.Run("IsTriedAgainWhenThePartsAreAway", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		w.desk.act = nil
		w.desk.fail(usm.Errorf(usm.CodeUnavailable, "no worker"))
		got := w.answer(secret, "approve", "").status(http.StatusServiceUnavailable)
		require.Contains(t, string(got.body), "Nothing was decided")
		require.NotContains(t, string(got.body), "no worker")
		links, _ := w.mails.state()
		require.Nil(t, links[secret].UsedAt)
	})
}
