package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestApplyDomainBesideProvisioning(t *testing.T) {
	t.Parallel()

	t.Run("LeavesProvisionedPeopleAlone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		nina := usm.Person{ID: "nina", Name: "Nina", Manager: "mia", Profiles: []string{"coordinator", "operator"}}
		w.provision(nina)
		require.Equal(t, usm.DomainResult{Version: 1}, w.apply(storetest.Domain()), "a file that does not know her")

		file := storetest.Domain()
		same := nina
		same.Profiles = []string{"operator", "coordinator"}
		file.People = append(file.People, same)
		require.Equal(t, usm.DomainResult{Version: 1}, w.apply(file), "a file that says the same")

		file.People[len(file.People)-1].Profiles = nil
		file.Name = "IT two"
		result := w.apply(file)
		require.True(t, result.Changed)
		require.Equal(t, []string{"person nina: provisioning keeps him, and only it may change him"}, result.NotApplied)
		require.Equal(t, nina, w.person("nina"))

		exported, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Equal(t, usm.DomainResult{Version: 2}, w.apply(exported))
		old, err := w.Domain(w.ctx(), "it", 1)
		require.NoError(t, err)
		require.Equal(t, storetest.Domain().People, old.People, "an old version is as its file was")
	})

	t.Run("DoesNotBringBackWhomProvisioningRemoved", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		require.NoError(t, w.Deprovision(w.ctx(), "it", "idp", "olga", ""))
		result := w.apply(storetest.Domain())
		require.Equal(t, []string{"person olga: has left, as provisioning says, and only it brings him back"}, result.NotApplied)
		require.True(t, w.person("olga").Inactive)
	})

	t.Run("TakesOverWhoCameFromTheFile", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		olga := usm.Person{ID: "olga", Name: "Olga O.", Profiles: []string{"operator"}}
		require.Equal(t, usm.SourceSCIM, w.provision(olga)[0].Source)
		file := storetest.Domain()
		file.People = file.People[:4] // without olga, and everybody who may act
		w.apply(file)
		require.Equal(t, olga, w.person("olga"))
		require.Zero(t, w.person("omar"))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM grants`))
	})

	t.Run("RecordsWhatAFileChangesAboutPeopleAndNothingElse", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		file := storetest.Domain()
		file.People[4].Manager, file.People[5].Inactive = "mia", true
		file.People = append(file.People[:8:8], usm.Person{ID: "new", Name: "New"})
		w.apply(file)
		require.Equal(t, "mia", read[string](w, `SELECT manager FROM people WHERE id = 'olga'`))
		told := read[string](w, `
			SELECT string_agg(person || ' ' || kind, ', ' ORDER BY person) FROM directory_changes WHERE id > $1`,
			len(storetest.Domain().People))
		require.Equal(t, "max removed, mia removed, new added, olga changed, omar left", told)
		changes, next, err := w.DirectoryChanges(w.ctx(), "it", "", usm.Page{Limit: 2})
		require.NoError(t, err)
		require.Len(t, changes, 2)
		more, _, err := w.DirectoryChanges(w.ctx(), "it", "", usm.Page{Limit: 2, Cursor: next})
		require.NoError(t, err)
		require.Less(t, more[0].ID, changes[1].ID)
	})

	t.Run("RefusesProfilesThatSomebodyHoldsAndNobodyMayHoldBothOf", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.provision(usm.Person{ID: "nina", Name: "Nina", Profiles: []string{"operator", "manager"}})
		file := storetest.Domain()
		divided(&file)
		_, err := w.ApplyDomain(w.ctx(), file, "test")
		require.ErrorContains(t, refusal(t, usm.CodeInvalid, err), "nina would hold manager and operator, which conflict")
		w.provision(usm.Person{ID: "nina", Name: "Nina", Profiles: []string{"operator"}})
		require.True(t, w.apply(file).Changed)
	})
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.provision(
		usm.Person{ID: "nina", Name: "Nina", Email: "Nina@Example.com", Profiles: []string{"operator"}},
		usm.Person{ID: "noel", Name: "100%_Noel", Manager: "nina", Inactive: true},
		usm.Person{ID: "gone", Name: "Gone", Profiles: []string{"operator"}},
	)
	require.NoError(t, w.Deprovision(t.Context(), "it", "idp", "gone", ""))

	find := func(t *testing.T, where ...usm.Condition) []string {
		t.Helper()
		found, total, err := w.Directory(t.Context(), usm.DirectoryFilter{Domain: "it", Where: where, Limit: 100})
		require.NoError(t, err)
		require.Len(t, found, total)
		ids := make([]string, len(found))
		for i, entry := range found {
			ids[i] = entry.ID
		}
		return ids
	}

	for name, tc := range map[string]struct {
		where []usm.Condition
		want  []string
	}{
		"EmailsWithoutRegardToCase": {[]usm.Condition{{Field: "email", Operator: "eq", Value: "NINA@example.COM"}}, []string{"nina"}},
		"TextsLiterally":            {[]usm.Condition{{Field: "name", Operator: "sw", Value: "100%_"}}, []string{"noel"}},
		"WildcardsAreNone":          {[]usm.Condition{{Field: "name", Operator: "co", Value: "_ina"}}, []string{}},
		"Ends":                      {[]usm.Condition{{Field: "name", Operator: "ew", Value: "oel"}}, []string{"noel"}},
		"WhoHasAManager":            {[]usm.Condition{{Field: "manager", Operator: "pr"}}, []string{"noel"}},
		"WhoHasLeft":                {[]usm.Condition{{Field: "active", Operator: "eq", Value: "false"}}, []string{"noel"}},
		"HoldersOfAProfile":         {[]usm.Condition{{Field: "profile", Operator: "eq", Value: "operator"}}, []string{"nina", "olga", "omar"}},
		"AllConditionsTogether": {
			[]usm.Condition{
				{Field: "profile", Operator: "eq", Value: "operator"},
				{Field: "active", Operator: "ne", Value: "false"},
				{Field: "id", Operator: "ne", Value: "omar"},
			}, []string{"nina", "olga"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, find(t, tc.where...))
		})
	}

	t.Run("InPagesWithTheTotal", func(t *testing.T) {
		t.Parallel()
		all := find(t)
		require.Len(t, all, 12)
		page, total, err := w.Directory(t.Context(), usm.DirectoryFilter{Domain: "it", Offset: 10, Limit: 5})
		require.NoError(t, err)
		require.Equal(t, 12, total)
		require.Len(t, page, 2)
		require.Equal(t, all[10], page[0].ID)
		none, total, err := w.Directory(t.Context(), usm.DirectoryFilter{Domain: "it"})
		require.NoError(t, err)
		require.Empty(t, none)
		require.Equal(t, 12, total)
	})

	t.Run("RefusesWhatPeopleDoNotHave", func(t *testing.T) {
		t.Parallel()
		for _, c := range []usm.Condition{
			{Field: "shoe", Operator: "eq"}, {Field: "name", Operator: "gt"}, {Field: "active", Operator: "eq", Value: "maybe"},
		} {
			_, _, err := w.Directory(t.Context(), usm.DirectoryFilter{Domain: "it", Where: []usm.Condition{c}})
			requireCode(t, usm.CodeInvalid, err)
		}
		_, _, err := w.Directory(t.Context(), usm.DirectoryFilter{Domain: "moon"})
		requireCode(t, usm.CodeNotFound, err)
	})
}

func TestGroups(t *testing.T) {
	t.Parallel()

	t.Run("AreProfilesWithTheirHolders", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		groups, total, err := w.Groups(w.ctx(), usm.DirectoryFilter{
			Domain: "it", Where: []usm.Condition{{Field: "member", Operator: "eq", Value: "olga"}}, Limit: 10,
		})
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Equal(t, "Operator", groups[0].Name)
		require.Equal(t, []string{"olga", "omar"}, groups[0].People)
		_, err = w.Group(w.ctx(), "it", "king")
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("ChangeByWhoIsAddedAndRemoved", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		before, err := w.Group(w.ctx(), "it", "operator")
		require.NoError(t, err)
		after, err := w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{
			Profile: "operator", Add: []string{"joe", "omar"}, Remove: []string{"olga", "nobody"}, Match: before.Version,
		})
		require.NoError(t, err)
		require.Equal(t, []string{"joe", "omar"}, after.People)
		read, err := w.Group(w.ctx(), "it", "operator")
		require.NoError(t, err)
		require.Equal(t, read, after)
		require.Equal(t, usm.SourceSCIM, w.entry("olga").Source)
		require.Equal(t, usm.SourceFile, w.entry("omar").Source, "nothing changed about him")
		_, err = w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{Profile: "operator", Match: before.Version})
		requireCode(t, usm.CodePrecondition, err)
		all, err := w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{Profile: "operator", All: true, Add: []string{"olga", "joe"}})
		require.NoError(t, err)
		require.Equal(t, []string{"joe", "olga"}, all.People)
	})

	t.Run("RefuseWhoIsNotThereAndWhoHoldsWhatConflicts", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, divided)
		_, err := w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{Profile: "operator", Add: []string{"nobody"}})
		requireCode(t, usm.CodeInvalid, err)
		_, err = w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{Profile: "operator", Add: []string{"mia"}})
		require.ErrorContains(t, refusal(t, usm.CodeInvalid, err), "mia would hold manager and operator, which conflict")
		_, err = w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{Profile: "king"})
		requireCode(t, usm.CodeNotFound, err)
	})
}
