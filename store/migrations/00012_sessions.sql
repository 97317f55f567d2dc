-- Why: people sign in and stay signed in for a while; a machine gets no more than it needs.

-- +goose Up

ALTER TABLE tokens
    ADD COLUMN scopes     text[],      -- null: all that its holder may; else only that
    ADD COLUMN session    boolean NOT NULL DEFAULT false, -- from a sign-in, held in a cookie
    ADD COLUMN signed_in  timestamptz, -- when the person last proved who he is
    ADD COLUMN idle_until timestamptz, -- no longer good from then on, unless it is used before
    ADD CHECK (NOT session OR (person <> '' AND signed_in IS NOT NULL AND idle_until IS NOT NULL AND expires_at IS NOT NULL));
CREATE INDEX tokens_sessions ON tokens (expires_at) WHERE session; -- those to delete
