-- Why: nothing that came in may be lost or done twice, and nobody gets in without a token.

-- +goose Up

CREATE TABLE intake (
    caller      text NOT NULL,
    key         text NOT NULL CHECK (key <> ''),
    fingerprint text NOT NULL,
    claimed_at  timestamptz NOT NULL DEFAULT now(),
    call        text REFERENCES calls, -- the call that was registered under the key
    status      integer,               -- of the answer; null while there is none
    header      jsonb,
    body        bytea,
    PRIMARY KEY (caller, key),
    CHECK ((status IS NULL) = (body IS NULL))
);

-- A call that the gateway took and that the engine must get, once.
CREATE TABLE starts (
    call       text PRIMARY KEY REFERENCES calls,
    input      jsonb NOT NULL, -- usm.Call
    created_at timestamptz NOT NULL DEFAULT now(),
    taken_at   timestamptz, -- by the gateway that tries now
    started_at timestamptz
);
CREATE INDEX starts_pending ON starts (created_at) WHERE started_at IS NULL;

CREATE TABLE dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call        text NOT NULL, -- as it was addressed: there may be no such call
    name        text NOT NULL,
    source      text NOT NULL,
    event       text NOT NULL, -- id of the signal
    signal      jsonb NOT NULL,
    reason      text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz,
    UNIQUE (call, source, event)
);

CREATE TABLE callbacks (
    secret     bytea PRIMARY KEY, -- sha256
    call       text NOT NULL REFERENCES calls,
    step       text NOT NULL,
    attempt    integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
    id         text PRIMARY KEY,
    secret     bytea NOT NULL UNIQUE, -- sha256
    person     text NOT NULL,         -- '' for a machine
    name       text NOT NULL,
    admin      boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
