package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// confirmed is a wish whose review confirmed what it offers.
func (w world) confirmed(offer usm.Offer) (usm.Call, *usm.AgreementTerm) {
	w.t.Helper()
	call := w.negotiated(offer)
	w.through(call, usm.RealiseAgreement)
	result := w.finish(input(call, usm.ReviewAgreement), usm.Effects{OfferState: "in_force"})
	return call, result.Validity
}

// turn lets time bring a turn of sa-hq.
func (w world) turn(version int, kind usm.AgreementKind, at time.Time) {
	w.t.Helper()
	require.NoError(w.t, w.Turn(w.ctx(), usm.AgreementTerm{Domain: "it", Agreement: "sa-hq", Version: version},
		usm.AgreementTurn{At: at, Kind: kind}))
}

// history lists what happened to sa-hq, without the moments.
func (w world) history() []usm.AgreementEvent {
	w.t.Helper()
	events, err := w.AgreementHistory(w.ctx(), "it", "sa-hq")
	require.NoError(w.t, err)
	for i := range events {
		require.Equal(w.t, "it/sa-hq", events[i].Domain+"/"+events[i].Agreement)
		events[i].Domain, events[i].Agreement, events[i].At, events[i].Recorded = "", "", time.Time{}, time.Time{}
	}
	return events
}

func until(last string) func(*usm.Domain) {
	return func(d *usm.Domain) { d.Agreements[0].ValidUntil, d.Agreements[0].Renewal = last, []int{60, 14} }
}

var amsterdam = time.FixedZone("CET", 3600)

// newYear is the first day of the year in the domain's time zone.
func newYear(year int) time.Time {
	return time.Date(year, time.January, 1, 0, 0, 0, 0, amsterdam).UTC()
}

func TestTurn(t *testing.T) {
	t.Parallel()

	t.Run("AVersionForALaterDayStaysAgreedUntilThen", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		offer := chat()
		offer.ValidFrom = "2999-01-01"
		call, term := w.confirmed(offer)
		require.Equal(t, &usm.AgreementTerm{Domain: "it", Agreement: "sa-hq", Version: 2, Events: []usm.AgreementTurn{
			{At: newYear(2999), Kind: usm.TurnInForce},
		}}, term)
		again := w.finish(input(call, usm.ReviewAgreement), usm.Effects{OfferState: "in_force"})
		require.Equal(t, term, again.Validity, "a repetition says the same")
		w.through(call, usm.CloseWish)
		require.Equal(t, map[int]string{1: "in_force", 2: "agreed"}, w.agreements())
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM reservations WHERE NOT released`))
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM services`))
		require.Equal(t, "sa-hq@1", w.covered("eve", "mail").Agreement)

		for range 2 {
			w.turn(2, usm.TurnInForce, newYear(2999))
			require.Equal(t, map[int]string{1: "ended", 2: "in_force"}, w.agreements())
			require.Equal(t, 3, read[int](w, `SELECT count(*) FROM services`))
			require.Equal(t, "sa-hq@2", w.covered("eve", "chat").Agreement)
			require.Equal(t, []usm.AgreementEvent{
				{Version: 1, Kind: "in_force", Text: "the first load"},
				{Version: 2, Kind: "draft", Call: call.Number},
				{Version: 2, Kind: "agreed", Call: call.Number},
				{Version: 1, Kind: "ended", Text: "replaced by sa-hq@2"},
				{Version: 2, Kind: "in_force"},
			}, w.history())
		}
		events, err := w.AgreementHistory(w.ctx(), "it", "sa-hq")
		require.NoError(t, err)
		require.Equal(t, newYear(2999), events[4].At)
		require.WithinDuration(t, time.Now(), events[4].Recorded, time.Minute)
		require.Zero(t, events[0].Recorded)
	})

	t.Run("AVersionThatIsValidAlreadyComesIntoForceAtOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		offer := chat()
		offer.ValidFrom, offer.ValidUntil = "2020-01-01", "2998-12-31"
		_, term := w.confirmed(offer)
		require.Equal(t, map[int]string{1: "ended", 2: "in_force"}, w.agreements())
		require.Equal(t, []usm.AgreementTurn{{At: newYear(2999), Kind: usm.TurnExpired}}, term.Events)
	})

	t.Run("WhatWasOverBeforeHasExpiredAndWasNotReplaced", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, until("2998-12-31"))
		offer := chat()
		offer.ValidFrom = "2999-01-01"
		w.confirmed(offer)
		w.turn(2, usm.TurnInForce, newYear(2999))
		w.turn(1, usm.TurnExpired, newYear(2999))
		require.Equal(t, map[int]string{1: "expired", 2: "in_force"}, w.agreements())
		require.Equal(t, usm.AgreementEvent{Version: 1, Kind: "expired"}, w.history()[3])
	})

	t.Run("AFirstDayThatALaterVersionHasOvertakenBringsNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, first := range []string{"2998-01-01", "2999-01-01"} {
			offer := chat()
			offer.ValidFrom = first
			w.confirmed(offer)
		}
		w.turn(3, usm.TurnInForce, newYear(2999))
		w.turn(2, usm.TurnInForce, newYear(2998))
		require.Equal(t, map[int]string{1: "ended", 2: "ended", 3: "in_force"}, w.agreements())
	})

	t.Run("ExpiresAfterTheLastDay", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, until("2998-12-31"))
		require.Equal(t, "sa-hq@1", w.covered("eve", "mail").Agreement)
		for range 2 {
			w.turn(1, usm.TurnExpired, newYear(2999))
			require.Equal(t, map[int]string{1: "expired"}, w.agreements())
			require.Zero(t, w.covered("eve", "mail"))
			require.Equal(t, []usm.AgreementEvent{
				{Version: 1, Kind: "in_force", Text: "the first load"}, {Version: 1, Kind: "expired"},
			}, w.history())
		}
	})

	t.Run("CoversNobodyAfterItsLastDayEvenWhenNobodySaidSo", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, until("2998-12-31"))
		require.NoError(t, w.exec(`UPDATE agreements SET valid_until = local_date('it', now() - interval '1 day')`))
		require.Zero(t, w.covered("eve", "mail"))
		require.NoError(t, w.exec(`UPDATE agreements SET valid_until = local_date('it', now())`))
		require.Equal(t, "sa-hq@1", w.covered("eve", "mail").Agreement)
	})

	t.Run("RemindsTheOwnersOfTheServicesOnce", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, until("2998-12-31"))
		at := newYear(2999).AddDate(0, 0, -61)
		for _, err := range atOnce(5, func(int) error {
			return w.Turn(w.ctx(), usm.AgreementTerm{Domain: "it", Agreement: "sa-hq", Version: 1}, usm.AgreementTurn{At: at, Kind: usm.TurnRenewal})
		}) {
			require.NoError(t, err)
		}
		const text = "agreement sa-hq@1 with hq ends after 2998-12-31"
		require.Equal(t, usm.AgreementEvent{Version: 1, Kind: "renewal", Text: text}, w.history()[1])
		require.Len(t, w.history(), 2)
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM outbox WHERE call IS NULL`))
		require.JSONEq(t, `{
			"specversion": "1.0", "id": "agreement/it/sa-hq@1/renewal/2998-10-31T23:00:00Z", "source": "/usm/agreements",
			"type": "usm.agreement.renewal", "subject": "sa-hq@1", "time": "2998-10-31T23:00:00Z",
			"datacontenttype": "application/json", "data": {
				"domain": "it", "agreement": "sa-hq", "version": 1, "type": "SA", "customer": "hq", "provider": "it",
				"services": ["mail", "web"], "valid_until": "2998-12-31", "to": ["manager"], "text": "`+text+`"
			}}`, read[string](w, `SELECT payload FROM outbox WHERE call IS NULL`))
		w.turn(1, usm.TurnRenewal, at.AddDate(0, 0, 46))
		require.Len(t, w.history(), 3)
	})

	t.Run("RemindsOfNothingThatIsRenewedOrOver", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, until("2998-12-31"))
		offer := chat()
		offer.ValidFrom = "2999-01-01"
		w.confirmed(offer)
		w.turn(1, usm.TurnRenewal, newYear(2998))
		w.turn(2, usm.TurnInForce, newYear(2999))
		w.turn(1, usm.TurnRenewal, newYear(2998))
		require.Zero(t, read[int](w, `SELECT count(*) FROM outbox WHERE call IS NULL`))
	})

	t.Run("IsWrittenOnceHoweverManyTry", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		offer := chat()
		offer.ValidFrom = "2999-01-01"
		_, term := w.confirmed(offer)
		for _, err := range atOnce(8, func(int) error { return w.Turn(w.ctx(), *term, term.Events[0]) }) {
			require.NoError(t, err)
		}
		require.Len(t, w.history(), 5)
	})

	t.Run("OfAVersionThatIsNotThereIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		requireCode(t, usm.CodeNotFound, w.Turn(w.ctx(), usm.AgreementTerm{Domain: "it", Agreement: "sa-hq", Version: 9}, usm.AgreementTurn{}))
		_, err := w.AgreementHistory(w.ctx(), "it", "sa-x")
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("ItsHistoryIsNeverChanged", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		require.ErrorContains(t, w.exec(`UPDATE agreement_history SET kind = 'ended'`), "written once")
		require.ErrorContains(t, w.exec(`DELETE FROM agreement_history`), "written once")
	})
}
