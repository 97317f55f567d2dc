-- Why: who stands in is told when it begins, once; and links that are over are forgotten.

-- +goose Up

-- When who stands in was told. What began before anybody was told is no news any more.
ALTER TABLE delegations ADD COLUMN told_at timestamptz;
UPDATE delegations SET told_at = now() WHERE from_at <= now();
CREATE INDEX delegations_untold ON delegations (from_at) WHERE told_at IS NULL AND revoked_at IS NULL;

CREATE INDEX mail_links_expiry ON mail_links (expires_at);
