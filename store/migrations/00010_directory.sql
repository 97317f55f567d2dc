-- Why: people come from files and from provisioning systems, act for each other, and leave; what waits for them has to notice.

-- +goose Up

-- Counts the changes of a domain's people: whoever has read them under this number knows them.
ALTER TABLE domains ADD COLUMN people bigint NOT NULL DEFAULT 0;

ALTER TABLE people
    ADD COLUMN manager    text NOT NULL DEFAULT '',     -- person of the domain
    ADD COLUMN source     text NOT NULL DEFAULT 'file' CHECK (source IN ('file', 'scim')), -- who keeps the person
    ADD COLUMN external   text NOT NULL DEFAULT '',     -- id in the provisioning system
    ADD COLUMN removed    boolean NOT NULL DEFAULT false, -- by the provisioning system: known, and gone
    ADD COLUMN revision   bigint NOT NULL DEFAULT 0,    -- domains.people of the last change
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD CHECK (inactive OR NOT removed),
    ADD CHECK (source = 'scim' OR NOT removed);
CREATE UNIQUE INDEX people_external ON people (domain, external) WHERE external <> '' AND NOT removed;
CREATE INDEX people_provisioned ON people (domain, id) WHERE source = 'scim';
CREATE INDEX grants_person ON grants (person); -- what somebody may act on

-- Who changed what about whom.
CREATE TABLE directory_changes (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain   text NOT NULL REFERENCES domains,
    person   text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    kind     text NOT NULL CHECK (kind IN ('added', 'changed', 'left', 'returned', 'removed')),
    source   text NOT NULL,
    by_whom  text NOT NULL, -- person or token
    revision bigint NOT NULL,
    before   jsonb,         -- usm.Person; null for somebody new
    after    jsonb          -- usm.Person; null for somebody who is gone
);
CREATE INDEX directory_changes_domain ON directory_changes (domain, id);
CREATE INDEX directory_changes_person ON directory_changes (domain, person, id);
CREATE TRIGGER directory_changes_immutable BEFORE UPDATE OR DELETE ON directory_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What provisioning systems look for.
CREATE INDEX people_lower_id ON people (domain, lower(id));
CREATE INDEX people_lower_email ON people (domain, lower(email));

-- Who acts for whom, and when: usm.Delegation.
CREATE TABLE delegations (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain     text NOT NULL REFERENCES domains,
    person     text NOT NULL CHECK (person <> ''),    -- who is stood in for
    to_person  text NOT NULL CHECK (to_person <> ''), -- who stands in
    from_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,                  -- not included
    process    text NOT NULL,                         -- '' is any; so are service, amount 0 and condition ''
    service    text NOT NULL,
    amount     double precision NOT NULL CHECK (amount >= 0),
    condition  text NOT NULL,                         -- CEL
    reason     text NOT NULL,
    made_by    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    revoked_by text NOT NULL DEFAULT '',
    CHECK (until_at > from_at),
    CHECK (person <> to_person)
);
CREATE INDEX delegations_standing ON delegations (domain, until_at) WHERE revoked_at IS NULL;
CREATE INDEX delegations_to ON delegations (to_person, until_at) WHERE revoked_at IS NULL;
CREATE INDEX delegations_of ON delegations (person, id);
CREATE INDEX delegations_for ON delegations (to_person, id);
CREATE INDEX delegations_domain ON delegations (domain, id);

-- What segregation of duties kept from somebody.
CREATE TABLE refusals (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call       text NOT NULL REFERENCES calls,
    person     text NOT NULL,
    for_person text NOT NULL,
    what       text NOT NULL,
    why        text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refusals_call ON refusals (call, id);
CREATE TRIGGER refusals_immutable BEFORE UPDATE OR DELETE ON refusals FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What an open approval depends on in the directory: "person:<id>" and "profile:<id>" that its policy names or that it asks,
-- "below:<requester>" where it asks managers of the requester, "service:<id>", "component:<id>" and "customer" where it asks
-- their owners or speakers, "stuck" when nobody can decide it.
CREATE FUNCTION approval_concerns(approval jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(DISTINCT key), '{}') FROM (
        SELECT 'person:' || (found #>> '{}') AS key FROM jsonb_path_query(approval, '$.members[*].person') found
        UNION ALL SELECT 'person:' || (found #>> '{}') FROM jsonb_path_query(approval, '$.policy.**.person') found
        UNION ALL SELECT 'profile:' || (found #>> '{}') FROM jsonb_path_query(approval, '$.policy.**.profile') found
        UNION ALL SELECT 'profile:' || (found #>> '{}') FROM jsonb_path_query(approval, '$.members[*].as.profile') found
        UNION ALL SELECT CASE found #>> '{}'
                WHEN 'service_owner' THEN 'service:' || (approval #>> '{content,call,service}')
                WHEN 'component_owner' THEN NULL -- each of them, below
                WHEN 'customer' THEN 'customer'
                ELSE 'below:' || (approval #>> '{content,call,requester}') END
            FROM jsonb_path_query(approval, '$.policy.**.role') found
        UNION ALL SELECT 'component:' || (found #>> '{}')
            FROM jsonb_path_query(approval, '$.content.call.components[*]') found
            WHERE jsonb_path_exists(approval, '$.policy.**.role ? (@ == "component_owner")')
        UNION ALL SELECT 'stuck' WHERE coalesce(approval ->> 'stuck', '') <> '') keys
    WHERE key IS NOT NULL
$$;
ALTER TABLE approvals ADD COLUMN concerns text[] GENERATED ALWAYS AS
    (CASE WHEN state = 'open' THEN approval_concerns(document) ELSE '{}' END) STORED;
CREATE INDEX approvals_concerns ON approvals USING gin (concerns) WHERE state = 'open';
CREATE INDEX people_manager ON people (domain, manager) WHERE manager <> '';

-- Runs that have to look at their approval again, because the directory changed: each once, however often it did.
CREATE TABLE nudges (
    run      text PRIMARY KEY, -- ID of the workflow: the number of the call, or approval:<id>
    noted_at timestamptz NOT NULL DEFAULT now(),
    taken_at timestamptz -- by the gateway that tries now; null again when the directory changed meanwhile
);
CREATE INDEX nudges_noted ON nudges (noted_at);
