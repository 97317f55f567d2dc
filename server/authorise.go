package server

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/server/api"
)

// authorise has the policies decide about the operation and the domain that the address names. It comes before the key of the
// request is looked at: who may not do a thing gets no answer to it, not even one that was given before.
func (g *gateway) authorise(c *gin.Context) {
	if document(c.FullPath()) {
		return
	}
	operation := g.operations[c.Request.Method+" "+c.FullPath()]
	if err := access.Decide(api.RequestOf(c.Request.Context()).Caller, operation, domainOf(c)); err != nil {
		refuse(c, err)
	}
}

// domainOf is the domain that an address names, "" when it names none.
func domainOf(c *gin.Context) string {
	if strings.HasPrefix(c.FullPath(), api.Prefix+"/domains/") {
		return c.Param("id")
	}
	if domain := c.Param("domain"); domain != "" {
		return domain
	}
	return c.Query("domain")
}

// inGin spells a path of the OpenAPI document as the engine does.
var inGin = strings.NewReplacer("{", ":", "}", "")

// operationsOf returns the ID of the operation of each route. It panics when a route of the API has none, or one that no policy
// speaks of: such a program must not serve.
func operationsOf(engine *gin.Engine, document *huma.OpenAPI) map[string]string {
	operations := map[string]string{}
	for path, item := range document.Paths {
		for method, operation := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
			http.MethodPatch: item.Patch, http.MethodHead: item.Head, http.MethodOptions: item.Options,
		} {
			if operation != nil {
				operations[method+" "+inGin.Replace(path)] = operation.OperationID
			}
		}
	}
	for _, route := range engine.Routes() {
		id := operations[route.Method+" "+route.Path]
		if strings.HasPrefix(route.Path, api.Prefix+"/") && !access.Knows(id) {
			panic("no policy speaks of " + route.Method + " " + route.Path + ", which is the operation " + id)
		}
	}
	return operations
}
