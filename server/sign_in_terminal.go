package server

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/server/console"
	"github.com/usm-works/usm/usm"
)

// terminalRequest is what a terminal asks for: that the token it made is let in. It shows the hash and keeps the token.
type terminalRequest struct {
	console.Terminal // its token is SHA-256 of the bearer token in base64url, unpadded; its code two groups of four letters and digits

	hash []byte
}

// terminalOf reads what a terminal asks for; usm.CodeInvalid when that cannot be.
func terminalOf(token, name string) (terminalRequest, error) {
	hash, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(hash) != sha256.Size {
		return terminalRequest{}, usm.Invalid("/token", "is no hash of a token")
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if len(name) > 64 || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
		return terminalRequest{}, usm.Invalid("/name", "is no name of a terminal")
	}
	code := base32.StdEncoding.EncodeToString(hash)
	return terminalRequest{console.Terminal{Token: token, Name: name, Code: code[:4] + "-" + code[4:8]}, hash}, nil
}

// showTerminal asks who is signed in whether a terminal is his; who is not, signs in first.
func (g *gateway) showTerminal(c *gin.Context) {
	request, err := terminalOf(c.Query("token"), c.Query("name"))
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	wanted, err := attemptOf("", c.Query("max_age"))
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	who := api.RequestOf(c.Request.Context()).Caller
	fresh := who.Token.SignedIn != nil && time.Since(*who.Token.SignedIn) <= time.Duration(wanted.MaxAge)*time.Second
	if who.Token.Person == "" || wanted.MaxAge > 0 && !fresh {
		seeOther(c, signInAt(c.Request.URL.RequestURI(), c.Query("max_age")))
		return
	}
	g.plainPage(c, http.StatusOK, console.SignInPage{Kind: "terminal", Name: who.Name, Terminal: request.Terminal})
}

// signInAt is the address at which somebody signs in and comes back from.
func signInAt(back, maxAge string) string {
	query := url.Values{"return": {back}}
	if maxAge != "" {
		query.Set("max_age", maxAge)
	}
	return signInPath + "?" + query.Encode()
}

// admitTerminal lets a terminal in, or not.
func (g *gateway) admitTerminal(c *gin.Context) {
	request, err := terminalOf(c.PostForm("token"), c.PostForm("name"))
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	ctx := c.Request.Context()
	who := api.RequestOf(ctx).Caller
	switch {
	case who.Token.ID == "":
		g.notSignedIn(c, usm.Errorf(usm.CodeUnauthenticated, "the session is over"))
		return
	case c.PostForm("answer") != "allow":
		g.plainPage(c, http.StatusOK, console.SignInPage{Kind: "terminal_out"})
		return
	}
	err = g.SignIn.Sessions.AddTerminal(ctx, usm.Terminal{
		Session: who.Token.ID, Hash: request.hash, Name: strings.TrimSpace("terminal " + request.Name), Idle: g.SignIn.Idle,
	})
	if err != nil {
		g.notSignedIn(c, err)
		return
	}
	g.Metrics.signIns.WithLabelValues("terminal").Inc()
	g.plainPage(c, http.StatusOK, console.SignInPage{Kind: "terminal_in", Name: who.Name})
}
