package server_test

import (
	"context"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// fakeApprovals are approvals, delegations and what belongs to them in memory. Its lock is that of the store.
type fakeApprovals struct {
	approvals   map[string]usm.Approval
	asked       usm.ApprovalFilter // of the last list
	delegations []usm.Delegation
	refusals    []usm.Refusal
	nudges      []string
	heard       []string // ids of approvals
	unanswered  []usm.SentAction
	resting     bool                 // as soon as something is recorded
	rests       func()               // is called before it is said; nil for nothing
	actors      map[string]usm.Actor // by number and ID of the action
}

// approve puts an approval there, as the engine would.
func (s *fakeStore) approve(a usm.Approval) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.approvals == nil {
		s.approvals = map[string]usm.Approval{}
	}
	s.approvals[a.ID] = a
}

func (s *fakeStore) Approval(_ context.Context, id string) (usm.Approval, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, known := s.approvals[id]
	if !known {
		return usm.Approval{}, usm.Errorf(usm.CodeNotFound, "there is no approval %s", id)
	}
	return a, nil
}

func (s *fakeStore) Approvals(_ context.Context, filter usm.ApprovalFilter) (found []usm.Approval, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = filter
	for _, a := range s.approvals {
		if filter.Asks == "" || a.State == usm.ApprovalOpen && len(a.DecidesFor(filter.Asks)) > 0 {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b usm.Approval) int { return b.OpenedAt.Compare(a.OpenedAt) })
	return found, "", nil
}

func (s *fakeStore) Delegate(_ context.Context, d usm.Delegation) (usm.Delegation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.ID = int64(len(s.delegations) + 1)
	s.delegations = append(s.delegations, d)
	return d, nil
}

func (s *fakeStore) Delegation(_ context.Context, id int64) (usm.Delegation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id < 1 || id > int64(len(s.delegations)) {
		return usm.Delegation{}, usm.Errorf(usm.CodeNotFound, "there is no delegation %d", id)
	}
	return s.delegations[id-1], nil
}

func (s *fakeStore) Delegations(context.Context, usm.DelegationFilter) ([]usm.Delegation, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.delegations), "", nil
}

func (s *fakeStore) RevokeDelegation(_ context.Context, id int64, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.delegations[id-1].CreatedAt
	s.delegations[id-1].RevokedAt = &at
	return nil
}

func (s *fakeStore) Refuse(_ context.Context, refusal usm.Refusal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, refusal)
	return nil
}

func (s *fakeStore) Refusals(context.Context, string) ([]usm.Refusal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refusals), nil
}

func (s *fakeStore) Nudges(_ context.Context, limit int) ([]string, time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.nudges[:min(limit, len(s.nudges))]), -1, nil
}

func (s *fakeStore) Heard(_ context.Context, approval usm.Approval) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, approval.ID)
	return nil
}

func (s *fakeStore) Nudged(_ context.Context, run string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nudges = slices.DeleteFunc(s.nudges, func(one string) bool { return one == run })
	return nil
}

func (s *fakeStore) Unanswered(_ context.Context, call string, action usm.Action) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unanswered = append(s.unanswered, usm.SentAction{Call: call, Action: action})
	return nil
}

func (s *fakeStore) Rest(_ context.Context, sent []usm.SentAction) ([]usm.SentAction, error) {
	s.mu.Lock()
	resting, rests := s.resting, s.rests
	if resting {
		s.unanswered = append(s.unanswered, sent...)
	}
	s.mu.Unlock()
	if !resting {
		return nil, nil
	}
	if rests != nil {
		rests()
	}
	return sent, nil
}

func (s *fakeStore) ActorOf(_ context.Context, call, action string) (usm.Actor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if actor, done := s.actors[call+"/"+action]; done {
		return actor, nil
	}
	return usm.Actor{}, usm.Errorf(usm.CodeNotFound, "nothing is recorded of that action")
}

func (s *fakeStore) Outstanding(_ context.Context, call string) ([]usm.SentAction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.unanswered), func(one usm.SentAction) bool { return one.Call != call }), nil
}

func (s *fakeStore) Recorded(_ context.Context, limit int) ([]usm.SentAction, time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unanswered[:min(limit, len(s.unanswered))]), -1, nil
}

func (s *fakeStore) Answered(_ context.Context, sent usm.SentAction) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unanswered = slices.DeleteFunc(s.unanswered, func(one usm.SentAction) bool { return one.Action.ID == sent.Action.ID })
	return nil
}
