package scim

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

const (
	listSchema   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	searchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	usualCount   = 100  // resources of an answer that names no number
	mostCount    = 1000 // resources of an answer at most
)

// query is what a client asks of a list (RFC 7644 §3.4.2).
type query struct {
	filter     string
	start      int // of the first one, from 1
	count      int
	attributes []string
	excluded   []string
	sortBy     string
	descending bool
}

// lister returns the resources that a filter leaves, as they are shown, and how many there are in all.
type lister func(*gin.Context, usm.DirectoryFilter) (shown []object, total int, err error)

// list answers GET of all resources of a type.
func (s *service) list(c *gin.Context, r *resource, list lister) (answer, error) {
	q := query{
		filter: c.Query("filter"), sortBy: c.Query("sortBy"), descending: strings.EqualFold(c.Query("sortOrder"), "descending"),
		attributes: split(c.Query("attributes")), excluded: split(c.Query("excludedAttributes")),
	}
	var err error
	if q.start, err = number(c, "startIndex", 1); err != nil {
		return answer{}, err
	}
	if q.count, err = number(c, "count", usualCount); err != nil {
		return answer{}, err
	}
	return s.find(c, r, list, q)
}

// search answers POST to /.search (RFC 7644 §3.4.3).
func (s *service) search(c *gin.Context, r *resource, list lister) (answer, error) {
	body, err := read(c, searchSchema)
	if err != nil {
		return answer{}, err
	}
	var q query
	var order string
	for _, part := range []func() error{
		func() (err error) { q.filter, err = text("filter", body["filter"]); return err },
		func() (err error) { q.sortBy, err = text("sortBy", body["sortby"]); return err },
		func() (err error) { order, err = text("sortOrder", body["sortorder"]); return err },
		func() (err error) { q.attributes, err = texts(body["attributes"]); return err },
		func() (err error) { q.excluded, err = texts(body["excludedattributes"]); return err },
		func() (err error) { q.start, err = whole("startIndex", body["startindex"], 1); return err },
		func() (err error) { q.count, err = whole("count", body["count"], usualCount); return err },
	} {
		if err := part(); err != nil {
			return answer{}, err
		}
	}
	q.descending = strings.EqualFold(order, "descending")
	return s.find(c, r, list, q)
}

// find answers with the page of resources that is asked for, by id.
func (s *service) find(c *gin.Context, r *resource, list lister, q query) (answer, error) {
	if q.sortBy != "" && r.fields[r.path(q.sortBy)] != "id" || q.descending {
		return answer{}, usm.Errorf(codeInvalidValue, "lists are in the order of ids and in no other, as /ServiceProviderConfig says")
	}
	wanted, err := r.projectionOf(q.attributes, q.excluded)
	if err != nil {
		return answer{}, err
	}
	where, err := r.conditions(q.filter)
	if err != nil {
		return answer{}, err
	}
	start := max(q.start, 1)
	found, total, err := list(c, usm.DirectoryFilter{
		Domain: domain(c), Where: where, Offset: start - 1, Limit: min(max(q.count, 0), mostCount),
	})
	if err != nil {
		return answer{}, err
	}
	for i := range found {
		found[i] = wanted.of(found[i])
	}
	return answer{body: listOf(found, start, total)}, nil
}

// listOf is an answer of several resources.
func listOf(resources []object, start, total int) object {
	return object{
		"schemas": []string{listSchema}, "totalResults": total, "startIndex": start, "itemsPerPage": len(resources), "Resources": resources,
	}
}

// shown is the resource as the client wants to see it.
func (r *resource) shown(c *gin.Context, whole object) (object, error) {
	wanted, err := r.projectionOf(split(c.Query("attributes")), split(c.Query("excludedAttributes")))
	if err != nil {
		return nil, err
	}
	return wanted.of(whole), nil
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func number(c *gin.Context, name string, without int) (int, error) {
	sent := c.Query(name)
	if sent == "" {
		return without, nil
	}
	n, err := strconv.ParseInt(sent, 10, 32)
	if err != nil {
		return 0, usm.Errorf(codeInvalidValue, "%s is a whole number", name)
	}
	return int(n), nil
}
