-- Why: an agreement has a life of its own: it waits for its first day, ends with its last one, and every turn is on record.

-- +goose Up

ALTER TABLE people ADD COLUMN site text NOT NULL DEFAULT ''; -- where the person works, '' for nowhere in particular
CREATE INDEX components_users ON components USING gin ((document -> 'users')); -- what a person uses

-- The date of a moment in the domain's own time zone, as agreements write theirs.
CREATE FUNCTION local_date(domain text, moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE coalesce(nullif(d.document ->> 'time_zone', ''), 'UTC'), 'YYYY-MM-DD')
    FROM current_domains d WHERE d.domain = local_date.domain
$$;

ALTER TABLE agreements DROP CONSTRAINT agreements_state_check,
    ADD CONSTRAINT agreements_state_check CHECK (state IN ('draft', 'agreed', 'in_force', 'expired', 'ended')),
    -- Its review confirmed it, so it comes into force on its first day, whatever becomes of its wish.
    ADD COLUMN confirmed boolean NOT NULL DEFAULT false;
UPDATE agreements SET confirmed = true WHERE state = 'in_force';
-- Versions that were put in force before their first day wait for it.
UPDATE agreements SET state = 'agreed', document = jsonb_set(document, '{state}', '"agreed"')
WHERE state = 'in_force' AND left(valid_from, 10) > local_date(domain, now());

CREATE TABLE agreement_history (
    domain      text NOT NULL,
    id          text NOT NULL,
    version     integer NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(), -- when it counts: a turn that was written late has the moment it was due
    recorded_at timestamptz NOT NULL DEFAULT now(),
    kind        text NOT NULL CHECK (kind IN ('draft', 'agreed', 'in_force', 'expired', 'ended', 'renewal')),
    call        text NOT NULL, -- the wish that did it; '' for the first load and for time
    text        text NOT NULL,
    place       bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (domain, id, version, kind, at),
    FOREIGN KEY (domain, id, version) REFERENCES agreements
);
INSERT INTO agreement_history (domain, id, version, kind, call, text)
SELECT domain, id, version, state, coalesce(call, ''), 'its history begins here' FROM agreements ORDER BY place;
CREATE TRIGGER agreement_history_immutable BEFORE UPDATE OR DELETE ON agreement_history
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What is told about an agreement belongs to no call.
ALTER TABLE outbox ALTER COLUMN call DROP NOT NULL, ALTER COLUMN sequence DROP NOT NULL,
    ADD CONSTRAINT outbox_place CHECK ((call IS NULL) = (sequence IS NULL));

-- What a domain file says about each agreement: the version in force, else the last one that was, else that of the file.
CREATE VIEW exported_agreements AS
    SELECT DISTINCT ON (domain, id) * FROM agreements
    WHERE state IN ('in_force', 'expired') OR state IN ('draft', 'agreed') AND call IS NULL
    ORDER BY domain, id, state = 'in_force' DESC, version DESC;

-- Services that were down, by the end of it.
CREATE INDEX calls_outages ON calls (domain, coalesce(fulfilled_at, closed_at, 'infinity'), opened_at)
    WHERE type = 'incident' AND impact = 'high';
