package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/usm-works/usm/usm"
)

// unansweredLasts is how long an action is kept of which nothing has been recorded.
const unansweredLasts = time.Hour

// isRecorded says of what is kept, as u, that the trail has it. What it does not have was not done.
const isRecorded = `EXISTS (SELECT 1 FROM trail t WHERE t.call = u.call AND t.request_id = u.request_id)`

// Unanswered keeps an action for which the engine had no answer: it may have been recorded, and its run know nothing of it. Of one
// that is sent again the request stays that is in the trail.
func (s *Store) Unanswered(ctx context.Context, call string, action usm.Action) (err error) {
	defer wrapf(&err, "Unanswered(%s)", call)
	content, err := json.Marshal(action)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `
		WITH told AS (SELECT pg_notify('usm', ''))
		INSERT INTO unanswered AS u (call, id, request_id, action) SELECT $1, $2, $3, $4 FROM told
		ON CONFLICT (call, id) DO UPDATE SET noted_at = now(), taken_at = NULL,
			request_id = CASE WHEN `+isRecorded+` THEN u.request_id ELSE excluded.request_id END`,
		call, action.ID, action.RequestID, string(content))
	return err
}

// Recorded returns actions without an answer that were recorded all the same, oldest first, each to one gateway at a time: to
// another only when this one has not said Answered within five seconds. wait is how long it takes until it is to be asked again
// although nothing was recorded, NoNudge when nothing is kept. What was not recorded for an hour is forgotten.
func (s *Store) Recorded(ctx context.Context, limit int) (sent []usm.SentAction, wait time.Duration, err error) {
	defer wrapf(&err, "Recorded")
	var found []struct {
		Call   *string `db:"call"`
		Action *[]byte `db:"action"`
	}
	// The last row, without a call, says that there are others.
	err = s.db.SelectContext(ctx, &found, `
		WITH forgotten AS (
			DELETE FROM unanswered u WHERE noted_at < now() - make_interval(secs => $3)
			AND NOT `+isRecorded+`),
		taken AS (
			UPDATE unanswered SET taken_at = clock_timestamp() WHERE (call, id) IN (
				SELECT call, id FROM unanswered u
				WHERE (taken_at IS NULL OR taken_at < now() - make_interval(secs => $2))
				AND `+isRecorded+`
				ORDER BY noted_at, call, id LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING call, action, noted_at)
		SELECT call, action FROM (
			SELECT call, action, noted_at FROM taken
			UNION ALL
			SELECT NULL, NULL AS action, NULL AS noted_at FROM (SELECT 1 FROM unanswered LIMIT 1) AS any_left) AS all_found
		ORDER BY noted_at NULLS LAST, call`, limit, tryLasts.Seconds(), unansweredLasts.Seconds())
	wait = NoNudge
	for _, one := range found {
		if one.Call == nil {
			wait = tryLasts
			continue
		}
		a := usm.SentAction{Call: *one.Call}
		if err := json.Unmarshal(*one.Action, &a.Action); err != nil {
			return nil, wait, err
		}
		sent = append(sent, a)
	}
	return sent, wait, err
}

// Answered forgets an action that the engine has answered.
func (s *Store) Answered(ctx context.Context, sent usm.SentAction) (err error) {
	defer wrapf(&err, "Answered(%s)", sent.Call)
	_, err = s.db.ExecContext(ctx, `DELETE FROM unanswered WHERE call = $1 AND id = $2`, sent.Call, sent.Action.ID)
	return err
}
