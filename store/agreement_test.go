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
		covered, err := w.Covered(w.ctx(), "it", "eve", "chat")
		require.NoError(t, err)
		require.Empty(t, covered)

		w.through(call, usm.RealiseAgreement)
		w.finish(input(call, usm.ReviewAgreement), usm.Effects{OfferState: "in_force"})
		require.Equal(t, map[int]string{1: "ended", 2: "in_force"}, w.agreements())
		covered, err = w.Covered(w.ctx(), "it", "eve", "chat")
		require.NoError(t, err)
		require.Equal(t, "sa-hq@2", covered)
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
