-- Why: the norms of an agreement run beside a call, and anybody must be able to compute them again from what is recorded.

-- +goose Up

-- What the clocks of calls run under: usm.Terms. Another version of anything in it has another key.
CREATE TABLE terms (
    key      text PRIMARY KEY CHECK (key <> ''),
    document jsonb NOT NULL
);
CREATE TRIGGER terms_immutable BEFORE UPDATE OR DELETE ON terms FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A call that was opened before its clocks were kept has no terms, and so no clocks, until it is rebound.
ALTER TABLE calls
    ADD COLUMN clause text NOT NULL DEFAULT '',    -- of the agreement that covers the call
    ADD COLUMN team text NOT NULL DEFAULT '',      -- solution team or supplier that has it; '' for the provider itself
    ADD COLUMN terms text NOT NULL DEFAULT '',     -- key
    ADD COLUMN clock jsonb NOT NULL DEFAULT '{}',  -- clock.State: what the trail comes to
    ADD COLUMN due timestamptz,                    -- the earliest due date of a clock that runs
    ADD COLUMN bound_terms text GENERATED ALWAYS AS (nullif(terms, '')) STORED REFERENCES terms;

DROP INDEX calls_work;
CREATE INDEX calls_work ON calls (priority_rank, coalesce(due, 'infinity'), waiting_since, number)
    WHERE closed_at IS NULL AND waiting ->> 'kind' IN ('step', 'answer', 'confirmation');

CREATE OR REPLACE VIEW wishes AS SELECT * FROM calls WHERE type = 'wish';
CREATE OR REPLACE VIEW change_requests AS SELECT * FROM calls WHERE type = 'change_request';
CREATE OR REPLACE VIEW incidents AS SELECT * FROM calls WHERE type = 'incident';
CREATE OR REPLACE VIEW service_requests AS SELECT * FROM calls WHERE type = 'service_request';
CREATE OR REPLACE VIEW risks AS SELECT * FROM calls WHERE type = 'risk';

ALTER TABLE trail ADD COLUMN fact jsonb NOT NULL DEFAULT '{}'; -- usm.Fact; '{}' when the change means nothing for clocks

CREATE TABLE clock_ledger (
    call     text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0), -- a recomputation begins the next one
    "row"    integer NOT NULL CHECK ("row" > 0),    -- no gaps within a revision
    sequence integer NOT NULL,                      -- of the fact on the trail
    document jsonb NOT NULL,                        -- usm.LedgerRow
    PRIMARY KEY (call, revision, "row"),
    FOREIGN KEY (call, sequence) REFERENCES trail
);
CREATE TRIGGER clock_ledger_immutable BEFORE UPDATE OR DELETE ON clock_ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The clocks of calls as of their last change, flat for reports; what the call is like is what it is like now.
CREATE TABLE clocks (
    call              text NOT NULL REFERENCES calls,
    id                text NOT NULL CHECK (id <> ''),
    domain            text NOT NULL,
    norm              text NOT NULL,
    agreement         text NOT NULL, -- id
    agreement_version integer NOT NULL,
    link              text NOT NULL, -- team or supplier of an OLA or UC; '' for the agreement with the customer
    service           text NOT NULL,
    workflow          text NOT NULL,
    type              text NOT NULL,
    priority          text NOT NULL,
    team              text NOT NULL,
    state             text NOT NULL CHECK (state IN ('pending', 'running', 'paused', 'stopped', 'cancelled')),
    target_ns         bigint NOT NULL, -- business time
    used_ns           bigint NOT NULL, -- business time
    started_at        timestamptz,
    stopped_at        timestamptz,     -- when it ended, also by being cancelled
    due               timestamptz,     -- null unless it runs
    breached_at       timestamptz,
    breaches          integer NOT NULL,
    phases            jsonb NOT NULL,  -- usm.Phase, in numbers
    document          jsonb NOT NULL,  -- usm.Clock
    PRIMARY KEY (call, id)
);
CREATE INDEX clocks_ended ON clocks (domain, stopped_at) WHERE stopped_at IS NOT NULL;
CREATE INDEX clocks_open ON clocks (domain, started_at) WHERE stopped_at IS NULL;
