package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// provision makes people as a provisioning system does, after somebody has read who was there.
func (w world) provision(people ...usm.Person) []usm.DirectoryEntry {
	w.t.Helper()
	_, err := w.Configuration(w.ctx(), "it", 0)
	require.NoError(w.t, err)
	wanted := make([]usm.Provisioned, len(people))
	for i, person := range people {
		wanted[i].Person = person
	}
	entries, err := w.Provision(w.ctx(), "it", "idp", wanted...)
	require.NoError(w.t, err)
	return entries
}

func (w world) entry(id string) usm.DirectoryEntry {
	w.t.Helper()
	entry, err := w.DirectoryEntry(w.ctx(), "it", id)
	require.NoError(w.t, err)
	return entry
}

// person of the domain as it is now, which those who have read it before see too.
func (w world) person(id string) usm.Person {
	w.t.Helper()
	domain, err := w.Domain(w.ctx(), "it", 0)
	require.NoError(w.t, err)
	for _, version := range []int{0, domain.Version} {
		known, err := w.Configuration(w.ctx(), "it", version)
		require.NoError(w.t, err)
		require.Equal(w.t, domain.People, known.People)
	}
	for _, person := range domain.People {
		if person.ID == id {
			return person
		}
	}
	return usm.Person{}
}

func (w world) apply(file usm.Domain) usm.DomainResult {
	w.t.Helper()
	result, err := w.ApplyDomain(w.ctx(), file, "test")
	require.NoError(w.t, err)
	return result
}

// divided is the domain of storetest in which nobody is operator and manager.
func divided(d *usm.Domain) { d.Profiles[2].Conflicts = []string{"operator"} }

func TestProvision(t *testing.T) {
	t.Parallel()

	t.Run("BringsSomebodyWhoMayActAtOnceAndTellsWhoDidIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		nina := usm.Person{
			ID: "nina", Name: "Nina", Email: "nina@example.com", Site: "north", Manager: "mia", Profiles: []string{"operator"},
		}
		made := w.provision(nina)[0]
		require.Equal(t, usm.SourceSCIM, made.Source)
		require.Equal(t, nina, made.Person)
		require.Equal(t, made, w.entry("nina"))
		require.Equal(t, nina, w.person("nina"))
		require.Contains(t, w.view(call.Number).WaitingFor.People, "nina")
		changes, next, err := w.DirectoryChanges(w.ctx(), "it", "nina", usm.Page{})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Len(t, changes, 1)
		require.Equal(t, "added", changes[0].Kind)
		require.Equal(t, "idp", changes[0].By)
		require.Nil(t, changes[0].Before)
		require.Equal(t, nina, *changes[0].After)
	})

	t.Run("ChangesNothingWhenEverythingIsSoAlready", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		nina := usm.Person{ID: "nina", Name: "Nina", Profiles: []string{"operator", "coordinator"}}
		made := w.provision(nina)
		require.Equal(t, made, w.provision(nina))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM directory_changes WHERE person = 'nina'`))
	})

	t.Run("RefusesAllOfThemForOneWhoDoesNotFit", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, divided)
		w.provision(usm.Person{ID: "top", Name: "Top"}, usm.Person{ID: "under", Name: "Under", Manager: "top"})
		for name, tc := range map[string]struct {
			person  usm.Person
			pointer string
			says    string
		}{
			"no name":           {usm.Person{ID: "nina"}, "/name", "nina has no name"},
			"no id":             {usm.Person{Name: "Nina"}, "/id", "a person has an id"},
			"unknown profile":   {usm.Person{ID: "nina", Name: "N", Profiles: []string{"king"}}, "/profiles/0", `there is no profile "king"`},
			"unknown customer":  {usm.Person{ID: "nina", Name: "N", Customer: "moon"}, "/customer", `there is no customer "moon"`},
			"unknown manager":   {usm.Person{ID: "nina", Name: "N", Manager: "god"}, "/manager", `there is nobody "god"`},
			"his own manager":   {usm.Person{ID: "nina", Name: "N", Manager: "nina"}, "/manager", "nina would be above himself"},
			"above his manager": {usm.Person{ID: "top", Name: "Top", Manager: "under"}, "/manager", "top would be above himself"},
			"conflict": {
				usm.Person{ID: "nina", Name: "N", Profiles: []string{"operator", "manager"}},
				"/profiles",
				"nina would hold manager and operator, which conflict",
			},
		} {
			good := usm.Person{ID: "good", Name: "Good"}
			_, err := w.Provision(w.ctx(), "it", "idp", usm.Provisioned{Person: good}, usm.Provisioned{Person: tc.person})
			refused := refusal(t, usm.CodeInvalid, err)
			require.Equal(t, tc.pointer, refused.Fields[0].Pointer, name)
			require.Contains(t, refused.Fields[0].Detail, tc.says, name)
		}
		require.Zero(t, w.person("good"))
		_, err := w.Provision(w.ctx(), "moon", "idp")
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("RefusesWhoIsThereAlreadyAndWhatWasChangedSince", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		nina := usm.Provisioned{Person: usm.Person{ID: "nina", Name: "Nina"}, External: "00u1", New: true}
		made, err := w.Provision(w.ctx(), "it", "idp", nina)
		require.NoError(t, err)
		require.Equal(t, "00u1", w.entry("nina").External)
		for _, again := range []usm.Provisioned{
			nina,
			{Person: usm.Person{ID: "Nina", Name: "N"}},
			{Person: usm.Person{ID: "other", Name: "O"}, External: "00u1", New: true},
			{Person: usm.Person{ID: "olga", Name: "Olga"}, New: true},
		} {
			_, err := w.Provision(w.ctx(), "it", "idp", again)
			requireCode(t, usm.CodeConflict, err)
		}
		nina.New, nina.Name, nina.Match = false, "Nina N.", made[0].Version
		changed, err := w.Provision(w.ctx(), "it", "idp", nina)
		require.NoError(t, err)
		require.NotEqual(t, made[0].Version, changed[0].Version)
		_, err = w.Provision(w.ctx(), "it", "idp", nina)
		requireCode(t, usm.CodePrecondition, err)
		requireCode(t, usm.CodePrecondition, w.Deprovision(w.ctx(), "it", "idp", "nina", made[0].Version))
	})

	t.Run("LetsOnlyOneOfManyChangeWhatTheyAllRead", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		made := w.provision(usm.Person{ID: "nina", Name: "Nina"})[0]
		won := 0
		for _, err := range atOnce(8, func(i int) error {
			wanted := usm.Provisioned{Person: usm.Person{ID: "nina", Name: fmt.Sprint("Nina ", i)}, Match: made.Version}
			_, err := w.Provision(w.ctx(), "it", "idp", wanted)
			return err
		}) {
			if err == nil {
				won++
				continue
			}
			requireCode(t, usm.CodePrecondition, err)
		}
		require.Equal(t, 1, won)
	})
}

func TestDeprovision(t *testing.T) {
	t.Parallel()

	t.Run("LeavesNothingForWhoIsGoneAndBringsHimBack", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Incident))
		nina := usm.Person{ID: "nina", Name: "Nina", Manager: "mia", Profiles: []string{"operator"}}
		w.provision(nina)
		left, err := w.setActive("it", "nina", "", false)
		require.NoError(t, err)
		require.True(t, left.Inactive)
		require.Equal(t, []string{"operator"}, left.Profiles)
		require.NotContains(t, w.view(call.Number).WaitingFor.People, "nina")
		back, err := w.setActive("it", "nina", left.Version, true)
		require.NoError(t, err)
		require.False(t, back.Inactive)
		require.Contains(t, w.view(call.Number).WaitingFor.People, "nina")

		require.NoError(t, w.Deprovision(w.ctx(), "it", "idp", "nina", ""))
		_, err = w.DirectoryEntry(w.ctx(), "it", "nina")
		requireCode(t, usm.CodeNotFound, err)
		requireCode(t, usm.CodeNotFound, w.Deprovision(w.ctx(), "it", "idp", "nina", ""))
		require.NotContains(t, w.view(call.Number).WaitingFor.People, "nina")
		require.Equal(t, usm.Person{ID: "nina", Name: "Nina", Manager: "mia", Inactive: true}, w.person("nina"),
			"her name is known, and who is asked in her place")

		again, err := w.Provision(w.ctx(), "it", "idp", usm.Provisioned{Person: nina, New: true})
		require.NoError(t, err)
		require.Equal(t, nina, again[0].Person)
		require.Contains(t, w.view(call.Number).WaitingFor.People, "nina")
		changes, _, err := w.DirectoryChanges(w.ctx(), "it", "nina", usm.Page{})
		require.NoError(t, err)
		var told []string
		for _, change := range changes {
			told = append(told, change.Kind)
		}
		require.Equal(t, []string{"returned", "removed", "returned", "left", "added"}, told)
	})

	t.Run("LetsWhoseManagerWasRemovedLeaveAndNobodyGetHim", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.provision(usm.Person{ID: "top", Name: "Top"}, usm.Person{ID: "nina", Name: "Nina", Manager: "top"})
		require.NoError(t, w.Deprovision(w.ctx(), "it", "idp", "top", ""))
		left, err := w.setActive("it", "nina", "", false)
		require.NoError(t, err)
		require.Equal(t, "top", left.Manager)
		w.provision(usm.Person{ID: "nina", Name: "Nina N.", Manager: "top"})
		for _, person := range []usm.Person{{ID: "new", Name: "New", Manager: "top"}, {ID: "olga", Name: "Olga", Manager: "top"}} {
			_, err = w.Provision(w.ctx(), "it", "idp", usm.Provisioned{Person: person})
			require.ErrorContains(t, refusal(t, usm.CodeInvalid, err), `there is nobody "top" in the domain`)
		}
		require.NoError(t, w.Deprovision(w.ctx(), "it", "idp", "nina", ""))
		_, err = w.Provision(w.ctx(), "it", "idp", usm.Provisioned{Person: usm.Person{ID: "nina", Name: "Nina", Manager: "top"}})
		requireCode(t, usm.CodeInvalid, err)
	})

	t.Run("KeepsTheTrailOfTheDirectoryAsItIs", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		require.ErrorContains(t, w.exec(`UPDATE directory_changes SET by_whom = 'nobody'`), "written once")
		require.ErrorContains(t, w.exec(`DELETE FROM directory_changes`), "written once")
		require.Equal(t, len(storetest.Domain().People), read[int](w, `SELECT count(*) FROM directory_changes WHERE by_whom = 'test'`))
	})
}
