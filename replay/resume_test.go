package replay

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// many is a log of so many cases.
func many(n int) []string {
	var rows []string
	for i := range n {
		number := fmt.Sprintf("INC%03d", i)
		rows = append(rows, row(number, "Awaiting User Info", "?", "?", 0), row(number, "Closed", "?", "?", 0))
	}
	return rows
}

func TestReplayGoesOnWhereItWasStopped(t *testing.T) {
	t.Parallel()
	for _, remembers := range []bool{true, false} {
		t.Run(fmt.Sprintf("StateFile=%v", remembers), func(t *testing.T) {
			t.Parallel()
			g, whole := newGateway(t), newGateway(t)
			l, m := incidents(t, many(20)...)
			_, err := Run(t.Context(), whole.options(l, m))
			require.NoError(t, err)

			o := g.options(l, m)
			if remembers {
				o.StateFile = filepath.Join(t.TempDir(), "state", "replay.json")
			}
			for stop := 17; ; stop += 61 {
				ctx, cancel := context.WithCancel(t.Context())
				g.mu.Lock()
				// The request was carried out and nobody hears of it: the worst moment.
				last := g.requests + stop
				g.after = func(_ *http.Request, n int) bool {
					if n == last {
						cancel()
					}
					return n >= last
				}
				g.mu.Unlock()
				report, err := Run(ctx, o)
				cancel()
				if err == nil {
					require.Equal(t, 20, report.Cases)
					require.Empty(t, report.Refusals)
					require.Equal(t, remembers, report.Resumed > 0)
					break
				}
				require.ErrorIs(t, err, context.Canceled)
			}
			require.ElementsMatch(t, withoutNumbers(whole.changes), withoutNumbers(g.changes), "nothing happened twice")
		})
	}
}

func withoutNumbers(changes []string) []string {
	var all []string
	for _, change := range changes {
		all = append(all, change[:3]+change[10:])
	}
	return all
}

func TestReplayOutlastsABusyGatewayAndLostAnswers(t *testing.T) {
	t.Parallel()
	g, whole := newGateway(t), newGateway(t)
	l, m := incidents(t, many(3)...)
	_, err := Run(t.Context(), whole.options(l, m))
	require.NoError(t, err)
	g.before = func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n%11 == 0 {
			refuse(w, 503, usm.CodeUnavailable, "away")
		}
		return n%11 == 0
	}
	g.after = func(_ *http.Request, n int) bool { return n%13 == 0 }
	report, err := Run(t.Context(), g.options(l, m))
	require.NoError(t, err)
	require.Equal(t, 3, report.Cases)
	require.ElementsMatch(t, withoutNumbers(whole.changes), withoutNumbers(g.changes))
}

func TestStateOfAnotherReplayOrGateway(t *testing.T) {
	t.Parallel()
	l, m := incidents(t, row("INC1", "Closed", "?", "?", 0))
	g := newGateway(t)
	o := g.options(l, m)
	o.StateFile = filepath.Join(t.TempDir(), "state.json")
	_, err := Run(t.Context(), o)
	require.NoError(t, err)

	again, err := Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 1, again.Resumed)
	require.Zero(t, again.Requests)

	other := o
	other.Run = "second"
	_, err = Run(t.Context(), other)
	require.ErrorContains(t, err, "belongs to another replay")

	fresh := newGateway(t).options(l, m) // whose database is empty
	fresh.StateFile = o.StateFile
	begun, err := Run(t.Context(), fresh)
	require.NoError(t, err)
	require.Zero(t, begun.Resumed)
	require.Equal(t, 1, begun.Cases)
}
