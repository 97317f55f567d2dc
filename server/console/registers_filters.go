package console

import (
	"strconv"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// saveFilter keeps what the address narrows a register by, under a name.
func (s *site) saveFilter(v *visit) (page, error) {
	r, ok := registerOf(v)
	if !ok {
		return page{}, errUnknown
	}
	e := v.entered()
	_, err := v.api.SaveFilter(v.ctx(), usm.SavedFilter{Register: r.Type, Name: e.Value("name"), Query: v.narrowed()}, client.WithKey(v.key()))
	v.c.Request.URL.Path = "/registers/" + r.Path // where it goes on, kept or not
	if e.refused(err) {
		return v.showRegister(r, e)
	}
	return see(v.with("said", "filter_kept")), err
}

// forgetFilter forgets one that was kept.
func (s *site) forgetFilter(v *visit) (page, error) {
	id, err := strconv.ParseInt(v.param("id"), 10, 64)
	r, ok := registerOf(v)
	if !ok || err != nil {
		return page{}, errUnknown
	}
	v.c.Request.URL.Path = "/registers/" + r.Path
	return see(v.with("said", "filter_forgotten")), v.api.DeleteFilter(v.ctx(), id)
}
