package scim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server/scim"
)

func TestBodiesThatAreNone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	schemas := `"schemas":["` + userURN + `"]`
	for name, tc := range map[string]struct {
		body     string
		scimType string
		says     string
	}{
		"Nothing":  {"", "invalidSyntax", "is not JSON"},
		"Half":     {`{"userName":`, "invalidSyntax", "is not JSON"},
		"Two":      {`{} {}`, "invalidSyntax", "is not JSON"},
		"AList":    {`[]`, "invalidSyntax", "not a JSON object"},
		"Null":     {`null`, "invalidSyntax", "not a JSON object"},
		"VeryDeep": {strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000), "invalidSyntax", "is not JSON"},
		"DeepEnough": {
			`{` + schemas + `,"userName":` + strings.Repeat(`[`, 9_000) + strings.Repeat(`]`, 9_000) + `}`, "invalidValue", "userName is a text",
		},
		"TwiceTheSame":  {`{` + schemas + `,"userName":"a","USERNAME":"b"}`, "invalidSyntax", "is there twice"},
		"NUL":           {`{` + schemas + `,"userName":"a\u0000b"}`, "invalidValue", "NUL"},
		"NULSomewhere":  {`{` + schemas + `,"userName":"a","x":[{"y":"\u0000"}]}`, "invalidValue", "NUL"},
		"NotUTF8":       {`{` + schemas + ",\"userName\":\"a\xff\",\"active\":3}", "invalidValue", "active"},
		"AnEmailObject": {`{` + schemas + `,"userName":"a","emails":[[[{"value":{}}]]]}`, "invalidValue", "emails.value is a text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.as(t).send(http.MethodPost, "/Users", tc.body).refused(http.StatusBadRequest, tc.scimType), tc.says)
		})
	}
	for field, value := range map[string]any{
		"filter": 1, "sortBy": []any{}, "sortOrder": true, "attributes": "id", "excludedAttributes": []any{1}, "startIndex": "1", "count": 1.5,
	} {
		search := object{"schemas": []string{searchURN}, field: value}
		require.Equal(t, http.StatusBadRequest, w.send(http.MethodPost, "/Users/.search", search).Code, field)
	}
	w.send(http.MethodPost, "/Users/.search", object{"schemas": []string{userURN}}).refused(http.StatusBadRequest, "invalidSyntax")
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for media, status := range map[string]int{
		"application/scim+json": http.StatusCreated, "Application/JSON;charset=UTF-8": http.StatusCreated, "": http.StatusCreated,
		"text/plain": http.StatusUnsupportedMediaType, "application/xml": http.StatusUnsupportedMediaType,
		"application/x-www-form-urlencoded": http.StatusUnsupportedMediaType, "a b": http.StatusUnsupportedMediaType,
	} {
		t.Run(media, func(t *testing.T) {
			t.Parallel()
			name := fmt.Sprintf("m%d", len(media))
			got := w.as(t).send(http.MethodPost, "/Users", newUser(name), "Content-Type", media)
			if status == http.StatusCreated {
				got.ok(status)
			} else {
				require.Contains(t, got.refused(status, ""), "application/scim+json")
			}
		})
	}
}

// rightToLeft is a name with marks of direction and joiners, which names have.
const rightToLeft = "\u200f\u05e9\u05dc\u05d5\u05dd\u200e \u200c\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"

func TestNamesOfAnyKind(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, name := range []string{
		"zoë@example.org", "日本語", "😀", `q"uo'te`, "a%2Fb", "a+b?c#d", "..", "a\\b", "{id}", ":id", "-", "a;b=c&d",
	} {
		created := w.send(http.MethodPost, "/Users", newUser(name, "displayName", rightToLeft))
		created.ok(http.StatusCreated)
		at := strings.TrimPrefix(created.Header().Get("Location"), "https://usm.example/scim/v2/it")
		shown := w.get(at).ok(http.StatusOK)
		require.Equal(t, name, shown["id"])
		require.Equal(t, rightToLeft, shown["displayName"])
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
		require.Equal(t, []string{name}, ids(w.get(query("/Users", "filter", `userName eq "`+quoted+`"`)).ok(http.StatusOK)), name)
		w.patch("/Groups/operator", op("add", "members", name), op("remove", `members[value eq "`+quoted+`"]`, nil)).empty(http.StatusNoContent)
		w.send(http.MethodDelete, at, nil).empty(http.StatusNoContent)
	}
	for _, id := range []string{"%00", "%ff", strings.Repeat("x", 4000), "%F0%9F%98%80", "'; DROP TABLE people; --"} {
		path := "/Users/" + id
		if !strings.HasPrefix(id, "%") {
			path = "/Users/" + url.PathEscape(id)
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			code := w.send(method, path, nil).Code
			require.Contains(t, []int{http.StatusNotFound, http.StatusBadRequest}, code, "%s %s", method, id)
		}
	}
}

func TestADomainThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, request := range []*http.Request{
		httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/scim/v2/moon/Users", nil),
		httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/scim/v2/moon/Groups", nil),
		httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/scim/v2/moon/Users/olga", nil),
		httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/scim/v2/%00/Users/olga", nil),
		httptest.NewRequestWithContext(t.Context(), http.MethodDelete, "/scim/v2/moon/Users/olga", nil),
		httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/scim/v2/moon/Users",
			strings.NewReader(`{"schemas":["`+userURN+`"],"userName":"x"}`)),
	} {
		recorder := httptest.NewRecorder()
		w.handler.ServeHTTP(recorder, request)
		require.Contains(t, []int{http.StatusNotFound, http.StatusBadRequest}, recorder.Code, "%s: %s", request.URL, recorder.Body)
		require.Equal(t, scim.ContentType, recorder.Header().Get("Content-Type"))
	}
	require.False(t, w.entry("olga").Inactive)
}

// TestManyAtOnce change one person and one group, and nothing of what they change is lost.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("nina")
	var group sync.WaitGroup
	changes := [][]object{
		{op("add", "displayName", "Nina")},
		{op("add", "emails.value", "n@example.org")},
		{op("add", enterpriseURN+":manager", "mia")},
		{op("add", usmURN+":site", "north")},
	}
	codes := make([]int, 8)
	for i, ops := range changes {
		group.Go(func() { codes[i] = w.patch("/Users/nina", ops...).Code })
	}
	for i, person := range []string{"eve", "ed", "pat", "joe"} {
		group.Go(func() { codes[4+i] = w.patch("/Groups/operator", op("add", "members", person)).Code })
	}
	group.Wait()
	require.Equal(t, []int{200, 200, 200, 200, 204, 204, 204, 204}, codes)
	nina := w.entry("nina")
	require.Equal(t, []string{"Nina", "n@example.org", "mia", "north"}, []string{nina.Name, nina.Email, nina.Manager, nina.Site})
	require.Equal(t, []string{"ed", "eve", "joe", "olga", "omar", "pat"}, w.operators())
}
