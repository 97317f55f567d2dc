package scim_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// members of the group operator, who are olga and omar at first.
func (w world) operators() []string {
	w.t.Helper()
	group, err := w.Group(w.t.Context(), "it", "operator")
	require.NoError(w.t, err)
	return group.People
}

func TestGroups(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.get("/Groups/operator")
	shown := got.ok(http.StatusOK)
	require.Equal(t, got.Header().Get("ETag"), shown["meta"].(object)["version"]) //nolint:errcheck,forcetypeassert // it is one
	delete(shown, "meta")
	require.Equal(t, object{
		"schemas": []any{groupURN}, "id": "operator", "displayName": "Operator", "members": []any{
			object{"value": "olga", "type": "User", "$ref": "https://usm.example/scim/v2/it/Users/olga"},
			object{"value": "omar", "type": "User", "$ref": "https://usm.example/scim/v2/it/Users/omar"},
		},
	}, shown)
	w.get("/Groups/operator", "If-None-Match", got.Header().Get("ETag")).empty(http.StatusNotModified)
	w.get("/Groups/king").refused(http.StatusNotFound, "")
	require.Equal(t, []any{object{
		"value": "operator", "type": "direct", "$ref": "https://usm.example/scim/v2/it/Groups/operator",
	}}, w.get("/Users/olga").ok(http.StatusOK)["groups"])

	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		path := map[string]string{http.MethodPost: "/Groups", http.MethodDelete: "/Groups/operator"}[method]
		refused := w.send(method, path, object{"schemas": []string{groupURN}, "displayName": "x"})
		require.Contains(t, refused.refused(http.StatusMethodNotAllowed, ""), "the file of the domain says which there are")
		require.Contains(t, refused.Header().Get("Allow"), "GET")
	}
}

func TestChangesOfGroups(t *testing.T) {
	t.Parallel()
	list := func(ids ...string) []any {
		all := make([]any, len(ids))
		for i, id := range ids {
			all[i] = object{"value": id, "$ref": nil}
		}
		return all
	}
	for name, tc := range map[string]struct {
		ops  []object
		want []string
	}{
		"Add":                  {[]object{op("Add", "members", list("joe", "omar"))}, []string{"joe", "olga", "omar"}},
		"AddOneAlone":          {[]object{op("add", "members", object{"value": "joe"})}, []string{"joe", "olga", "omar"}},
		"AddATextAlone":        {[]object{op("add", "members", "joe")}, []string{"joe", "olga", "omar"}},
		"AddWithoutAPath":      {[]object{op("add", "", object{"members": list("joe")})}, []string{"joe", "olga", "omar"}},
		"RemoveByFilter":       {[]object{op("remove", `members[value eq "olga"]`, nil)}, []string{"omar"}},
		"RemoveByAFilterOfTwo": {[]object{op("remove", `members[value eq "olga" or value eq "omar"]`, nil)}, []string{}},
		"RemoveByValue":        {[]object{op("Remove", "members", list("olga"))}, []string{"omar"}},
		"RemoveWhoIsNone":      {[]object{op("remove", `members[value eq "nobody"]`, nil)}, []string{"olga", "omar"}},
		"RemoveAll":            {[]object{op("remove", "members", nil)}, []string{}},
		"Replace":              {[]object{op("replace", "members", list("joe"))}, []string{"joe"}},
		"ReplaceByNobody":      {[]object{op("replace", "members", list())}, []string{}},
		"ReplaceWithoutAPath": {
			[]object{op("replace", "", object{"id": "operator", "displayName": "Operator", "members": list("joe", "olga")})},
			[]string{"joe", "olga"},
		},
		"AddAndRemove": {
			[]object{op("add", "members", list("joe", "eve")), op("remove", "members", list("joe", "olga"))},
			[]string{"eve", "omar"},
		},
		"RemoveAndAdd": {
			[]object{op("remove", "members", list("olga")), op("add", "members", list("olga"))},
			[]string{"olga", "omar"},
		},
		"ReplaceAndAddAndRemove": {
			[]object{
				op("replace", "members", list("joe", "eve")), op("add", "members", list("ed")), op("remove", "members", list("joe")),
			},
			[]string{"ed", "eve"},
		},
		"AddAndReplace": {[]object{op("add", "members", list("joe")), op("replace", "members", list("eve"))}, []string{"eve"}},
		"TheNameThatItHas": {
			[]object{op("replace", "displayName", "Operator"), op("replace", "externalId", "x")},
			[]string{"olga", "omar"},
		},
		"TheURNBeforeTheAttribute": {[]object{op("add", groupURN+":members", list("joe"))}, []string{"joe", "olga", "omar"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.patch("/Groups/operator", tc.ops...).empty(http.StatusNoContent)
			require.Equal(t, tc.want, w.operators())
			require.Equal(t, w.get("/Groups/operator").Header().Get("ETag"), got.Header().Get("ETag"))
		})
	}
}

func TestRefusedChangesOfGroups(t *testing.T) {
	t.Parallel()
	w := setup(t, func(d *usm.Domain) { d.Profiles[2].Conflicts = []string{"operator"} })
	for name, tc := range map[string]struct {
		ops      []object
		scimType string
		says     string
	}{
		"NobodyOfThatID":     {[]object{op("add", "members", "joe"), op("add", "members", "nobody")}, "invalidValue", `nobody "nobody"`},
		"WhoHoldsWhatIsKept": {[]object{op("add", "members", "mia")}, "invalidValue", "mia would hold manager and operator, which conflict"},
		"AGroup":             {[]object{op("add", "members", []any{object{"value": "manager", "type": "Group"}})}, "invalidValue", "no groups"},
		"NoValue":            {[]object{op("add", "members", []any{object{"display": "x"}})}, "invalidValue", "member 1 has no value"},
		"ANumber":            {[]object{op("add", "members", []any{"joe", 7})}, "invalidValue", "member 2 has no value"},
		"AnotherName":        {[]object{op("replace", "displayName", "Kings")}, "mutability", `the name "Operator" stays`},
		"TheID":              {[]object{op("replace", "id", "x")}, "mutability", "read only"},
		"AnUnknownPath":      {[]object{op("replace", "shoes", "x")}, "invalidPath", "only members are changed"},
		"AddByFilter":        {[]object{op("add", `members[value eq "joe"]`, "x")}, "invalidPath", "only members are changed"},
		"RemoveByName":       {[]object{op("remove", `members[display eq "Olga"]`, nil)}, "invalidFilter", "chosen by value"},
		"RemoveTwoInOne":     {[]object{op("remove", `members[value eq "olga" and value eq "omar"]`, nil)}, "invalidFilter", "chosen by value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.as(t)
			require.Contains(t, w.patch("/Groups/operator", tc.ops...).refused(http.StatusBadRequest, tc.scimType), tc.says)
			require.Equal(t, []string{"olga", "omar"}, w.operators())
		})
	}
}

func TestPutGroup(t *testing.T) {
	t.Parallel()
	w := setup(t)
	body := object{"schemas": []string{groupURN}, "displayName": "Whatever"}
	put := func(headers ...string) answer { return w.send(http.MethodPut, "/Groups/operator", body, headers...) }
	before := w.get("/Groups/operator").Header().Get("ETag")
	require.Equal(t, "Operator", put().ok(http.StatusOK)["displayName"])
	require.Equal(t, []string{"olga", "omar"}, w.operators(), "nothing is said of members")
	body["members"] = []any{object{"value": "joe"}}
	require.Len(t, put("If-Match", before).ok(http.StatusOK)["members"], 1)
	require.Equal(t, []string{"joe"}, w.operators())
	put("If-Match", before).refused(http.StatusPreconditionFailed, "")
	w.send(http.MethodPatch, "/Groups/operator", patched(op("remove", "members", nil)), "If-Match", before).
		refused(http.StatusPreconditionFailed, "")
	w.send(http.MethodPut, "/Groups/king", body).refused(http.StatusNotFound, "")
	w.patch("/Groups/king", op("remove", "members", nil)).refused(http.StatusNotFound, "")
	asked := w.send(http.MethodPatch, "/Groups/operator?attributes=members", patched(op("add", "members", "olga"))).ok(http.StatusOK)
	require.Len(t, asked["members"], 2)
	require.NotContains(t, asked, "displayName")
}

// TestAThousandMembers come and go in one transaction each.
func TestAThousandMembers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	people, add, remove := make([]usm.Provisioned, 1000), make([]any, 1000), make([]object, 1000)
	for i := range people {
		id := fmt.Sprintf("p%04d", i)
		people[i].Person = usm.Person{ID: id, Name: "Person " + id}
		add[i] = object{"value": id}
		remove[i] = op("remove", `members[value eq "`+id+`"]`, nil)
	}
	_, err := w.Provision(t.Context(), "it", "test", people...)
	require.NoError(t, err)
	began := time.Now()
	w.patch("/Groups/operator", op("add", "members", add)).empty(http.StatusNoContent)
	added := time.Since(began)
	require.Len(t, w.operators(), 1002)
	require.Equal(t, w.entry("p0000").Version, w.entry("p0999").Version, "one transaction")
	began = time.Now()
	w.patch("/Groups/operator", remove...).empty(http.StatusNoContent)
	removed := time.Since(began)
	require.Equal(t, []string{"olga", "omar"}, w.operators())
	require.Equal(t, 3, w.changes("p0999"))
	t.Logf("1,000 members added in %s, removed in %s", added, removed)
	require.Less(t, added+removed, 20*time.Second)
}
