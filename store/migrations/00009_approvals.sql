-- Why: who was asked to approve what, what he answered and what came of it convinces an auditor long after the call.

-- +goose Up

-- Approvals of calls: usm.Approval without Deciders, with what they are looked for by. One that has ended never changes.
CREATE TABLE approvals (
    id        text PRIMARY KEY CHECK (id <> ''),  -- <call>.<n>
    call      text NOT NULL REFERENCES calls,
    n         integer NOT NULL CHECK (n > 0),     -- no gaps within a call
    domain    text NOT NULL REFERENCES domains,
    step      text NOT NULL CHECK (step <> ''),
    attempt   integer NOT NULL,
    policy    text NOT NULL CHECK (policy <> ''), -- id
    state     text NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'expired', 'withdrawn', 'void', 'bypassed',
                  'escalated')),
    retro     boolean NOT NULL,                   -- owed for a bypass
    stuck     text NOT NULL,                      -- why nobody can decide; '' when somebody can
    opened_at timestamptz NOT NULL,
    due       timestamptz,
    closed_at timestamptz,
    alarm     jsonb NOT NULL,                     -- usm.Alarm: what is due next
    document  jsonb NOT NULL,
    UNIQUE (call, n),
    CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX approvals_open ON approvals (call) WHERE state = 'open' AND NOT retro; -- a call waits for one at a time
CREATE INDEX approvals_newest ON approvals (opened_at, id);
CREATE INDEX approvals_domain ON approvals (domain, opened_at, id);
CREATE INDEX approvals_state ON approvals (state, opened_at, id);
CREATE INDEX approvals_policy ON approvals (domain, policy, opened_at, id);
CREATE TRIGGER approvals_final BEFORE UPDATE OR DELETE ON approvals
    FOR EACH ROW WHEN (old.state <> 'open') EXECUTE FUNCTION refuse_change();

-- Whom open approvals ask now, for himself or as a substitute. Who stands in for one of them is worked out when it is read.
CREATE TABLE approval_asks (
    approval text NOT NULL REFERENCES approvals,
    person   text NOT NULL CHECK (person <> ''),
    due      timestamptz,
    PRIMARY KEY (approval, person)
);
CREATE INDEX approval_asks_person ON approval_asks (person, coalesce(due, 'infinity'), approval);

DROP INDEX calls_work;
CREATE INDEX calls_work ON calls (priority_rank, coalesce(due, 'infinity'), waiting_since, number)
    WHERE closed_at IS NULL AND waiting ->> 'kind' IN ('step', 'answer', 'confirmation', 'approval');
