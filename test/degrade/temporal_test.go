package degrade

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestTemporalDegrades has everybody ask while Temporal is slow or gone, and while no worker runs.
func TestTemporalDegrades(t *testing.T) { //nolint:tparallel // one trouble at a time
	t.Parallel()
	d := degrade(t)
	d.errands(t, "before", 2) // so that everything has been used
	goroutines := d.goroutines(t)
	for _, x := range []trouble{ //nolint:paralleltest // see above
		{name: "slow", lasts: 6 * time.Second, begin: poison(t, d.temporal, "latency", `"latency": 2000`)},
		{name: "gone", lasts: 5 * time.Second, begin: cut(t, d.temporal), away: []string{"temporal"}},
		{name: "no worker", lasts: 12 * time.Second, begin: func() func() { d.Part("worker").Kill(); return func() { d.Worker() } }},
	} {
		t.Run(x.name, func(t *testing.T) {
			x.goesOn = []string{"work", "get", "list", "open"}
			errands := d.errands(t, x.name, 2)
			before := count(t, d.db, `SELECT count(*) FROM calls`)
			for _, r := range d.suffer(t, errands, x) {
				if r.kind == "open" && r.acknowledged() {
					number := product.Decode[usm.CallView](t, r.Answer).Number
					d.requireOpened(t, number)
				}
			}
			d.requireWhole(t, before+opens(errands))
		})
	}
	d.requireNoneLeft(t, goroutines)
	t.Run("gateway killed", func(t *testing.T) { gatewayKilled(t, d) })
}

// gatewayKilled kills the gateway while 32 requests are under way and as many more follow. Each is repeated with its key.
func gatewayKilled(t *testing.T, d *degraded) {
	t.Helper()
	const underWay = 32
	errands := d.errands(t, "killed", 4)
	for i := len(errands); i < 2*underWay; i++ {
		errands = append(errands, errand{kind: "open", request: product.Request{
			Path: "/calls", Token: d.Token("anna"), Body: newIncident(i),
			Header: map[string]string{"Idempotency-Key": fmt.Sprintf("killed/more/%d", i)},
		}})
	}
	slices.SortStableFunc(errands, func(a, b errand) int { // what changes something goes first
		return strings.Compare(fmt.Sprint(a.endless), fmt.Sprint(b.endless))
	})
	before := count(t, d.db, `SELECT count(*) FROM calls`)
	d.suffer(t, errands, trouble{
		name: "gateway killed", lasts: 2 * time.Second, unheard: true,
		begin: func() func() { d.Part("gateway").Kill(); return func() { d.Gateway() } },
	})
	d.requireWhole(t, before+opens(errands))
}

// requireOpened asks that a call that was taken in is started soon, once.
func (d *degraded) requireOpened(t *testing.T, number string) {
	t.Helper()
	product.Eventually(t, recovered, "what was taken is started", func() error {
		view, err := d.Admin.Call(t.Context(), number)
		if err == nil && view.Status != usm.StatusOpen {
			err = fmt.Errorf("%s is %s", number, view.Status)
		}
		return err
	})
	trail := d.Trail(t, number)
	require.Len(t, trail, 2)
	require.Equal(t, usm.EventRegistered, trail[0].Kind)
	require.Equal(t, usm.EventOpened, trail[1].Kind)
}
