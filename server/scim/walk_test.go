package scim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWalk is the life of a user as a provisioning system leads it.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := setup(t)
	nina := newUser("nina@example.org",
		"externalId", "00u1", "name", object{"givenName": "Nina", "familyName": "Noor"}, "active", true, "password", "hunter2",
		"emails", []any{object{"value": "home@example.org", "type": "home"}, object{"value": "nina@example.org", "type": "work"}},
		enterpriseURN, object{"manager": object{"value": "mia"}, "department": "Sales"}, "title", "Clerk", "shoeSize", 40)
	const path = "/Users/nina@example.org"

	require.Zero(t, w.get(`/Users?filter=userName+eq+%22nina%40example.org%22`).ok(http.StatusOK)["totalResults"])
	created := w.send(http.MethodPost, "/Users", nina)
	made := created.ok(http.StatusCreated)
	require.Equal(t, "https://usm.example/scim/v2/it"+path, created.Header().Get("Location"))
	meta := made["meta"].(object) //nolint:errcheck,forcetypeassert // it is one
	require.Equal(t, created.Header().Get("Location"), meta["location"])
	require.Equal(t, created.Header().Get("ETag"), meta["version"])
	require.Regexp(t, `^W/"\d+"$`, meta["version"])
	delete(made, "meta")
	require.Equal(t, object{
		"schemas": []any{userURN, enterpriseURN}, "id": "nina@example.org", "userName": "nina@example.org", "externalId": "00u1",
		"displayName": "Nina Noor", "name": object{"formatted": "Nina Noor"}, "active": true,
		"emails": []any{object{"value": "nina@example.org", "type": "work", "primary": true}},
		enterpriseURN: object{"manager": object{
			"value": "mia", "displayName": "Mia", "$ref": "https://usm.example/scim/v2/it/Users/mia",
		}},
	}, made)
	w.send(http.MethodPost, "/Users", nina).refused(http.StatusConflict, "uniqueness")

	read := w.get(path)
	require.Equal(t, created.Body.String(), read.Body.String())
	w.get(path, "If-None-Match", read.Header().Get("ETag")).empty(http.StatusNotModified)
	found := w.get(`/Users?filter=userName+eq+%22NINA%40example.org%22`).ok(http.StatusOK)
	require.Equal(t, []string{"nina@example.org"}, ids(found))

	changed := w.patch(path, op("replace", "displayName", "Nina N."))
	require.Equal(t, "Nina N.", changed.ok(http.StatusOK)["displayName"])
	require.NotEqual(t, read.Header().Get("ETag"), changed.Header().Get("ETag"))
	stale := []string{"If-Match", read.Header().Get("ETag")}
	w.send(http.MethodPut, path, nina, stale...).refused(http.StatusPreconditionFailed, "")
	w.send(http.MethodPatch, path, patched(op("replace", "active", false)), stale...).refused(http.StatusPreconditionFailed, "")
	w.send(http.MethodDelete, path, nil, stale...).refused(http.StatusPreconditionFailed, "")
	put := w.send(http.MethodPut, path, nina, "If-Match", `"x", `+changed.Header().Get("ETag")).ok(http.StatusOK)
	require.Equal(t, "Nina Noor", put["displayName"])

	require.Equal(t, false, w.patch(path, op("Replace", "active", "False")).ok(http.StatusOK)["active"])
	require.Equal(t, "entra", func() string {
		changes, _, err := w.DirectoryChanges(t.Context(), "it", "nina@example.org", page(1))
		require.NoError(t, err)
		require.Equal(t, "left", changes[0].Kind)
		return changes[0].By
	}())
	w.send(http.MethodDelete, path, nil, "If-Match", "*").empty(http.StatusNoContent)
	w.send(http.MethodDelete, path, nil).refused(http.StatusNotFound, "")
	w.get(path).refused(http.StatusNotFound, "")
	w.patch(path, op("replace", "active", true)).refused(http.StatusNotFound, "")
	w.send(http.MethodPut, path, nina).refused(http.StatusNotFound, "")
	require.Equal(t, true, w.send(http.MethodPost, "/Users", nina).ok(http.StatusCreated)["active"])
	require.Equal(t, 6, w.changes("nina@example.org"), "added, changed twice, left, removed, returned")
}

// TestTwiceTheSame is one change on record, whatever is sent again.
func TestTwiceTheSame(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("nina", "externalId", "00u1", "displayName", "Nina", "emails", []any{object{"value": "nina@example.org"}})
	body := newUser("nina", "externalId", "00u1", "displayName", "Nina B.", "active", true)
	first := w.send(http.MethodPut, "/Users/nina", body)
	require.Equal(t, first.ok(http.StatusOK), w.send(http.MethodPut, "/Users/nina", body).ok(http.StatusOK))
	require.Equal(t, 2, w.changes("nina"))
	for range 2 {
		w.patch("/Users/nina", op("add", "emails", []any{object{"value": "n@example.org", "type": "work"}})).ok(http.StatusOK)
	}
	require.Equal(t, 3, w.changes("nina"))
	for range 2 {
		w.patch("/Groups/operator", op("add", "members", []any{object{"value": "nina"}})).empty(http.StatusNoContent)
	}
	require.Equal(t, 4, w.changes("nina"))
	for range 2 {
		w.patch("/Groups/operator", op("remove", `members[value eq "nina"]`, nil)).empty(http.StatusNoContent)
	}
	require.Equal(t, 5, w.changes("nina"))
	etag := w.get("/Users/nina").Header().Get("ETag")
	w.patch("/Users/nina", op("replace", "userName", "NINA"), op("replace", "title", "Boss")).ok(http.StatusOK)
	require.Equal(t, etag, w.get("/Users/nina").Header().Get("ETag"))
}

// TestAPersonOfTheFile is taken over by whoever provisions him, and what SCIM has no word for stays as the file has it.
func TestAPersonOfTheFile(t *testing.T) {
	t.Parallel()
	w := setup(t)
	before := w.entry("ed")
	require.Equal(t, "file", string(before.Source))
	shown := w.get("/Users/ed").ok(http.StatusOK)
	require.Equal(t, object{"customer": "hq", "site": "north"}, shown[usmURN])
	w.send(http.MethodPut, "/Users/ed", newUser("ed", "displayName", "Edward", enterpriseURN, object{})).ok(http.StatusOK)
	after := w.entry("ed")
	require.Equal(t, "scim", string(after.Source))
	require.Equal(t, "Edward", after.Name)
	require.Equal(t, []string{"hq", "north"}, []string{after.Customer, after.Site})
	w.send(http.MethodPut, "/Users/ed", newUser("ed", usmURN, object{"site": "south"})).ok(http.StatusOK)
	require.Equal(t, []string{"", "south", "Edward"}, []string{w.entry("ed").Customer, w.entry("ed").Site, w.entry("ed").Name})
	w.create("nina", "externalId", "00u1", "emails", []any{object{"value": "n@example.org"}}, enterpriseURN, object{"manager": "mia"})
	w.send(http.MethodPut, "/Users/nina", newUser("nina")).ok(http.StatusOK)
	require.Equal(t, []string{"", "", "mia"}, []string{w.entry("nina").Email, w.entry("nina").External, w.entry("nina").Manager})
	w.send(http.MethodPut, "/Users/nina", newUser("nina", enterpriseURN, object{})).ok(http.StatusOK)
	require.Empty(t, w.entry("nina").Manager)
	w.patch("/Users/omar", op("add", enterpriseURN+":manager", "olga")).ok(http.StatusOK)
	w.send(http.MethodDelete, "/Users/olga", nil).empty(http.StatusNoContent)
	require.NotContains(t, ids(w.get("/Users").ok(http.StatusOK)), "olga")
	require.Equal(t, false, w.patch("/Users/omar", op("replace", "active", false)).ok(http.StatusOK)["active"], "his manager is gone")
}

func TestRefusedUsers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("nina", "externalId", "00u1")
	for name, tc := range map[string]struct {
		body     object
		status   int
		scimType string
	}{
		"ATakenName":         {newUser("olga"), http.StatusConflict, "uniqueness"},
		"TheSameButForCase":  {newUser("NINA"), http.StatusConflict, "uniqueness"},
		"ATakenExternalID":   {newUser("nora", "externalId", "00u1"), http.StatusConflict, "uniqueness"},
		"NoName":             {newUser(""), http.StatusBadRequest, "invalidValue"},
		"WhiteSpace":         {newUser("a b"), http.StatusBadRequest, "invalidValue"},
		"ASlash":             {newUser("a/b"), http.StatusBadRequest, "invalidValue"},
		"ATab":               {newUser("a\u00a0b"), http.StatusBadRequest, "invalidValue"},
		"AVeryLongName":      {newUser(strings.Repeat("x", 101)), http.StatusBadRequest, "invalidValue"},
		"ANameThatIsAList":   {object{"schemas": []string{userURN}, "userName": []any{"x"}}, http.StatusBadRequest, "invalidValue"},
		"NoSchemas":          {object{"userName": "x"}, http.StatusBadRequest, "invalidSyntax"},
		"AnotherSchema":      {object{"schemas": []string{groupURN}, "userName": "x"}, http.StatusBadRequest, "invalidSyntax"},
		"SchemasAsAText":     {object{"schemas": userURN, "userName": "x"}, http.StatusBadRequest, "invalidSyntax"},
		"AnExtensionAsAText": {newUser("x", enterpriseURN, "mia"), http.StatusBadRequest, "invalidValue"},
		"EmailsAsANumber":    {newUser("x", "emails", 7), http.StatusBadRequest, "invalidValue"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.as(t)
			w.send(http.MethodPost, "/Users", tc.body).refused(tc.status, tc.scimType)
		})
	}
}
