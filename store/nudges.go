package store

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// NoNudge says that no run is to look again, whatever the time.
const NoNudge = time.Duration(-1)

// nudgeRow has a run look at its approval again. The time says who has it for himself, as if a gateway had taken it.
type nudgeRow struct {
	Run     string    `json:"run" db:"run"`
	NotedAt time.Time `json:"noted_at" db:"noted_at"`
	TakenAt time.Time `json:"taken_at" db:"taken_at"`
	Later   float64   `json:"-" db:"later"` // seconds until another one may have it
}

// leaveNudges is the part of change.statement that is about them. One that waits because the directory changed goes on waiting.
const leaveNudges = `,
nudged AS (
	INSERT INTO nudges AS n (run, noted_at, taken_at)
	SELECT run, noted_at, taken_at FROM input, jsonb_populate_recordset(NULL::nudges, change -> 'nudges')
	ON CONFLICT (run) DO UPDATE SET taken_at = excluded.taken_at WHERE n.taken_at IS NOT NULL)`

// nudgeUnlessHeard has the run look that waits for an approval that people ended, unless Heard says in time that the engine
// has what they did: between the two, Temporal and the worker may die, and only the registers know.
func (a *amending) nudgeUnlessHeard(event eventRow) {
	one, err := a.dossier.find(a.about)
	if event.Kind != usm.EventDecided && event.Kind != usm.EventBypassed || err != nil || one.State == usm.ApprovalOpen {
		return
	}
	a.change.Nudges = append(a.change.Nudges, nudgeRow{Run: one.Run(), NotedAt: *one.ClosedAt, TakenAt: *one.ClosedAt})
}

// Heard marks that the engine has what ended an approval, so that its run need not look again; it changes nothing while the
// approval is open.
func (s *Store) Heard(ctx context.Context, approval usm.Approval) (err error) {
	defer wrapf(&err, "Heard(%s)", approval.ID)
	// Were it lost with Postgres, the run would look once in vain; so it need not wait for the disk.
	_, err = s.db.ExecContext(ctx, `
		WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true))
		DELETE FROM nudges n USING approvals a, lazily
		WHERE a.id = $1 AND n.run = $2 AND n.taken_at = a.closed_at`, approval.ID, approval.Run())
	return err
}

// Nudges returns the IDs of runs that have to look at their approval again, because the directory changed or because the
// engine may have lost what ended it, oldest first, each to one gateway at a time: to another only when this one has not said
// Nudged within five seconds. wait is how long it takes until the next is due, NoNudge when none waits.
func (s *Store) Nudges(ctx context.Context, limit int) (runs []string, wait time.Duration, err error) {
	defer wrapf(&err, "Nudges")
	var found []nudgeRow
	err = s.db.SelectContext(ctx, &found, `
		WITH taken AS (
			UPDATE nudges SET taken_at = clock_timestamp() WHERE run IN (
				SELECT run FROM nudges WHERE taken_at IS NULL OR taken_at < now() - make_interval(secs => $2)
				ORDER BY noted_at, run LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING run, noted_at, taken_at),
		later AS (
			SELECT run, noted_at, taken_at FROM nudges WHERE taken_at >= now() - make_interval(secs => $2) ORDER BY taken_at LIMIT 1)
		SELECT run, noted_at, taken_at, -1 AS later FROM taken
		UNION ALL
		SELECT run, noted_at, taken_at, $2 - extract(epoch FROM now() - taken_at)::float8 FROM later
		ORDER BY later, noted_at, run`, limit, tryLasts.Seconds())
	wait = NoNudge
	for _, nudge := range found {
		if nudge.Later >= 0 {
			wait = time.Duration(nudge.Later * float64(time.Second))
			continue
		}
		s.nudged.Store(nudge.Run, nudge.TakenAt)
		runs = append(runs, nudge.Run)
	}
	return runs, wait, err
}

// Nudged marks that the run has looked. When the directory changed since the run was handed out by Nudges, or it was handed
// to another gateway meanwhile, it has to look again.
func (s *Store) Nudged(ctx context.Context, run string) (err error) {
	defer wrapf(&err, "Nudged(%s)", run)
	taken, ok := s.nudged.LoadAndDelete(run)
	if !ok {
		return nil
	}
	_, err = s.db.ExecContext(ctx, `DELETE FROM nudges WHERE run = $1 AND taken_at = $2`, run, taken)
	return err
}
