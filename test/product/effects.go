package product

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// RequireNothingTwice holds the registers against the trails after a crash: exactly the effects of the steps that were
// performed, each once, and nothing left over. calls is how many there are, those that others forked included.
func RequireNothingTwice(tb testing.TB, p *Product, calls int) {
	tb.Helper()
	db := p.SQL()
	for _, fact := range []struct {
		claim, statement string
		want             int
	}{
		{"each call and each child was opened once", `SELECT count(*) FROM calls`, calls},
		{"every call is closed", `SELECT count(*) FROM calls WHERE status <> 'closed'`, 0},
		{"no trail has a gap", `SELECT count(*) FROM (SELECT call FROM trail GROUP BY call
			HAVING min(sequence) <> 1 OR max(sequence) <> count(*)) gaps`, 0},
		{"no trail is longer than its call says", `SELECT count(*) FROM calls c
			WHERE changes <> (SELECT count(*) FROM trail WHERE call = c.number)`, 0},
		{"each attempt of a step was finished once", `SELECT count(*) FROM (SELECT call, step, attempt FROM trail
			WHERE kind = 'step_finished' GROUP BY 1, 2, 3 HAVING count(*) <> 1) twice`, 0},
		{"no step was repeated", `SELECT count(*) FROM trail WHERE attempt > 1`, 0},
		{"each step is finished", `SELECT count(*) FROM call_steps WHERE finished_at IS NULL`, 0},
		{"each request of the register wrote its components once", `SELECT count(*) FROM trail t
			WHERE kind = 'step_finished' AND step = 'update_register' AND jsonb_array_length(fields -> 'components')
			      <> (SELECT count(*) FROM component_history h WHERE h.call = t.call)`, 0},
		{"each operation wrote its log once", `SELECT count(*) FROM trail t
			WHERE kind = 'step_finished' AND step = 'execute_operation' AND jsonb_array_length(fields -> 'log')
			      <> (SELECT count(*) FROM operation_log l WHERE l.call = t.call)`, 0},
		{"each wish brought one agreement into force", `SELECT count(*) FROM wishes w
			WHERE (SELECT count(*) FROM agreements a WHERE a.call = w.number) <> 1`, 0},
		{"each evaluation was recorded once", `SELECT count(*) - (SELECT count(*) FROM calls) FROM evaluations`, 0},
		{"every call that was taken was started", `SELECT count(*) FROM starts WHERE started_at IS NULL`, 0},
		{"there are no dead letters", `SELECT count(*) FROM dead_letters`, 0},
		{"each row of the trail is told once", `SELECT count(*) FROM (SELECT call, sequence FROM outbox
			WHERE topic <> 'usm.call.notice' GROUP BY 1, 2 HAVING count(*) <> 1) twice`, 0},
	} {
		var found int
		require.NoError(tb, db.QueryRowContext(tb.Context(), fact.statement).Scan(&found), fact.statement)
		require.Equal(tb, fact.want, found, fact.claim)
	}
}
