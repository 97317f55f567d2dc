// Package scim lets a provisioning system keep the people of a domain and who holds which profile: SCIM 2.0 (RFC 7643, RFC 7644)
// at /scim/v2/<domain>/. A user is a person, a group is a profile with those who hold it. What a client says is turned into what
// the directory of the domain takes; who may do so is decided before a request gets here.
package scim

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

// Prefix is where the domains are.
const Prefix = "/scim/v2"

// ContentType is the media type of everything that is read and written here (RFC 7644 §8.1).
const ContentType = "application/scim+json"

// Options are what the addresses need; all of them.
type Options struct {
	Directory Directory
	// PublicURL is the address people and systems use, without a slash at the end; "" makes the addresses in answers relative.
	PublicURL string
	// Caller returns who makes the request that a context belongs to.
	Caller func(context.Context) usm.Caller
	// Refuse answers with an error, as Write writes it, and ends the request.
	Refuse func(*gin.Context, error)
}

// service holds the handlers.
type service struct{ Options }

// object is a JSON object. Names of what is read are in lower case (RFC 7643 §2.1: they know no case).
type object = map[string]any

// answer is what a handler returns; the zero value is 204.
type answer struct {
	body    object
	version string // of the resource, "" for none
	made    string // address of what was made: 201
}

// Register adds the addresses under Prefix to a group whose path names the domain: "/scim/v2/:domain".
func Register(to gin.IRouter, o Options) {
	s := &service{Options: o}
	s.discovery(to)
	for _, kind := range []struct {
		resource    *resource
		list        lister
		get         func(*gin.Context) (answer, error)
		put         func(*gin.Context) (answer, error)
		patch       func(*gin.Context) (answer, error)
		post, erase func(*gin.Context) (answer, error)
	}{
		{users, s.listUsers, s.getUser, s.putUser, s.patchUser, s.postUser, s.deleteUser},
		{groups, s.listGroups, s.getGroup, s.putGroup, s.patchGroup, notOfGroups("GET"), notOfGroups("GET, PATCH, PUT")},
	} {
		path, one := "/"+kind.resource.endpoint, "/"+kind.resource.endpoint+"/:id"
		to.GET(path, s.handle(func(c *gin.Context) (answer, error) { return s.list(c, kind.resource, kind.list) }))
		to.POST(path, s.handle(kind.post))
		to.POST(path+"/.search", s.handle(func(c *gin.Context) (answer, error) { return s.search(c, kind.resource, kind.list) }))
		to.GET(one, s.handle(kind.get))
		to.PUT(one, s.handle(kind.put))
		to.PATCH(one, s.handle(kind.patch))
		to.DELETE(one, s.handle(kind.erase))
	}
	to.Any("/Me", s.handle(unsupported("a token stands for no user: /Me is not supported")))
	to.POST("/Bulk", s.handle(unsupported("bulk operations are not supported, as /ServiceProviderConfig says")))
	to.POST("/.search", s.handle(unsupported("search /Users/.search or /Groups/.search: not both at once")))
}

// notOfGroups refuses to make or to remove a group.
func notOfGroups(allowed string) func(*gin.Context) (answer, error) {
	return func(c *gin.Context) (answer, error) {
		c.Header("Allow", allowed)
		return answer{}, usm.Errorf(codeNotOfGroups,
			"a group is a profile, and the file of the domain says which there are; only their members are provisioned")
	}
}

func unsupported(detail string) func(*gin.Context) (answer, error) {
	return func(*gin.Context) (answer, error) { return answer{}, usm.Errorf(codeUnsupported, "%s", detail) }
}

// handle writes what a handler returns.
func (s *service) handle(do func(*gin.Context) (answer, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		a, err := do(c)
		if err != nil {
			s.Refuse(c, err)
			return
		}
		if a.version != "" {
			c.Header("ETag", etag(a.version))
		}
		switch {
		case a.version != "" && c.Request.Method == http.MethodGet && matches(c.GetHeader("If-None-Match"), a.version):
			c.Status(http.StatusNotModified)
		case a.body == nil:
			c.Status(http.StatusNoContent)
		default:
			code := http.StatusOK
			if a.made != "" {
				code = http.StatusCreated
				c.Header("Location", a.made)
			}
			c.Header("Content-Type", ContentType)
			c.Header("Cache-Control", "no-store")
			c.Status(code)
			json.NewEncoder(c.Writer).Encode(a.body) //nolint:errcheck // the client has gone away
		}
	}
}

// domain that the address names.
func domain(c *gin.Context) string { return c.Param("domain") }

// by is who is on record for what a client changes.
func (s *service) by(c *gin.Context) string {
	token := s.Caller(c.Request.Context()).Token
	if token.Name != "" {
		return token.Name
	}
	return token.ID
}

// etag is the entity tag of a version: a weak one, because it stands for what is kept and not for the bytes of an answer.
func etag(version string) string { return `W/"` + version + `"` }

// matches reports whether an If-Match or If-None-Match list names a version. Weak tags count as strong ones (RFC 7644 §3.14
// has clients send them).
func matches(header, version string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == `"`+version+`"` {
			return true
		}
	}
	return false
}

// expect refuses a change of something that the client has read under another version.
func expect(c *gin.Context, what, version string) error {
	if header := c.GetHeader("If-Match"); header != "" && !matches(header, version) {
		return usm.Errorf(usm.CodePrecondition, "%s was changed since it was read: its version is %s now", what, etag(version))
	}
	return nil
}

// tries is how often a change is made again that another one got in the way of.
const tries = 5

// repeat makes a change that reads before it writes, again when somebody else was faster and the client has named no version.
func repeat(c *gin.Context, change func() error) error {
	for try := 1; ; try++ {
		err := change()
		if usm.CodeOf(err) != usm.CodePrecondition || c.GetHeader("If-Match") != "" || try == tries {
			return err
		}
	}
}
