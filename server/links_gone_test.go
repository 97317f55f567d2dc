package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestALinkThatIsNoGoodIsOnePage compares the pages of all of them.
func TestALinkThatIsNoGoodIsOnePage(t *testing.T) {
	t.Parallel()
	cases := map[string]func(linked) (link string){
		"Forged":  func(linked) string { return "forged" },
		"Long":    func(linked) string { return strings.Repeat("x", 3000) },
		"Encoded": func(linked) string { return "%3Cb%3E%00%FF" },
		"Used":    func(w linked) string { w.answer(secret, "approve", ""); return secret },
		"Expired": func(w linked) string {
			w.relink(func(l *usm.MailLink) { l.ExpiresAt = time.Now().Add(-time.Second) })
			return secret
		},
		"Left":    func(w linked) string { delete(w.mails.people, "omar"); return secret },
		"Foreign": func(w linked) string { w.relink(func(l *usm.MailLink) { l.Person = "mona" }); return secret },
		"OfNobody": func(w linked) string {
			w.relink(func(l *usm.MailLink) { l.By, l.Person = "ravi", "ravi" })
			return secret
		},
		"DelegationEnded": func(w linked) string {
			w.change(func(a *usm.Approval) { a.Deciders = a.Deciders[:1] })
			return "of-mona"
		},
		"AnsweredOtherwise": func(w linked) string {
			w.change(func(a *usm.Approval) {
				a.Ballots, a.Deciders = []usm.Ballot{{Person: "omar", Decision: usm.Reject}}, nil
			})
			return secret
		},
		"Withdrawn": func(w linked) string {
			w.change(func(a *usm.Approval) { a.State = usm.ApprovalWithdrawn })
			return secret
		},
		"OfNoApproval":  func(w linked) string { w.relink(func(l *usm.MailLink) { l.Approval = "INC-000099.1" }); return secret },
		"OfARequester":  func(w linked) string { w.change(func(a *usm.Approval) { a.Deciders = nil }); return secret },
		"ForgedOfOmars": func(linked) string { return secret[:len(secret)-1] },
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setupLinks(t)
			link := prepare(w)
			decided := len(w.desk.actions)
			get := w.nowhere(w.open(http.MethodGet, link))
			require.Empty(t, w.open(http.MethodHead, link).status(http.StatusNotFound).body)
			post := w.nowhere(w.answer(link, "abstain", ""))
			require.Equal(t, get, post)
			require.Equal(t, w.nowhere(w.open(http.MethodGet, "something-else")), get, "the same for all")
			require.Len(t, w.desk.actions, decided)
		})
	}
}

// relink changes Omar's link.
func (w linked) relink(alter func(*usm.MailLink)) {
	w.mails.mu.Lock()
	defer w.mails.mu.Unlock()
	link := w.mails.links[secret]
	alter(&link)
	w.mails.links[secret] = link
}
