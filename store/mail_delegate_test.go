package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/usm"
)

func TestWhoStandsInIsTold(t *testing.T) {
	t.Parallel()

	t.Run("OnceWhenItBegins", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		later := stands("olga", "max", func(d *usm.Delegation) { d.From, d.Until = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour) })
		soon := w.delegate(later)
		due, wait, err := w.Mails(w.ctx(), 50)
		require.NoError(t, err)
		require.Empty(t, due)
		require.InDelta(t, time.Hour, wait, float64(time.Minute), "whoever sends looks again when it begins")
		require.NoError(t, w.exec(`UPDATE delegations SET from_at = now(), until_at = '2030-01-02 08:30Z' WHERE id = $1`, soon.ID))
		due = w.gathered()
		require.Equal(t, []string{"max"}, readers(due))
		require.Len(t, due[0].Items, 1)
		item := due[0].Items[0]
		require.Empty(t, item.Call)
		require.Equal(t, "You stand in for Olga", item.Subject)
		require.Equal(t, "Until Wed 2 Jan 2030 09:30 CET what waits for Olga waits for you too.", item.Text)
		require.Equal(t, "Europe/Amsterdam", item.Zone)
		require.Empty(t, w.gathered())
	})

	t.Run("OnceWhenSeveralGatewaysDo", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		w.delegate(stands("olga", "max"))
		for _, err := range atOnce(8, func(int) error { _, _, err := w.Mails(w.ctx(), 50); return err }) {
			require.NoError(t, err)
		}
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM mail_notices`))
	})

	t.Run("WithWhatWaitsForHimAlready", func(t *testing.T) {
		t.Parallel()
		w, call, a, _ := asking(t)
		w.delegate(stands("mia", "joe", func(d *usm.Delegation) { d.Amount = 5000 }))
		mail := w.mailsByReader()["joe"]
		require.Len(t, mail.Items, 2)
		require.Contains(t, mail.Items[0].Text, "waits for you too, up to an amount of 5000.00.")
		require.Equal(t, call.Number, mail.Items[1].Call)
		require.Equal(t, a.ID, mail.Items[1].Approval.ID)
		require.Equal(t, "Mia", mail.Items[1].For, "and for nobody else")
		require.NotEmpty(t, mail.Items[1].Secret)
		w.delegate(stands("mia", "max"))
		require.Len(t, w.mailsByReader()["max"].Items, 1, "nobody has two voices, and his own is asked already")
	})

	t.Run("NotWhenItIsRevokedBefore", func(t *testing.T) {
		t.Parallel()
		w := mailed(t)
		d := w.delegate(stands("olga", "max"))
		require.NoError(t, w.RevokeDelegation(w.ctx(), d.ID, "olga"))
		require.Empty(t, w.gathered())
		_, wait, err := w.Mails(w.ctx(), 50)
		require.NoError(t, err)
		require.Equal(t, store.NoMail, wait)
	})
}

func TestLinksThatAreOverAreForgotten(t *testing.T) {
	t.Parallel()
	w, _, _, due := asking(t)
	require.Len(t, due, 2)
	require.Equal(t, 2, read[int](w, `SELECT count(*) FROM mail_links`))
	require.NoError(t, w.exec(`UPDATE mail_links SET expires_at = now() - interval '25 hours' WHERE by_person = 'max'`))
	_, _, err := w.Mails(w.ctx(), 50)
	require.NoError(t, err)
	require.Equal(t, "mia", read[string](w, `SELECT string_agg(by_person, ' ') FROM mail_links`))
}

func TestMailsThatWaitAreCounted(t *testing.T) {
	t.Parallel()
	w := mailed(t)
	w.tell(usm.Notice{To: "eve", Text: "one"}, usm.Notice{To: "manager", Text: "two"})
	counted := func() int {
		backlog, err := w.Backlog(w.ctx())
		require.NoError(t, err)
		return backlog.Mails.Waiting
	}
	require.Zero(t, counted())
	due := w.gathered()
	require.Equal(t, len(due), counted())
	require.NoError(t, w.MailSent(w.ctx(), due[0].ID))
	require.Equal(t, len(due)-1, counted())
	_, err := w.MailFailed(w.ctx(), due[1].ID, "no", true)
	require.NoError(t, err)
	require.Equal(t, len(due)-2, counted())
}
