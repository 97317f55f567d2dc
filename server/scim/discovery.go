package scim

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

//go:embed schemas/*.json
var schemaFiles embed.FS

// schemas are the descriptions of what is kept (RFC 7643 §7), in this order.
var schemas = func() []object {
	var all []object
	for _, file := range []string{"user", "group", "enterprise", "usm"} {
		raw, err := schemaFiles.ReadFile("schemas/" + file + ".json")
		var one object
		if err == nil {
			err = json.Unmarshal(raw, &one)
		}
		if err != nil {
			panic(err) // a file of ours that a test reads too
		}
		all = append(all, one)
	}
	return all
}()

// discovery adds what tells a client what can be done here (RFC 7644 §4).
func (s *service) discovery(to gin.IRouter) {
	to.GET("/ServiceProviderConfig", s.handle(func(c *gin.Context) (answer, error) {
		return answer{body: s.located(c, config, "ServiceProviderConfig")}, nil
	}))
	s.described(to, "Schemas", schemas)
	s.described(to, "ResourceTypes", []object{users.described(), groups.described()})
}

// described adds a list of descriptions and each of them.
func (s *service) described(to gin.IRouter, endpoint string, all []object) {
	to.GET("/"+endpoint, s.handle(func(c *gin.Context) (answer, error) {
		if c.Query("filter") != "" {
			return answer{}, usm.Errorf(usm.CodeForbidden, "/%s takes no filter (RFC 7644 §4)", endpoint)
		}
		shown := make([]object, len(all))
		for i, one := range all {
			shown[i] = s.located(c, one, endpoint, fmt.Sprint(one["id"]))
		}
		return answer{body: listOf(shown, 1, len(shown))}, nil
	}))
	to.GET("/"+endpoint+"/:id", s.handle(func(c *gin.Context) (answer, error) {
		for _, one := range all {
			if fmt.Sprint(one["id"]) == c.Param("id") {
				return answer{body: s.located(c, one, endpoint, fmt.Sprint(one["id"]))}, nil
			}
		}
		return answer{}, usm.Errorf(usm.CodeNotFound, "there is no %s/%s", endpoint, c.Param("id"))
	}))
}

// located is a description with the address at which it is.
func (s *service) located(c *gin.Context, one object, parts ...string) object {
	shown := maps.Clone(one)
	kind := map[string]string{"Schemas": "Schema", "ResourceTypes": "ResourceType"}[parts[0]]
	if kind == "" {
		kind = parts[0]
	}
	shown["meta"] = object{"resourceType": kind, "location": s.location(c, parts...)}
	return shown
}

func (r *resource) described() object {
	extensions := make([]object, len(r.extensions))
	for i, extension := range r.extensions {
		extensions[i] = object{"schema": extension, "required": false}
	}
	return object{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}, "id": r.name, "name": r.name,
		"endpoint": "/" + r.endpoint, "schema": r.schema, "schemaExtensions": extensions,
	}
}

// config says what can be done here (RFC 7643 §5).
var config = object{
	"schemas":        []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
	"patch":          object{"supported": true},
	"bulk":           object{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
	"filter":         object{"supported": true, "maxResults": mostCount},
	"changePassword": object{"supported": false},
	"sort":           object{"supported": false},
	"etag":           object{"supported": true},
	"authenticationSchemes": []object{{
		"type": "oauthbearertoken", "name": "Bearer token", "primary": true,
		"description": "Authorization: Bearer, with a token whose scope is scim:<domain>",
	}},
}
