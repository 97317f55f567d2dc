package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestFilesAndProvisioningAtOnce(t *testing.T) {
	t.Parallel()

	t.Run("LoseNobodyAndRecordEachChangeOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		const each = 6
		for _, err := range atOnce(2*each, func(i int) error {
			if i < each {
				person := usm.Person{ID: fmt.Sprint("new", i), Name: "New", Profiles: []string{"operator"}}
				_, err := w.Provision(t.Context(), "it", "idp", usm.Provisioned{Person: person, New: true})
				return err
			}
			file := storetest.Domain()
			file.People = append(file.People, usm.Person{ID: fmt.Sprint("file", i), Name: "File"})
			_, err := w.ApplyDomain(t.Context(), file, "test")
			return err
		}) {
			require.NoError(t, err)
		}
		group, err := w.Group(w.ctx(), "it", "operator")
		require.NoError(t, err)
		require.Equal(t, []string{"new0", "new1", "new2", "new3", "new4", "new5", "olga", "omar"}, group.People)
		require.Equal(t, each, read[int](w, `SELECT count(*) FROM directory_changes WHERE by_whom = 'idp'`))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM people WHERE id LIKE 'file%'`), "the last file counts")
		require.Equal(t, 2*each+1, read[int](w, `SELECT people FROM domains`), "one for each change, the first load included")
	})

	t.Run("AreSeenAtOnceByWhoDecidesAboutApprovals", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board())
		_, a := w.waiting()
		require.Len(t, w.approval(a.ID).Deciders, 2)
		require.NoError(t, w.Deprovision(w.ctx(), "it", "idp", "mia", ""))
		require.Len(t, w.approval(a.ID).Deciders, 1)
		other := w.planned()
		result := w.amend(plan(other))
		require.Equal(t, []string{"max"}, result.Approval.Members)
	})

	t.Run("NeverGoByAVersionThatWasRefused", func(t *testing.T) {
		t.Parallel()
		file := storetest.Domain()
		file.Calendars = []usm.Calendar{{ID: "night", Hours: map[string][]string{"sun": {"00:00-06:00"}}}}
		file.Agreements[0].Calendar = "night"
		file.Agreements[0].Norms = []usm.Norm{{Type: usm.Incident, Handling: "8h"}}
		w, _ := with(t, func(d *usm.Domain) { *d = file })
		bad := file
		bad.Calendars = nil // which the agreement needs
		_, err := w.ApplyDomain(w.ctx(), bad, "test")
		requireCode(t, usm.CodeInvalid, err)
		file.Profiles = append(file.Profiles, usm.Profile{ID: "judge", Name: "Judge", Class: usm.Operator})
		require.Equal(t, 2, w.apply(file).Version)
		group, err := w.SetMembers(w.ctx(), "it", "idp", usm.MembersChange{Profile: "judge", Add: []string{"joe"}})
		require.NoError(t, err)
		require.Equal(t, []string{"joe"}, group.People)
	})

	t.Run("LetADelegateComeBackWithHisDelegations", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.forOperators()
		w.delegate(stands("olga", "joe"))
		for _, active := range []bool{false, true} {
			_, err := w.setActive("it", "joe", "", active)
			require.NoError(t, err)
			want := map[bool][]string{false: {"olga"}, true: {"joe", "olga"}}[active]
			require.Equal(t, want, w.view(call.Number).WaitingFor.People)
		}
	})
}
