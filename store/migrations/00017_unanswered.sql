-- Why: what was recorded of an action that the engine did not answer reaches its run all the same, although nobody sends it again.

-- +goose Up

-- Actions without an answer: what was recorded of one is sent to its run again. One of which nothing is recorded was never done.
CREATE TABLE unanswered (
    call       text        NOT NULL, -- number, which is the ID of the workflow
    id         text        NOT NULL, -- of the action, which is the ID of the update
    request_id text        NOT NULL, -- with which it is in the trail
    action     jsonb       NOT NULL, -- usm.Action
    noted_at   timestamptz NOT NULL DEFAULT now(),
    taken_at   timestamptz,          -- by the gateway that sends it now
    PRIMARY KEY (call, id)
);
