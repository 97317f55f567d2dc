package store_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/migrations"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return moment.UTC()
}

func TestFirstLoad(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		state, from, until string
		want               string
		turns              []usm.AgreementKind
	}{
		"IsInForceWithoutDates":            {want: "in_force"},
		"IsInForceFromAFirstDayThatIsPast": {from: "2020-01-01", want: "in_force"},
		"IsAgreedUntilItsFirstDay":         {from: "2999-01-01", want: "agreed", turns: []usm.AgreementKind{usm.TurnInForce}},
		"IsInForceUntilItsLastDay":         {until: "2999-01-01", want: "in_force", turns: []usm.AgreementKind{usm.TurnExpired}},
		"HasExpiredAfterItsLastDay":        {until: "2020-01-01", want: "expired"},
		"IsADraftWhenTheFileSaysSo":        {state: "draft", until: "2999-01-01", want: "draft"},
		"GoesThroughItsWholeLife": {
			from: "2998-01-01", until: "2999-01-01", want: "agreed", turns: []usm.AgreementKind{usm.TurnInForce, usm.TurnExpired},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := func(d *usm.Domain) {
				d.Agreements[0].State, d.Agreements[0].ValidFrom, d.Agreements[0].ValidUntil = c.state, c.from, c.until
			}
			w, result := with(t, change)
			require.Equal(t, map[int]string{1: c.want}, w.agreements())
			require.Equal(t, []usm.AgreementEvent{{Version: 1, Kind: c.want, Text: "the first load"}}, w.history())
			var turns []usm.AgreementKind
			for _, term := range result.Terms {
				for _, turn := range term.Events {
					turns = append(turns, turn.Kind)
				}
			}
			require.Equal(t, c.turns, turns)

			file := storetest.Domain()
			change(&file)
			exported, err := w.Domain(w.ctx(), "it", 0)
			require.NoError(t, err)
			for _, same := range []usm.Domain{file, exported} {
				again, err := w.ApplyDomain(w.ctx(), same, "test")
				require.NoError(t, err)
				require.Equal(t, usm.DomainResult{Version: 1, Terms: result.Terms}, again)
			}
		})
	}
}

func TestTerm(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		zone, from, until string
		want              []string
	}{
		// Notices wait for the opening on the next Monday, 8:00.
		"LastsFromTheFirstMidnightToTheLast": {
			zone: "Europe/Amsterdam", from: "2041-06-01", until: "2042-06-30", want: []string{
				"2041-05-31T22:00:00Z in_force", "2042-05-05T06:00:00Z renewal", "2042-06-16T06:00:00Z renewal", "2042-06-30T22:00:00Z expired",
			},
		},
		"CountsTheDaysOfTheDomain": {
			zone: "Pacific/Kiritimati", until: "2042-06-30", want: []string{
				"2042-05-04T18:00:00Z renewal", "2042-06-15T18:00:00Z renewal", "2042-06-30T10:00:00Z expired",
			},
		},
		"GivesNoNoticeBeforeItsFirstDay": {
			zone: "UTC", from: "2042-06-10", until: "2042-06-30", want: []string{
				"2042-06-10T00:00:00Z in_force", "2042-06-16T08:00:00Z renewal", "2042-07-01T00:00:00Z expired",
			},
		},
		"BeginsAtOneWhereMidnightIsSkipped": { // clocks go from 0:00 to 1:00
			zone: "America/Havana", from: "2026-03-08", want: []string{"2026-03-08T05:00:00Z in_force"},
		},
		"BeginsAtTheFirstOfTwoMidnights": { // clocks go from 1:00 back to 0:00
			zone: "America/Havana", from: "2026-11-01", want: []string{"2026-11-01T04:00:00Z in_force"},
		},
		"BeginsAtOneAlsoEastOfGreenwich": { // clocks go from 0:00 to 1:00
			zone: "Africa/Cairo", from: "2024-04-26", want: []string{"2024-04-25T22:00:00Z in_force"},
		},
		"BeginsAtTheFirstOfTwoMidnightsAlsoEastOfGreenwich": { // clocks go from 1:00 back to 0:00
			zone: "Asia/Amman", from: "2021-10-29", want: []string{"2021-10-28T21:00:00Z in_force"},
		},
		"BeginsAfterTheRepeatedHourOfTheEveningBefore": { // clocks go from 0:00 back to 23:00
			zone: "America/Asuncion", from: "2024-03-24", want: []string{"2024-03-24T04:00:00Z in_force"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := with(t, func(d *usm.Domain) {
				d.TimeZone = c.zone
				d.Agreements[0].ValidFrom, d.Agreements[0].ValidUntil, d.Agreements[0].Renewal = c.from, c.until, []int{14, 60}
			})
			// Whatever day it is: nothing has come yet.
			require.NoError(t, w.exec(`
				UPDATE agreements SET state = 'agreed', document = jsonb_set(document, '{state}', '"agreed"') WHERE valid_from <> ''`))
			result, err := w.ApplyDomain(w.ctx(), usm.Domain{ID: "it", Name: "IT", TimeZone: c.zone, Calendar: storetest.Domain().Calendar}, "test")
			require.NoError(t, err)
			var turns []string
			for _, turn := range result.Terms[0].Events {
				turns = append(turns, turn.At.Format(time.RFC3339)+" "+string(turn.Kind))
			}
			require.Equal(t, c.want, turns)
		})
	}
}

func TestMigrationToAgreements(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t)
	db := sqlx.MustConnect("postgres", url)
	provider, err := goose.NewProvider(goose.DialectPostgres, db.DB, migrations.Files)
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), 6)
	require.NoError(t, err)
	db.MustExec(beforeClocks)
	db.MustExec(`
		INSERT INTO agreements (domain, id, version, state, type, customer, services, valid_from, valid_until, document)
		VALUES ('it', 'sa-later', 1, 'in_force', 'SA', 'hq', '{mail}', '2999-01-01', '', '{"id": "sa-later", "version": 1,
			"type": "SA", "customer": "hq", "services": ["mail"], "state": "in_force", "valid_from": "2999-01-01"}')`)
	require.NoError(t, db.Close())
	w := world{storetest.Open(t, store.Options{URL: url}), t, url}
	require.NoError(t, w.Migrate(w.ctx()))

	require.Equal(t, "sa-hq@1", w.covered("eve", "mail").Agreement)
	for id, state := range map[string]string{"sa-hq": "in_force", "sa-later": "agreed"} {
		events, err := w.AgreementHistory(w.ctx(), "it", id)
		require.NoError(t, err)
		require.Len(t, events, 1)
		require.Equal(t, state, events[0].Kind)
	}
	result, err := w.ApplyDomain(w.ctx(), storetest.Domain(), "test")
	require.NoError(t, err)
	require.Equal(t, []usm.AgreementTerm{{Domain: "it", Agreement: "sa-later", Version: 1, Events: []usm.AgreementTurn{
		{At: at(t, "2999-01-01T00:00:00+01:00"), Kind: usm.TurnInForce},
	}}}, result.Terms)
	require.NoError(t, w.Turn(w.ctx(), result.Terms[0], result.Terms[0].Events[0]))
	agreements, err := w.Agreements(w.ctx(), "it")
	require.NoError(t, err)
	require.Equal(t, "in_force", agreements[1].State)
}
