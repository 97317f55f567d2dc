package server

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// SignIn lets people sign in and stay signed in. Its zero value has no sign-in.
type SignIn struct {
	Provider Provider // nil: nobody signs in
	Sessions Sessions
	Idle     time.Duration // how long a session lasts without being used; 0 is an hour
	Max      time.Duration // how long a session lasts at most; 0 is twelve hours
}

// Provider knows who somebody is. What it refuses with is said at signin.Provider.
type Provider interface {
	// Begin returns the address at the provider where a person signs in.
	Begin(ctx context.Context, in usm.SignIn) (address string, err error)
	// Finish returns who came back from there with a code.
	Finish(ctx context.Context, in usm.SignIn, code string) (usm.Identity, error)
	// SignOut returns the address at the provider where a person signs out and is sent back from; "" for none.
	SignOut(idToken, back string) string
}

// Sessions keeps who is signed in.
type Sessions interface {
	// StartSession keeps a sign-in and returns its secret and whose it is; usm.CodeForbidden for nobody who is known and active.
	StartSession(ctx context.Context, session usm.Session) (secret, person string, err error)
	// UseSession lets a session last as long again as it may without being used.
	UseSession(ctx context.Context, id string, idle time.Duration) error
	// EndSession signs out.
	EndSession(ctx context.Context, secret string) error
	// AddTerminal makes the token of a terminal good, as long as the session that lets it in.
	AddTerminal(ctx context.Context, terminal usm.Terminal) error
}

// Where people sign in and out. The provider has to know the addresses of the callback and, to send people back from signing
// out, of signing out.
const (
	signInPath   = "/sign-in"
	callbackPath = "/sign-in/callback"
	terminalPath = "/sign-in/terminal"
	signOutPath  = "/sign-out"
)

// signIns adds where people sign in and out.
func (g *gateway) signIns(engine *gin.Engine) {
	pages := engine.Group("", g.limitRate)
	pages.GET(signInPath, g.beginSignIn)
	pages.GET(callbackPath, g.finishSignIn)
	signedIn := engine.Group("", g.visitor, g.limitRate)
	signedIn.GET(terminalPath, g.showTerminal)
	signedIn.POST(terminalPath, g.admitTerminal)
	signedIn.GET(signOutPath, func(c *gin.Context) {
		g.plainPage(c, http.StatusOK, console.SignInPage{Kind: "sign_out", Name: api.RequestOf(c.Request.Context()).Caller.Name})
	})
	signedIn.POST(signOutPath, g.signOut)
}

// beginSignIn sends a browser to the provider. Several tabs may do so at once: what each is about goes along with it, sealed.
func (g *gateway) beginSignIn(c *gin.Context) {
	if address := g.otherName(c.Request); address != "" {
		seeOther(c, address)
		return
	}
	a, err := attemptOf(c.Query("return"), c.Query("max_age"))
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	seed := g.seed(c)
	in, err := seed.seal(a)
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	address, err := g.SignIn.Provider.Begin(c.Request.Context(), in)
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	g.setCookie(c, seedCookie, seed.String(), "/", int(attemptLasts.Seconds()))
	seeOther(c, address)
}

// otherName is the same address under the name that the provider sends people back to, "" where it has that name already. A
// browser on this machine that says localhost for 127.0.0.1 would come back without its cookie.
func (g *gateway) otherName(r *http.Request) string {
	public, err := url.Parse(g.PublicURL)
	asked := url.URL{Host: r.Host}
	if err != nil || asked.Host == public.Host || !loopback(public.Hostname()) || !loopback(asked.Hostname()) {
		return ""
	}
	public.RawQuery = r.URL.RawQuery
	return public.JoinPath(signInPath).String()
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// finishSignIn takes back who comes from the provider.
func (g *gateway) finishSignIn(c *gin.Context) {
	ctx := c.Request.Context()
	seed, known := parseSeed(g.cookie(c.Request, seedCookie))
	if !known {
		g.notSignedIn(c, usm.Errorf(usm.CodeUnauthenticated, "this browser did not begin to sign in, or too long ago"))
		return
	}
	in, a, err := seed.open(c.Query("state"), time.Now())
	if err == nil {
		err = providerError(c.Query("error"))
	}
	var who usm.Identity
	if err == nil {
		who, err = g.SignIn.Provider.Finish(ctx, in, c.Query("code"))
	}
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	secret, person, err := g.SignIn.Sessions.StartSession(ctx, usm.Session{
		Who: who, Idle: g.SignIn.Idle, Max: g.SignIn.Max, Replaces: g.cookie(c.Request, sessionCookie),
	})
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	api.RequestOf(ctx).Caller.Token.Person = person
	g.Metrics.signIns.WithLabelValues("signed_in").Inc()
	g.setCookie(c, sessionCookie, secret, "/", 0)
	g.rememberIDToken(c, who.IDToken)
	seeOther(c, a.Return)
}

// providerError is what the provider sent a person back with instead of a code (OpenID Connect Core §3.1.2.6); "" is none.
func providerError(said string) error {
	switch said {
	case "":
		return nil
	case "access_denied":
		return usm.Errorf(codeCancelled, "the provider says: access_denied")
	case "temporarily_unavailable", "server_error":
		return usm.Errorf(usm.CodeUnavailable, "the provider says: %s", said)
	default:
		return usm.Errorf(usm.CodeUnauthenticated, "the provider says: %.60q", said)
	}
}

// codeCancelled is that of a person who did not want to sign in after all; no code of the API.
const codeCancelled usm.Code = "cancelled"

// notSignedIn says what to do; what exactly was wrong is for the log.
func (g *gateway) notSignedIn(c *gin.Context, err error) {
	api.RequestOf(c.Request.Context()).Err = err
	page, code, result := console.SignInPage{Kind: "away"}, http.StatusServiceUnavailable, "away"
	switch usm.CodeOf(err) {
	case codeCancelled:
		page.Kind, code, result = "cancelled", http.StatusForbidden, "cancelled"
	case usm.CodeUnauthenticated:
		page.Kind, code, result = "again", http.StatusBadRequest, "again"
	case usm.CodeForbidden:
		page.Kind, code, result = "stranger", http.StatusForbidden, "refused"
	case usm.CodeInvalid:
		page.Kind, code, result = "address", http.StatusUnprocessableEntity, "again"
	case usm.CodeConflict:
		page.Kind, code, result = "terminal_known", http.StatusConflict, "refused"
	case usm.CodeUnavailable:
	default:
		code = max(status.Of(status.Refusal(err).Code), http.StatusInternalServerError)
	}
	g.Metrics.signIns.WithLabelValues(result).Inc()
	g.plainPage(c, code, page)
}

// signOut ends the session here, then at the provider. A terminal, which shows its token, ends its own and nothing more.
func (g *gateway) signOut(c *gin.Context) {
	if token, ok := bearer(c.GetHeader("Authorization")); ok {
		g.signOutTerminal(c, token)
		return
	}
	if err := g.SignIn.Sessions.EndSession(c.Request.Context(), g.cookie(c.Request, sessionCookie)); err != nil {
		g.notSignedIn(c, err)
		return
	}
	g.Metrics.signIns.WithLabelValues("signed_out").Inc()
	there := g.SignIn.Provider.SignOut(g.cookie(c.Request, idCookie), strings.TrimRight(g.PublicURL, "/")+signOutPath)
	g.setCookie(c, sessionCookie, "", "/", -1)
	g.setCookie(c, idCookie, "", signOutPath, -1)
	g.plainPage(c, http.StatusOK, console.SignInPage{Kind: "signed_out", Elsewhere: there})
}

func (g *gateway) signOutTerminal(c *gin.Context, token string) {
	if err := g.SignIn.Sessions.EndSession(c.Request.Context(), token); err != nil {
		refuse(c, err)
		return
	}
	g.Metrics.signIns.WithLabelValues("signed_out").Inc()
	c.Status(http.StatusNoContent)
}

// seeOther sends a browser on, and lets nobody keep the answer.
func seeOther(c *gin.Context, address string) {
	c.Header("Cache-Control", "no-store")
	c.Header("Location", address)
	c.Status(http.StatusSeeOther)
}
