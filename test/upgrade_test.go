package test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// TestUpgrade brings the product from unversioned workers through three builds whose histories do not replay on each other,
// with calls open across all of them and others coming in all the time, takes one build back, and migrates the database twice
// while older parts serve. Nothing is lost, and each effect is there once.
func TestUpgrade(t *testing.T) { //nolint:paralleltest // four workers at a time are enough for a machine
	u := startUpgraded(t)

	t.Log("what is open would not replay on b, which nothing holds on another version yet: refused by number")
	out, err := u.upgrade("b", "check", "--build-id", "b")
	require.Error(t, err, out)
	require.Contains(t, out, "do not go on with this binary: ")
	for _, call := range u.kept {
		require.Contains(t, out, call.Number)
	}
	require.Contains(t, u.requireUpgrade("a", "check", "--build-id", "a"), "0 pinned, ")

	t.Log("the workers get versions")
	u.work("a")
	u.requireUpgrade("a", "current", "a")
	u.drain("a", "unversioned")
	u.await("a", "the open calls", func(v versionState) bool { return v.State == "current" && v.Open >= len(u.kept) })
	u.Part("worker").Stop()
	u.advance(t, 2)

	t.Log("b comes: migrated while a serves, checked, ramped up, current")
	u.Use(u.builds["b"])
	u.Run("migrate")
	u.ridesOn(10)
	u.work("b")
	out = u.requireUpgrade("b", "check", "--build-id", "b")
	require.Contains(t, out, ", 0 stuck\n")
	require.Contains(t, out, " of the pinned replay on their own version only")
	u.requireUpgrade("b", "ramp", "b", "50")
	u.await("b", "a share of the calls", func(v versionState) bool { return v.State == "ramping" && v.Open > 0 })
	u.await("a", "the others", func(v versionState) bool { return v.State == "current" && v.Open > 0 })
	u.requireUpgrade("b", "current", "b")
	u.advance(t, 3)
	u.taken(t, "b", "a")

	t.Log("b is taken back")
	u.requireUpgrade("a", "current", "a")
	u.drain("a", "b")
	u.ridesOn(10)
	u.workers["b"].Stop()

	t.Log("c comes, gateway and all")
	u.Use(u.builds["c"])
	u.Run("migrate")
	u.Part("gateway").Stop()
	u.Gateway()
	u.work("c")
	require.Contains(t, u.requireUpgrade("c", "check", "--build-id", "c"), ", 0 stuck\n")
	u.requireUpgrade("c", "current", "c")
	u.advance(t, 4)
	u.drain("c", "a")
	u.ridesOn(10)
	for _, old := range []string{"a", "b"} {
		u.await(old, "come to its end", func(v versionState) bool { return v.State == "drained" && v.Open == 0 })
	}
	u.workers["a"].Stop()
	u.advance(t, 0)
	close(u.stop)
	u.riders.Wait()
	u.requireWhole(t)
}

// requireWhole asks that every call ended as if there had been one version, and that those kept open were on all three.
func (u *upgraded) requireWhole(t *testing.T) {
	t.Helper()
	for i, view := range u.kept {
		requireClosed(t, mixed(i), view)
		requireExecutedPath(t, u.Product, mixed(i), view)
		require.Equal(t, []string{"a", "b", "c"}, u.used(t, view.Number), view.Number)
	}
	calls := int(u.opened.Load())
	t.Logf("%d calls were opened, %d moves made by the load", calls, u.moves.Load())
	product.RequireNothingTwice(t, u.Product, forked(calls))
	require.False(t, u.Part("gateway").Ended())
	require.False(t, u.workers["c"].Ended())
}
