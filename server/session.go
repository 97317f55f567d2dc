package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/usm"
)

// The cookies, as they are called without the prefix that https allows.
const (
	sessionCookie = "usm"
	seedCookie    = "usm-sign-in"
	idCookie      = "usm-id" // what the provider wants to see again when its person signs out
)

// idTokenLimit is how long an ID token may be to be kept: browsers drop cookies of more than 4 KiB.
const idTokenLimit = 3500

func (g *gateway) secureCookies() bool { return strings.HasPrefix(g.PublicURL, "https://") }

// cookieName adds the prefix with which no other host and no unencrypted page can set the cookie (RFC 6265bis §4.1.3).
func (g *gateway) cookieName(name string) string {
	switch {
	case !g.secureCookies():
		return name
	case name == idCookie: // has a path of its own
		return "__Secure-" + name
	default:
		return "__Host-" + name
	}
}

// setCookie sets a cookie that no script reads and no other site sends with a form. seconds 0 lasts as long as the browser runs,
// less deletes it.
func (g *gateway) setCookie(c *gin.Context, name, value, path string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // a browser takes no secure cookie from a public address without TLS
		Name: g.cookieName(name), Value: value, Path: path, MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: g.secureCookies(),
	})
}

// cookie returns the value of a cookie, "" when there is none.
func (g *gateway) cookie(r *http.Request, name string) string {
	held, err := r.Cookie(g.cookieName(name))
	if err != nil {
		return ""
	}
	return held.Value
}

// rememberIDToken leaves the ID token with the browser, for signing out at the provider. It gives no access to anything.
func (g *gateway) rememberIDToken(c *gin.Context, token string) {
	seconds := int(g.SignIn.Max.Seconds())
	if token == "" || len(token) > idTokenLimit {
		token, seconds = "", -1
	}
	g.setCookie(c, idCookie, token, signOutPath, seconds)
}

// crossOrigin tells what our own pages send from what other sites make a browser send. A proxy may hide the name of the host
// that people use; the public address has it.
func crossOrigin(publicURL string) *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	if address, err := url.Parse(publicURL); err == nil && address.Host != "" {
		protection.AddTrustedOrigin(address.Scheme + "://" + address.Host) //nolint:errcheck // it has a scheme and a host
	}
	return protection
}

// bySession finds out who calls by the cookie of a session. ok says whether there is one at all.
func (g *gateway) bySession(c *gin.Context) (caller usm.Caller, ok bool, err error) {
	secret := g.cookie(c.Request, sessionCookie)
	if secret == "" || g.SignIn.Provider == nil {
		return usm.Caller{}, false, nil
	}
	// A browser sends cookies with whatever another site makes it send; a bearer token it does not.
	if err := g.crossOrigin.Check(c.Request); err != nil {
		return usm.Caller{}, true, usm.Errorf(usm.CodeForbidden, "a page of another site asked for this: %v", err)
	}
	caller, err = g.known(c, secret)
	if usm.CodeOf(err) == usm.CodeUnauthenticated {
		err = usm.Errorf(usm.CodeUnauthenticated, "the session is over: sign in again")
	}
	return caller, true, err
}

// visitor finds out who looks at a page that does not ask for it. A session that is over is none.
func (g *gateway) visitor(c *gin.Context) {
	caller, _, err := g.bySession(c)
	switch usm.CodeOf(err) {
	case "":
		api.RequestOf(c.Request.Context()).Caller = caller
	case usm.CodeUnauthenticated:
	case usm.CodeForbidden:
		api.RequestOf(c.Request.Context()).Err = err
		g.plainPage(c, http.StatusForbidden, console.SignInPage{Kind: "elsewhere"})
		c.Abort()
	default:
		g.notSignedIn(c, err)
		c.Abort()
	}
}

// used lets a session last. That it cannot be noted ends no request.
func (g *gateway) used(ctx context.Context, token usm.Token) {
	if !token.Session || token.IdleUntil == nil || g.SignIn.Sessions == nil {
		return
	}
	idle := g.SignIn.Idle
	if time.Until(*token.IdleUntil) > idle-usm.SessionStep(idle) {
		return
	}
	if err := g.SignIn.Sessions.UseSession(ctx, token.ID, idle); err != nil {
		g.Logger.WarnContext(ctx, "that a session is used cannot be noted", "token", token.ID, "error", err)
	}
}
