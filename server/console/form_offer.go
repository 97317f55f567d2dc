package console

import (
	"net/url"
	"slices"
	"strings"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// mostFound is how many people or components are shown that words find; without words they are the first.
const mostFound = 12

// offer lets somebody choose by its name what a form takes the id of. Registers that are small are offered whole; of people and
// components those are shown that the words beside the field find. What the fields hold already stays chosen.
func (v *visit) offer(f form, d *directory) error {
	var of wanted
	err := eachField(f.Fields, func(at *field) error {
		for _, id := range at.held() {
			switch at.Of {
			case ofPerson:
				of.people = append(of.people, id)
			case ofComponent:
				of.components = append(of.components, id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := v.introduce(d, d.ID, of); err != nil {
		return err
	}
	return eachField(f.Fields, func(at *field) error {
		switch at.Of {
		case "":
			return nil
		case ofPerson, ofComponent:
			return v.offerFound(at, *d)
		}
		at.offerAll(d.choices(at.Of))
		return nil
	})
}

// eachField does something with every field that somebody fills in, those of groups and rows as well.
func eachField(fields []field, do func(*field) error) error {
	for i := range fields {
		at := &fields[i]
		var err error
		switch at.Kind {
		case groupKind:
			err = eachField(at.Fields, do)
		case rowsKind:
			err = eachField(at.Rows, do)
		default:
			err = do(at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// offers reports whether a form has a field that holds the id of something.
func (f form) offers() bool {
	found := false
	_ = eachField(f.Fields, func(at *field) error { found = found || at.Of != ""; return nil })
	return found
}

// held are the ids that a field holds.
func (f field) held() []string {
	return slices.DeleteFunc(strings.Split(f.Value, "\n"), func(id string) bool { return id == "" })
}

// offerAll makes the field a choice among options; there are none to choose from where it stays typed.
func (f *field) offerAll(options []choice) {
	if len(options) == 0 {
		return
	}
	f.Options = slices.Clone(options)
	for _, id := range f.held() {
		if !hasChoice(options, id) {
			f.Options = append(f.Options, choice{Value: id, Name: id})
		}
	}
	switch f.Kind {
	case linesKind:
		f.Kind = severalKind
	case lineKind:
		f.Kind = choiceKind
	}
}

// offerFound shows those of many that were chosen, and those that words find once somebody looks. What nobody is called is taken for
// such words.
func (v *visit) offerFound(f *field, d directory) error {
	_, f.Words = chosenAndWords(v.c.Request.PostForm, f.Name)
	chosen := f.held()
	for i, id := range chosen {
		if !d.knows(f.Of, id) {
			f.Words, chosen = id, slices.Delete(chosen, i, i+1)
			break
		}
	}
	f.Several, f.Kind, f.Value = f.Kind == linesKind, foundKind, strings.Join(chosen, "\n")
	for _, id := range chosen {
		f.Options = append(f.Options, choice{Value: id, Name: d.name(f.Of, id)})
	}
	if f.Words == "" && v.c.PostForm("show") != f.Pointer() {
		return nil
	}
	found, more, err := v.found(f.Of, d.ID, f.Words)
	for _, o := range found {
		if !hasChoice(f.Options, o.Value) {
			f.Options = append(f.Options, o)
		}
	}
	f.More, f.None = more, len(found) == 0
	return err
}

// found are some of the people or components of a domain that have the words; more says that there are others. None are found by
// who may not see them.
func (v *visit) found(of, domain, words string) (some []choice, more bool, err error) {
	part, next := usm.Page{Limit: mostFound}, ""
	switch of {
	case ofPerson:
		var people []client.Person
		people, next, err = v.api.People(v.ctx(), client.PersonFilter{Domain: domain, Q: words, Page: part})
		people = slices.DeleteFunc(people, func(p client.Person) bool { return p.Inactive })
		some = choices(people, func(p client.Person) (string, string) { return p.ID, p.Name })
	case ofComponent:
		var components []client.Component
		components, next, err = v.api.Components(v.ctx(), usm.ComponentFilter{Domain: domain, Q: words, Page: part})
		some = choices(components, func(c client.Component) (string, string) { return c.ID, c.Name })
	}
	if code := client.CodeOf(err); code == usm.CodeNotFound || code == usm.CodeForbidden {
		return nil, false, nil
	}
	return some, next != "", err
}

// personForm is a form of one field that takes a person of a domain, with what an entry holds.
func (v *visit) personForm(d *directory, e entry, name, label string, needed bool) (form, error) {
	f := form{[]field{{
		Name: name, Kind: lineKind, Of: ofPerson, Title: label, Required: needed, Filled: needed, Must: needed, Value: e.picked(name),
	}}}
	if e.Problem != nil {
		filling{e.Problem.Errors}.mark(&f.Fields[0])
	}
	return f, v.offer(f, d)
}

// chosenAndWords tells what was chosen in a field from the words beside it, which are sent last.
func chosenAndWords(posted url.Values, name string) (chosen []string, words string) {
	sent := posted[name]
	if !posted.Has("found/"+name) || len(sent) == 0 {
		return sent, ""
	}
	last := len(sent) - 1
	return sent[:last], strings.TrimSpace(sent[last])
}

// pickedIDs are the ids that were sent of a field. Words that nobody has looked for, and nobody looks for now, are taken for one,
// which the API judges.
func pickedIDs(posted url.Values, name string, several bool) []string {
	chosen, words := chosenAndWords(posted, name)
	switch {
	case words == "", words == posted.Get("found/"+name), posted.Get("show") != "", slices.Contains(chosen, words):
		return chosen
	case several:
		return append(slices.Clone(chosen), words)
	}
	return []string{words}
}

// picked is who was chosen in a field of a form, or typed beside it.
func (e entry) picked(name string) string { return strings.Join(pickedIDs(e.Values, name, false), "") }
