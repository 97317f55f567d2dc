package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// likenesses gives the approval RFC-000001.1 so many, each of a call of its own. Every n-th asks mia, the others one of two
// thousand people.
const likenesses = `
DO $$
DECLARE copied text := (SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
	WHERE table_name = 'calls' AND is_generated = 'NEVER' AND column_name <> 'number');
BEGIN
	EXECUTE format($f$INSERT INTO calls (number, %%1$s) SELECT 'RFC-' || lpad(n::text, greatest(6, length(n::text)), '0'), %%1$s
		FROM calls, generate_series(2, %[1]d) n WHERE number = 'RFC-000001'$f$, copied);
	INSERT INTO approvals (id, call, n, domain, step, attempt, policy, state, retro, stuck, opened_at, due, closed_at, alarm, document)
	SELECT number || '.1', number, 1, a.domain, a.step, a.attempt, policy, state, retro, stuck, a.opened_at - later, a.due + later,
		a.closed_at, alarm, document || jsonb_build_object('id', number || '.1', 'call', number)
	FROM approvals a, calls, make_interval(secs => substr(number, 5)::integer) AS later
	WHERE a.id = 'RFC-000001.1' AND number <> 'RFC-000001';
	INSERT INTO approval_asks (approval, person, due)
	SELECT id, CASE WHEN split_part(call, '-', 2)::integer %% %[2]d = 0 THEN 'mia' ELSE 'p' || abs(hashtext(id)) %% 2000 END, due
	FROM approvals WHERE id <> 'RFC-000001.1';
	ANALYZE;
END
$$`

// populous is a world with so many approvals, of which every n-th asks mia.
func populous(tb testing.TB, approvals, nth int) (s *store.Store, url string) {
	tb.Helper()
	url = storetest.URL(tb)
	s = storetest.Open(tb, store.Options{URL: url, StatementTimeout: 10 * time.Minute})
	domain := storetest.Domain()
	domain.Calendar, domain.Approvals = usm.Calendar{Always: true}, []usm.ApprovalPolicy{timed()}
	_, err := s.ApplyDomain(tb.Context(), domain, "test")
	require.NoError(tb, err)
	call, err := s.Register(tb.Context(), usm.IntakeRequest{}, usm.Call{NewCall: asked(usm.ChangeRequest)})
	require.NoError(tb, err)
	_, err = s.Open(tb.Context(), call, usm.ResourceChange.Name)
	require.NoError(tb, err)
	for _, step := range []usm.Step{usm.AcceptChange, usm.ClassifyChange} {
		_, err := s.FinishStep(tb.Context(), input(call, step), usm.Effects{})
		require.NoError(tb, err)
	}
	_, err = s.Amend(tb.Context(), plan(call))
	require.NoError(tb, err)
	db := sqlx.MustConnect("postgres", url)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(tb.Context(), fmt.Sprintf(likenesses, approvals, nth))
	require.NoError(tb, err)
	return s, url
}

func TestApprovalsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	const approvals, nth = 100_000, 1000
	s, url := populous(t, approvals, nth)
	w := world{s, t, url}
	sight := &usm.Sight{Person: "mia", Domains: []string{"it"}}
	for _, people := range [][]string{{"mia"}, {"mia", "max", "carl"}} {
		text, args, err := store.AskedStatement(usm.ApprovalFilter{Sight: sight}, people...)
		require.NoError(t, err)
		how := w.plan(text, args...)
		require.Contains(t, how, "approval_asks_person")
		require.NotContains(t, how, "Seq Scan")
	}
	found := w.paged(usm.ApprovalFilter{Asks: "mia", Sight: sight}, 30)
	require.Len(t, found, approvals/nth+1)
	require.Equal(t, []string{"RFC-000001.1", "RFC-001000.1", "RFC-002000.1"}, found[:3])
	first, _, err := s.Approvals(t.Context(), usm.ApprovalFilter{Page: usm.Page{Limit: 2}})
	require.NoError(t, err)
	require.Equal(t, []string{"RFC-000001.1", "RFC-000002.1"}, idsOf(first))
}

// BenchmarkMyApprovals lists the first page of what a person may decide among a million approvals.
func BenchmarkMyApprovals(b *testing.B) {
	s, _ := populous(b, 1_000_000, 10_000)
	filter := usm.ApprovalFilter{Asks: "mia", Sight: &usm.Sight{Person: "mia", Domains: []string{"it"}}}
	var took []time.Duration
	for b.Loop() {
		begin := time.Now()
		found, _, err := s.Approvals(b.Context(), filter)
		took = append(took, time.Since(begin))
		require.NoError(b, err)
		require.Len(b, found, 50)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

// BenchmarkVote is the transaction that counts a vote among ten thousand open approvals.
func BenchmarkVote(b *testing.B) {
	s, _ := populous(b, 10_000, 1)
	a, err := s.Approval(b.Context(), "RFC-000001.1")
	require.NoError(b, err)
	n := 1
	for b.Loop() {
		n++
		call := usm.Call{Number: usm.ChangeRequest.Number(int64(n))}
		a.ID = call.Number + ".1"
		result, err := s.Amend(b.Context(), vote(call, a, "mia", usm.Approve))
		require.NoError(b, err)
		require.Equal(b, usm.ApprovalApproved, result.Approval.State)
	}
}
