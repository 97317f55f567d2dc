package server_test

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// asked keeps the question of a report.
func (s *fakeStore) reportAsked(filter usm.ReportFilter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report = filter
}

func (s *fakeStore) Flow(_ context.Context, filter usm.ReportFilter) ([]usm.FlowRow, error) {
	s.reportAsked(filter)
	return []usm.FlowRow{{Day: "2026-06-29", Opened: 3, Closed: 2}, {Day: "2026-07-06", Opened: 1}}, nil
}

func (s *fakeStore) OpenByAge(_ context.Context, filter usm.ReportFilter) ([]usm.OpenRow, error) {
	s.reportAsked(filter)
	return []usm.OpenRow{{Process: usm.Recover, Age: "1d", Count: 4}}, nil
}

func (s *fakeStore) WaitingByStep(_ context.Context, filter usm.ReportFilter) ([]usm.WaitingRow, error) {
	s.reportAsked(filter)
	return []usm.WaitingRow{{
		Process: usm.Recover, Step: usm.ClassifyIncident, Done: 5, Median: usm.Span(time.Hour), Slow: usm.Span(2 * time.Hour),
	}}, nil
}

func (s *fakeStore) BouncesByStep(_ context.Context, filter usm.ReportFilter) ([]usm.BounceRow, error) {
	s.reportAsked(filter)
	return []usm.BounceRow{{Process: usm.Recover, Step: usm.ReviewRecovery, Bounce: "disputed", Count: 2}}, nil
}

func (s *fakeStore) ReportCalls(_ context.Context, filter usm.ReportFilter) ([]usm.ReportCall, string, error) {
	s.reportAsked(filter)
	if filter.Cursor != "" {
		return nil, "", nil
	}
	return []usm.ReportCall{{Call: "INC-000001", Waited: new(usm.Span(time.Hour))}}, "2", nil
}

func (s *fakeStore) Backlog(context.Context) (usm.Backlog, error) {
	return usm.Backlog{Pending: usm.Queue{Waiting: 3, Oldest: 7}, DeadLetters: 1}, nil
}

func (d *fakeDesk) Workers(_ context.Context, queues []string) ([]usm.Worker, error) {
	if err := d.failing(); err != nil {
		return nil, err
	}
	return []usm.Worker{{Identity: "worker@host", Queue: queues[0], Version: "usm:7", SeenAt: time.Unix(0, 0).UTC()}}, nil
}
