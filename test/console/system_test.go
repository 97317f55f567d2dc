package console

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// letter leaves a signal without a call, and returns it as a dead letter.
func (w world) letter(t *testing.T, number string) usm.DeadLetter {
	t.Helper()
	err := w.Admin.Signal(t.Context(), number, "monitor", map[string]any{
		"specversion": "1.0", "id": "<script>alert(1)</script>", "source": "sensor", "type": "alarm",
	})
	require.NoError(t, err)
	letters, _, err := w.Admin.DeadLetters(t.Context(), usm.Page{})
	require.NoError(t, err)
	require.NotEmpty(t, letters)
	require.Equal(t, number, letters[0].Call)
	return letters[0]
}

func TestSystem(t *testing.T) {
	t.Parallel()
	w := start(t, "it")

	t.Run("ShowsPartsWorkersAndWhatWaits", func(t *testing.T) {
		got := w.get(t, "farah", "/system")
		require.Equal(t, http.StatusOK, got.Status)
		require.Equal(t, 2, got.Find("#parts .part.ready").Length())
		view, err := w.As("farah").System(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, view.Workers)
		require.Contains(t, got.words("table"), view.Workers[0].Identity)
		for name, queue := range map[string]usm.Queue{
			"pending": view.Backlog.Pending, "notices": view.Backlog.Notices, "mails": view.Backlog.Mails,
		} {
			require.Equal(t, strconv.Itoa(queue.Waiting), got.words("#queue-"+name+" td:nth-child(2)"), name)
		}
	})

	t.Run("SaysWhyWhatIsNotForWhoAsks", func(t *testing.T) {
		got := w.get(t, "farah", "/system")
		require.Contains(t, got.words("main"), "dead letters are for administrators")
		require.Contains(t, got.words("main"), "is told to administrators and to profiles of class manager")
		manager := w.get(t, "rosa", "/system")
		require.Contains(t, manager.words("main"), "domain file")
		require.Equal(t, http.StatusForbidden, w.get(t, "anna", "/system").Status)
	})

	t.Run("ReplaysADeadLetter", func(t *testing.T) {
		call := w.incident(t)
		_, err := w.As("rosa").Abort(t.Context(), call.Number, "It was a drill.")
		w.ended(t, call.Number, usm.StatusAborted, err)
		letter := w.letter(t, call.Number)
		row := "#letter-" + strconv.FormatInt(letter.ID, 10)
		shown := w.get(t, "olga", "/system")
		require.Contains(t, shown.words(row), letter.Reason)
		require.Contains(t, shown.words(row), "<script>")
		require.Zero(t, shown.Find("main script").Length())

		refused := w.submit(t, "olga", shown, row+" form", nil)
		require.Equal(t, http.StatusConflict, refused.Status)
		require.Contains(t, refused.words(".problem"), call.Number)

		_, err = w.SQL().ExecContext(t.Context(), `UPDATE dead_letters SET call = $1 WHERE id = $2`, w.incident(t).Number, letter.ID)
		require.NoError(t, err)
		replayed := w.submit(t, "olga", w.get(t, "olga", "/system"), row+" form", nil)
		require.Equal(t, http.StatusSeeOther, replayed.Status, replayed.Body)
		after := w.get(t, "olga", replayed.Header.Get("Location"))
		require.Contains(t, after.words(".said"), "sent again")
		require.Contains(t, after.words(row), "Replayed")
		require.Zero(t, after.Find(row+" form").Length())
		for _, id := range []string{"x", "999999"} {
			require.Equal(t, http.StatusNotFound, w.post(t, "olga", "/system/dead-letters/"+id+"/replay", nil).Status)
		}
	})

	t.Run("IsAccessible", func(t *testing.T) {
		b := w.window(t, chromium(t), "rosa").open("/system").sees("h1", "System").accessible()
		b.light().open("/system").sees("h1", "System").screenshot("system-light").dark().screenshot("system-dark")
		b.phone().open("/system").sees("h1", "System").screenshot("system-phone")
	})
}
