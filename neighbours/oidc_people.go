package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// person is somebody who can sign in.
type person struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Email string   `json:"email"`
	Holds []string `json:"holds"` // for the page: what the person does where, a line each
}

// people are those of a file, a JSON array. It is read each time, so that whoever is added can sign in.
type people struct{ file string }

// all returns them by name; none without the file.
func (p people) all() ([]person, error) {
	content, err := os.ReadFile(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []person
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	slices.SortFunc(all, func(a, b person) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	return all, nil
}

// errNobody says that there is no such person.
var errNobody = errors.New("there is no such person")

// one returns a person; errNobody when the file has none of that id.
func (p people) one(id string) (person, error) {
	all, err := p.all()
	if err != nil {
		return person{}, err
	}
	i := slices.IndexFunc(all, func(one person) bool { return one.ID == id })
	if i < 0 {
		return person{}, errNobody
	}
	return all[i], nil
}

// matches reports whether all words occur somewhere in what is known of the person.
func (p person) matches(words string) bool {
	known := strings.ToLower(strings.Join(append([]string{p.ID, p.Name, p.Email}, p.Holds...), "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(known, word) {
			return false
		}
	}
	return true
}
