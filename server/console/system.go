package console

import (
	"slices"
	"strconv"
	"time"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// systemPage says how the product itself is doing. What somebody may not see is told with the reason.
type systemPage struct {
	System  usm.System
	Open    int // calls
	Letters listed[usm.DeadLetter]
	Tokens  listed[usm.Token] // that are good, the latest
	Changes []directoryPart
	Problem *client.Problem // of what was replayed
}

// listed is a list that somebody may see, or why not.
type listed[T any] struct {
	Rows   []T
	Next   string
	Refuse string
}

// directoryPart is what was done to the people of a domain.
type directoryPart struct {
	Domain string
	listed[usm.DirectoryChange]
}

// shownLatest is how many of the latest changes of a directory, and tokens, the page shows.
const shownLatest = 10

// system shows how the product itself is doing.
func (s *site) system(v *visit) (page, error) { return v.system(nil) }

func (v *visit) system(problem *client.Problem) (page, error) {
	p := systemPage{Problem: problem}
	var err error
	if p.System, err = v.api.System(v.ctx()); err != nil {
		return page{}, err
	}
	for _, open := range p.System.Backlog.Open {
		p.Open += open.Count
	}
	letters, next, err := v.api.DeadLetters(v.ctx(), v.page(20))
	if p.Letters, err = allowed(letters, next, err); err != nil {
		return page{}, err
	}
	tokens, next, err := v.api.Tokens(v.ctx(), usm.TokenFilter{State: "good", Page: usm.Page{Limit: shownLatest}})
	if p.Tokens, err = allowed(tokens, next, err); err != nil {
		return page{}, err
	}
	domains := v.worksIn()
	if v.me.Admin {
		domains = v.allDomains()
	}
	for _, id := range domains {
		changes, next, err := v.api.DirectoryChanges(v.ctx(), id, usm.Page{Limit: shownLatest})
		seen, err := allowed(changes, next, err)
		if err != nil {
			return page{}, err
		}
		p.Changes = append(p.Changes, directoryPart{id, seen})
	}
	return page{Place: "system", Title: v.T("system.title"), Body: system(v, p)}.refusing(problem), nil
}

// allDomains are the first domains of an administrator, who holds no profile in any.
func (v *visit) allDomains() (ids []string) {
	found, _, err := v.api.Domains(v.ctx(), usm.Page{Limit: 50})
	if err != nil {
		return nil // what is shown of them is a courtesy
	}
	for _, d := range found {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}

// allowed is a list that was read, or the reason why it is not for who asks.
func allowed[T any](rows []T, next string, err error) (listed[T], error) {
	if client.CodeOf(err) == usm.CodeForbidden {
		return listed[T]{Refuse: err.Error()}, nil
	}
	return listed[T]{Rows: rows, Next: next}, err
}

// replayLetter sends a dead letter again.
func (s *site) replayLetter(v *visit) (page, error) {
	id, err := strconv.ParseInt(v.param("id"), 10, 64)
	if err != nil {
		return page{}, errUnknown
	}
	err = v.api.ReplayDeadLetter(v.ctx(), id, client.WithKey(v.key()))
	if problem := wrongInput(err); problem != nil {
		return v.system(problem)
	}
	return see("/system?said=replayed"), err
}

// oldest says how long the first of a queue has waited.
func (v *visit) oldest(q usm.Queue) string {
	if q.Waiting == 0 {
		return "–"
	}
	return v.lasting(time.Duration(q.Oldest * float64(time.Second)))
}
