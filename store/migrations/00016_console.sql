-- Why: people keep what they narrow the registers by, and see their risks by effect and likelihood.

-- +goose Up

CREATE TABLE saved_filters (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person   text NOT NULL CHECK (person <> ''),
    register text NOT NULL, -- type of call
    name     text NOT NULL CHECK (name <> ''),
    query    text NOT NULL, -- as the address of the page has it
    UNIQUE (person, register, name)
);

-- The lists of risks of an effect and a likelihood, and the counts of those that are open.
CREATE INDEX calls_risks ON calls (impact, urgency, opened_at, number) WHERE type = 'risk';
CREATE INDEX calls_open_risks ON calls (domain, impact, urgency) WHERE type = 'risk' AND closed_at IS NULL;
