-- Why: every call is in exactly one of five registers, and each change of it leaves a row on its trail or does not happen.

-- +goose Up

-- One sequence for each register; numbers are never given twice, but a number may be lost.
CREATE SEQUENCE numbers_wish;
CREATE SEQUENCE numbers_change_request;
CREATE SEQUENCE numbers_incident;
CREATE SEQUENCE numbers_service_request;
CREATE SEQUENCE numbers_risk;

CREATE TABLE calls (
    number         text PRIMARY KEY CHECK (number <> ''),
    type           text NOT NULL CHECK (type IN ('wish', 'change_request', 'incident', 'service_request', 'risk')),
    domain         text NOT NULL REFERENCES domains,
    domain_version integer NOT NULL, -- 0 until the call is opened
    bound_version  integer GENERATED ALWAYS AS (nullif(domain_version, 0)) STORED,
    agreement      text NOT NULL,    -- id@version
    unauthorised   text NOT NULL,
    subject        text NOT NULL CHECK (subject <> ''),
    description    text NOT NULL,
    requester      text NOT NULL CHECK (requester <> ''),
    opened_by      text NOT NULL,
    service        text NOT NULL,
    components     text[] NOT NULL,
    category       text NOT NULL,
    impact         text NOT NULL CHECK (impact IN ('', 'high', 'medium', 'low', 'nil')),
    urgency        text NOT NULL CHECK (urgency IN ('', 'high', 'medium', 'low', 'nil')),
    priority       text NOT NULL CHECK (priority IN ('', 'critical', 'high', 'medium', 'low', 'lowest', 'none')),
    priority_rank  integer GENERATED ALWAYS AS
        (coalesce(array_position(ARRAY['critical', 'high', 'medium', 'low', 'lowest', 'none'], priority), 7)) STORED,
    status         text NOT NULL CHECK (status IN ('registered', 'open', 'waiting', 'fulfilled',
                       'closed', 'rejected', 'not_agreed', 'retyped', 'aborted')),
    workflow       text NOT NULL, -- Go name of the one it is bound to
    process        text NOT NULL CHECK (process IN ('agree', 'change', 'recover', 'operate', 'improve')),
    step           text NOT NULL, -- the open one; '' before the call is opened and after it has ended
    attempt        integer NOT NULL,
    outcome        text NOT NULL,
    route          text NOT NULL, -- decision at Recover 4 or Improve 4
    waiting        jsonb NOT NULL,
    waiting_since  timestamptz NOT NULL,
    parent         text REFERENCES calls,
    forked_at      text NOT NULL, -- step of the parent that waits for this call; '' for a call that is no child
    fork_attempt   integer NOT NULL,
    coordinator    text[] NOT NULL,
    typing         jsonb NOT NULL,
    request        jsonb NOT NULL, -- fields as they were asked
    fields         jsonb NOT NULL, -- the same, with what the finished steps recorded
    changes        integer NOT NULL CHECK (changes > 0), -- last sequence on the trail
    opened_at      timestamptz NOT NULL,
    fulfilled_at   timestamptz,
    closed_at      timestamptz,
    words          tsvector GENERATED ALWAYS AS
        (to_tsvector('simple', number || ' ' || subject || ' ' || description)) STORED,
    FOREIGN KEY (domain, bound_version) REFERENCES domain_versions (domain, version),
    CHECK ((status = 'registered') = (domain_version = 0)),
    CHECK ((closed_at IS NOT NULL) = (status IN ('closed', 'rejected', 'not_agreed', 'retyped', 'aborted'))),
    CHECK (forked_at = '' OR parent IS NOT NULL)
);
CREATE INDEX calls_newest ON calls (opened_at, number);
CREATE INDEX calls_domain ON calls (domain, opened_at, number);
CREATE INDEX calls_requester ON calls (requester, opened_at, number);
CREATE INDEX calls_service ON calls (service, opened_at, number) WHERE service <> '';
CREATE INDEX calls_step ON calls (step, opened_at, number) WHERE closed_at IS NULL;
CREATE INDEX calls_work ON calls (priority_rank, waiting_since, number)
    WHERE closed_at IS NULL AND waiting ->> 'kind' IN ('step', 'answer', 'confirmation');
CREATE INDEX calls_parent ON calls (parent) WHERE parent IS NOT NULL;
CREATE INDEX calls_components ON calls USING gin (components);
CREATE INDEX calls_words ON calls USING gin (words);

CREATE VIEW wishes AS SELECT * FROM calls WHERE type = 'wish';
CREATE VIEW change_requests AS SELECT * FROM calls WHERE type = 'change_request';
CREATE VIEW incidents AS SELECT * FROM calls WHERE type = 'incident';
CREATE VIEW service_requests AS SELECT * FROM calls WHERE type = 'service_request';
CREATE VIEW risks AS SELECT * FROM calls WHERE type = 'risk';

-- A step that was never reached has no row.
CREATE TABLE call_steps (
    call        text NOT NULL REFERENCES calls,
    step        text NOT NULL CHECK (step <> ''),
    attempt     integer NOT NULL CHECK (attempt > 0),
    state       text NOT NULL CHECK (state IN ('pending', 'open', 'done', 'inherited', 'not_applicable', 'skipped')),
    by_person   text NOT NULL,
    for_person  text NOT NULL,
    outcome     text NOT NULL,
    reason      text NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (call, step, attempt),
    CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'inherited', 'not_applicable')))
);
CREATE UNIQUE INDEX call_steps_open ON call_steps (call) WHERE state = 'open'; -- one at a time

CREATE TABLE links (
    call text NOT NULL REFERENCES calls,
    kind text NOT NULL CHECK (kind <> ''),
    "to" text NOT NULL REFERENCES calls,
    at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (call, kind, "to"),
    CHECK (call <> "to")
);
