-- Why: an action is known in the trail by its own id: callers may name their requests, and give several the same name.

-- +goose Up

ALTER TABLE trail ADD COLUMN action_id text NOT NULL DEFAULT ''; -- which is the ID of the update; '' for what nobody did by an action
ALTER TABLE unanswered ALTER COLUMN request_id SET DEFAULT '';   -- of what is noted before the trail has ids, and '' since
