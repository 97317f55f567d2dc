package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// negotiated is a wish whose offer is drafted and agreed.
func (w world) negotiated(offer usm.Offer) usm.Call {
	w.t.Helper()
	call := w.drafted(offer)
	w.finish(input(call, usm.NegotiateOffer, decided(usm.Agreed)), usm.Effects{OfferState: "agreed"})
	return call
}

// drafted is a wish for a new service "chat" whose offer is drafted.
func (w world) drafted(offer usm.Offer) usm.Call {
	w.t.Helper()
	call := w.open(asked(usm.Wish))
	w.through(call, usm.AcceptWish, usm.ClassifyWish)
	w.finish(input(call, usm.SpecifyService, func(in *usm.StepInput) {
		in.Fields = map[string]any{"service": "chat"}
	}), usm.Effects{Specification: &usm.ServiceDraft{
		Service: "chat", Name: "Chat", Specification: usm.Specification{Facility: usm.Facility{Functionality: []string{"talk"}}},
		Teams: []usm.Contribution{{Team: "desk", Contribution: "answers"}},
	}})
	w.finish(input(call, usm.DraftOffer), usm.Effects{Offer: &offer})
	return call
}

func chat() usm.Offer {
	return usm.Offer{
		Agreement: "sa-hq", Type: usm.SA, Services: []string{"mail", "web", "chat"}, Under: []string{"uc-vendor"}, Cost: "1", Ready: "works",
		Reservations: []usm.Reservation{{Team: "desk", What: "an hour a week"}},
	}
}

func decided(outcome usm.Outcome) func(*usm.StepInput) {
	return func(in *usm.StepInput) { in.Outcome = outcome }
}

func (w world) agreements() map[int]string {
	w.t.Helper()
	all, err := w.Agreements(w.ctx(), "it")
	require.NoError(w.t, err)
	states := map[int]string{}
	for _, agreement := range all {
		if agreement.ID == "sa-hq" {
			states[agreement.Version] = agreement.State
		}
	}
	return states
}

func TestAgreement(t *testing.T) {
	t.Parallel()

	t.Run("IsDraftedAgreedAndPutInForceByAWish", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.drafted(chat())
		require.Equal(t, map[int]string{1: "in_force", 2: "draft"}, w.agreements())
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM reservations WHERE NOT released`))
		w.finish(input(call, usm.NegotiateOffer, decided(usm.Agreed)), usm.Effects{OfferState: "agreed"})
		require.Equal(t, map[int]string{1: "in_force", 2: "agreed"}, w.agreements())
		require.Empty(t, w.covered("eve", "chat"))

		w.through(call, usm.RealiseAgreement)
		w.finish(input(call, usm.ReviewAgreement), usm.Effects{OfferState: "in_force"})
		require.Equal(t, map[int]string{1: "ended", 2: "in_force"}, w.agreements())
		require.Equal(t, "sa-hq@2", w.covered("eve", "chat").Agreement)
		domain, err := w.Domain(w.ctx(), "it", 0)
		require.NoError(t, err)
		require.Len(t, domain.Services, 3)
		require.Equal(t, "Chat", domain.Services[2].Name)
		w.through(call, usm.CloseWish)
		require.Equal(t, map[int]string{1: "ended", 2: "in_force"}, w.agreements())
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM reservations WHERE NOT released`))

		agreements, err := w.Agreements(w.ctx(), "it")
		require.NoError(t, err)
		require.Equal(t, usm.Agreement{
			ID: "sa-hq", Type: usm.SA, Customer: "hq", Provider: "it", Services: []string{"mail", "web", "chat"}, Version: 2,
			State: "in_force", Under: []string{"uc-vendor"}, Cost: "1", Ready: "works", Call: call.Number,
		}, agreements[0])
	})

	t.Run("KeepsWhatTheOfferSays", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		offer := chat()
		offer.Coverage = []usm.Clause{{ID: "north", Text: "Everybody in the north", Sites: []string{"north"}}}
		offer.Requests, offer.Calendar = []string{"mailbox"}, "24x7"
		offer.Norms = []usm.Norm{{Type: usm.Incident, Priority: usm.PriorityHigh, Handling: "4h", Pause: []string{}}}
		offer.Pauses = []usm.PauseReason{{ID: "frozen", Accountable: "customer"}}
		offer.Warnings, offer.Escalation = []string{"50%"}, []usm.Escalation{{At: "+1h", Notify: []string{"manager"}}}
		offer.Applies, offer.Renewal = usm.FromChange, []int{60, 14}
		offer.ValidFrom, offer.ValidUntil = "2020-01-01", "2999-12-31"
		w.drafted(offer)
		agreements, err := w.Agreements(w.ctx(), "it")
		require.NoError(t, err)
		kept := agreements[0]
		got := usm.Offer{
			Agreement: kept.ID, Type: kept.Type, Services: kept.Services, Under: kept.Under, Coverage: kept.Coverage,
			Requests: kept.Requests, Calendar: kept.Calendar, Norms: kept.Norms, Pauses: kept.Pauses, Warnings: kept.Warnings,
			Escalation: kept.Escalation, Applies: kept.Applies, Renewal: kept.Renewal, Cost: kept.Cost, Ready: kept.Ready,
			ValidFrom: kept.ValidFrom, ValidUntil: kept.ValidUntil, Reservations: offer.Reservations,
		}
		require.Equal(t, offer, got)
	})

	t.Run("ReleasesItsReservationsWhenItIsNotAgreed", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.drafted(chat())
		w.finish(input(call, usm.NegotiateOffer, decided(usm.NotAgreed)), usm.Effects{OfferState: "not_agreed"})
		require.Equal(t, map[int]string{1: "in_force", 2: "ended"}, w.agreements())
		require.Zero(t, read[int](w, `SELECT count(*) FROM reservations WHERE NOT released`))
	})

	t.Run("IsDroppedWhenTheWishIsAborted", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.negotiated(chat())
		w.amend(usm.Amendment{Call: call, Kind: usm.EventAborted, Next: &usm.Next{
			Status: usm.StatusAborted, Waiting: usm.Waiting{Kind: usm.WaitNone},
		}})
		require.Equal(t, map[int]string{1: "in_force", 2: "ended"}, w.agreements())
		require.Zero(t, read[int](w, `SELECT count(*) FROM reservations WHERE NOT released`))
	})

	t.Run("IsDraftedAgainWhenTheOfferIsSentBack", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.negotiated(chat())
		again := chat()
		again.Cost = "2"
		w.finish(input(call, usm.DraftOffer, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 }), usm.Effects{Offer: &again})
		require.Equal(t, map[int]string{1: "in_force", 2: "ended", 3: "draft"}, w.agreements())
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM offers WHERE call = $1`, call.Number))
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM reservations WHERE NOT released`))
	})

	t.Run("PointsAtPartiesAndServicesThatAreNotThere", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.drafted(chat())
		for name, c := range map[string]struct {
			offer usm.Offer
			want  []string
		}{
			"SA": {usm.Offer{
				Agreement: "a", Type: usm.SA, Customer: "moon", Services: []string{"chat", "fax"}, Under: []string{"uc-x"},
				Reservations: []usm.Reservation{{Team: "desk"}, {Team: "moles"}},
			}, []string{"/fields/customer", "/fields/reservations/1/team", "/fields/services/1", "/fields/under/0"}},
			"UC":           {usm.Offer{Agreement: "a", Type: usm.UC, Provider: "moon"}, []string{"/fields/provider"}},
			"UC of nobody": {usm.Offer{Agreement: "a", Type: usm.UC}, []string{"/fields/provider"}},
		} {
			in := input(call, usm.DraftOffer, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 })
			_, err := w.FinishStep(w.ctx(), in, usm.Effects{Offer: &c.offer})
			require.Equal(t, c.want, pointers(refusal(t, usm.CodeInvalid, err)), name)
		}
	})

	t.Run("PointsAtWhatItsNormsAndClausesNameInVain", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.drafted(chat())
		offer := chat()
		lost := []usm.Escalation{{Notify: []string{"accountable", "moles"}, Reassign: []string{"moles"}, Open: &usm.Raised{Service: "fax"}}}
		offer.Calendar, offer.Requests, offer.Escalation = "moon", []string{"mailbox", "tea"}, lost
		offer.Coverage = []usm.Clause{{People: []string{"eve", "zoe"}, Components: []string{"srv-9"}, Services: []string{"chat", "fax"}}}
		offer.Pauses = []usm.PauseReason{{ID: "frozen", Accountable: usm.AccountableCustomer}}
		offer.Norms = []usm.Norm{
			{Type: usm.Incident, Calendar: usm.AroundTheClock, Pause: []string{"answer", "frozen"}},
			{Type: usm.Risk, Calendar: "moon", Pause: []string{"tea"}, Named: []usm.NamedNorm{{Calendar: "moon", Escalation: lost[:1:1]}}},
		}
		in := input(call, usm.DraftOffer, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 })
		_, err := w.FinishStep(w.ctx(), in, usm.Effects{Offer: &offer})
		require.Equal(t, []string{
			"/fields/calendar", "/fields/coverage/0/components/0", "/fields/coverage/0/people/1", "/fields/coverage/0/services/1",
			"/fields/escalation/0/notify/1", "/fields/escalation/0/open/service", "/fields/escalation/0/reassign/0",
			"/fields/norms/1/calendar", "/fields/norms/1/named/0/calendar", "/fields/norms/1/named/0/escalation/0/notify/1",
			"/fields/norms/1/named/0/escalation/0/open/service", "/fields/norms/1/named/0/escalation/0/reassign/0",
			"/fields/norms/1/pause/0", "/fields/requests/1",
		}, pointers(refusal(t, usm.CodeInvalid, err)))
	})

	t.Run("CoversNobodyButTheCustomerAndPromisesWhatItsCalendarReaches", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.drafted(chat())
		offer := chat()
		offer.Services, offer.Requests = []string{"chat"}, []string{"mailbox"}
		offer.Coverage = []usm.Clause{{Sites: []string{"Mars", ""}, People: []string{"pat", "ed"}}}
		offer.Pauses = []usm.PauseReason{{ID: "tea", Accountable: usm.AccountableCustomer, While: &usm.Moment{Reason: "rain"}}}
		offer.Norms = []usm.Norm{{
			Type: usm.Incident, Reaction: "9h", Handling: "9000h", // its Mondays open for 4,680 hours in ten years
			Named: []usm.NamedNorm{{
				Name: "look", Target: "3000 business days end", Start: usm.Moment{Reason: "rain"},
				Reset: []usm.Moment{{Reason: "tea"}, {Reason: "rain"}},
			}},
		}}
		in := input(call, usm.DraftOffer, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 })
		_, err := w.FinishStep(w.ctx(), in, usm.Effects{Offer: &offer})
		require.Equal(t, []string{
			"/fields/coverage/0/people/0", "/fields/coverage/0/sites/0", "/fields/norms/0/handling",
			"/fields/norms/0/named/0/reset/1/reason", "/fields/norms/0/named/0/start/reason", "/fields/norms/0/named/0/target",
			"/fields/pauses/0/while/reason", "/fields/requests/0",
		}, pointers(refusal(t, usm.CodeInvalid, err)))
	})

	t.Run("DoesNotRestOnItself", func(t *testing.T) {
		t.Parallel()
		w, _ := with(t, func(d *usm.Domain) {
			d.Agreements = append(d.Agreements, usm.Agreement{
				ID: "ola-desk", Type: usm.OLA, Customer: "it", Provider: "desk", Services: []string{"web"}, Under: []string{"uc-vendor"},
			})
		})
		call := w.drafted(chat())
		in := input(call, usm.DraftOffer, func(in *usm.StepInput) { in.Attempt, in.Next.Attempt = 2, 2 })
		_, err := w.FinishStep(w.ctx(), in, usm.Effects{Offer: &usm.Offer{
			Agreement: "uc-vendor", Type: usm.UC, Provider: "vendor", Services: []string{"web"}, Under: []string{"ola-desk"},
		}})
		require.Equal(t, []string{"/fields/under/0"}, pointers(refusal(t, usm.CodeInvalid, err)))
	})

	t.Run("OfARequesterWithoutCustomerNeedsOneNamed", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.open(asked(usm.Wish, by("joe")))
		w.through(call, usm.AcceptWish, usm.ClassifyWish, usm.SpecifyService)
		_, err := w.FinishStep(w.ctx(), input(call, usm.DraftOffer), usm.Effects{Offer: &usm.Offer{Agreement: "a", Type: usm.SA}})
		require.Equal(t, []string{"/fields/customer"}, pointers(refusal(t, usm.CodeInvalid, err)))
	})
}

func pointers(refusal *usm.Error) []string {
	all := make([]string, len(refusal.Fields))
	for i, f := range refusal.Fields {
		all[i] = f.Pointer
	}
	return all
}
