package server_test

import (
	"context"
	"slices"

	"github.com/usm-works/usm/usm"
)

// ownFilter is a filter with the person who keeps it.
type ownFilter struct {
	usm.SavedFilter

	person string
}

func (s *fakeStore) Filters(_ context.Context, person string, register usm.CallType) (found []usm.SavedFilter, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.filters {
		if f.person == person && (register == "" || register == f.Register) {
			found = append(found, f.SavedFilter)
		}
	}
	return found, nil
}

func (s *fakeStore) SaveFilter(_ context.Context, person string, filter usm.SavedFilter) (usm.SavedFilter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	filter.ID = int64(len(s.filters) + 1)
	s.filters = append(s.filters, ownFilter{filter, person})
	return filter, nil
}

func (s *fakeStore) DeleteFilter(_ context.Context, person string, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.filters, func(f ownFilter) bool { return f.person == person && f.ID == id })
	if i < 0 {
		return usm.Errorf(usm.CodeNotFound, "there is no filter %d", id)
	}
	s.filters = slices.Delete(s.filters, i, i+1)
	return nil
}

// CountRisks keeps what it was asked for.
func (s *fakeStore) CountRisks(_ context.Context, f usm.RiskFilter) ([]usm.RiskCount, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.risks = f
	return []usm.RiskCount{{Effect: usm.High, Likelihood: usm.Low, Count: 2}}, nil
}

func (s *fakeStore) Impact(ctx context.Context, domain, id string) (usm.Impact, error) {
	c, _, err := s.Component(ctx, domain, id)
	return usm.Impact{Nodes: []usm.ImpactNode{{ID: c.ID, Name: c.Name}}}, err
}
