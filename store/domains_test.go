package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func TestApplyDomain(t *testing.T) {
	t.Parallel()

	t.Run("WritesOneVersionWhenManyApplyTheSameFile", func(t *testing.T) {
		t.Parallel()
		w := world{storetest.New(t), t, ""}
		results := make([]usm.DomainResult, 10)
		for _, err := range atOnce(10, func(i int) (err error) {
			results[i], err = w.ApplyDomain(w.ctx(), storetest.Domain(), "test")
			return err
		}) {
			require.NoError(t, err)
		}
		changed := 0
		for _, result := range results {
			require.Equal(t, 1, result.Version)
			require.Empty(t, result.NotApplied)
			if result.Changed {
				changed++
			}
		}
		require.Equal(t, 1, changed)
	})

	t.Run("ApplyingWhatWasExportedChangesNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		exported, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Equal(t, 1, exported.Version)
		result, err := w.ApplyDomain(w.ctx(), exported, "test")
		require.NoError(t, err)
		require.Equal(t, usm.DomainResult{Version: 1}, result)
		exported.Version = 0
		want := storetest.Domain()
		want.Components[0].Attributes["cpu"] = 4.0
		require.Equal(t, want, exported)
	})

	t.Run("KeepsOldVersionsAndTheCurrentPeople", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		file := storetest.Domain()
		file.Name, file.People = "IT two", append(file.People[:8:8], usm.Person{ID: "new", Name: "New", Profiles: []string{"operator"}})
		file.Services = append(file.Services, usm.Service{ID: "fax", Name: "Fax"})
		file.Solutions = nil
		result, err := w.ApplyDomain(w.ctx(), file, "test")
		require.NoError(t, err)
		require.Equal(t, usm.DomainResult{Version: 2, Changed: true}, result)
		first, err := w.Domain(w.ctx(), "it", 1)
		require.NoError(t, err)
		require.Equal(t, "IT test", first.Name)
		call := w.open(asked(usm.Incident))
		require.Equal(t, []string{"carl", "cora", "new", "olga", "omar"}, w.view(call.Number).WaitingFor.People)
		solutions, _, err := w.Solutions(w.ctx(), "it", "", usm.Page{})
		require.NoError(t, err)
		require.Empty(t, solutions)
	})

	t.Run("LeavesComponentsAndAgreementsAloneAndSaysSo", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		file := storetest.Domain()
		file.Name = "Changed"
		file.Components[0].Name = "Renamed"
		file.Components[1].ID = "disk-2"
		file.Agreements = file.Agreements[:1]
		file.Agreements[0].Cost = "2"
		result, err := w.ApplyDomain(w.ctx(), file, "test")
		require.NoError(t, err)
		require.Equal(t, []string{
			"agreement sa-hq: differs from the register, and only a wish may change it",
			"agreement uc-vendor: in the register and not in the file; only a wish may end it",
			"component srv-1: differs from the register, and only a request for change may change it",
			"component disk-2: not in the register, and only a request for change may add it",
			"component disk-1: in the register and not in the file; only a request for change may end it",
		}, result.NotApplied)
		require.Equal(t, 2, result.Version)
		again, err := w.ApplyDomain(w.ctx(), file, "test")
		require.NoError(t, err)
		require.False(t, again.Changed)
		require.Equal(t, result.NotApplied, again.NotApplied)
		now, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Equal(t, "Changed", now.Name)
		require.Equal(t, "Server 1", now.Components[0].Name)
	})

	t.Run("LeavesAServiceAloneThatAWishBroughtOrAnAgreementCovers", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.negotiated(chat())
		w.through(call, usm.RealiseAgreement)
		w.finish(input(call, usm.ReviewAgreement), usm.Effects{OfferState: "in_force"})
		exported, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		result, err := w.ApplyDomain(w.ctx(), exported, "test")
		require.NoError(t, err)
		require.Equal(t, usm.DomainResult{Version: 1}, result)

		old := storetest.Domain()
		old.Services = old.Services[:1]
		result, err = w.ApplyDomain(w.ctx(), old, "test")
		require.NoError(t, err)
		require.False(t, result.Changed)
		require.Contains(t, result.NotApplied, "service chat: a wish brought it and the file does not have it")
		require.Contains(t, result.NotApplied, "service web: an agreement covers it")

		exported.Services[2].Name = "Chat two"
		result, err = w.ApplyDomain(w.ctx(), exported, "test")
		require.NoError(t, err)
		require.Equal(t, []string{"service chat: only a wish may change it"}, result.NotApplied)
	})

	t.Run("RefusesADomainThatDoesNotHoldTogether", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for name, spoil := range map[string]func(*usm.Domain){
			"a relation to nothing": func(d *usm.Domain) { d.Components[1].Relations[0].To = "moon" },
			"a person twice":        func(d *usm.Domain) { d.People = append(d.People, d.People[0]) },
			"an agreement twice":    func(d *usm.Domain) { d.Agreements = append(d.Agreements, d.Agreements[0]) },
		} {
			file := storetest.Domain()
			file.ID = "hr"
			spoil(&file)
			_, err := w.ApplyDomain(w.ctx(), file, "test")
			requireCode(t, usm.CodeInvalid, err)
			_, err = w.Domain(w.ctx(), "hr", 0)
			require.Equal(t, usm.CodeNotFound, usm.CodeOf(err), name)
		}
	})

	t.Run("KeepsItsVersionsApart", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Domain(w.ctx(), "zoo", 0)
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.Domain(w.ctx(), "it", 9)
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.Domain(w.ctx(), "", 0)
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.Agreements(w.ctx(), "zoo")
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.ApplyDomain(w.ctx(), usm.Domain{}, "test")
		requireCode(t, usm.CodeInvalid, err)
		other := storetest.Domain()
		other.ID, other.Agreements = "hr", nil
		_, err = w.ApplyDomain(w.ctx(), other, "test")
		require.NoError(t, err)
		domains, err := w.Domains(w.ctx())
		require.NoError(t, err)
		require.Equal(t, []string{"hr", "it"}, []string{domains[0].ID, domains[1].ID})
		whole, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Len(t, whole.Agreements, 2)
		require.NotEmpty(t, whole.Components)
		whole.Agreements, whole.Components = []usm.Agreement{}, []usm.Component{}
		require.Equal(t, whole, domains[1], "a list of domains is without their agreements and components")
		alone, err := w.Configuration(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Equal(t, whole, alone)

		file := storetest.Domain()
		file.Name, file.People = "Another", file.People[1:]
		w.apply(file)
		before, err := w.Configuration(w.ctx(), "it", 1)
		require.NoError(t, err)
		require.Equal(t, whole, before)
		now, err := w.Configuration(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Equal(t, []any{"Another", 2, len(whole.People) - 1}, []any{now.Name, now.Version, len(now.People)})
		_, err = w.Configuration(w.ctx(), "it", 9)
		requireCode(t, usm.CodeNotFound, err)
		_, err = w.Configuration(w.ctx(), "zoo", 0)
		requireCode(t, usm.CodeNotFound, err)
	})
}

func TestMigrate(t *testing.T) {
	t.Parallel()

	t.Run("ManyMayStartAtOnce", func(t *testing.T) {
		t.Parallel()
		url := storetest.EmptyURL(t)
		s := storetest.Open(t, store.Options{URL: url})
		requireCode(t, usm.CodeConflict, s.Ready(t.Context()))
		for _, err := range atOnce(4, func(int) error { return storetest.Open(t, store.Options{URL: url}).Migrate(t.Context()) }) {
			require.NoError(t, err)
		}
		require.NoError(t, s.Ready(t.Context()))
		require.NoError(t, s.Migrate(t.Context()))
	})

	t.Run("LeavesANewerSchemaAloneAndWorksOnIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		require.NoError(t, w.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`))
		requireCode(t, usm.CodeConflict, w.Migrate(w.ctx()))
		require.NoError(t, w.Ready(w.ctx()), "the parts of the version before go on")
	})

	t.Run("TheFeedGoesOnAfterARestoreIntoANewCluster", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		require.NoError(t, w.exec(`UPDATE feed SET shift = 1000000`))
		first := w.open(asked(usm.Incident))
		require.NoError(t, w.exec(`UPDATE feed SET shift = 0`))
		require.NoError(t, w.Migrate(w.ctx()))
		_, end, err := w.Feed(w.ctx(), -1, nil, 10)
		require.NoError(t, err)
		second := w.open(asked(usm.Incident))
		events, _ := w.follow(end, nil, 2)
		require.Len(t, events, 2)
		require.Equal(t, second.Number, events[0].Call)
		all, _ := w.follow(0, nil, 4)
		require.Equal(t, first.Number, all[0].Call)
	})
}
