package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server/scim"
	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupURN      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	usmURN        = "urn:usm:params:scim:schemas:extension:usm:2.0:User"
	patchURN      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	searchURN     = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	errorURN      = "urn:ietf:params:scim:api:messages:2.0:Error"
)

type object = map[string]any

// world is the domain of storetest with the addresses of SCIM; whoever may provision it is a token called "entra".
type world struct {
	registers

	t       *testing.T
	handler http.Handler
}

// registers are what the store keeps of a directory.
type registers interface {
	scim.Directory
	DirectoryChanges(ctx context.Context, domain, person string, page usm.Page) ([]usm.DirectoryChange, string, error)
}

// as is the same world for a test in this one.
func (w world) as(t *testing.T) world {
	t.Helper()
	return world{w.registers, t, w.handler}
}

// setup has a world of its own for each test; change alters the domain first.
func setup(t *testing.T, change ...func(*usm.Domain)) world {
	t.Helper()
	domain := storetest.Domain()
	for _, c := range change {
		c(&domain)
	}
	kept := storetest.With(t, domain)
	return world{kept, t, serve(kept)}
}

func serve(d scim.Directory) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	scim.Register(engine.Group(scim.Prefix+"/:domain"), scim.Options{
		Directory: d, PublicURL: "https://usm.example",
		Caller: func(context.Context) usm.Caller { return usm.Caller{Token: usm.Token{ID: "t-1", Name: "entra"}} },
		Refuse: func(c *gin.Context, err error) {
			refusal := status.Refusal(err)
			scim.Write(c.Writer, refusal, status.ProblemOf(refusal, c.Request.URL.Path, ""))
			c.Abort()
		},
	})
	return engine
}

// answer is a response that was read.
type answer struct {
	*httptest.ResponseRecorder

	t *testing.T
}

// send makes a request under the domain it. Headers are pairs of name and value.
func (w world) send(method, path string, body any, headers ...string) answer {
	w.t.Helper()
	raw, isText := body.(string)
	if !isText && body != nil {
		written, err := json.Marshal(body)
		require.NoError(w.t, err)
		raw = string(written)
	}
	request := httptest.NewRequestWithContext(w.t.Context(), method, "/scim/v2/it"+path, bytes.NewReader([]byte(raw)))
	if body != nil {
		request.Header.Set("Content-Type", scim.ContentType+"; charset=utf-8")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, request)
	return answer{recorder, w.t}
}

func (w world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.send(http.MethodGet, path, nil, headers...)
}

// patch sends operations.
func (w world) patch(path string, ops ...object) answer {
	w.t.Helper()
	return w.send(http.MethodPatch, path, patched(ops...))
}

func patched(ops ...object) object { return object{"schemas": []string{patchURN}, "Operations": ops} }

func op(kind, path string, value any) object {
	o := object{"op": kind}
	if path != "" {
		o["path"] = path
	}
	if value != nil {
		o["value"] = value
	}
	return o
}

// newUser is a body of a user with further attributes, as pairs.
func newUser(name string, more ...any) object {
	body := object{"schemas": []string{userURN}, "userName": name}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1] //nolint:errcheck,forcetypeassert // the test writes it
	}
	return body
}

// create brings somebody.
func (w world) create(name string, more ...any) object {
	w.t.Helper()
	return w.send(http.MethodPost, "/Users", newUser(name, more...)).ok(http.StatusCreated)
}

// ok asserts the status of an answer with a body, and returns it.
func (a answer) ok(want int) object {
	a.t.Helper()
	require.Equal(a.t, want, a.Code, "%s", a.Body)
	require.Equal(a.t, "application/scim+json", a.Header().Get("Content-Type"))
	var body object
	require.NoError(a.t, json.Unmarshal(a.Body.Bytes(), &body), "%s", a.Body)
	return body
}

// empty asserts an answer without a body.
func (a answer) empty(want int) answer {
	a.t.Helper()
	require.Equal(a.t, want, a.Code, "%s", a.Body)
	require.Zero(a.t, a.Body.Len())
	return a
}

// refused asserts an error of RFC 7644 §3.12 and returns its detail.
func (a answer) refused(want int, scimType string) string {
	a.t.Helper()
	body := a.ok(want)
	require.Equal(a.t, []any{errorURN}, body["schemas"])
	require.Equal(a.t, strconv.Itoa(want), body["status"])
	if scimType == "" {
		require.NotContains(a.t, body, "scimType")
	} else {
		require.Equal(a.t, scimType, body["scimType"], "%s", a.Body)
	}
	require.NotEmpty(a.t, body["detail"])
	detail, _ := body["detail"].(string)
	return detail
}

// changes counts what is on record of somebody.
func (w world) changes(person string) int {
	w.t.Helper()
	changes, _, err := w.DirectoryChanges(w.t.Context(), "it", person, usm.Page{Limit: 200})
	require.NoError(w.t, err)
	return len(changes)
}

// entry is somebody as the directory keeps him.
func (w world) entry(id string) usm.DirectoryEntry {
	w.t.Helper()
	entry, err := w.DirectoryEntry(w.t.Context(), "it", id)
	require.NoError(w.t, err)
	return entry
}

// ids of the resources of a list.
func ids(list object) []string {
	all := []string{}
	resources, _ := list["Resources"].([]any)
	for _, one := range resources {
		all = append(all, one.(object)["id"].(string)) //nolint:errcheck,forcetypeassert // a list of resources
	}
	return all
}

func page(limit int) usm.Page { return usm.Page{Limit: limit} }
