package api

import (
	"context"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

// Paging is embedded by the input of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"rows of a page"`
	Cursor string `query:"cursor" maxLength:"500" doc:"where the page begins; take the address from Link rel=next"`

	address url.URL
}

// Resolve keeps the address, from which the one of the next page is made.
func (p *Paging) Resolve(ctx huma.Context) []error {
	p.address = ctx.URL()
	return nil
}

func (p *Paging) page() usm.Page { return usm.Page{Limit: p.Limit, Cursor: p.Cursor} }

// next returns the Link header of a list whose next page begins at cursor, "" at the end.
func (p *Paging) next(cursor string) string {
	if cursor == "" {
		return ""
	}
	query := p.address.Query()
	query.Set("cursor", cursor)
	address := url.URL{Path: p.address.Path, RawQuery: query.Encode()}
	return "<" + address.String() + `>; rel="next"`
}

// list is one page of anything, as a bare JSON array.
type list[T any] struct {
	Link string `header:"Link" doc:"rel=next: address of the next page"`
	Body []T
}

func listOf[T any](rows []T, link string) *list[T] {
	if rows == nil {
		rows = []T{}
	}
	return &list[T]{Link: link, Body: rows}
}

// cut returns the page of a list that is in memory; its cursor is the place of the first row.
func cut[T any](rows []T, p *Paging) (*list[T], error) {
	start := 0
	if p.Cursor != "" {
		var err error
		if start, err = strconv.Atoi(p.Cursor); err != nil || start < 0 {
			return nil, usm.Errorf(usm.CodeInvalid, "the cursor is not one this list gave")
		}
	}
	start = min(start, len(rows))
	end, cursor := min(start+p.Limit, len(rows)), ""
	if end < len(rows) {
		cursor = strconv.Itoa(end)
	}
	return listOf(rows[start:end], p.next(cursor)), nil
}

// sight returns what the caller may see of calls.
func sight(ctx context.Context) *usm.Sight { return access.Sight(caller(ctx)) }
