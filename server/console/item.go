package console

import (
	"maps"
	"slices"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// itemPage is an item of the catalogue with its form.
type itemPage struct {
	Item  usm.CoveredItem
	Form  form
	Entry entry // what is asked of every request
}

// Broken reports whether the item is about something that is broken: then it matters who is affected, and how soon it hurts.
func (p itemPage) Broken() bool { return p.Item.Type == usm.Incident }

// item shows what an item of the catalogue asks for.
func (s *site) item(v *visit) (page, error) {
	item, err := v.itemAt()
	if err != nil {
		return page{}, err
	}
	return v.asksItem(item, nil, entry{})
}

// itemAt is the item that the address names, if it is agreed for whoever visits.
func (v *visit) itemAt() (usm.CoveredItem, error) {
	domain, id := v.param("domain"), v.param("item")
	items, err := every(func(part usm.Page) ([]usm.CoveredItem, string, error) {
		return v.api.Catalogue(v.ctx(), domain, "", part)
	})
	if err != nil {
		return usm.CoveredItem{}, err
	}
	i := slices.IndexFunc(items, func(item usm.CoveredItem) bool { return item.ID == id })
	if i < 0 {
		return usm.CoveredItem{}, errUnknown
	}
	return items[i], nil
}

func (v *visit) asksItem(item usm.CoveredItem, values map[string]any, e entry) (page, error) {
	p := itemPage{Item: item, Form: formOf(item.Schema, "fields", values, e.Problem), Entry: e}
	if p.Form.offers() {
		d, err := v.directory(item.Domain, wanted{})
		if err != nil {
			return page{}, err
		}
		if err := v.offer(p.Form, &d); err != nil {
			return page{}, err
		}
	}
	return page{Place: "ask", Title: item.Name, Body: catalogueItem(v, p)}.refusing(e.Problem), nil
}

// openItem opens a call for an item of the catalogue.
func (s *site) openItem(v *visit) (page, error) {
	item, err := v.itemAt()
	if err != nil {
		return page{}, err
	}
	e := v.entered()
	values, wrong := v.readForm(item.Schema, "fields")
	for _, at := range wrong {
		e.wrong(v, at.Pointer, at.Detail)
	}
	if e.Value("show") != "" {
		e.Problem = nil
	}
	if e.Problem != nil || e.Value("show") != "" {
		return v.asksItem(item, values, e)
	}
	asked := map[string]any{"item": item.ID}
	maps.Copy(asked, values)
	call, err := v.api.Open(v.ctx(), usm.NewCall{
		Domain: item.Domain, Subject: item.Name, Description: e.Value("description"), Requester: v.me.Person, Service: item.Service,
		Impact: usm.Level(e.Value("impact")), Urgency: usm.Level(e.Value("urgency")), Fields: asked,
	}, client.WithKey(v.key()))
	if e.refused(err) {
		return v.asksItem(item, values, e)
	}
	if err != nil {
		return page{}, err
	}
	return see("/asked/" + escapePath(call.Number) + "?said=asked"), nil
}
