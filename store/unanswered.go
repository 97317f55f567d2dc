package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/usm-works/usm/usm"
)

// unansweredLasts is how long an action is kept of which nothing has been recorded.
const unansweredLasts = time.Hour

// isRecorded says of what is kept, as u, that the trail has it. What it does not have was not done.
const isRecorded = `EXISTS (SELECT 1 FROM trail t WHERE t.call = u.call
	AND (t.action_id = u.id OR u.request_id <> '' AND t.request_id = u.request_id))`

// Unanswered keeps an action for which the engine had no answer: it may have been recorded, and its run know nothing of it.
func (s *Store) Unanswered(ctx context.Context, call string, action usm.Action) (err error) {
	defer wrapf(&err, "Unanswered(%s)", call)
	content, err := json.Marshal(action)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `
		WITH told AS (SELECT pg_notify('usm', ''))
		INSERT INTO unanswered (call, id, action) SELECT $1, $2, $3 FROM told
		ON CONFLICT (call, id) DO UPDATE SET noted_at = now(), taken_at = NULL`, call, action.ID, string(content))
	return err
}

// Rest returns those of these actions that have finished the step before the one that their call waits with for a person: the trail
// ends with them, they opened no other call, and the call is bound to the workflow it was. It keeps them as Unanswered does, as sent
// by this gateway now.
func (s *Store) Rest(ctx context.Context, sent []usm.SentAction) (resting []usm.SentAction, err error) {
	defer wrapf(&err, "Rest")
	var ids []string
	err = s.db.SelectContext(ctx, &ids, `
		INSERT INTO unanswered (call, id, action, taken_at)
		SELECT c.number, t.action_id, s.action, clock_timestamp()
		FROM jsonb_to_recordset($1) AS s (call text, action jsonb)
		JOIN calls c ON c.number = s.call
		JOIN trail t ON t.call = c.number AND t.sequence = c.changes AND t.action_id = s.action ->> 'id'
		WHERE t.kind = 'step_finished' AND c.waiting ->> 'kind' = 'step'
			AND NOT t.result ? 'opened' AND NOT t.result ? 'validity' AND NOT t.after ? 'workflow'
		ON CONFLICT (call, id) DO UPDATE SET taken_at = excluded.taken_at
		RETURNING id`, doc(list(sent)))
	for _, one := range sent {
		if slices.Contains(ids, one.Action.ID) {
			resting = append(resting, one)
		}
	}
	return resting, err
}

// Outstanding returns the actions of a call that are recorded and kept, oldest first.
func (s *Store) Outstanding(ctx context.Context, call string) (sent []usm.SentAction, err error) {
	defer wrapf(&err, "Outstanding(%s)", call)
	var kept []document[usm.Action]
	err = s.db.SelectContext(ctx, &kept, `
		SELECT action FROM unanswered u WHERE call = $1 AND `+isRecorded+` ORDER BY noted_at, id`, call)
	for _, action := range kept {
		sent = append(sent, usm.SentAction{Call: call, Action: action.value})
	}
	return sent, err
}

// ActorOf returns who did the action of that ID that is recorded of a call, and under which rule; usm.CodeNotFound for none.
func (s *Store) ActorOf(ctx context.Context, call, action string) (actor usm.Actor, err error) {
	defer wrapf(&err, "ActorOf(%s)", call)
	err = s.db.QueryRowxContext(ctx, `
		SELECT by_person, for_person, profile, rule FROM trail WHERE call = $1 AND action_id = $2 ORDER BY sequence LIMIT 1`,
		call, action).Scan(&actor.Person, &actor.For, &actor.Profile, &actor.Rule)
	return actor, noneAs(err, "nothing is recorded of that action")
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

// Answered forgets an action that the engine has answered. It does not wait for the disk: an action that is sent once more changes nothing.
func (s *Store) Answered(ctx context.Context, sent usm.SentAction) (err error) {
	defer wrapf(&err, "Answered(%s)", sent.Call)
	_, err = s.db.ExecContext(ctx, `
		WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true))
		DELETE FROM unanswered USING lazily WHERE call = $1 AND id = $2`, sent.Call, sent.Action.ID)
	return err
}
