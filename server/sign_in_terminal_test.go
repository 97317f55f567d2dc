package server_test

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// madeByTerminal is a token that a terminal made; only its hash travels.
const madeByTerminal = "usm_made-by-the-terminal-itself"

var (
	terminalHash  = sha256.Sum256([]byte(madeByTerminal))
	terminalToken = base64.RawURLEncoding.EncodeToString(terminalHash[:])
	terminalPage  = "/sign-in/terminal?token=" + terminalToken + "&name=laptop+of+Omar"
)

func TestSigningInATerminal(t *testing.T) {
	t.Parallel()
	form := url.Values{"token": {terminalToken}, "name": {"laptop of Omar"}, "answer": {"allow"}}

	t.Run("AsksWhoIsSignedIn", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		there := b.open(terminalPage).status(http.StatusSeeOther).Header.Get("Location")
		require.Equal(t, "/sign-in?return="+url.QueryEscape(terminalPage), there)
		back := b.signIn(strings.TrimPrefix(there, "/sign-in")).Header.Get("Location")
		require.Equal(t, terminalPage, back)
		body := b.open(back).page(http.StatusOK, "Allow it only if you have just started this yourself")
		code := base32.StdEncoding.EncodeToString(terminalHash[:])
		require.Contains(t, body, "<code>"+code[:4]+"-"+code[4:8]+"</code>")
		require.Contains(t, body, "It would act as Omar")
		require.Contains(t, body, "laptop of Omar")
		require.NotContains(t, body, madeByTerminal)
		require.Empty(t, b.sessions.admits, "asking allows nothing")

		body = b.visit(http.MethodPost, "/sign-in/terminal", form).page(http.StatusOK, "Your terminal is signed in")
		require.Contains(t, body, "It acts as Omar")
		require.Equal(t, []usm.Terminal{{
			Session: b.sessions.tokens[b.cookies["usm"]].ID, Hash: terminalHash[:], Name: "terminal laptop of Omar", Idle: time.Hour,
		}}, b.sessions.admits)
	})

	t.Run("AsksForAFreshSignInWhereItIsWanted", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		fresh := terminalPage + "&max_age=600"
		b.open(fresh).page(http.StatusOK, "Let a terminal in?")
		b.sessions.pass(11 * time.Minute)
		there := b.open(fresh).status(http.StatusSeeOther).Header.Get("Location")
		require.Equal(t, "/sign-in?max_age=600&return="+url.QueryEscape(fresh), there)
		b.open(terminalPage).page(http.StatusOK, "Let a terminal in?")
		b.open(b.signIn(strings.TrimPrefix(there, "/sign-in")).Header.Get("Location")).page(http.StatusOK, "Let a terminal in?")
	})

	t.Run("IsDeclinedByEverythingElse", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.visit(http.MethodPost, "/sign-in/terminal", form).page(http.StatusBadRequest, "Signing in did not work")
		b.signIn("")
		for _, answer := range []string{"decline", "", "ALLOW"} {
			declined := url.Values{"token": form["token"], "answer": {answer}}
			b.visit(http.MethodPost, "/sign-in/terminal", declined).page(http.StatusOK, "Nothing was allowed")
		}
		b.visit(http.MethodPost, "/sign-in/terminal", form, "Sec-Fetch-Site", "cross-site").page(http.StatusForbidden, "another site")
		b.visit(http.MethodPost, "/sign-in/terminal", form, "Origin", "null").page(http.StatusForbidden, "another site")
		b.sessions.pass(13 * time.Hour)
		b.visit(http.MethodPost, "/sign-in/terminal", form).page(http.StatusBadRequest, "Signing in did not work")
		require.Empty(t, b.sessions.admits)
	})

	t.Run("SaysWhenItWasTakenAlready", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		b.sessions.gone = usm.Errorf(usm.CodeConflict, "another's")
		b.visit(http.MethodPost, "/sign-in/terminal", form).page(http.StatusConflict, "Your terminal has to begin again")
	})

	t.Run("NeedsAHashAndAName", func(t *testing.T) {
		t.Parallel()
		b := setupSignIn(t).browser()
		b.signIn("")
		for _, wrong := range []url.Values{
			{},
			{"token": {"short"}},
			{"token": {terminalToken + "A"}},
			{"token": {terminalToken + "="}},
			{"token": {madeByTerminal}},
			{"token": {terminalToken}, "name": {strings.Repeat("x", 65)}},
			{"token": {terminalToken}, "name": {"a\nb"}},
			{"token": {terminalToken}, "name": {"\u202egnp"}},
			{"token": {terminalToken}, "name": {"\xff"}},
		} {
			b.open("/sign-in/terminal?"+wrong.Encode()).page(http.StatusUnprocessableEntity, "cannot be right")
			wrong.Set("answer", "allow")
			b.visit(http.MethodPost, "/sign-in/terminal", wrong).page(http.StatusUnprocessableEntity, "cannot be right")
		}
		b.open(terminalPage+"&max_age=soon").page(http.StatusUnprocessableEntity, "cannot be right")
		b.open("/sign-in/terminal?token="+terminalToken+"&name=%3Cb%3E").page(http.StatusOK, "<dd>&lt;b&gt;</dd>")
		require.Empty(t, b.sessions.admits)
	})
}
