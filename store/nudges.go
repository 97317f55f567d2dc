package store

import (
	"context"
	"time"
)

// Nudges returns the IDs of runs whose approval has to be looked at again because the directory changed, oldest first, each
// to one gateway at a time: to another only when this one has not said Nudged within five seconds.
func (s *Store) Nudges(ctx context.Context, limit int) (runs []string, err error) {
	defer wrapf(&err, "Nudges")
	var taken []struct {
		Run     string    `db:"run"`
		TakenAt time.Time `db:"taken_at"`
	}
	err = s.db.SelectContext(ctx, &taken, `
		WITH taken AS (
			UPDATE nudges SET taken_at = clock_timestamp() WHERE run IN (
				SELECT run FROM nudges WHERE taken_at IS NULL OR taken_at < now() - make_interval(secs => $2)
				ORDER BY noted_at, run LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING run, noted_at, taken_at)
		SELECT run, taken_at FROM taken ORDER BY noted_at, run`, limit, tryLasts.Seconds())
	for _, nudge := range taken {
		s.nudged.Store(nudge.Run, nudge.TakenAt)
		runs = append(runs, nudge.Run)
	}
	return runs, err
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
