package console

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// saveFilter keeps what the address narrows a register by, under a name.
func (s *site) saveFilter(v *visit) (page, error) {
	r, ok := registerOf(v)
	if !ok {
		return v.trouble("unknown", http.StatusNotFound, nil), nil
	}
	filter := usm.SavedFilter{Register: r.Type, Name: strings.TrimSpace(v.c.PostForm("name")), Query: v.narrowed()}
	_, err := v.api.SaveFilter(v.ctx(), filter, client.WithKey(v.key()))
	unsaved := wrongInput(err)
	v.c.Request.URL.Path = "/registers/" + r.Path // where it goes on, kept or not
	if unsaved != nil {
		return v.showRegister(r, unsaved)
	}
	return see(v.with("said", "filter_kept")), err
}

// forgetFilter forgets one that was kept.
func (s *site) forgetFilter(v *visit) (page, error) {
	id, err := strconv.ParseInt(v.param("id"), 10, 64)
	r, ok := registerOf(v)
	if !ok || err != nil {
		return v.trouble("unknown", http.StatusNotFound, nil), nil //nolint:nilerr // what is no number names none
	}
	v.c.Request.URL.Path = "/registers/" + r.Path
	return see(v.with("said", "filter_forgotten")), v.api.DeleteFilter(v.ctx(), id)
}
