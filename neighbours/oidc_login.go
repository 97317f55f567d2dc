package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// sessionCookie holds the secret of a session. Cookies are for all ports of a machine, so its name must be ours alone.
const sessionCookie = "usm_neighbours_session"

// The page's form leads on to where the product listens, which browsers hold to be part of sending it.
const loginPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http:; base-uri 'none'; frame-ancestors 'none'"

// manyPeople is from how many people on the page has a field to search.
const manyPeople = 12

// login is the page on which one says who one is.
type login struct {
	storage  *storage
	provider *op.Provider
}

// question is what the page shows.
type question struct {
	Request string
	Back    string // host of who asks
	Words   string
	Search  bool
	Again   person // who is known already and is asked all the same; zero for nobody
	Group   string // that he said to be in
	People  []person
}

// ask shows the page, unless the browser has a session that is good for the request.
func (l *login) ask(w http.ResponseWriter, r *http.Request) {
	request, err := l.storage.request(r.FormValue("request"))
	if err != nil {
		showLogin(w, http.StatusNotFound, "sign-in-over", nil)
		return
	}
	known, found := l.storage.remembered(secretOf(r))
	if found && request.satisfied(known.proved) {
		l.back(w, r, request.id, known)
		return
	}
	if request.silent() {
		op.AuthRequestError(w, r, request, oidc.ErrLoginRequired(), l.provider)
		return
	}
	all, err := l.storage.people.all()
	if refused(w, err) {
		return
	}
	q := question{Request: request.id, Words: r.FormValue("q"), Search: len(all) >= manyPeople}
	if back, err := url.Parse(request.GetRedirectURI()); err == nil {
		q.Back = back.Host
	}
	if who, err := l.storage.people.one(known.person); found && err == nil {
		q.Again, q.Group = who, known.group
	}
	q.People = slices.DeleteFunc(all, func(p person) bool { return !p.matches(q.Words) })
	showLogin(w, http.StatusOK, "sign-in", q)
}

// take takes the answer.
func (l *login) take(w http.ResponseWriter, r *http.Request) {
	who, err := l.storage.people.one(r.PostFormValue("person"))
	if err != nil {
		showLogin(w, http.StatusBadRequest, "sign-in-over", nil)
		return
	}
	l.back(w, r, r.PostFormValue("request"), session{who.ID, time.Now(), r.PostFormValue("group")})
}

// back finishes a request and sends the browser back to who asked. A person who proved himself just now is remembered.
func (l *login) back(w http.ResponseWriter, r *http.Request, request string, known session) {
	if err := l.storage.finish(request, known); err != nil {
		showLogin(w, http.StatusNotFound, "sign-in-over", nil)
		return
	}
	if r.Method == http.MethodPost {
		l.storage.forget(secretOf(r))
		setCookie(w, l.storage.remember(known))
	}
	http.Redirect(w, r, "/authorize/callback?id="+url.QueryEscape(request), http.StatusSeeOther)
}

// end ends the session of the browser and leaves the rest to the library, which sends it back to where it came from on this
// machine.
func (l *login) end(w http.ResponseWriter, r *http.Request) {
	l.storage.forget(secretOf(r))
	setCookie(w, "")
	ctx := r.Context()
	if after := r.FormValue("post_logout_redirect_uri"); after != "" {
		if _, here := op.HTTPLoopbackOrLocalhost(after); here {
			ctx = context.WithValue(ctx, afterwards{}, after)
		}
	}
	l.provider.ServeHTTP(w, r.WithContext(ctx))
}

// setCookie gives the browser the secret of a session; "" takes it away.
func setCookie(w http.ResponseWriter, secret string) {
	cookie := &http.Cookie{ //nolint:gosec // there is no TLS between a browser and its own machine
		Name: sessionCookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

func secretOf(r *http.Request) string {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func showLogin(w http.ResponseWriter, status int, name string, data any) {
	head(w, "text/html; charset=utf-8", loginPolicy)
	w.WriteHeader(status)
	_ = templates.ExecuteTemplate(w, name, data) // what fails is the connection
}
