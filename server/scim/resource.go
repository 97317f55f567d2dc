package scim

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

// The schemas of resources. The last one is ours: what a person has here and the others have no word for.
const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	usmSchema        = "urn:usm:params:scim:schemas:extension:usm:2.0:User"
)

// resource is a type of resources (RFC 7643 §6).
type resource struct {
	name       string
	endpoint   string // the last part of its address
	schema     string
	extensions []string
	fields     map[string]string // what a filter may ask about, in lower case: the field of usm.Condition
}

var users = &resource{
	name: "User", endpoint: "Users", schema: userSchema, extensions: []string{enterpriseSchema, usmSchema},
	fields: map[string]string{
		"id": "id", "username": "id", "externalid": "external", "displayname": "name", "name.formatted": "name",
		"emails": "email", "emails.value": "email", "active": "active", "groups": "profile", "groups.value": "profile",
		strings.ToLower(enterpriseSchema) + ":manager": "manager", strings.ToLower(enterpriseSchema) + ":manager.value": "manager",
	},
}

var groups = &resource{
	name: "Group", endpoint: "Groups", schema: groupSchema,
	fields: map[string]string{"id": "id", "displayname": "name", "members": "member", "members.value": "member"},
}

// location is the address of a resource.
func (s *service) location(c *gin.Context, parts ...string) string {
	escaped := []string{s.PublicURL + Prefix, url.PathEscape(domain(c))}
	for _, part := range parts {
		escaped = append(escaped, url.PathEscape(part))
	}
	return strings.Join(escaped, "/")
}

// user is a person as SCIM shows him.
func (s *service) user(c *gin.Context, entry usm.DirectoryEntry) object {
	schemas := []string{userSchema}
	shown := object{
		"id": entry.ID, "userName": entry.ID, "displayName": entry.Name, "name": object{"formatted": entry.Name},
		"active": !entry.Inactive,
		"meta": object{
			"resourceType": users.name, "created": instant(entry.CreatedAt), "lastModified": instant(entry.ChangedAt),
			"location": s.location(c, users.endpoint, entry.ID), "version": etag(entry.Version),
		},
	}
	if entry.External != "" {
		shown["externalId"] = entry.External
	}
	if entry.Email != "" {
		shown["emails"] = []any{object{"value": entry.Email, "type": "work", "primary": true}}
	}
	if entry.Manager != "" {
		schemas = append(schemas, enterpriseSchema)
		shown[enterpriseSchema] = object{"manager": object{
			"value": entry.Manager, "displayName": entry.ManagerName, "$ref": s.location(c, users.endpoint, entry.Manager),
		}}
	}
	own := object{}
	if entry.Customer != "" {
		own["customer"] = entry.Customer
	}
	if entry.Site != "" {
		own["site"] = entry.Site
	}
	if len(own) > 0 {
		schemas = append(schemas, usmSchema)
		shown[usmSchema] = own
	}
	if len(entry.Profiles) > 0 {
		shown["groups"] = s.references(c, groups, "direct", entry.Profiles)
	}
	shown["schemas"] = schemas
	return shown
}

// group is a profile as SCIM shows it.
func (s *service) group(c *gin.Context, group usm.Group) object {
	shown := object{
		"schemas": []string{groupSchema}, "id": group.ID, "displayName": group.Name,
		"meta": object{
			"resourceType": groups.name, "location": s.location(c, groups.endpoint, group.ID), "version": etag(group.Version),
		},
	}
	if len(group.People) > 0 {
		shown["members"] = s.references(c, users, users.name, group.People)
	}
	return shown
}

func (s *service) references(c *gin.Context, to *resource, kind string, ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = object{"value": id, "$ref": s.location(c, to.endpoint, id), "type": kind}
	}
	return list
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// projection is what a client wants to see of a resource (RFC 7644 §3.9).
type projection struct {
	only, without []string // paths of attributes in lower case, without the URN of the resource's own schema
}

// projectionOf reads attributes and excludedAttributes; to name both is refused.
func (r *resource) projectionOf(attributes, excluded []string) (projection, error) {
	p := projection{only: r.paths(attributes), without: r.paths(excluded)}
	if len(p.only) > 0 && len(p.without) > 0 {
		return p, usm.Errorf(codeInvalidValue, "attributes and excludedAttributes are not asked for together")
	}
	return p, nil
}

func (r *resource) paths(names []string) []string {
	var paths []string
	for _, name := range names {
		if name = r.path(strings.TrimSpace(name)); name != "" {
			paths = append(paths, name)
		}
	}
	return paths
}

// path is the path of an attribute in lower case, without the URN of the resource's own schema.
func (r *resource) path(name string) string {
	return strings.TrimPrefix(strings.ToLower(name), strings.ToLower(r.schema)+":")
}

// always are the attributes that are there whatever is asked for.
var always = []string{"schemas", "id"}

// of leaves of a resource what is wanted.
func (p projection) of(shown object) object {
	left := object{}
	for name, value := range shown {
		below := ""
		if strings.Contains(name, ":") {
			below = ":" // an extension: its attributes follow its URN
		}
		if part, wanted := p.part(strings.ToLower(name), below, value); wanted {
			left[name] = part
		} else if slices.Contains(always, name) {
			left[name] = value
		}
	}
	return left
}

// part leaves of the value at a path what is wanted. below is what stands between the path and the names below it.
func (p projection) part(path, below string, value any) (any, bool) {
	if below == "" {
		below = "."
	}
	within := func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, path+below) })
	}
	switch {
	case slices.Contains(p.without, path):
		return nil, false
	case len(p.only) > 0 && !slices.Contains(p.only, path) && !within(p.only):
		return nil, false
	case slices.Contains(p.only, path) || !within(p.only) && !within(p.without):
		return value, true
	}
	switch value := value.(type) {
	case object:
		left := object{}
		for name, item := range value {
			if item, wanted := p.part(path+below+strings.ToLower(name), "", item); wanted {
				left[name] = item
			}
		}
		return left, len(left) > 0
	case []any:
		left := make([]any, 0, len(value))
		for _, item := range value {
			if item, wanted := p.part(path, below, item); wanted {
				left = append(left, item)
			}
		}
		return left, true
	}
	return value, true
}
