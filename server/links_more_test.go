package server_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

func TestContentThatHasChanged(t *testing.T) {
	t.Parallel()
	changed := func(a *usm.Approval) { a.Digest = "sha256:2222" }

	t.Run("IsNotDecidedOnAndANewMessageComes", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		w.change(changed)
		page := string(w.open(http.MethodGet, secret).status(http.StatusConflict).body)
		require.Contains(t, page, "This has changed")
		require.NotContains(t, page, "router")
		_, renewed := w.mails.state()
		require.Zero(t, renewed, "reading changes nothing")
		page = string(w.answer(secret, "approve", "").status(http.StatusConflict).body)
		require.Contains(t, page, "A new message shows what is asked now")
		require.Empty(t, w.desk.actions)
		_, renewed = w.mails.state()
		require.Equal(t, 1, renewed)
		w.nowhere(w.answer(secret, "approve", ""))
		_, renewed = w.mails.state()
		require.Equal(t, 1, renewed, "one new message for one link")
	})

	t.Run("BetweenTheFormAndTheEngineAsWell", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t)
		w.desk.act = func(usm.Action) (usm.Ack, error) {
			w.change(changed)
			return usm.Ack{}, usm.Errorf(usm.CodeStale, "changed")
		}
		w.answer(secret, "approve", "").status(http.StatusConflict)
		_, renewed := w.mails.state()
		require.Equal(t, 1, renewed)
	})

	t.Run("AndIsVoidSaysSoWithoutAnotherMessageOfOurs", func(t *testing.T) {
		t.Parallel()
		w := setupLinks(t, func(a *usm.Approval) { a.State, a.Deciders = usm.ApprovalVoid, nil })
		for _, got := range []*answer{w.open(http.MethodGet, secret), w.answer(secret, "approve", "")} {
			require.Contains(t, string(got.status(http.StatusConflict).body), "This has changed")
		}
		_, renewed := w.mails.state()
		require.Zero(t, renewed, "the approval that asks instead has its own")
	})
}

func TestAPolicyThatAsksForASignIn(t *testing.T) {
	t.Parallel()
	w := setupLinks(t, func(a *usm.Approval) { a.Policy.StepUp = "5m" })
	for _, got := range []*answer{w.open(http.MethodGet, secret), w.answer(secret, "approve", ""), w.answer(secret, "reject", "")} {
		page := string(got.status(http.StatusForbidden).body)
		require.Contains(t, page, "needs a sign-in")
		require.NotContains(t, page, "router")
	}
	require.Empty(t, w.desk.actions)
	links, _ := w.mails.state()
	require.Nil(t, links[secret].UsedAt)
}

// delivering runs Deliver until the test ends.
func delivering(t *testing.T, post *fakePost, mailer *fakeMailer) *world {
	t.Helper()
	metrics := server.NewMetrics(prometheus.NewRegistry())
	w := setup(t, func(o *server.Options) { o.Metrics = metrics })
	o := server.Options{Reader: w.store, Post: post, PublicURL: "https://usm.example/", Metrics: metrics}
	if mailer != nil {
		o.Mailer = mailer
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Deliver(ctx, o) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	return w
}

// measures waits until the metrics say so.
func (w *world) measures(lines ...string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		metrics := string(w.send("", http.MethodGet, "/metrics", nil).status(http.StatusOK).body)
		return !slices.ContainsFunc(lines, func(line string) bool { return !strings.Contains(metrics, line+"\n") })
	}, 5*time.Second, 5*time.Millisecond, lines)
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	mail := func(id int64) usm.Mail {
		items := []usm.MailItem{{Call: "INC-000001", Secret: "s"}, {Call: "INC-000002"}}
		return usm.Mail{ID: id, Person: "omar", Email: "omar@example.org", Items: items}
	}

	t.Run("SendsWhatIsDueWithAddressesOfPages", func(t *testing.T) {
		t.Parallel()
		post, mailer := newFakePost(), &fakeMailer{taken: make(chan struct{}, 10)}
		post.due = []usm.Mail{mail(1), {ID: 2, Person: "nobody"}}
		w := delivering(t, post, mailer)
		<-mailer.taken
		require.Eventually(t, func() bool {
			post.mu.Lock()
			defer post.mu.Unlock()
			return len(post.sent) == 1 && len(post.left) == 1
		}, 5*time.Second, time.Millisecond)
		w.measures("usm_mails_sent_total 1", `usm_mails_failed_total{left="true"} 1`)
		require.Equal(t, []int64{2}, post.left, "somebody without an address is not tried again")
		require.Equal(t, "https://usm.example/decide/s", mailer.mails[0].Items[0].Link)
		require.Equal(t, "https://usm.example/calls/INC-000002", mailer.mails[0].Items[1].Page)
		require.Empty(t, mailer.mails[0].Items[1].Link)
	})

	t.Run("KeepsWhyAMailWasNotSent", func(t *testing.T) {
		t.Parallel()
		post, mailer := newFakePost(), &fakeMailer{taken: make(chan struct{}, 10), err: errors.New("connection refused")}
		post.due = []usm.Mail{mail(1)}
		w := delivering(t, post, mailer)
		<-mailer.taken
		defer w.measures("usm_mails_sent_total 0", `usm_mails_failed_total{left="false"} 1`)
		require.Eventually(t, func() bool {
			post.mu.Lock()
			defer post.mu.Unlock()
			return post.failed[1] == "connection refused" && len(post.left) == 0
		}, 5*time.Second, time.Millisecond)
	})

	t.Run("ComesBackWhenTheNextIsDue", func(t *testing.T) {
		t.Parallel()
		post, mailer := newFakePost(), &fakeMailer{taken: make(chan struct{}, 10)}
		post.wait = 10 * time.Millisecond
		delivering(t, post, mailer)
		require.Eventually(t, func() bool {
			post.mu.Lock()
			defer post.mu.Unlock()
			return post.asked > 2
		}, 10*time.Second, time.Millisecond)
	})

	t.Run("TakesNothingWithoutAMailServer", func(t *testing.T) {
		t.Parallel()
		post := newFakePost()
		post.due = []usm.Mail{mail(1)}
		w := delivering(t, post, nil)
		w.incident()
		require.Len(t, post.due, 1)
		require.Zero(t, post.asked)
	})
}
