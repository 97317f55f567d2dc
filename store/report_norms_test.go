package store_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

func TestNormReport(t *testing.T) {
	t.Parallel()

	t.Run("IsWhatGoingThroughAllClocksGives", func(t *testing.T) {
		t.Parallel()
		w, clocks := generated(t, 1, 300)
		c, now, rows := chance{rand.New(rand.NewPCG(2, 0))}, time.Now(), 0
		for range 300 {
			f := c.anyFilter(clocks, now)
			got, err := w.NormReport(w.ctx(), f)
			require.NoError(t, err)
			require.Equal(t, slowReport(f, clocks, now), got, "%+v", f)
			rows += len(got)
		}
		require.Greater(t, rows, 300)
	})

	t.Run("EachNumberOpensIntoTheClocksBehindIt", func(t *testing.T) {
		t.Parallel()
		w, clocks := generated(t, 3, 60)
		now := time.Now()
		f := usm.NormFilter{By: []string{"agreement", "link", "month"}, Visible: &usm.Sight{Person: "eve", Domains: []string{"hr"}}}
		rows, err := w.NormReport(w.ctx(), f)
		require.NoError(t, err)
		for _, row := range rows {
			for result, number := range map[string]int{
				"met": row.Met, "breached": row.Breached, "running": row.Running, "cancelled": row.Cancelled,
			} {
				of := f
				of.Result, of.Of, of.Limit = result, row.Of, 2
				require.Equal(t, slowCalls(of, clocks, now), w.normCalls(of))
				require.Len(t, w.normCalls(of), number)
			}
		}
	})

	t.Run("RefusesADimensionThatIsNone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.NormReport(w.ctx(), usm.NormFilter{By: []string{"phase of the moon"}})
		requireCode(t, usm.CodeInvalid, err)
		_, err = w.NormReport(w.ctx(), usm.NormFilter{Of: map[string]string{"1); DROP": ""}})
		requireCode(t, usm.CodeInvalid, err)
		_, _, err = w.NormCalls(w.ctx(), usm.NormFilter{Page: usm.Page{Cursor: "x"}})
		requireCode(t, usm.CodeInvalid, err)
		rows, err := w.NormReport(w.ctx(), usm.NormFilter{})
		require.NoError(t, err)
		require.Empty(t, rows)
	})

	t.Run("NeverRoundsUp", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			part, whole int64
			decimals    int
			want        string
		}{
			{9995, 10000, 2, "99.95"},
			{99999, 100000, 2, "99.99"},
			{1, 3, 3, "33.333"},
			{2, 3, 3, "66.666"},
			{7, 7, 2, "100.00"},
			{0, 7, 2, "0.00"},
			{1, 2000, 2, "0.05"},
			{0, 0, 2, ""},
			{int64(10*365*24*time.Hour) - 1, int64(10 * 365 * 24 * time.Hour), 3, "99.999"},
		} {
			require.Equal(t, c.want, store.Percent(c.part, c.whole, c.decimals))
		}
	})
}

// normCalls reads the clocks behind a number, page by page, as call and clock.
func (w world) normCalls(f usm.NormFilter) []string {
	w.t.Helper()
	all := []string{}
	for {
		clocks, next, err := w.NormCalls(w.ctx(), f)
		require.NoError(w.t, err)
		for _, k := range clocks {
			require.Equal(w.t, "Call "+strings.TrimLeft(k.Call[4:], "0"), k.Subject)
			all = append(all, k.Call+" "+k.ID)
		}
		if next == "" {
			return all
		}
		f.Cursor = next
	}
}
