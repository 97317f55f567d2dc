package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
)

// versionState is what `usm upgrade status` says of a version.
type versionState struct {
	BuildID string `json:"build_id"`
	State   string `json:"state"`
	Open    int    `json:"open"`
	Workers int    `json:"workers"`
}

// await waits until a version is in a state.
func (u *upgraded) await(build, what string, is func(versionState) bool) {
	u.t.Helper()
	product.Eventually(u.t, crashLimit, build+" has "+what, func() error {
		if v, err := u.state(build); err != nil || !is(v) {
			return fmt.Errorf("%+v: %v", v, err) //nolint:errorlint // there may be none
		}
		return nil
	})
}

// state is that of a version.
func (u *upgraded) state(build string) (versionState, error) {
	u.t.Helper()
	out, err := u.Try([]string{"USM_DEPLOYMENT=" + deployment}, "upgrade", "status", "--json")
	if err != nil {
		return versionState{}, fmt.Errorf("%w: %s", err, out)
	}
	var said struct {
		Versions []versionState `json:"versions"`
	}
	if err = json.Unmarshal([]byte(out), &said); err != nil {
		return versionState{}, err
	}
	i := slices.IndexFunc(said.Versions, func(v versionState) bool { return v.BuildID == build })
	if i < 0 {
		return versionState{}, fmt.Errorf("no %s among %+v", build, said.Versions)
	}
	return said.Versions[i], nil
}

// drain has what is open on a version go on with the current one, which a build asks for: again while a task queue does not know
// yet which that is.
func (u *upgraded) drain(by, of string) {
	u.t.Helper()
	product.Eventually(u.t, crashLimit, of+" has nothing open", func() error {
		u.requireUpgrade(by, "drain", of)
		if v, err := u.state(of); err != nil || v.Open > 0 {
			return fmt.Errorf("%+v: %v", v, err) //nolint:errorlint // there may be none
		}
		return nil
	})
}

// upgrade gives a command of `usm upgrade` with a build.
func (u *upgraded) upgrade(build string, args ...string) (string, error) {
	u.t.Helper()
	u.Use(u.builds[build])
	return u.Try([]string{"USM_DEPLOYMENT=" + deployment}, append([]string{"upgrade"}, args...)...)
}

// requireUpgrade is upgrade of what has to succeed.
func (u *upgraded) requireUpgrade(build string, args ...string) string {
	u.t.Helper()
	out, err := u.upgrade(build, args...)
	require.NoError(u.t, err, out)
	u.t.Log(strings.TrimSpace(out))
	return out
}
