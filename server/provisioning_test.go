package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/server/scim"
	"github.com/usm-works/usm/usm"
)

// fakeDirectory has nobody, and takes anybody.
type fakeDirectory struct {
	port

	by string // who was on record for the last change
}

type port = scim.Directory

func (d *fakeDirectory) Directory(context.Context, usm.DirectoryFilter) ([]usm.DirectoryEntry, int, error) {
	return nil, 0, nil
}

func (d *fakeDirectory) DirectoryEntry(_ context.Context, _, id string) (usm.DirectoryEntry, error) {
	switch id {
	case "panic":
		panic("boom")
	case "crash":
		return usm.DirectoryEntry{}, errors.New("pq: password of the database is hunter2")
	}
	return usm.DirectoryEntry{}, usm.Errorf(usm.CodeNotFound, "there is nobody %q", id)
}

func (d *fakeDirectory) Provision(
	_ context.Context, domain, by string, people ...usm.Provisioned,
) ([]usm.DirectoryEntry, error) {
	d.by = by
	return []usm.DirectoryEntry{{Person: people[0].Person, Domain: domain, Version: "1"}}, nil
}

// provisioned is a gateway whose token entra may provision the domain it.
func provisioned(t *testing.T, change ...func(*server.Options)) (*world, *fakeDirectory) {
	t.Helper()
	directory := &fakeDirectory{}
	w := setup(t, append(change, func(o *server.Options) { o.Directory = directory })...)
	w.store.others = map[string]usm.Caller{
		"entra":  {Token: usm.Token{ID: "t-1", Name: "entra", Scopes: []string{"scim:it"}}},
		"reader": {Token: usm.Token{ID: "t-2", Name: "reader", Admin: true, Scopes: []string{"read", "domains"}}},
	}
	return w, directory
}

// scim asserts an error in the form of RFC 7644 §3.12 and returns its detail.
func (a *answer) scim(want int, scimType string) string {
	a.t.Helper()
	a.status(want)
	var body struct {
		Schemas []string
		Status  string
		Type    string `json:"scimType"` //nolint:tagliatelle // as RFC 7644 spells it
		Detail  string
	}
	a.into(&body)
	require.Equal(a.t, scim.ContentType, a.Header.Get("Content-Type"))
	require.Equal(a.t, []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, body.Schemas)
	require.Equal(a.t, strconv.Itoa(want), body.Status)
	require.Equal(a.t, scimType, body.Type)
	require.NotEmpty(a.t, body.Detail)
	return body.Detail
}

func TestWhoProvisions(t *testing.T) {
	t.Parallel()
	w, directory := provisioned(t)
	users := func(as, domain string) *answer { return w.send(as, http.MethodGet, "/scim/v2/"+domain+"/Users", nil) }
	users("entra", "it").status(http.StatusOK)
	for _, as := range []string{"rita", "omar", "carla", "mona", "admin", "sensor", "reader"} {
		refused := users(as, "it")
		require.Contains(t, refused.scim(http.StatusForbidden, ""), "scope scim:it", as)
		require.Contains(t, refused.Header.Get("WWW-Authenticate"), `scope="scim:it"`)
	}
	for _, domain := range []string{"hr", "IT", "it%20", "moon", "it%2Fx"} {
		code := users("entra", domain).StatusCode
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, code, domain)
	}
	require.Contains(t, users("entra", "hr").scim(http.StatusForbidden, ""), "scope scim:hr")
	for _, as := range []string{"", "stranger"} {
		refused := users(as, "it")
		refused.scim(http.StatusUnauthorized, "")
		require.Contains(t, refused.Header.Get("WWW-Authenticate"), "Bearer")
	}
	for _, path := range []string{"/ServiceProviderConfig", "/Schemas", "/Me", "/Groups/x", "/Bulk"} {
		method := http.MethodGet
		if path == "/Bulk" {
			method = http.MethodPost
		}
		w.send("admin", method, "/scim/v2/it"+path, nil).scim(http.StatusForbidden, "")
	}
	body := map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "nina"}
	made := w.send("entra", http.MethodPost, "/scim/v2/it/Users", body, "Idempotency-Key", "no key is looked at")
	made.status(http.StatusCreated)
	require.Equal(t, "http://usm.example/scim/v2/it/Users/nina", made.Header.Get("Location"))
	require.Equal(t, "entra", directory.by)
	w.get("entra", "/people").problem(http.StatusForbidden, usm.CodeForbidden)
	require.Empty(t, w.store.keys)
}

func TestErrorsOfProvisioning(t *testing.T) {
	t.Parallel()
	log := &syncBuffer{}
	w, _ := provisioned(t, func(o *server.Options) { o.Logger = slog.New(slog.NewJSONHandler(log, nil)) })
	get := func(path string) *answer { return w.send("entra", http.MethodGet, "/scim/v2"+path, nil) }
	for _, path := range []string{"", "/", "/it", "/it/", "/it/Devices", "/it/Users/a/b", "/it/Users/a%2Fb", "/it/Users/nobody"} {
		get(path).scim(http.StatusNotFound, "")
	}
	refused := w.send("entra", http.MethodPut, "/scim/v2/it/Users", "{}")
	refused.scim(http.StatusMethodNotAllowed, "")
	require.Contains(t, refused.Header.Get("Allow"), http.MethodPost)
	w.send("entra", http.MethodPost, "/scim/v2/it/Users", strings.Repeat(" ", 1<<20+1)).scim(http.StatusRequestEntityTooLarge, "")
	w.send("entra", http.MethodPost, "/scim/v2/it/Users", strings.Repeat(" ", 1<<20)).scim(http.StatusBadRequest, "invalidSyntax")
	w.send("entra", http.MethodPost, "/scim/v2/it/Users", "x", "Content-Type", "text/plain").scim(http.StatusUnsupportedMediaType, "")
	for _, id := range []string{"crash", "panic"} {
		detail := get("/it/Users/"+id).scim(http.StatusInternalServerError, "")
		require.NotContains(t, detail, "hunter2")
		require.NotContains(t, detail, "boom")
	}
	require.Contains(t, log.String(), "hunter2")
	require.Contains(t, log.String(), "boom")
	w.send("entra", http.MethodGet, "/scim/v2x", nil).problem(http.StatusNotFound, usm.CodeNotFound)
}

func TestATokenThatProvisionsTooMuchIs429(t *testing.T) {
	t.Parallel()
	w, _ := provisioned(t, func(o *server.Options) { o.Limits = server.Limits{Rate: 0.1, Burst: 1} })
	w.send("entra", http.MethodGet, "/scim/v2/it/Users", nil).status(http.StatusOK)
	got := w.send("entra", http.MethodGet, "/scim/v2/it/Users", nil)
	got.scim(http.StatusTooManyRequests, "")
	require.Equal(t, "10", got.Header.Get("Retry-After"))
}

// TestRoutesOfProvisioning are no part of the OpenAPI document, which is of the API: their own schemas describe them. Nothing else is
// added with them.
func TestRoutesOfProvisioning(t *testing.T) {
	t.Parallel()
	routes := func(w *world) map[string]bool {
		engine, ok := w.handler.(*gin.Engine)
		require.True(t, ok)
		all := map[string]bool{}
		for _, route := range engine.Routes() {
			all[route.Method+" "+route.Path] = true
		}
		return all
	}
	with, _ := provisioned(t)
	without := routes(setup(t))
	added := 0
	for route := range routes(with) {
		if !without[route] {
			require.Contains(t, route, " /scim/v2/:domain/")
			added++
		}
	}
	require.Positive(t, added)
	document := with.send("", http.MethodGet, "/api/openapi.json", nil).status(http.StatusOK)
	require.True(t, json.Valid(document.body))
	require.NotContains(t, string(document.body), "/scim/")
}

func TestDirectoryChanges(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const path = "/domains/it/directory-changes"
	var changes []usm.DirectoryChange
	first := w.get("mona", path+"?limit=2").status(http.StatusOK).into(&changes)
	require.Len(t, changes, 2)
	require.Equal(t, usm.DirectoryChange{ID: 3, Domain: "it", Person: "omar", Kind: "left", Source: usm.SourceSCIM, By: "entra"}, changes[0])
	w.send("mona", http.MethodGet, nextOf(first), nil).status(http.StatusOK).into(&changes)
	require.Len(t, changes, 1)
	require.Empty(t, nextOf(w.get("admin", path+"?person=omar").status(http.StatusOK).into(&changes)))
	require.Len(t, changes, 2)
	w.get("admin", "/domains/moon/directory-changes").problem(http.StatusNotFound, usm.CodeNotFound)
	w.get("carla", path).problem(http.StatusForbidden, usm.CodeForbidden)
	w.get("heidi", path).problem(http.StatusNotFound, usm.CodeNotFound)
}
