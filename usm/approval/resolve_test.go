package approval

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// asked are who is asked, each once.
func asked(a usm.Approval) []string {
	people := []string{}
	for _, g := range Groups(a)[:1] {
		people = append(people, g.Members...)
	}
	return people
}

// TestWhoIsAsked names one approver, in a world of which something is changed.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	leaves := func(people ...string) func(*World, *usm.Approval) {
		return func(w *World, _ *usm.Approval) {
			for _, id := range people {
				w.find(id).Inactive = true
			}
		}
	}
	proposes := func(by usm.Actor) func(*World, *usm.Approval) {
		return func(_ *World, a *usm.Approval) { a.By = by }
	}
	for _, c := range []struct {
		claim  string
		who    usm.Approver
		change func(*World, *usm.Approval)
		people []string
	}{
		{"APerson", usm.Approver{Person: "dora"}, nil, []string{"dora"}},
		{"HisManagerWhenHeHasLeft", usm.Approver{Person: "lena"}, nil, []string{"max"}},
		{"TheNextOneUpWhenHeHasLeftToo", usm.Approver{Person: "lena"}, leaves("max"), []string{"ada"}},
		{"NobodyWhenNobodyIsAbove", usm.Approver{Person: "dora"}, leaves("dora"), []string{}},
		{"NobodyInACircle", usm.Approver{Person: "lena"}, func(w *World, _ *usm.Approval) {
			leaves("max", "ada")(w, nil)
			w.find("ada").Manager = "max"
		}, []string{}},
		{"NobodyUnknown", usm.Approver{Person: "nemo"}, nil, []string{}},
		{"TheManagerOfTheRequesterInHisPlace", usm.Approver{Person: "rita"}, nil, []string{"max"}},
		{"TheManagerOfTheProposerInHisPlace", usm.Approver{Person: "paul"}, nil, []string{"max"}},
		{"TheManagerOfWhomTheProposerStoodInFor", usm.Approver{Person: "ben"}, proposes(usm.Actor{Person: "dan", For: "ben"}), []string{"max"}},
		{"TheManagerOfWhoIsBarred", usm.Approver{Person: "ben"}, func(_ *World, a *usm.Approval) { a.Barred = []string{"ben"} }, []string{"max"}},
		{"WhoHoldAProfile", usm.Approver{Profile: "board"}, nil, []string{"bea", "ben", "bob"}},
		{"WhoHoldAProfileButTheProposer", usm.Approver{Profile: "board"}, proposes(usm.Actor{Person: "ben"}), []string{"bea", "bob"}},
		{"NobodyOfAProfileThatNobodyHolds", usm.Approver{Profile: "empty"}, nil, []string{}},
		{"TheManager", usm.Approver{Role: usm.RoleManager}, nil, []string{"max"}},
		{"TheNextManagerUpWhenHeProposes", usm.Approver{Role: usm.RoleManager}, proposes(usm.Actor{Person: "max"}), []string{"ada"}},
		{"TheManagersManager", usm.Approver{Role: usm.RoleManagerOfManager}, nil, []string{"ada"}},
		{"NobodyAboveTheTop", usm.Approver{Role: usm.RoleManagerOfManager}, leaves("ada"), []string{}},
		{"TheOwnerOfTheService", usm.Approver{Role: usm.RoleServiceOwner}, nil, []string{"owen"}},
		{"TheOwnersOfTheComponents", usm.Approver{Role: usm.RoleComponentOwner}, nil, []string{"owen", "dora"}},
		{"WhoSpeaksForTheCustomer", usm.Approver{Role: usm.RoleCustomer}, nil, []string{"karl"}},
		{"NobodyForNoCustomer", usm.Approver{Role: usm.RoleCustomer}, func(w *World, _ *usm.Approval) { w.Customer = "" }, []string{}},
		{"NobodyOfARoleThatDoesNotExist", usm.Approver{Role: "queen"}, nil, []string{}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			w, a := world(t), usm.Approval{ID: "RFC-000001.1", Step: usm.PlanChange, By: usm.Actor{Person: "paul"}, Content: content()}
			if c.change != nil {
				c.change(&w, &a)
			}
			c.who.Weight, c.who.Mandatory = 3, true
			a.Policy = policyOf(usm.Quorum{Approvers: []usm.Approver{c.who}})
			a, err := Open(a, w)
			require.NoError(t, err)
			require.Equal(t, c.people, asked(a))
			require.Equal(t, len(c.people) == 0, a.Stuck != "", a.Stuck)
			require.Equal(t, usm.ApprovalOpen, a.State)
			for _, m := range a.Members {
				require.Equal(t, usm.Member{Person: m.Person, As: c.who, Weight: 3, Mandatory: true}, m)
			}
		})
	}
}

// TestStuck says what an approval that nobody can give says, at opening.
func TestStuck(t *testing.T) {
	t.Parallel()
	named := profile("4", "board")
	named.Name = "Board"
	for _, c := range []struct {
		claim  string
		quorum usm.Quorum
		stuck  string
	}{
		{"TooFewHoldTheProfile", named, `4 have to approve in "Board", and only 3 may`},
		{"TheMandatoryOneIsMissing", mandatory("any", "nemo", "bea"), "somebody is missing: nobody may approve as nemo"},
		{"OneOfAllIsMissing", persons("all", "bea", "nemo"), "somebody is missing: nobody may approve as nemo"},
		{"NobodyHoldsTheProfile", profile("any", "empty"), "somebody is missing: nobody may approve as holder of the profile empty"},
		{"TheirWeightIsTooSmall", weighted("weight 4", map[string]int{"bea": 2}, "bea", "ben"), "approvals of weight 4 are needed, and those " +
			"who may approve come to 3"},
		{"ALaterStageIsEmpty", usm.Quorum{Stages: []usm.Quorum{persons("", "bea"), profile("any", "empty")}}, "somebody is missing: nobody may " +
			"approve as holder of the profile empty"},
		{"OneGroupIsEnough", usm.Quorum{Need: "any", Groups: []usm.Quorum{profile("any", "empty"), persons("", "bea")}}, ""},
		{"WhoIsMissingOfAnyIsNot", persons("any", "nemo", "bea"), ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.stuck, asks(t, world(t), policyOf(c.quorum)).Stuck)
		})
	}
}

// TestRefresh is about people who come and go while an approval is open.
func TestRefresh(t *testing.T) {
	t.Parallel()
	type story struct {
		w World
		a usm.Approval
	}
	setup := func(t *testing.T, q usm.Quorum) *story {
		t.Helper()
		w := world(t)
		return &story{w, asks(t, w, policyOf(q))}
	}
	leave := func(s *story, id string) {
		s.w.find(id).Inactive = true
		s.w.Now = s.w.Now.Add(time.Hour)
		s.a = Refresh(s.a, s.w)
	}

	t.Run("HisManagerIsAskedInThePlaceOfWhoLeaves", func(t *testing.T) {
		t.Parallel()
		s := setup(t, persons("all", "ben", "bob"))
		leave(s, "ben")
		require.Equal(t, []string{"max", "bob"}, asked(s.a))
		require.Empty(t, s.a.Stuck)
	})
	t.Run("WhoHasAnsweredStays", func(t *testing.T) {
		t.Parallel()
		s := setup(t, profile("all", "board"))
		s.a = vote(t, s.a, s.w, "ben", usm.Approve)
		leave(s, "ben")
		require.ElementsMatch(t, []string{"bea", "ben", "bob"}, asked(s.a))
		s.a = vote(t, s.a, s.w, "bea", usm.Approve)
		s.a = vote(t, s.a, s.w, "bob", usm.Approve)
		require.Equal(t, usm.ApprovalApproved, s.a.State)
	})
	t.Run("EverybodyWhoIsLeftHasApproved", func(t *testing.T) {
		t.Parallel()
		s := setup(t, profile("all", "board"))
		s.a = vote(t, s.a, s.w, "bea", usm.Approve)
		s.a = vote(t, s.a, s.w, "bob", usm.Approve)
		leave(s, "ben")
		require.Equal(t, usm.ApprovalApproved, s.a.State)
		require.Equal(t, "everybody who is left has approved: bea and bob", s.a.Why)
	})
	t.Run("TooFewAreLeft", func(t *testing.T) {
		t.Parallel()
		s := setup(t, profile("2", "board"))
		leave(s, "bea")
		require.Empty(t, s.a.Stuck)
		leave(s, "bob")
		require.Equal(t, "2 have to approve, and only 1 may", s.a.Stuck)
		s.w.find("dora").Profiles = []string{"board"}
		s.a = Refresh(s.a, s.w)
		require.Empty(t, s.a.Stuck)
		require.Equal(t, []string{"ben", "dora"}, asked(s.a))
	})
	t.Run("WhoLeavesRejectsNothing", func(t *testing.T) {
		t.Parallel()
		s := setup(t, profile("2", "board"))
		s.a = vote(t, s.a, s.w, "bea", usm.Reject)
		leave(s, "bob")
		require.Equal(t, usm.ApprovalOpen, s.a.State)
		require.Equal(t, "2 have to approve, and only 1 may", s.a.Stuck)
		require.Empty(t, s.a.Asking)
		require.Empty(t, Deciders(s.a, s.w))
		s.w.find("dora").Profiles = []string{"board"}
		s.a = Refresh(s.a, s.w)
		s.a = vote(t, s.a, s.w, "dora", usm.Approve)
		s.a = vote(t, s.a, s.w, "ben", usm.Approve)
		require.Equal(t, usm.ApprovalApproved, s.a.State)
	})
	t.Run("AMetQuorumStaysMet", func(t *testing.T) {
		t.Parallel()
		s := setup(t, usm.Quorum{Stages: []usm.Quorum{profile("50%", "board"), persons("", "dora")}})
		s.a = vote(t, s.a, s.w, "bea", usm.Approve)
		s.a = vote(t, s.a, s.w, "ben", usm.Approve)
		require.Equal(t, []string{"2"}, s.a.Asking)
		for _, id := range []string{"dan", "dirk", "owen", "karl"} {
			s.w.find(id).Profiles = append(s.w.find(id).Profiles, "board")
		}
		s.a = Refresh(s.a, s.w)
		require.Equal(t, []string{"2"}, s.a.Asking)
		require.Equal(t, []string{"bea", "ben", "bob"}, Groups(s.a)[1].Members)
	})
	t.Run("WhatHasEndedStaysAsItIs", func(t *testing.T) {
		t.Parallel()
		s := setup(t, profile("any", "board"))
		s.a = vote(t, s.a, s.w, "bea", usm.Approve)
		before := s.a
		leave(s, "bea")
		require.Equal(t, before, s.a)
	})
}

func TestWhoIsKeptApart(t *testing.T) {
	t.Parallel()
	w := world(t)
	a := asks(t, w, policyOf(usm.Quorum{Approvers: []usm.Approver{{Profile: "coordinator"}, {Profile: "board"}, {Person: "rita"}}}))
	require.Equal(t, []string{"paul", "rita"}, KeptApart(a, w.Directory), "who proposed it, and who asked for it")
	require.Empty(t, KeptApart(asks(t, w, policyOf(profile("any", "board"))), w.Directory))
}
