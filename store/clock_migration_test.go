package store_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/store"
	"github.com/usm-works/usm/store/migrations"
	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/usm"
)

// beforeClocks are the registers as version 6 of the schema kept them: a domain, an agreement with norms, and two open
// incidents, of which the second has not been started.
const beforeClocks = `
INSERT INTO domains (id, version) VALUES ('it', 1);
INSERT INTO domain_versions (domain, version, applied_by, document) VALUES ('it', 1, 'test', '{
	"id": "it", "name": "IT", "time_zone": "Europe/Amsterdam", "calendar": {"hours": {"mon": ["08:00-17:00"]}},
	"categories": [], "profiles": [{"id": "operator", "name": "Operator"}], "people": [], "customers": [], "catalogue": [],
	"procedures": [{"process": "recover", "default": {"accountable": "operator", "responsible": ["operator"]}}]}');
INSERT INTO people (domain, id, name, email, customer, inactive) VALUES ('it', 'eve', 'Eve', '', 'hq', false);
INSERT INTO services (domain, id, document) VALUES ('it', 'mail', '{"id": "mail", "name": "Mail"}');
INSERT INTO agreements (domain, id, version, state, type, customer, services, valid_from, valid_until, document)
VALUES ('it', 'sa-hq', 1, 'in_force', 'SA', 'hq', '{mail}', '', '', '{
	"id": "sa-hq", "type": "SA", "customer": "hq", "provider": "it", "services": ["mail"], "version": 1, "state": "in_force",
	"norms": [{"type": "incident", "reaction": "1h", "handling": "8h"}]}');
INSERT INTO calls (number, type, domain, domain_version, agreement, unauthorised, subject, description, requester, opened_by,
	service, components, category, impact, urgency, priority, status, workflow, process, step, attempt, outcome, route, waiting,
	waiting_since, parent, forked_at, fork_attempt, coordinator, typing, request, fields, changes, opened_at)
SELECT number, 'incident', 'it', version, 'sa-hq@1', '', 'Broken', '', 'eve', 'eve', 'mail', '{}', '', '', '', '', status,
	'IncidentWithoutChange', 'recover', step, version, '', '', '{"kind": "step", "profiles": ["operator"]}', now(), NULL, '', 0,
	'{}', '{}', '{}', '{}', changes, now() - interval '1 day'
FROM (VALUES ('INC-000001', 1, 'open', 'accept_incident', 2), ('INC-000002', 0, 'registered', '', 1))
	AS c (number, version, status, step, changes);
INSERT INTO trail (call, sequence, key, kind, process, step, attempt, state, by_person, for_person, profile, rule, outcome, text,
	fields, before, after, version, agreement, request_id, digest, result)
SELECT call, sequence, 'key ' || sequence, kind, 'recover', '', 0, '', 'eve', '', '', '', '', '', '{}', '{}', '{}', 0, '', '', '', '{}'
FROM (VALUES ('INC-000001', 1, 'registered'), ('INC-000001', 2, 'opened'), ('INC-000002', 1, 'registered'))
	AS t (call, sequence, kind);
SELECT setval('numbers_incident', 2)`

func TestMigrationToClocks(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t)
	db := sqlx.MustConnect("postgres", url)
	provider, err := goose.NewProvider(goose.DialectPostgres, db.DB, migrations.Files)
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), 6)
	require.NoError(t, err)
	db.MustExec(beforeClocks)
	require.NoError(t, db.Close())
	w := world{storetest.Open(t, store.Options{URL: url}), t, url}
	require.NoError(t, w.Migrate(w.ctx()))

	old := usm.Call{Number: "INC-000001"}
	require.Empty(t, w.view(old.Number).Clocks, "a call that is open already has none")
	require.Empty(t, w.export(old.Number).Facts)
	binding, err := w.Binding(w.ctx(), old.Number)
	require.NoError(t, err)
	require.Zero(t, binding.Watch)
	w.note(old, "one")
	w.through(old, usm.AcceptIncident)
	require.Zero(t, w.amend(alarm(old, usm.Watch{})))
	require.Empty(t, w.export(old.Number).Facts)
	require.Equal(t, []string{"INC-000001"}, w.list(usm.CallFilter{Status: usm.StatusOpen}))

	w.rebind(old, "")
	require.Equal(t, w.view(old.Number).OpenedAt, *w.clock(old.Number, usm.NormHandling, "").StartedAt, "it has them once it is rebound")
	w.through(old, usm.ClassifyIncident)
	w.recomputed(old.Number)

	later := usm.Call{Number: "INC-000002", NewCall: usm.NewCall{Type: usm.Incident}}
	w.start(later)
	require.Len(t, w.view(later.Number).Clocks, 2)
	w.recomputed(later.Number)
}
