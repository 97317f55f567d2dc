package console

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// findPage is what a search of the frame found.
type findPage struct {
	Q     string
	Calls []usm.CallView
	Names directories
	Next  string
}

// find goes straight to the call whose number was typed, else it lists the calls that have the words.
func (s *site) find(v *visit) (page, error) {
	p := findPage{Q: strings.TrimSpace(v.query("q"))}
	if number, ok := numberOf(p.Q); ok {
		_, err := v.api.Call(v.ctx(), number)
		if err == nil {
			return see(v.placeOf(number)), nil
		}
		if client.CodeOf(err) != usm.CodeNotFound {
			return page{}, err
		}
	}
	var err error
	if p.Q != "" {
		if p.Calls, p.Next, err = v.api.Calls(v.ctx(), usm.CallFilter{Q: p.Q, Page: v.page(50)}); err != nil {
			return page{}, err
		}
		of := mentioned{}
		for _, call := range p.Calls {
			in := of.in(call.Domain)
			in.people = append(in.people, call.Requester)
		}
		p.Names, err = v.introductions(of)
	}
	return page{Title: v.T("find.title"), Body: find(v, p)}, err
}

// numberOf reads a tracking number as people write it: inc-42 is INC-000042.
func numberOf(text string) (number string, ok bool) {
	prefix, digits, found := strings.Cut(strings.ToUpper(text), "-")
	n, err := strconv.ParseUint(digits, 10, 32)
	if !found || err != nil {
		return "", false
	}
	number = fmt.Sprintf("%s-%06d", prefix, n)
	_, ok = usm.TypeOfNumber(number)
	return number, ok
}

// placeOf is the page of a call for whoever visits: who only asks sees it in his own words.
func (v *visit) placeOf(number string) string {
	if v.holdsProfile() {
		return "/calls/" + escapePath(number)
	}
	return "/asked/" + escapePath(number)
}
