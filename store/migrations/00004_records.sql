-- Why: what the steps record beyond the state of a call has to be listed across calls and to outlive them.

-- +goose Up

-- The documents that steps write: one kind for each type in usm/effects.go, one row for each attempt.
CREATE TABLE records (
    call      text NOT NULL REFERENCES calls,
    kind      text NOT NULL CHECK (kind IN ('specification', 'offer', 'change_plan', 'preparation', 'release', 'match',
                  'recovery', 'operation_plan', 'cause', 'measures', 'evaluation')),
    attempt   integer NOT NULL CHECK (attempt > 0),
    step      text NOT NULL,
    domain    text NOT NULL REFERENCES domains,
    decision  text NOT NULL, -- outcome of the step
    by_person text NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    document  jsonb NOT NULL,
    PRIMARY KEY (call, kind, attempt)
);
CREATE INDEX records_kind ON records (domain, kind, at);

CREATE VIEW specifications AS SELECT * FROM records WHERE kind = 'specification';
CREATE VIEW offers AS SELECT * FROM records WHERE kind = 'offer';
CREATE VIEW change_plans AS SELECT * FROM records WHERE kind = 'change_plan';
CREATE VIEW preparations AS SELECT * FROM records WHERE kind = 'preparation';
CREATE VIEW releases AS SELECT * FROM records WHERE kind = 'release';
CREATE VIEW matches AS SELECT * FROM records WHERE kind = 'match';
CREATE VIEW recoveries AS SELECT * FROM records WHERE kind = 'recovery';
CREATE VIEW operation_plans AS SELECT * FROM records WHERE kind = 'operation_plan';
CREATE VIEW causes AS SELECT * FROM records WHERE kind = 'cause';
CREATE VIEW measures AS SELECT * FROM records WHERE kind = 'measures';
CREATE VIEW evaluations AS SELECT * FROM records WHERE kind = 'evaluation';

CREATE TABLE operation_log (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain text NOT NULL REFERENCES domains,
    call   text NOT NULL REFERENCES calls,
    at     timestamptz NOT NULL,
    text   text NOT NULL
);
CREATE INDEX operation_log_at ON operation_log (domain, at);

-- The risk register: each risk with the cause and the measure it has now.
CREATE VIEW risk_register AS
    SELECT c.number, c.domain, c.subject, c.status, c.impact AS effect, c.urgency AS likelihood, c.priority,
           cause.document AS cause, coalesce((cause.document -> 'known_error')::boolean, false) AS known_error,
           choice.document AS measures, choice.decision AS route
    FROM risks c
    LEFT JOIN LATERAL (SELECT document FROM causes WHERE call = c.number ORDER BY attempt DESC LIMIT 1) cause ON true
    LEFT JOIN LATERAL (SELECT document, decision FROM measures WHERE call = c.number ORDER BY attempt DESC LIMIT 1) choice ON true;
