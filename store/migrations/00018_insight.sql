-- Why: reports find what happened in a period without going through all that ever happened.

-- +goose Up

CREATE INDEX calls_closed ON calls (domain, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX calls_open ON calls (domain, opened_at) INCLUDE (process, step) WHERE closed_at IS NULL;
CREATE INDEX trail_done ON trail (at) WHERE kind = 'step_finished' AND state = 'done';
CREATE INDEX trail_bounces ON trail (at) WHERE kind IN ('reassigned', 'sent_back', 'retyped')
    OR kind = 'step_finished' AND (outcome = 'disputed' OR step = 'release_change' AND outcome = 'rejected');
