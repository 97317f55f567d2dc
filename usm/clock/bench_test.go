package clock

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// four is a call with four clocks.
func four(tb testing.TB) *story {
	tb.Helper()
	return opened(tb, promising(usm.Norm{
		Type: usm.Incident, Reaction: "4h", Update: "40h", Handling: "400h",
		Named: []usm.NamedNorm{{Name: "detection", Target: "8h", Start: usm.Moment{Event: usm.EventOpened}}},
	}), "2026-03-02 09:00")
}

// BenchmarkNext is what every recorded change of a call costs: the fact and the next alarm.
func BenchmarkNext(b *testing.B) {
	for name, s := range map[string]*story{
		"NothingChanges": four(b).note("2026-03-02 10:00", usm.SideRequester),
		"ThreePause":     four(b).ask("2026-03-02 10:00"),
	} {
		b.Run(name, func(b *testing.B) {
			book := s.book(s.facts[0].Terms)
			before, _, err := book.Next(nil, State{}, s.facts[0])
			require.NoError(b, err)
			require.Len(b, before.Clocks, 4)
			b.ReportAllocs()
			for b.Loop() {
				after, _, err := book.Next(nil, before, s.facts[1])
				if err != nil {
					b.Fatal(err)
				}
				if _, err = book.Watch(after); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFold is a call from its notification to its confirmation.
func BenchmarkFold(b *testing.B) {
	s := four(b).finish("2026-03-02 10:00").ask("2026-03-02 11:00").answer("2026-03-02 12:00").toReview("2026-03-02 14:00").
		finishAs("2026-03-02 16:00", usm.SideRequester, usm.Confirmed)
	book := s.book(s.facts[0].Terms)
	b.ReportAllocs()
	for b.Loop() {
		var state State
		for _, fact := range s.facts {
			var err error
			if state, _, err = book.Next(nil, state, fact); err != nil {
				b.Fatal(err)
			}
		}
	}
}
