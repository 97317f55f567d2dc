package store_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// asks puts an open approval beside a call of its own, past the store, and returns the ID of the run that waits for it.
func (w world) asks(change func(*usm.Approval)) string {
	w.t.Helper()
	call := w.open(asked(usm.Incident))
	a := usm.Approval{
		ID: call.Number + ".1", Call: call.Number, Domain: "it", Step: usm.AnalyseIncident, Attempt: 1, State: usm.ApprovalOpen,
		Policy: usm.ApprovalPolicy{ID: "p"}, Members: []usm.Member{},
		Content: map[string]any{"call": map[string]any{"requester": "eve", "service": "mail", "components": []string{"srv-1"}}},
	}
	change(&a)
	raw, err := json.Marshal(a)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec(`
		INSERT INTO approvals (id, call, n, domain, step, attempt, policy, state, retro, stuck, opened_at, alarm, document)
		VALUES ($1, $2, 1, 'it', $3, 1, 'p', 'open', $4, $5, now(), '{}', $6)`, a.ID, a.Call, a.Step, a.Retro, a.Stuck, string(raw)))
	if a.Retro {
		return usm.Obligation{Approval: a.ID}.WorkflowID()
	}
	return a.Call
}

// names are approvals whose policy names somebody.
func names(who ...usm.Approver) func(*usm.Approval) {
	return func(a *usm.Approval) {
		a.Policy.Require = usm.Quorum{Stages: []usm.Quorum{{Approvers: []usm.Approver{{Person: "nobody"}}}, {Approvers: who}}}
	}
}

func (w world) nudges() []string {
	w.t.Helper()
	runs, _, err := w.Nudges(w.ctx(), 100)
	require.NoError(w.t, err)
	for _, run := range runs {
		require.NoError(w.t, w.Nudged(w.ctx(), run))
	}
	return runs
}

// managed is the domain of storetest in which olga is under carl, who is under mia; mia owns srv-1 and max speaks for hq.
func managed(d *usm.Domain) {
	d.People[0].Manager = "olga" // eve's
	d.People[4].Manager = "carl"
	d.People[6].Manager = "mia"
	d.Components[0].Owner = "mia"
	d.Customers[0].RepresentedBy = []string{"max"}
}

func TestNudgesAreNoted(t *testing.T) {
	t.Parallel()
	leaves := func(id string) func(world) {
		return func(w world) {
			_, err := w.setActive("it", id, "", false)
			require.NoError(w.t, err)
		}
	}
	becomes := func(change func(*usm.Person)) func(world) {
		return func(w world) {
			olga := w.person("olga")
			change(&olga)
			w.provision(olga)
		}
	}
	applies := func(change func(*usm.Domain)) func(world) {
		return func(w world) {
			file := storetest.Domain()
			managed(&file)
			change(&file)
			w.apply(file)
		}
	}
	promoted := becomes(func(p *usm.Person) { p.Profiles = []string{"manager"} })
	comes := applies(func(d *usm.Domain) { d.People = append(d.People, usm.Person{ID: "nina", Name: "N"}) })
	owned := func(at int) func(world) { return applies(func(d *usm.Domain) { d.Services[at].Owner = "operator" }) }
	speechless := applies(func(d *usm.Domain) { d.Customers[0].RepresentedBy = nil })
	ownerOfService := names(usm.Approver{Role: usm.RoleServiceOwner})
	member := func(a *usm.Approval) {
		a.Members = []usm.Member{{Person: "olga", As: usm.Approver{Profile: "operator"}}}
	}
	retro := func(a *usm.Approval) { member(a); a.Retro = true }
	stuck := func(a *usm.Approval) { a.Stuck = "nobody" }
	for name, tc := range map[string]struct {
		approval func(*usm.Approval)
		when     func(world)
		want     bool
	}{
		"WhenAMemberLeaves":                   {member, leaves("olga"), true},
		"WhenAMemberIsRemovedByAFile":         {member, applies(func(d *usm.Domain) { d.People = slices.Delete(d.People, 4, 5) }), true},
		"WhenAMemberLosesAProfile":            {member, becomes(func(p *usm.Person) { p.Profiles = nil }), true},
		"WhenTheApprovalIsOwed":               {retro, leaves("olga"), true},
		"WhenSomebodyGainsAProfileOfIt":       {names(usm.Approver{Profile: "manager"}), promoted, true},
		"WhenSomebodyItNamesComes":            {names(usm.Approver{Person: "nina"}), comes, true},
		"WhenAManagerOfTheRequesterLeaves":    {names(usm.Approver{Role: usm.RoleManager}), leaves("olga"), true},
		"WhenHisManagerDoes":                  {names(usm.Approver{Role: usm.RoleManagerOfManager}), leaves("carl"), true},
		"WhenAManagerAboveWhomItNamesChanges": {names(usm.Approver{Person: "olga"}), leaves("mia"), true},
		"WhenAnOwnerOfItsServiceLeaves":       {ownerOfService, leaves("max"), true},
		"WhenItsServiceGetsAnotherOwner":      {ownerOfService, owned(0), true},
		"WhenTheOwnerOfItsComponentLeaves":    {names(usm.Approver{Role: usm.RoleComponentOwner}), leaves("mia"), true},
		"WhenWhoSpeaksForACustomerLeaves":     {names(usm.Approver{Role: usm.RoleCustomer}), leaves("max"), true},
		"WhenAnotherSpeaksForACustomer":       {names(usm.Approver{Role: usm.RoleCustomer}), speechless, true},
		"WhenNobodyCanDecideAndAnybodyComes":  {stuck, comes, true},
		"NotForWhatNobodyDependsOn":           {member, becomes(func(p *usm.Person) { p.Email, p.Site = "o@example.com", "north" }), false},
		"NotForAnotherPerson":                 {member, leaves("cora"), false},
		"NotForAnotherProfile":                {names(usm.Approver{Profile: "manager"}), leaves("olga"), false},
		"NotForTheManagersOfOthers":           {names(usm.Approver{Role: usm.RoleManager}), leaves("omar"), false},
		"NotForAnotherService":                {ownerOfService, owned(1), false},
		"NotForOwnersWhereNoneIsAsked":        {names(usm.Approver{Profile: "operator"}), leaves("mia"), false},
		"NotForAnotherText":                   {stuck, applies(func(d *usm.Domain) { d.Name = "IT two" }), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := with(t, managed)
			run := w.asks(tc.approval)
			tc.when(w)
			var want []string
			if tc.want {
				want = []string{run}
			}
			require.Equal(t, want, w.nudges())
			require.Empty(t, w.nudges(), "once")
		})
	}

	t.Run("NotForApprovalsThatHaveEndedAndOtherDomains", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.asks(member)
		require.NoError(t, w.exec(`UPDATE approvals SET state = 'approved', closed_at = now()`))
		other := storetest.Domain()
		other.ID = "hr"
		w.apply(other)
		w.asks(member)
		_, err := w.setActive("hr", "olga", "", false)
		require.NoError(t, err)
		require.Empty(t, w.nudges())
	})

	t.Run("OnlyWithTheChangeThatWasKept", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.asks(member)
		_, err := w.Provision(w.ctx(), "it", "idp", usm.Provisioned{Person: usm.Person{ID: "olga", Name: "O", Inactive: true}},
			usm.Provisioned{Person: usm.Person{ID: "bad"}})
		requireCode(t, usm.CodeInvalid, err)
		require.Empty(t, w.nudges())
	})
}

func TestNudges(t *testing.T) {
	t.Parallel()
	member := func(a *usm.Approval) { a.Members = []usm.Member{{Person: "olga"}} }
	toggle := func(w world, active bool) {
		_, err := w.setActive("it", "olga", "", active)
		require.NoError(w.t, err)
	}

	t.Run("GoToOneOfManyTakersEach", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var want []string
		for range 20 {
			want = append(want, w.asks(member))
		}
		toggle(w, false)
		var got []string
		var mutex sync.Mutex
		for _, err := range atOnce(4, func(int) error {
			taker := storetest.Open(t, store.Options{URL: w.url})
			for {
				runs, _, err := taker.Nudges(t.Context(), 3)
				if err != nil || len(runs) == 0 {
					return err
				}
				mutex.Lock()
				got = append(got, runs...)
				mutex.Unlock()
				for _, run := range runs {
					if err := taker.Nudged(t.Context(), run); err != nil {
						return err
					}
				}
			}
		}) {
			require.NoError(t, err)
		}
		require.ElementsMatch(t, want, got)
		require.Zero(t, read[int](w, `SELECT count(*) FROM nudges`))
	})

	t.Run("GoToAnotherTakerWhenOneIsLost", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		run := w.asks(member)
		toggle(w, false)
		lost, other := storetest.Open(t, store.Options{URL: w.url}), storetest.Open(t, store.Options{URL: w.url})
		runs, _, err := lost.Nudges(t.Context(), 5)
		require.NoError(t, err)
		require.Equal(t, []string{run}, runs)
		runs, _, err = other.Nudges(t.Context(), 5)
		require.NoError(t, err)
		require.Empty(t, runs)
		require.NoError(t, w.exec(`UPDATE nudges SET taken_at = taken_at - interval '6 seconds'`))
		runs, _, err = other.Nudges(t.Context(), 5)
		require.NoError(t, err)
		require.Equal(t, []string{run}, runs)
		require.NoError(t, lost.Nudged(t.Context(), run))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM nudges`), "it is the other's now")
		require.NoError(t, other.Nudged(t.Context(), run))
		require.Zero(t, read[int](w, `SELECT count(*) FROM nudges`))
	})

	t.Run("ComeAgainWhenTheDirectoryChangedWhileTheRunLooked", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		run := w.asks(member)
		toggle(w, false)
		runs, _, err := w.Nudges(w.ctx(), 5)
		require.NoError(t, err)
		require.Equal(t, []string{run}, runs)
		toggle(w, true)
		require.NoError(t, w.Nudged(w.ctx(), run))
		require.Equal(t, []string{run}, w.nudges())
		require.Empty(t, w.nudges())
	})
}
