package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// released is a request for change that is about to update the register.
func (w world) released() usm.Call {
	w.t.Helper()
	call := w.open(asked(usm.ChangeRequest))
	w.through(call, usm.AcceptChange, usm.ClassifyChange, usm.PlanChange, usm.PrepareChange, usm.ReleaseChange,
		usm.DeployChange, usm.ReviewChange)
	return call
}

func (w world) update(call usm.Call, changes ...usm.ComponentChange) error {
	_, err := w.FinishStep(w.ctx(), input(call, usm.UpdateRegister), usm.Effects{Components: changes})
	return err
}

func TestComponents(t *testing.T) {
	t.Parallel()

	t.Run("AreAddedUpdatedAndRetiredWithTheirHistory", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.released()
		require.NoError(t, w.update(call,
			usm.ComponentChange{Action: "add", Component: usm.Component{
				ID: "fan-1", Name: "Fan", Type: "fan", Users: []string{"anna"}, Relations: []usm.Relation{{Kind: "part_of", To: "srv-2"}},
			}},
			usm.ComponentChange{Action: "add", Component: usm.Component{ID: "srv-2", Name: "Server 2", Type: "server"}},
			usm.ComponentChange{Action: "update", Component: usm.Component{ID: "srv-1", Owner: "desk", Attributes: map[string]any{"ram": "8"}}},
			usm.ComponentChange{Action: "update", Component: usm.Component{ID: "srv-1", Relations: []usm.Relation{{Kind: "backs_up", To: "srv-2"}}}},
			usm.ComponentChange{Action: "retire", Component: usm.Component{ID: "disk-1", Relations: []usm.Relation{}}},
		))
		server, history, err := w.Component(w.ctx(), "it", "srv-1")
		require.NoError(t, err)
		require.Equal(t, usm.Component{
			ID: "srv-1", Name: "Server 1", Type: "server", Owner: "desk", Status: "in_use", Service: "mail", Version: 2,
			Attributes: map[string]any{"cpu": 4.0, "ram": "8"}, Relations: []usm.Relation{{Kind: "backs_up", To: "srv-2"}},
		}, server)
		require.Len(t, history, 2)
		require.Equal(t, 1, history[1].Version)
		require.Empty(t, history[1].Call)
		require.Equal(t, call.Number, history[0].Call)
		require.WithinDuration(t, time.Now(), history[0].At, time.Minute)
		disk, _, err := w.Component(w.ctx(), "it", "disk-1")
		require.NoError(t, err)
		require.Equal(t, "retired", disk.Status)
		require.Equal(t, "backs_up part_of", read[string](w, `SELECT string_agg(kind, ' ' ORDER BY kind) FROM relations`))
		require.Equal(t, 4, read[int](w, `SELECT count(*) FROM component_history WHERE call = $1`, call.Number))

		all, next, err := w.Components(w.ctx(), usm.ComponentFilter{Domain: "it"})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, []string{"srv-1", "disk-1", "fan-1", "srv-2"}, ids(all))
		hers, _, err := w.Components(w.ctx(), usm.ComponentFilter{Domain: "it", User: "anna"})
		require.NoError(t, err)
		require.Equal(t, []string{"fan-1"}, ids(hers))
	})

	t.Run("OfAStepThatIsRepeatedAreChangedOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.released()
		change := usm.ComponentChange{Action: "update", Component: usm.Component{ID: "srv-1", Owner: "desk"}}
		require.NoError(t, w.update(call, change))
		require.NoError(t, w.update(call, change))
		server, _, err := w.Component(w.ctx(), "it", "srv-1")
		require.NoError(t, err)
		require.Equal(t, 2, server.Version)
	})

	t.Run("RefuseWhatDoesNotFitTheRegister", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		call := w.released()
		for name, c := range map[string]struct {
			change usm.ComponentChange
			want   string
		}{
			"add what exists": {usm.ComponentChange{Action: "add", Component: usm.Component{ID: "srv-1"}}, "/fields/components/1/component/id"},
			"update what does not": {
				usm.ComponentChange{Action: "update", Component: usm.Component{ID: "fan"}}, "/fields/components/1/component/id",
			},
			"retire what does not": {
				usm.ComponentChange{Action: "retire", Component: usm.Component{ID: "fan"}}, "/fields/components/1/component/id",
			},
			"do something else": {
				usm.ComponentChange{Action: "melt", Component: usm.Component{ID: "srv-1"}}, "/fields/components/1/action",
			},
			"relate to nothing": {
				usm.ComponentChange{Action: "update", Component: usm.Component{ID: "srv-1", Relations: []usm.Relation{{Kind: "k", To: "moon"}}}},
				"/fields/components/1/component/relations/0/to",
			},
			"serve nothing": {
				usm.ComponentChange{Action: "update", Component: usm.Component{ID: "srv-1", Service: "fax"}},
				"/fields/components/1/component/service",
			},
		} {
			fine := usm.ComponentChange{Action: "update", Component: usm.Component{ID: "disk-1", Owner: "desk"}}
			err := w.update(call, fine, c.change)
			require.Equal(t, []string{c.want}, pointers(refusal(t, usm.CodeInvalid, err)), name)
		}
		disk, _, err := w.Component(w.ctx(), "it", "disk-1")
		require.NoError(t, err)
		require.Equal(t, 1, disk.Version, "nothing of a refused step is applied")
	})

	t.Run("AreFoundByTheirWordsPageByPage", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		found, _, err := w.Components(w.ctx(), usm.ComponentFilter{Domain: "it", Q: "server"})
		require.NoError(t, err)
		require.Equal(t, []string{"srv-1"}, ids(found))
		for want, f := range map[string]usm.ComponentFilter{
			"srv-1": {Domain: "it", Type: "server"}, "": {Domain: "it", Type: "server", Owner: "nobody"},
			"disk-1": {Domain: "it", IDs: []string{"disk-1", "moon"}}, "srv-1 disk-1": {Domain: "it", IDs: []string{"disk-1", "srv-1"}},
		} {
			found, _, err := w.Components(w.ctx(), f)
			require.NoError(t, err)
			require.Equal(t, want, strings.Join(ids(found), " "))
		}
		first, next, err := w.Components(w.ctx(), usm.ComponentFilter{Domain: "it", Page: usm.Page{Limit: 1}})
		require.NoError(t, err)
		require.Equal(t, []string{"srv-1"}, ids(first))
		second, next, err := w.Components(w.ctx(), usm.ComponentFilter{Domain: "it", Page: usm.Page{Limit: 1, Cursor: next}})
		require.NoError(t, err)
		require.Equal(t, []string{"disk-1"}, ids(second))
		require.Empty(t, next)
	})

	t.Run("ThatAreNotThereAreNotFound", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, _, err := w.Component(w.ctx(), "it", "moon")
		requireCode(t, usm.CodeNotFound, err)
		_, _, err = w.Components(w.ctx(), usm.ComponentFilter{Domain: "zoo"})
		requireCode(t, usm.CodeNotFound, err)
		_, _, err = w.Components(w.ctx(), usm.ComponentFilter{Domain: "it", Page: usm.Page{Cursor: "x"}})
		require.Equal(t, []string{"/cursor"}, pointers(refusal(t, usm.CodeInvalid, err)))
	})
}

func ids(components []usm.Component) []string {
	all := make([]string, len(components))
	for i, c := range components {
		all[i] = c.ID
	}
	return all
}
