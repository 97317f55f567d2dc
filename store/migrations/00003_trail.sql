-- Why: the trail says who did what for whom under which rule; the outbox tells it to others, from the same transaction.

-- +goose Up

-- The trail is read in the order of transactions, and a reader must never pass one that is still running. So a row's
-- place in the feed is the number of its transaction, shifted so that it keeps growing after a restore into a new cluster.
CREATE TABLE feed (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    shift bigint NOT NULL
);
INSERT INTO feed (shift) VALUES (0);
CREATE FUNCTION feed_position() RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT shift + pg_current_xact_id()::text::bigint FROM feed $$;
CREATE FUNCTION feed_end() RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT shift + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM feed $$;

CREATE TABLE trail (
    call       text NOT NULL REFERENCES calls,
    sequence   integer NOT NULL CHECK (sequence > 0), -- no gaps within a call
    key        text NOT NULL CHECK (key <> ''),       -- idempotency key within the call
    at         timestamptz NOT NULL DEFAULT now(),
    kind       text NOT NULL,
    process    text NOT NULL,
    step       text NOT NULL,
    attempt    integer NOT NULL,
    state      text NOT NULL,
    by_person  text NOT NULL,
    for_person text NOT NULL,
    profile    text NOT NULL,
    rule       text NOT NULL,
    outcome    text NOT NULL,
    text       text NOT NULL,
    fields     jsonb NOT NULL,
    before     jsonb NOT NULL,
    after      jsonb NOT NULL,
    version    integer NOT NULL,
    agreement  text NOT NULL,
    request_id text NOT NULL,
    digest     text NOT NULL,  -- of what finished the step
    result     jsonb NOT NULL, -- usm.StepResult, the answer to a repetition
    position   bigint NOT NULL DEFAULT feed_position(),
    PRIMARY KEY (call, sequence),
    CONSTRAINT trail_key UNIQUE (call, key)
);
CREATE INDEX trail_position ON trail (position);
-- The same step and attempt is finished once, whatever the key says.
CREATE UNIQUE INDEX trail_step ON trail (call, step, attempt) WHERE kind = 'step_finished';
CREATE TRIGGER trail_immutable BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE VIEW notes AS
    SELECT call, sequence, at, by_person, for_person, text FROM trail WHERE kind = 'noted';

CREATE TABLE outbox (
    id           text PRIMARY KEY, -- stable: receivers recognise a repeated delivery by it
    topic        text NOT NULL,
    call         text NOT NULL,
    sequence     integer NOT NULL,
    payload      jsonb NOT NULL,   -- CloudEvents 1.0, structured
    created_at   timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    FOREIGN KEY (call, sequence) REFERENCES trail
);
CREATE INDEX outbox_waiting ON outbox (created_at, id) WHERE delivered_at IS NULL;
