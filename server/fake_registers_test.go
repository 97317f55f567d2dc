package server_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

func (s *fakeStore) DeadLetters(context.Context, usm.Page) ([]usm.DeadLetter, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters, "", nil
}

func (s *fakeStore) Tokens(_ context.Context, f usm.TokenFilter) ([]usm.Token, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed = f
	if len(s.tokens) > f.Limit {
		return s.tokens[:f.Limit], s.tokens[f.Limit].ID, nil
	}
	return s.tokens, "", nil
}

func (s *fakeStore) RevokeToken(_ context.Context, id string) (usm.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.tokens, func(t usm.Token) bool { return t.ID == id })
	if i < 0 {
		return usm.Token{}, usm.Errorf(usm.CodeNotFound, "there is no token %q", id)
	}
	if s.tokens[i].RevokedAt == nil {
		s.tokens[i].RevokedAt = new(time.Now())
	}
	return s.tokens[i], nil
}

func (s *fakeStore) Feed(_ context.Context, after int64, _ *usm.Sight, limit int) ([]usm.Event, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := int64(len(s.events))
	if after < 0 || after >= end {
		return nil, end, nil
	}
	end = min(end, after+int64(limit))
	return s.events[after:end], end, nil
}

func (s *fakeStore) Listen(ctx context.Context, wake func()) error {
	s.mu.Lock()
	s.wakes = append(s.wakes, wake)
	s.listener++
	s.mu.Unlock()
	wake()
	<-ctx.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener--
	return ctx.Err()
}

// happen records an event and wakes who listens.
func (s *fakeStore) happen(event usm.Event) {
	s.mu.Lock()
	s.events = append(s.events, event)
	wakes := s.wakes
	s.mu.Unlock()
	for _, wake := range wakes {
		wake()
	}
}

func (s *fakeStore) Domains(context.Context) ([]usm.Domain, error) {
	return []usm.Domain{itDomain(), {ID: "hr", Name: "HR", Version: 1}}, nil
}

func (s *fakeStore) Domain(_ context.Context, id string, _ int) (usm.Domain, error) {
	if id != "it" {
		return usm.Domain{}, usm.Errorf(usm.CodeNotFound, "no domain %s", id)
	}
	return itDomain(), nil
}

func (s *fakeStore) Configuration(ctx context.Context, id string, _ int) (usm.Domain, error) {
	all, _ := s.Domains(ctx)
	for _, domain := range all {
		if domain.ID == id {
			domain.Agreements, domain.Components = nil, nil
			return domain, nil
		}
	}
	return usm.Domain{}, usm.Errorf(usm.CodeNotFound, "no domain %s", id)
}

// DirectoryChanges are three: who asks for two of them gets another page.
func (s *fakeStore) DirectoryChanges(_ context.Context, domain, person string, page usm.Page) ([]usm.DirectoryChange, string, error) {
	all := []usm.DirectoryChange{
		{ID: 3, Domain: domain, Person: "omar", Kind: "left", Source: usm.SourceSCIM, By: "entra"},
		{ID: 2, Domain: domain, Person: "rita", Kind: "changed", Source: usm.SourceSCIM, By: "entra"},
		{ID: 1, Domain: domain, Person: "omar", Kind: "added", Source: usm.SourceFile, By: "admin"},
	}
	all = slices.DeleteFunc(all, func(c usm.DirectoryChange) bool {
		return person != "" && c.Person != person || page.Cursor != "" && strconv.FormatInt(c.ID, 10) >= page.Cursor
	})
	if len(all) > page.Limit {
		return all[:page.Limit], strconv.FormatInt(all[page.Limit-1].ID, 10), nil
	}
	return all, "", nil
}

func (s *fakeStore) Components(_ context.Context, f usm.ComponentFilter) ([]usm.Component, string, error) {
	var found []usm.Component
	for _, c := range itDomain().Components {
		has := (f.Type == "" || f.Type == c.Type) && (f.Owner == "" || f.Owner == c.Owner) &&
			(len(f.IDs) == 0 || slices.Contains(f.IDs, c.ID)) && (f.User == "" || slices.Contains(c.Users, f.User))
		if f.Domain == "it" && contains(f.Q, c.ID, c.Name) && c.ID > f.Cursor && has {
			found = append(found, c)
		}
	}
	if len(found) > f.Limit {
		return found[:f.Limit], found[f.Limit-1].ID, nil
	}
	return found, "", nil
}

func (s *fakeStore) Component(_ context.Context, domain, id string) (usm.Component, []usm.ComponentVersion, error) {
	for _, c := range itDomain().Components {
		if domain == "it" && c.ID == id {
			return c, []usm.ComponentVersion{{Component: c, Call: "RFC-000001"}}, nil
		}
	}
	return usm.Component{}, nil, usm.Errorf(usm.CodeNotFound, "no component %s", id)
}

func (s *fakeStore) Solutions(_ context.Context, domain, _ string, _ usm.Page) ([]usm.Solution, string, error) {
	return []usm.Solution{{ID: "restart", Title: "Restart it", Text: domain}}, "", nil
}

// Caller knows the tokens of the people below; each is "token-of-" and the name.
func (s *fakeStore) Caller(_ context.Context, token string) (usm.Caller, error) {
	s.foundOut.Add(1)
	if s.away != nil {
		return usm.Caller{}, s.away
	}
	name := strings.TrimPrefix(token, "token-of-")
	callers := map[string]usm.Caller{
		"rita":  {Domains: map[string][]string{"it": {}}}, // asks
		"ravi":  {Domains: map[string][]string{"it": {}}}, // asks as well
		"omar":  {Domains: map[string][]string{"it": {"desk"}}},
		"carla": {Domains: map[string][]string{"it": {"steer"}}, Steers: map[string][]string{"it": {"steer"}}},
		"mona": {
			Domains: map[string][]string{"it": {"boss"}}, Steers: map[string][]string{"it": {"boss"}}, Manages: map[string]bool{"it": true},
		},
		"heidi":  {Domains: map[string][]string{"hr": {"desk"}}},
		"admin":  {},
		"sensor": {},
		"crash":  {},
	}
	if other, known := s.others[name]; known && (other.Token.ExpiresAt == nil || other.Token.ExpiresAt.After(time.Now())) {
		return other, nil
	}
	caller, known := callers[name]
	switch {
	case !known:
		return caller, usm.Errorf(usm.CodeUnauthenticated, "the token is unknown, expired or revoked")
	case name == "crash":
		return caller, errors.New("pq: password of the database is hunter2")
	}
	caller.Name = strings.ToUpper(name[:1]) + name[1:]
	caller.Token = usm.Token{ID: "id-" + name, Name: name, Person: name}
	if name == "admin" || name == "sensor" {
		caller.Token.Person, caller.Token.Admin = "", name == "admin"
	}
	return caller, nil
}

func itDomain() usm.Domain {
	return usm.Domain{
		ID: "it", Name: "IT", Version: 3, TimeZone: "Europe/Amsterdam",
		Categories: []usm.Category{{ID: "software", Name: "Software"}},
		Profiles:   []usm.Profile{{ID: "desk", Name: "Service desk", Class: usm.Operator}, {ID: "boss", Name: "Boss", Class: usm.Manager}},
		People: []usm.Person{
			{ID: "rita", Name: "Rita", Customer: "ward", Site: "north"},
			{ID: "ravi", Name: "Ravi"},
			{ID: "omar", Name: "Omar", Profiles: []string{"desk"}},
			{ID: "gone", Name: "Gone", Inactive: true},
		},
		Services: []usm.Service{
			{ID: "mail", Name: "Mail", Specification: usm.Specification{Facility: usm.Facility{Functionality: []string{"a mailbox"}}}},
			{ID: "laptop", Name: "Laptop"},
		},
		Catalogue: []usm.Item{
			{ID: "new-mailbox", Name: "New mailbox", Service: "mail", Type: usm.ServiceRequest},
			{ID: "new-laptop", Name: "New laptop", Service: "laptop", Type: usm.ServiceRequest, Schema: map[string]any{
				"type": "object", "additionalProperties": false, "required": []any{"model"},
				"properties": map[string]any{"model": map[string]any{"type": "string", "enum": []any{"light", "fast"}}},
			}},
		},
		Components: []usm.Component{
			{ID: "srv-1", Name: "Mail server", Type: "server", Version: 1}, {ID: "srv-2", Name: "Spare", Type: "server", Owner: "rita", Version: 1},
		},
	}
}

func procedure(string) usm.Procedure {
	return usm.Procedure{
		Process: usm.Recover,
		Default: usm.ProcedureStep{Accountable: "lead", Responsible: []string{"desk"}},
		Steps: []usm.ProcedureStep{{
			Step: usm.AnalyseIncident, Performer: usm.BySystem, Signal: &usm.SignalRule{Name: "analysed"},
		}},
	}
}
