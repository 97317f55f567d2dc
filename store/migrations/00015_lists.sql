-- Why: a list shows its page as soon among a million calls as among a thousand, whatever it is narrowed by.

-- +goose Up

CREATE INDEX calls_type ON calls (type, opened_at, number);
CREATE INDEX calls_workflow ON calls (workflow, opened_at, number);
CREATE INDEX calls_status ON calls (status, opened_at, number);
CREATE INDEX calls_priority ON calls (priority, opened_at, number);
CREATE INDEX calls_opener ON calls (opened_by, opened_at, number) WHERE opened_by <> requester;

-- What somebody may move on, where that is little: see mayAct.
CREATE INDEX calls_person ON calls ((waiting ->> 'person')) WHERE closed_at IS NULL;
CREATE INDEX calls_profiles ON calls USING gin ((waiting -> 'profiles')) WHERE closed_at IS NULL;
