package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

// setupSignedLinks is a gateway with links, at which everybody signs in as Omar, and with a policy that asks for a sign-in of
// the last fifteen minutes.
func setupSignedLinks(t *testing.T) (linked, *browser) {
	t.Helper()
	mails := newFakePost()
	signed := setupSignIn(t, func(o *server.Options) { o.Post = mails })
	w := linkTo(signed.world, mails, func(a *usm.Approval) { a.Policy.StepUp = "15m" })
	return w, signed.browser()
}

// signInLink is where the page of a link sends its reader to sign in.
func signInLink(t *testing.T, body string) string {
	t.Helper()
	found := regexp.MustCompile(`<a class="button" href="([^"]+)">Sign in</a>`).FindStringSubmatch(body)
	require.Len(t, found, 2, body)
	return html.UnescapeString(found[1])
}

func TestSigningInFromALink(t *testing.T) {
	t.Parallel()
	form := url.Values{"decision": {"approve"}, "reason": {"fine"}}

	t.Run("LeadsBackToItAndDecides", func(t *testing.T) {
		t.Parallel()
		w, b := setupSignedLinks(t)
		body := string(b.open("/decide/" + secret).status(http.StatusForbidden).body)
		there := signInLink(t, body)
		require.Equal(t, "/sign-in?max_age=900&return="+url.QueryEscape("/decide/"+secret), there)
		require.NotContains(t, body, "router", "nothing is shown before")
		b.visit(http.MethodPost, "/decide/"+secret, form).status(http.StatusForbidden)
		require.Empty(t, w.desk.actions)

		back := b.signIn(strings.TrimPrefix(there, "/sign-in")).Header.Get("Location")
		require.Equal(t, "/decide/"+secret, back)
		require.Equal(t, 900, b.provider.begun[0].MaxAge)
		require.Contains(t, string(b.open(back).status(http.StatusOK).body), "router")
		require.Contains(t, string(b.visit(http.MethodPost, back, form).status(http.StatusOK).body), "Your answer is on record")
		require.Len(t, w.desk.actions, 1)
		vote := w.desk.actions[0].Vote
		require.WithinDuration(t, time.Now(), *vote.SignedIn, time.Minute)
		require.Equal(t, "link", vote.Through)
	})

	t.Run("IsAskedForAgainWhenItIsOld", func(t *testing.T) {
		t.Parallel()
		w, b := setupSignedLinks(t)
		b.signIn("")
		b.sessions.pass(16 * time.Minute)
		for _, got := range []*answer{b.open("/decide/" + secret), b.visit(http.MethodPost, "/decide/"+secret, form)} {
			signInLink(t, string(got.status(http.StatusForbidden).body))
		}
		require.Empty(t, w.desk.actions)
		b.signIn("?max_age=900")
		b.visit(http.MethodPost, "/decide/"+secret, form).status(http.StatusOK)
	})

	t.Run("OpensNobodyElsesLink", func(t *testing.T) {
		t.Parallel()
		w, b := setupSignedLinks(t)
		b.signIn("")
		w.nowhere(b.open("/decide/of-mona"))
		w.nowhere(b.visit(http.MethodPost, "/decide/of-mona", form))
		b.provider.who.Person = "rita"
		b.signIn("")
		w.nowhere(b.open("/decide/" + secret))
		w.nowhere(b.visit(http.MethodPost, "/decide/"+secret, form))
		require.Empty(t, w.desk.actions)
	})

	t.Run("IsNotDoneByAnotherSite", func(t *testing.T) {
		t.Parallel()
		w, b := setupSignedLinks(t)
		b.signIn("")
		b.visit(http.MethodPost, "/decide/"+secret, form, "Sec-Fetch-Site", "cross-site").page(http.StatusForbidden, "another site")
		require.Empty(t, w.desk.actions)
	})

	t.Run("IsNotNeededWhereNoPolicyAsks", func(t *testing.T) {
		t.Parallel()
		w, b := setupSignedLinks(t)
		w.change(func(a *usm.Approval) { a.Policy.StepUp = "" })
		b.visit(http.MethodPost, "/decide/"+secret, form).status(http.StatusOK)
		require.Nil(t, w.desk.actions[0].Vote.SignedIn)
	})

	t.Run("OrASessionThatIsOverIsAsNone", func(t *testing.T) {
		t.Parallel()
		w, b := setupSignedLinks(t)
		w.change(func(a *usm.Approval) { a.Policy.StepUp = "" })
		b.signIn("")
		b.sessions.pass(13 * time.Hour)
		b.visit(http.MethodPost, "/decide/"+secret, form).status(http.StatusOK)
	})

	t.Run("IsNotOfferedWhereNobodySignsIn", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t, func(a *usm.Approval) { a.Policy.StepUp = "15m" })
		body := string(w.open(http.MethodGet, secret).status(http.StatusForbidden).body)
		require.NotContains(t, body, "/sign-in?")
		require.Contains(t, body, "Sign in and open the approval there")
	})
}

// TestADecisionThatNeedsAFreshSignIn goes the whole way by the API: refused, signed in again as the refusal asks, decided.
func TestADecisionThatNeedsAFreshSignIn(t *testing.T) {
	t.Parallel()
	w, b := setupSignedLinks(t)
	id := w.store.order[0] + ".1"
	decide := func() *answer {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/v1/approvals/"+id+"/decisions",
			strings.NewReader(`{"decision": "approve", "digest": "`+shown+`"}`))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.AddCookie(&http.Cookie{Name: "usm", Value: b.cookies["usm"]})
		return w.roundTrip(request)
	}
	w.post("omar", "/approvals/"+id+"/decisions", map[string]any{"decision": "approve", "digest": shown}).
		problem(http.StatusUnauthorized, usm.CodeStepUp) // a plain token came from no sign-in
	b.signIn("")
	b.sessions.pass(20 * time.Minute)
	refused := decide()
	refused.problem(http.StatusUnauthorized, usm.CodeStepUp)
	challenge := refused.Header.Get("WWW-Authenticate")
	require.Contains(t, challenge, `error="insufficient_user_authentication"`)
	maxAge := regexp.MustCompile(`max_age="(\d+)"`).FindStringSubmatch(challenge)
	require.Len(t, maxAge, 2, challenge)
	require.Empty(t, w.desk.actions)

	b.signIn("?max_age=" + maxAge[1])
	decide().status(http.StatusOK)
	require.Len(t, w.desk.actions, 1)
	require.WithinDuration(t, time.Now(), *w.desk.actions[0].Vote.SignedIn, time.Minute)
}
