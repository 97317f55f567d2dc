-- Why: a department is data; its versions stay for ever, because a call keeps the version it was bound to.

-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

CREATE TABLE domains (
    id         text PRIMARY KEY CHECK (id <> ''),
    version    integer NOT NULL CHECK (version > 0), -- the current one
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE domain_versions (
    domain     text NOT NULL REFERENCES domains,
    version    integer NOT NULL CHECK (version > 0),
    document   jsonb NOT NULL, -- usm.Domain without what the registers keep: components and agreements
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (domain, version)
);
CREATE TRIGGER domain_versions_immutable BEFORE UPDATE OR DELETE ON domain_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- People and the profiles they hold are those of the current version: who may act is decided when somebody acts.
CREATE TABLE people (
    domain   text NOT NULL REFERENCES domains,
    id       text NOT NULL CHECK (id <> ''),
    name     text NOT NULL,
    email    text NOT NULL,
    customer text NOT NULL, -- '' when no customer authorises the person
    inactive boolean NOT NULL,
    PRIMARY KEY (domain, id)
);
CREATE INDEX people_id ON people (id);

CREATE TABLE grants (
    domain  text NOT NULL,
    person  text NOT NULL,
    profile text NOT NULL,
    PRIMARY KEY (domain, person, profile),
    FOREIGN KEY (domain, person) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX grants_profile ON grants (domain, profile);

CREATE VIEW current_domains AS
    SELECT v.* FROM domains d JOIN domain_versions v ON (v.domain, v.version) = (d.id, d.version);
CREATE VIEW profiles AS
    SELECT d.domain, e.value ->> 'id' AS id, e.value AS document
    FROM current_domains d, jsonb_array_elements(d.document -> 'profiles') e;
CREATE VIEW procedures AS
    SELECT d.domain, d.version, e.value ->> 'process' AS process, e.value AS document
    FROM domain_versions d, jsonb_array_elements(d.document -> 'procedures') e;
CREATE VIEW catalogue AS
    SELECT d.domain, e.value ->> 'id' AS id, e.value AS document
    FROM current_domains d, jsonb_array_elements(d.document -> 'catalogue') e;
