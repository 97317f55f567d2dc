package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// asking is a call that waits for an approval by the managers, whose mails are due.
func asking(t *testing.T, policy ...func(*usm.ApprovalPolicy)) (w world, call usm.Call, a usm.Approval, due map[string]usm.Mail) {
	t.Helper()
	w = gated(t, board(append([]func(*usm.ApprovalPolicy){need("all")}, policy...)...))
	require.NoError(t, w.exec(`UPDATE people SET email = id || '@example.org'`))
	call, a = w.waiting()
	return w, call, a, w.mailsByReader()
}

func (w world) mailsByReader() map[string]usm.Mail {
	w.t.Helper()
	by := map[string]usm.Mail{}
	for _, mail := range w.gathered() {
		by[mail.Person] = mail
	}
	return by
}

// linkOf is the link for a person's own decision.
func linkOf(mail usm.Mail) string {
	for _, item := range mail.Items {
		if item.For == "" && item.Secret != "" {
			return item.Secret
		}
	}
	return ""
}

func TestLinksInMails(t *testing.T) {
	t.Parallel()

	t.Run("AreForOneReaderOneApproverAndOneContent", func(t *testing.T) {
		t.Parallel()
		w, call, a, due := asking(t)
		require.Len(t, due, 2)
		item := due["mia"].Items[0]
		require.Equal(t, a.Digest, item.Approval.Digest)
		require.Equal(t, a.Content, item.Approval.Content)
		require.Equal(t, "Olga", item.Proposed)
		require.Equal(t, call.Number, item.Call)
		require.Len(t, item.Secret, 43, "256 bits")
		require.NotEqual(t, linkOf(due["mia"]), linkOf(due["max"]))

		link, caller, err := w.Link(w.ctx(), linkOf(due["mia"]))
		require.NoError(t, err)
		require.True(t, link.Good(time.Now()))
		require.Equal(t, "mia", caller.Token.Person)
		require.False(t, caller.Token.Admin)
		require.Equal(t, []string{"manager"}, caller.Domains["it"])
		require.WithinDuration(t, time.Now().Add(usm.LinkLasts), link.ExpiresAt, time.Minute)
		link.ExpiresAt = time.Time{}
		require.Equal(t, usm.MailLink{Approval: a.ID, Person: "mia", By: "mia", Digest: a.Digest}, link)
		require.NotContains(t, read[string](w, `SELECT json_agg(l)::text || (SELECT json_agg(m)::text FROM mails m) FROM mail_links l`),
			linkOf(due["mia"]), "only a hash is kept")
	})

	t.Run("EndWithTheApproval", func(t *testing.T) {
		t.Parallel()
		_, _, a, due := asking(t, func(p *usm.ApprovalPolicy) { p.Within = "2h" })
		require.NotNil(t, a.Due)
		require.Equal(t, *a.Due, due["mia"].Items[0].Expires)
	})

	t.Run("AreNothingWhenUnknownOverOrOfSomebodyWhoHasLeft", func(t *testing.T) {
		t.Parallel()
		w, _, _, due := asking(t)
		for _, secret := range []string{"", "guess", linkOf(due["mia"]) + "x", linkOf(due["mia"])[1:]} {
			_, _, err := w.Link(w.ctx(), secret)
			requireCode(t, usm.CodeNotFound, err)
		}
		require.NoError(t, w.exec(`UPDATE people SET inactive = true WHERE id = 'mia'`))
		_, _, err := w.Link(w.ctx(), linkOf(due["mia"]))
		requireCode(t, usm.CodeNotFound, err)
		require.NoError(t, w.exec(`UPDATE mail_links SET expires_at = now() WHERE by_person = 'max'`))
		_, _, err = w.Link(w.ctx(), linkOf(due["max"]))
		requireCode(t, usm.CodeNotFound, err)
	})

	t.Run("AreUsedOnce", func(t *testing.T) {
		t.Parallel()
		w, _, _, due := asking(t)
		for range 2 {
			require.NoError(t, w.UseLink(w.ctx(), linkOf(due["mia"])))
			link, _, err := w.Link(w.ctx(), linkOf(due["mia"]))
			require.NoError(t, err)
			require.False(t, link.Good(time.Now()))
		}
		link, _, err := w.Link(w.ctx(), linkOf(due["max"]))
		require.NoError(t, err)
		require.Nil(t, link.UsedAt)
	})

	t.Run("AreRenewedOnceInANewMail", func(t *testing.T) {
		t.Parallel()
		w, _, a, due := asking(t)
		for _, err := range atOnce(4, func(int) error { return w.RenewLink(w.ctx(), linkOf(due["mia"])) }) {
			require.NoError(t, err)
		}
		again := w.mailsByReader()
		require.Len(t, again, 1)
		require.NotEqual(t, due["mia"].Key, again["mia"].Key)
		link, _, err := w.Link(w.ctx(), linkOf(again["mia"]))
		require.NoError(t, err)
		require.Equal(t, a.ID, link.Approval)
		require.Nil(t, link.UsedAt)
		require.Equal(t, 2, read[int](w, `SELECT count(*) FROM mails WHERE person = 'mia'`))
	})

	t.Run("OfAMailThatIsTriedAgainAreAllGood", func(t *testing.T) {
		t.Parallel()
		w, _, _, due := asking(t)
		require.NoError(t, w.exec(`UPDATE mails SET due_at = now()`))
		again := w.mailsByReader()
		require.Equal(t, due["mia"].Key, again["mia"].Key)
		for _, mail := range []usm.Mail{due["mia"], again["mia"]} {
			link, _, err := w.Link(w.ctx(), linkOf(mail))
			require.NoError(t, err)
			require.True(t, link.Good(time.Now()))
		}
	})
}

func TestMailsThatAsk(t *testing.T) {
	t.Parallel()

	t.Run("AreNotSentToWhomTheApprovalDoesNotAskAnyMore", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		require.NoError(t, w.exec(`UPDATE people SET email = id || '@example.org'`))
		call, a := w.waiting()
		w.amend(vote(call, a, "mia", usm.Approve))
		due := w.mailsByReader()
		require.Contains(t, due, "max")
		require.NotContains(t, due, "mia", "she has answered")
		require.Zero(t, read[int](w, `SELECT count(*) FROM mails WHERE person = 'mia' AND sent_at IS NULL`))
	})

	t.Run("GoToWhoStandsInWithALinkForEachApprover", func(t *testing.T) {
		t.Parallel()
		w := gated(t, board(need("all")))
		require.NoError(t, w.exec(`UPDATE people SET email = id || '@example.org'`))
		for _, person := range []string{"mia", "max"} {
			w.delegate(usm.Delegation{
				Domain: "it", Person: person, To: "cora", From: time.Now().Add(-time.Minute), Until: time.Now().Add(time.Hour), By: person,
			})
		}
		require.Len(t, w.mailsByReader()["cora"].Items, 2, "that she stands in, twice")
		_, a := w.waiting()
		cora := w.mailsByReader()["cora"]
		require.Len(t, cora.Items, 2)
		for _, item := range cora.Items {
			link, caller, err := w.Link(w.ctx(), item.Secret)
			require.NoError(t, err)
			require.Equal(t, "cora", caller.Token.Person)
			require.Equal(t, map[string]string{"mia": "Mia", "max": "Max"}[link.Person], item.For)
			actor, refusal := usm.MayDecide(caller, w.approval(a.ID), link.Person)
			require.Nil(t, refusal)
			require.Equal(t, usm.RuleDelegate, actor.Rule)
		}
		require.NoError(t, w.RevokeDelegation(w.ctx(), 1, "mia"))
		require.False(t, w.approval(a.ID).Decides("cora", "mia"), "an old link decides nothing once the delegation has ended")
	})

	t.Run("SayWhatHasChanged", func(t *testing.T) {
		t.Parallel()
		w, call, _, due := asking(t)
		w.amend(plan(call, costing(200)))
		again := w.mailsByReader()
		require.Equal(t, "/proposal/fields/cost", again["mia"].Items[0].Approval.Changed[0].Pointer)
		old, _, err := w.Link(w.ctx(), linkOf(due["mia"]))
		require.NoError(t, err)
		require.Equal(t, usm.ApprovalVoid, w.approval(old.Approval).State)
	})
}
