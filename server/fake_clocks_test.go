package server_test

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

func (s *fakeStore) Covered(context.Context, usm.NewCall) (usm.Coverage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.covered, nil
}

func (s *fakeStore) Clocks(_ context.Context, number string) (usm.ClockExport, error) {
	if _, err := s.Call(context.Background(), number); err != nil {
		return usm.ClockExport{}, err
	}
	due := time.Date(2026, 7, 1, 16, 0, 0, 0, time.UTC)
	return usm.ClockExport{
		Call: number, Revision: 1,
		Ledger: usm.Ledger{Clocks: []usm.Clock{{ID: "sa-1/handling", Norm: usm.NormHandling, State: usm.ClockRunning, Due: &due}}},
	}, nil
}

// Agreements are a chain: the ward's agreement rests on the desk's, and that on the cloud's, which leads back in a circle.
func (s *fakeStore) Agreements(_ context.Context, domain string) ([]usm.Agreement, error) {
	if domain != "it" {
		return nil, nil
	}
	four, eight := []usm.Norm{{Type: usm.Incident, Handling: "4h"}}, []usm.Norm{{Type: usm.Incident, Handling: "8h"}}
	both, mail := []string{"mail", "laptop"}, []string{"mail"}
	return []usm.Agreement{
		{
			ID: "sa-1", Type: usm.SA, Customer: "ward", Provider: "it", Services: both, Version: 3, State: usm.AgreementDraft,
			Specification: &usm.Specification{Facility: usm.Facility{Functionality: []string{"a large mailbox"}}},
		},
		{
			ID: "sa-1", Type: usm.SA, Customer: "ward", Provider: "it", Services: both, Version: 2, State: usm.AgreementInForce,
			Under: []string{"ola-desk", "gone"}, Norms: four, Requests: []string{"new-laptop"},
			Coverage: []usm.Clause{{ID: "north", Text: "the northern wing", Sites: []string{"north"}}},
		},
		{ID: "sa-1", Type: usm.SA, Customer: "ward", Provider: "it", Services: both, Version: 1, State: usm.AgreementEnded, Norms: eight},
		{ // its last day is over, and nobody has marked it yet
			ID: "sa-0", Type: usm.SA, Customer: "ward", Services: mail, Version: 1, State: usm.AgreementInForce, ValidUntil: "2020-12-31",
		},
		{
			ID: "ola-desk", Type: usm.OLA, Customer: "it", Provider: "desk-team", Services: mail, Version: 1,
			State: usm.AgreementInForce, Under: []string{"uc-cloud"},
		},
		{
			ID: "uc-cloud", Type: usm.UC, Customer: "it", Provider: "cloud", Services: mail, Version: 1,
			State: usm.AgreementInForce, Under: []string{"ola-desk"},
		},
	}, nil
}

func (s *fakeStore) AgreementHistory(_ context.Context, domain, agreement string) ([]usm.AgreementEvent, error) {
	return []usm.AgreementEvent{{Domain: domain, Agreement: agreement, Version: 1, Kind: usm.AgreementInForce}}, nil
}

func (s *fakeStore) NormReport(_ context.Context, filter usm.NormFilter) ([]usm.NormRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.norms = filter
	of := map[string]string{}
	for _, dimension := range filter.By {
		of[dimension] = map[string]string{"agreement": `=HYPERLINK("x","y")`, "norm": "first, answer", "month": ""}[dimension]
	}
	return []usm.NormRow{{
		Of: of, Met: 3, Breached: 1, Running: 2, Attainment: "75.00", Used: new(usm.Span(90 * time.Minute)),
		Phases: []usm.Phase{{Name: "repair", Used: usm.Span(time.Hour)}},
	}}, nil
}

func (s *fakeStore) NormCalls(_ context.Context, filter usm.NormFilter) ([]usm.CallClock, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.norms = filter
	if filter.Cursor != "" {
		return nil, "", nil
	}
	return []usm.CallClock{{Call: "INC-000001", Clock: usm.Clock{Norm: usm.NormHandling}}}, "2", nil
}

func (s *fakeStore) Availability(_ context.Context, filter usm.NormFilter) ([]usm.AvailabilityRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.norms = filter
	return []usm.AvailabilityRow{
		{
			Domain: "it", Service: "mail", Agreed: usm.Span(200 * time.Hour), Down: usm.Span(time.Hour), Availability: "99.500",
			Incidents: 2, Calls: []string{"INC-000001", "INC-000002"},
		},
		{Domain: "it", Service: "-laptop", Availability: "100.000"},
	}, nil
}
