package scim_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDiscovery(t *testing.T) {
	t.Parallel()
	w := setup(t)

	t.Run("SaysWhatIsSupported", func(t *testing.T) {
		t.Parallel()
		part := func(value any) object { o, _ := value.(object); return o }
		config := w.as(t).get("/ServiceProviderConfig").ok(http.StatusOK)
		for what, supported := range map[string]bool{
			"patch": true, "filter": true, "etag": true, "bulk": false, "sort": false, "changePassword": false,
		} {
			require.Equal(t, supported, part(config[what])["supported"], what)
		}
		schemes, _ := config["authenticationSchemes"].([]any)
		require.Equal(t, "oauthbearertoken", part(schemes[0])["type"])
		require.Equal(t, "https://usm.example/scim/v2/it/ServiceProviderConfig", part(config["meta"])["location"])
	})

	for endpoint, want := range map[string][]string{
		"/Schemas": {userURN, groupURN, enterpriseURN, usmURN}, "/ResourceTypes": {"User", "Group"},
	} {
		t.Run("Lists"+endpoint[1:], func(t *testing.T) {
			t.Parallel()
			w := w.as(t)
			list := w.get(endpoint).ok(http.StatusOK)
			require.Equal(t, want, ids(list))
			for i, id := range want {
				one := w.get(endpoint + "/" + url.PathEscape(id)).ok(http.StatusOK)
				require.Equal(t, list["Resources"].([]any)[i], one) //nolint:errcheck,forcetypeassert // it is one
				require.NotEmpty(t, one["name"])
			}
			w.get(endpoint+"/x").refused(http.StatusNotFound, "")
			w.get(endpoint+"?filter=id+pr").refused(http.StatusForbidden, "")
		})
	}

	t.Run("SaysWhatIsNot", func(t *testing.T) {
		t.Parallel()
		w := w.as(t)
		for _, request := range [][2]string{
			{http.MethodGet, "/Me"},
			{http.MethodPatch, "/Me"},
			{http.MethodDelete, "/Me"},
			{http.MethodPost, "/Bulk"},
			{http.MethodPost, "/.search"},
		} {
			require.Contains(t, w.send(request[0], request[1], object{}).refused(http.StatusNotImplemented, ""), "/")
		}
	})
}

// TestSchemasSayWhatIsKept: every attribute that a user or a group is shown with is described, with the parts it has.
func TestSchemasSayWhatIsKept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("nina", "externalId", "x", "emails", []any{object{"value": "n@example.org"}}, enterpriseURN, object{"manager": "mia"},
		usmURN, object{"site": "north", "customer": "hq"})
	w.patch("/Groups/operator", op("add", "members", "nina")).empty(http.StatusNoContent)
	described := func(urn string) map[string]object {
		return attributes(w.get("/Schemas/" + urn).ok(http.StatusOK)["attributes"])
	}
	var check func(where string, known map[string]object, shown object)
	check = func(where string, known map[string]object, shown object) {
		for name, value := range shown {
			require.Contains(t, known, name, where)
			if list, several := value.([]any); several {
				require.Equal(t, true, known[name]["multiValued"], name)
				value = list[0]
			}
			if parts, several := value.(object); several {
				check(where+"."+name, attributes(known[name]["subAttributes"]), parts)
			}
		}
	}
	for path, urn := range map[string]string{"/Users/nina": userURN, "/Groups/operator": groupURN} {
		shown := w.get(path).ok(http.StatusOK)
		for _, common := range []string{"schemas", "id", "externalId", "meta"} { // RFC 7643 §3.1: no part of a schema
			delete(shown, common)
		}
		for _, extension := range []string{enterpriseURN, usmURN} {
			if parts, has := shown[extension].(object); has {
				check(extension, described(extension), parts)
			}
			delete(shown, extension)
		}
		check(path, described(urn), shown)
	}
}

// attributes of a schema by name, each of which says all that RFC 7643 §7 asks for.
func attributes(list any) map[string]object {
	all := map[string]object{}
	described, _ := list.([]any)
	for _, one := range described {
		attribute := one.(object)                   //nolint:errcheck,forcetypeassert // a list of attributes
		all[attribute["name"].(string)] = attribute //nolint:errcheck,forcetypeassert // the same
		for _, needed := range []string{"type", "multiValued", "description", "required", "mutability", "returned", "uniqueness"} {
			if _, says := attribute[needed]; !says {
				delete(all, attribute["name"].(string)) //nolint:errcheck,forcetypeassert // the same
			}
		}
	}
	return all
}
