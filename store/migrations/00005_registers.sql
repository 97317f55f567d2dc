-- Why: services, agreements, components and solutions belong to a domain and change only through calls after its first load.

-- +goose Up

-- "place" keeps the order of the domain file.
CREATE TABLE services (
    domain   text NOT NULL REFERENCES domains,
    id       text NOT NULL CHECK (id <> ''),
    document jsonb NOT NULL, -- usm.Service
    call     text REFERENCES calls, -- the wish that brought or changed it; null while the domain file says what it is
    place    bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (domain, id)
);

CREATE TABLE agreements (
    domain      text NOT NULL REFERENCES domains,
    id          text NOT NULL CHECK (id <> ''),
    version     integer NOT NULL CHECK (version > 0),
    state       text NOT NULL CHECK (state IN ('draft', 'agreed', 'in_force', 'ended')),
    type        text NOT NULL CHECK (type IN ('SA', 'OLA', 'UC')),
    customer    text NOT NULL,
    services    text[] NOT NULL,
    valid_from  text NOT NULL, -- date, '' for always
    valid_until text NOT NULL, -- date, '' for ever
    document    jsonb NOT NULL, -- usm.Agreement
    call        text REFERENCES calls,
    place       bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (domain, id, version)
);
CREATE UNIQUE INDEX agreements_in_force ON agreements (domain, id) WHERE state = 'in_force'; -- one version at a time
CREATE INDEX agreements_covering ON agreements USING gin (services) WHERE state = 'in_force';
CREATE INDEX agreements_call ON agreements (call) WHERE call IS NOT NULL;

CREATE TABLE reservations (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call     text NOT NULL REFERENCES calls,
    team     text NOT NULL,
    what     text NOT NULL,
    "from"   text NOT NULL,
    released boolean NOT NULL DEFAULT false
);
CREATE INDEX reservations_call ON reservations (call);
CREATE INDEX reservations_team ON reservations (team) WHERE NOT released;

CREATE TABLE components (
    domain   text NOT NULL REFERENCES domains,
    id       text NOT NULL CHECK (id <> ''),
    version  integer NOT NULL CHECK (version > 0),
    status   text NOT NULL,
    document jsonb NOT NULL, -- usm.Component
    place    bigint GENERATED ALWAYS AS IDENTITY,
    words    tsvector GENERATED ALWAYS AS
        (to_tsvector('simple', id || ' ' || (document ->> 'name') || ' ' || (document ->> 'type'))) STORED,
    PRIMARY KEY (domain, id)
);
CREATE INDEX components_words ON components USING gin (words);

CREATE TABLE component_history (
    domain   text NOT NULL,
    id       text NOT NULL,
    version  integer NOT NULL,
    document jsonb NOT NULL,
    call     text REFERENCES calls, -- the request for change; null for the first load
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (domain, id, version),
    FOREIGN KEY (domain, id) REFERENCES components
);
CREATE TRIGGER component_history_immutable BEFORE UPDATE OR DELETE ON component_history
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Taken from the documents, so that an arrow never points at nothing and can be followed backwards.
CREATE TABLE relations (
    domain    text NOT NULL,
    component text NOT NULL,
    kind      text NOT NULL,
    "to"      text NOT NULL,
    PRIMARY KEY (domain, component, kind, "to"),
    FOREIGN KEY (domain, component) REFERENCES components,
    FOREIGN KEY (domain, "to") REFERENCES components
);
CREATE INDEX relations_to ON relations (domain, "to");

CREATE TABLE solutions (
    domain   text NOT NULL REFERENCES domains,
    id       text NOT NULL CHECK (id <> ''),
    document jsonb NOT NULL, -- usm.Solution
    call     text REFERENCES calls, -- the incident it came from; null for one of the domain file
    place    bigint GENERATED ALWAYS AS IDENTITY,
    words    tsvector GENERATED ALWAYS AS (to_tsvector('simple', id || ' ' || (document ->> 'title') || ' ' ||
        coalesce(document ->> 'symptom', '') || ' ' || (document ->> 'text'))) STORED,
    PRIMARY KEY (domain, id)
);
CREATE INDEX solutions_words ON solutions USING gin (words);
