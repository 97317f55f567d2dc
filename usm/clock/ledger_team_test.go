package clock

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// chained are terms with an OLA of the network team and a UC of a supplier under the customer's agreement.
func chained() usm.Terms {
	link := func(id string, of usm.AgreementType, provider, target string) usm.Agreement {
		return usm.Agreement{
			ID: id, Type: of, Version: 1, Provider: provider, Services: []string{"mail"},
			Norms: []usm.Norm{
				{Type: usm.Incident, Reaction: "1h", Handling: target},
				{Type: usm.ServiceRequest, Handling: target},
			},
		}
	}
	return under(
		usm.Agreement{ID: "sa", Type: usm.SA, Version: 1, Services: []string{"mail"}, Norms: []usm.Norm{
			handling("16h"), {Type: usm.ServiceRequest, Handling: "16h"},
		}},
		link("ola", usm.OLA, "network", "4h"), link("uc", usm.UC, "fibre", "6h"),
	)
}

// routed is a call that the desk gives to the network team, that to a supplier, and that back.
func routed(t *testing.T) *story {
	t.Helper()
	return opened(t, chained(), "2026-03-02 09:00").
		finish("2026-03-02 09:30").finish("2026-03-02 10:00").
		finish("2026-03-02 11:00", team("network")).
		add("2026-03-02 12:30", usm.Fact{Kind: usm.EventNoted, By: usm.SideProvider}, team("fibre")).
		ask("2026-03-02 14:00").answer("2026-03-02 15:00").
		add("2026-03-02 16:00", usm.Fact{Kind: usm.EventNoted, By: usm.SideProvider}, team("network"))
}

func TestTeamsAndSuppliers(t *testing.T) {
	t.Parallel()

	t.Run("HaveTheirOwnClocksWhileTheyHaveTheCall", func(t *testing.T) {
		t.Parallel()
		f := routed(t).fold()
		require.Equal(t, []string{
			"2026-03-02 11:00:00 started used 0s left 4h",
			"2026-03-02 12:30:00 cancelled used 1h30m left 2h30m",
		}, f.ledger("ola/handling"))
		require.Equal(t, []string{
			"2026-03-02 12:30:00 started used 0s left 6h",
			"2026-03-02 14:00:00 paused used 1h30m left 4h30m",
			"2026-03-02 15:00:00 resumed used 1h30m left 4h30m",
			"2026-03-02 16:00:00 cancelled used 2h30m left 3h30m",
		}, f.ledger("uc/handling"))
		require.Equal(t, "network", f.clock("ola/handling").Link)
		require.Equal(t, 1, f.clock("uc/reaction").Breaches)
	})

	t.Run("BeginAgainWhenTheCallComesBack", func(t *testing.T) {
		t.Parallel()
		f := routed(t).finish("2026-03-02 16:30").fold()
		require.Equal(t, []string{"2026-03-02 16:00:00 started used 0s left 4h"}, f.ledger("ola/handling#2"))
		require.Equal(t, []string{
			"2026-03-02 16:00:00 started used 0s left 1h",
			"2026-03-02 16:30:00 stopped used 30m left 30m",
		}, f.ledger("ola/reaction#2"))
		require.Equal(t, span("1h30m"), f.clock("ola/handling").Used, "what it had used stays on record")

		again := routed(t).add("2026-03-03 10:00", usm.Fact{Kind: usm.EventNoted}, team("")).
			add("2026-03-03 11:00", usm.Fact{Kind: usm.EventNoted}, team("network")).fold()
		require.Equal(t, usm.ClockRunning, again.clock("ola/handling#3").State)
		require.Equal(t, "cancelled: handed over to provider", again.cause(usm.ClockCancels, -1))
	})

	t.Run("AddUpToTheHandlingTimeInTheChain", func(t *testing.T) {
		t.Parallel()
		s := routed(t)
		f := s.fold()
		at, err := f.book.At(f.State, moment(t, "2026-03-02 16:45"))
		require.NoError(t, err)
		require.Equal(t, []usm.ChainLink{
			{Holder: "provider", Used: span("2h")},
			{Holder: "network", Agreement: "ola@1", Used: span("2h15m")},
			{Holder: "fibre", Agreement: "uc@1", Used: span("2h30m")},
		}, Chain(f.rows, at...))

		confirmed := s.toReview("2026-03-03 10:00").finishAs("2026-03-03 11:00", usm.SideRequester, usm.Confirmed).fold()
		var sum usm.Span
		for _, link := range Chain(confirmed.rows) {
			sum += link.Used
		}
		require.Equal(t, span("8h"), confirmed.clock("sa/handling").Used)
		require.Equal(t, span("8h"), sum)
		require.Equal(t, Chain(confirmed.rows), Chain(append(routed(t).fold().rows, again(confirmed.rows)...)), "the last revision counts")
		require.Equal(t, "handed over: network → fibre", confirmed.cause(usm.ClockHandsOver, 1))
	})

	t.Run("SeeNoNormOfAServiceThatTheirAgreementLeavesOut", func(t *testing.T) {
		t.Parallel()
		f := routed(t).add("2026-03-02 16:30", usm.Fact{Kind: usm.EventNoted}, func(f *usm.Fact) { f.Service = "phones" }).fold()
		require.Equal(t, usm.ClockCancelled, f.clock("ola/handling#2").State)
		require.Equal(t, "cancelled: no longer promised: service mail → phones", f.cause(usm.ClockCancels, -1))
	})

	t.Run("GoOnUnderANewVersionOfTheirAgreement", func(t *testing.T) {
		t.Parallel()
		next := chained()
		next.Links[1].Version, next.Links[1].Norms = 2, []usm.Norm{handling("3h")}
		f := opened(t, chained(), "2026-03-02 09:00").
			add("2026-03-02 10:00", usm.Fact{Kind: usm.EventNoted}, team("network")).
			rebind("2026-03-02 12:00", keyed(next), "").fold()
		require.Equal(t, "2026-03-02 12:00:00 retargeted used 2h left 1h", f.ledger("ola/handling")[1])
		require.Equal(t, "ola@2", f.clock("ola/handling").Agreement)
		require.Equal(t, usm.ClockCancelled, f.clock("ola/reaction").State)
	})
}

func TestAChildOfAFork(t *testing.T) {
	t.Parallel()
	child := func(f *usm.Fact) { f.Child, f.Type, f.Open = true, usm.ServiceRequest, usm.AcceptRequest }

	t.Run("HasTheClocksOfTheTeamsForItsServiceAndNoneOfTheCustomer", func(t *testing.T) {
		t.Parallel()
		f := opened(t, chained(), "2026-03-02 09:00", child).finish("2026-03-02 10:00").
			toReview("2026-03-02 11:00").finishAs("2026-03-02 12:00", usm.SideRequester, usm.Confirmed).fold()
		require.Len(t, f.Clocks, 1)
		require.Equal(t, []string{
			"2026-03-02 09:00:00 started used 0s left 4h",
			"2026-03-02 11:00:00 paused used 2h left 2h",
			"2026-03-02 12:00:00 stopped used 2h left 2h",
		}, f.ledger("ola/handling"))
		require.Equal(t, []usm.ChainLink{{Holder: "network", Agreement: "ola@1", Used: span("2h")}}, Chain(f.rows))
	})

	t.Run("HasTheClocksOfTheSupplierThatHasIt", func(t *testing.T) {
		t.Parallel()
		f := opened(t, chained(), "2026-03-02 09:00", child, team("fibre")).fold()
		require.Len(t, f.Clocks, 1)
		require.Equal(t, "2026-03-02 15:00:00", clockTime(*f.clock("uc/handling").Due))
	})
}

// again are the rows as those of the next revision.
func again(rows []usm.LedgerRow) []usm.LedgerRow {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Revision++
	}
	return rows
}
