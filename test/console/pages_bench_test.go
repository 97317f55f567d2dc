package console

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

const (
	mostOfAPage = 60 // milliseconds that a page may take at the 95th percentile
	looks       = 40 // at each page, after a few to warm up
)

// BenchmarkPages asks for pages among a million calls, as somebody who works for all domains, and says how long the server takes.
// USM_BENCH_CALLS is another number of calls.
func BenchmarkPages(b *testing.B) {
	calls := 1_000_000
	if given, err := strconv.Atoi(os.Getenv("USM_BENCH_CALLS")); err == nil {
		calls = given
	}
	w := world{Product: product.Start(b, product.Options{Domains: []string{"none"}})}
	storetest.Seed(b, storetest.Open(b, store.Options{URL: w.Database, StatementTimeout: 10 * time.Minute}), w.Database, calls)
	var table strings.Builder
	for _, page := range append(w.toldPages(b), []string{
		"/work", "/work?priority=high", "/asked", "/approvals", "/find?q=mail", "/registers/incidents", "/registers/incidents?open=true",
		"/registers/requests?status=closed", "/registers/changes?q=mail", "/risks", "/agreements", "/services", "/components", "/domains/it",
		"/insight?domain=it", "/system",
	}...) {
		person, path, of := strings.Cut(page, " ")
		if !of {
			person, path = "olga", page
		}
		took := w.timed(b, person, path)
		p50, p95 := took[len(took)/2], took[len(took)*95/100]
		fmt.Fprintf(&table, "%7.1f %7.1f  %s\n", p50, p95, path)
		if p95 > mostOfAPage {
			b.Errorf("%s: p95 %.1f ms, at most %d", path, p95, mostOfAPage)
		}
	}
	b.Logf("milliseconds among %d calls, %d cores\n    p50     p95  page\n%s", calls, runtime.NumCPU(), table.String())
}

// timed returns how long a page took, sorted, in milliseconds.
func (w world) timed(b *testing.B, person, path string) []float64 {
	b.Helper()
	var took []float64
	for i := range looks + looks/4 {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, w.URL+path, nil)
		require.NoError(b, err)
		request.Header.Set("Authorization", "Bearer "+w.Token(person))
		begun := time.Now()
		answer, err := once.Do(request)
		require.NoError(b, err)
		size, err := io.Copy(io.Discard, answer.Body)
		require.NoError(b, err)
		require.NotZero(b, size)
		require.NoError(b, answer.Body.Close())
		require.Equal(b, http.StatusOK, answer.StatusCode, path)
		if i >= looks/4 {
			took = append(took, time.Since(begun).Seconds()*1000)
		}
	}
	slices.Sort(took)
	return took
}

// toldPages are the pages of calls that have really been worked on, which those that are seeded have not: somebody has talked about
// them, approved their recovery and done it in a call of its own. Each begins with who looks at it, unless that is olga.
func (w world) toldPages(b *testing.B) []string {
	b.Helper()
	w.gated(b, "it")
	var parent usm.CallView
	for range 5 {
		parent = w.worked(b)
	}
	approvals, _, err := w.Admin.Approvals(b.Context(), usm.ApprovalFilter{Call: parent.Number})
	require.NoError(b, err)
	pages := []string{
		"/calls/" + parent.Number, "/calls/" + parent.Children[0], "mia /approvals/" + approvals[0].ID, "eve /asked/" + parent.Number,
		"eve /asked", "mia /approvals?state=all",
	}
	insight := w.send(b, "olga", http.MethodGet, "/insight?domain=it", nil)
	for _, of := range []string{"of=waited", "of=open", "of=closed"} {
		link := insight.Find(`main a[href*="` + of + `"]`).First()
		require.Equal(b, 1, link.Length(), of)
		pages = append(pages, link.AttrOr("href", ""))
	}
	return pages
}

// worked is an incident that waits for its requester's confirmation.
func (w world) worked(b *testing.B) usm.CallView {
	b.Helper()
	ctx, olga, eve := b.Context(), w.As("olga"), w.As("eve")
	call, err := eve.Open(ctx, usm.NewCall{
		Domain: "it", Subject: "Mail does not arrive", Requester: "eve", Service: "mail", Impact: usm.Medium, Urgency: usm.High,
		Fields: map[string]any{"broken": true},
	})
	require.NoError(b, err)
	for i := range 10 {
		_, err = olga.Ask(ctx, call.Number, fmt.Sprintf("Question %d: which mailbox?", i))
		require.NoError(b, err)
		_, err = eve.Answer(ctx, call.Number, "That of sales.", nil)
		require.NoError(b, err)
		_, err = olga.Note(ctx, call.Number, strings.Repeat("It is the queue again. ", 20))
		require.NoError(b, err)
	}
	_, err = w.Drive(ctx, call.Number, product.Plan{Until: usm.PrepareRecovery})
	require.NoError(b, err)
	needs, err := olga.StepView(ctx, call.Number, usm.PrepareRecovery, usm.RouteOperate)
	require.NoError(b, err)
	call, err = olga.FinishWith(ctx, call.Number, usm.PrepareRecovery, needs.Example)
	require.NoError(b, err)
	asked, err := w.Admin.Approval(ctx, call.WaitingFor.Approval)
	require.NoError(b, err)
	_, err = w.As("mia").Decide(ctx, asked.ID, usm.DecisionRequest{Decision: usm.Approve, Digest: asked.Digest, For: "mia"})
	require.NoError(b, err)
	call, err = w.Drive(ctx, call.Number, product.Plan{Until: usm.ReviewRecovery})
	require.NoError(b, err)
	require.NotEmpty(b, call.Children)
	return call
}
