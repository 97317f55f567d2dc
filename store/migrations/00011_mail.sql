-- Why: people are told by mail, once for each notice, whatever is away; and they decide by links that only they have got.

-- +goose Up

-- When the mails of a notice were made of it. What was told before there were mails is no news any more.
ALTER TABLE outbox ADD COLUMN gathered_at timestamptz;
UPDATE outbox SET gathered_at = now() WHERE topic = 'usm.call.notice';
CREATE INDEX outbox_notices ON outbox (created_at, id) WHERE topic = 'usm.call.notice' AND gathered_at IS NULL;

CREATE TABLE mails (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        uuid NOT NULL DEFAULT gen_random_uuid(), -- of the Message-ID: the same in every delivery
    person     text NOT NULL CHECK (person <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    due_at     timestamptz NOT NULL, -- when it is tried next; whoever tries it puts that off
    tries      integer NOT NULL DEFAULT 0,
    sent_at    timestamptz,
    left_at    timestamptz,          -- not tried any more
    problem    text NOT NULL DEFAULT '',
    CHECK (sent_at IS NULL OR left_at IS NULL)
);
CREATE INDEX mails_due ON mails (due_at) WHERE sent_at IS NULL AND left_at IS NULL;
CREATE INDEX mails_gathering ON mails (person) WHERE tries = 0 AND sent_at IS NULL AND left_at IS NULL;

-- What a mail tells.
CREATE TABLE mail_notices (
    mail   bigint NOT NULL REFERENCES mails,
    notice text NOT NULL REFERENCES outbox,
    PRIMARY KEY (mail, notice)
);

CREATE TABLE mail_links (
    secret     bytea PRIMARY KEY, -- sha256
    mail       bigint NOT NULL,
    notice     text NOT NULL,
    approval   text NOT NULL,
    person     text NOT NULL,     -- whose decision it is
    by_person  text NOT NULL,     -- who got it
    digest     text NOT NULL,     -- of the content that the mail shows
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    FOREIGN KEY (mail, notice) REFERENCES mail_notices
);
