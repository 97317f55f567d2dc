package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

// mailed is a world whose people have addresses.
func mailed(t *testing.T) world {
	t.Helper()
	w := setup(t)
	require.NoError(t, w.exec(`UPDATE people SET email = id || '@example.org' WHERE id <> 'joe'`))
	return w
}

// tell records a step of a new call with notices, and returns the call.
func (w world) tell(notices ...usm.Notice) usm.Call {
	w.t.Helper()
	call := w.open(asked(usm.Incident))
	w.finish(input(call, usm.AcceptIncident), usm.Effects{Notices: notices})
	return call
}

// gathered lets the time pass in which mails wait for more, and returns those that are due.
func (w world) gathered() []usm.Mail {
	w.t.Helper()
	first, _, err := w.Mails(w.ctx(), 50)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec(`UPDATE mails SET due_at = now() WHERE tries = 0`))
	then, _, err := w.Mails(w.ctx(), 50)
	require.NoError(w.t, err)
	return append(first, then...)
}

// readers are the people of mails.
func readers(mails []usm.Mail) []string {
	people := make([]string, len(mails))
	for i, mail := range mails {
		people[i] = mail.Person
	}
	return people
}

func TestMailsAreMadeOfNotices(t *testing.T) {
	t.Parallel()

	t.Run("ForAPersonAndForWhoeverHoldsAProfile", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'max'`))
		call := w.tell(usm.Notice{To: "eve", Text: "it is taken"}, usm.Notice{To: "manager", Text: "look at this"},
			usm.Notice{To: "desk", Text: "a team has no holders"}, usm.Notice{To: "max", Text: "you have left"})
		due := w.gathered()
		require.ElementsMatch(t, []string{"eve", "mia"}, readers(due))
		for _, mail := range due {
			require.Equal(t, mail.Person+"@example.org", mail.Email)
			require.NotEmpty(t, mail.Name)
			require.Equal(t, 1, mail.Tries)
			require.Len(t, mail.Items, 1)
			require.Equal(t, call.Number, mail.Items[0].Call)
			require.Equal(t, "The printer is broken", mail.Items[0].Subject)
			require.Nil(t, mail.Items[0].Approval)
			require.Empty(t, mail.Items[0].Secret)
		}
		require.Zero(t, read[int](w, `SELECT count(*) FROM outbox WHERE topic = 'usm.call.notice' AND gathered_at IS NULL`))
	})

	t.Run("WithAllThatIsDueForOnePersonInOne", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		w.tell(usm.Notice{To: "eve", Text: "one"})
		_, wait, err := w.Mails(w.ctx(), 50)
		require.NoError(t, err)
		require.Greater(t, wait, time.Duration(0), "it waits for more")
		require.LessOrEqual(t, wait, 2*time.Second)
		w.tell(usm.Notice{To: "eve", Text: "two"})
		due := w.gathered()
		require.Len(t, due, 1)
		require.Len(t, due[0].Items, 2)
		require.Equal(t, "two", due[0].Items[1].Text)

		w.tell(usm.Notice{To: "eve", Text: "three"})
		due = w.gathered()
		require.Len(t, due, 1)
		require.Len(t, due[0].Items, 1, "a mail that was tried gets nothing more: its readers may have it")
	})

	t.Run("ButNoMoreThanAMailHolds", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		var notices []usm.Notice
		for range 60 {
			notices = append(notices, usm.Notice{To: "eve", Text: "again"})
		}
		w.tell(notices...)
		_, _, err := w.Mails(w.ctx(), 50)
		require.NoError(t, err)
		w.tell(notices...)
		require.Len(t, w.gathered(), 2)
	})

	t.Run("OnceWhenSeveralGatewaysDo", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		for range 5 {
			w.tell(usm.Notice{To: "eve", Text: "one"}, usm.Notice{To: "manager", Text: "two"})
		}
		for _, err := range atOnce(8, func(int) error { _, _, err := w.Mails(w.ctx(), 50); return err }) {
			require.NoError(t, err)
		}
		require.Equal(t, 15, read[int](w, `SELECT count(*) FROM mail_notices`))
		require.NoError(t, w.exec(`UPDATE mails SET due_at = now()`))
		got := make([][]usm.Mail, 8)
		for _, err := range atOnce(8, func(i int) (err error) { got[i], _, err = w.Mails(w.ctx(), 50); return err }) {
			require.NoError(t, err)
		}
		told := 0
		for _, mails := range got {
			for _, mail := range mails {
				told += len(mail.Items)
			}
		}
		require.Equal(t, 15, told, "each mail is given to one gateway")
	})
}

func TestMailsAreTriedAgain(t *testing.T) {
	t.Parallel()

	t.Run("EverMoreSlowlyAndThenLeft", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		w.tell(usm.Notice{To: "eve", Text: "one"})
		key := ""
		var waits []float64
		for try := 1; ; try++ {
			due := w.gathered()
			require.Len(t, due, 1)
			require.Equal(t, try, due[0].Tries)
			if key != "" {
				require.Equal(t, key, due[0].Key, "every delivery is the same message")
			}
			key = due[0].Key
			again, wait, err := w.Mails(w.ctx(), 50)
			require.NoError(t, err)
			require.Empty(t, again, "another gateway has it")
			require.Greater(t, wait, time.Minute)
			left, err := w.MailFailed(w.ctx(), due[0].ID, "connection refused", false)
			require.NoError(t, err)
			waits = append(waits, read[float64](w, `SELECT round(extract(epoch FROM due_at - now()) / 60) FROM mails`))
			if left {
				break
			}
			require.NoError(t, w.exec(`UPDATE mails SET due_at = now()`))
		}
		require.Len(t, waits, 20)
		require.Equal(t, []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 480}, waits[:10])
		require.InDelta(t, 480, waits[19], 0)
		require.Equal(t, "connection refused", read[string](w, `SELECT problem FROM mails WHERE left_at IS NOT NULL`))
		_, wait, err := w.Mails(w.ctx(), 50)
		require.NoError(t, err)
		require.Equal(t, store.NoMail, wait)
		_, err = w.MailFailed(w.ctx(), 1, "again", false)
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("AfterAGatewayDiedOverThem", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		w.tell(usm.Notice{To: "eve", Text: "one"})
		first := w.gathered()
		require.Empty(t, w.gathered())
		require.NoError(t, w.exec(`UPDATE mails SET due_at = due_at - interval '2 minutes'`))
		second := w.gathered()
		require.Equal(t, first[0].Key, second[0].Key)
		require.NoError(t, w.MailSent(w.ctx(), second[0].ID))
		require.NoError(t, w.exec(`UPDATE mails SET due_at = now()`))
		require.Empty(t, w.gathered(), "what was sent is not sent again")
	})

	t.Run("UnlessThereIsNoAddress", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		w.tell(usm.Notice{To: "joe", Text: "one"})
		due := w.gathered()
		require.Equal(t, "joe", due[0].Person)
		require.Empty(t, due[0].Email)
		left, err := w.MailFailed(w.ctx(), due[0].ID, "has no address", true)
		require.NoError(t, err)
		require.True(t, left)
	})
}

func TestWhatWasToldBeforeThereWereMailsIsNotSent(t *testing.T) {
	t.Parallel()
	w := mailed(t)
	w.tell(usm.Notice{To: "eve", Text: "old"})
	require.NoError(t, w.exec(`UPDATE outbox SET gathered_at = now()`)) // as the migration does
	require.Empty(t, w.gathered())
}
