package domains_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

// small is a valid file with little in it. The tests below change a line of it and expect the mistake in that line.
const small = `id: lab
name: Laboratory
time_zone: Europe/Paris
calendar:
  hours:
    mon: ["08:00-12:00", "13:00-17:00"]
categories:
  - {id: other, name: Other}
profiles:
  - {id: lead, name: Lead, class: manager, conflicts: [desk]}
  - {id: desk, name: Desk, class: operator}
people:
  - {id: ada, name: Ada, customer: school, profiles: []}
  - {id: ben, name: Ben, profiles: [desk]}
  - {id: cyd, name: Cyd, profiles: [lead]}
customers: [{id: school, name: School}]
teams:
  - {id: crew, name: Crew}
  - {id: maker, name: Maker, external: true}
services:
  - id: bench
    name: Bench
    owner: lead
    specification: {facility: {functionality: [A bench]}}
catalogue:
  - {id: key, name: Key, service: bench, type: service_request, schema: {type: object}}
agreements:
  - {id: sa, type: SA, customer: school, services: [bench], under: [uc]}
  - {id: uc, type: UC, provider: maker, services: [bench], norms: [{type: incident, handling: 8h}]}
components:
  - {id: saw, name: Saw, type: tool, relations: [{kind: part_of, to: table}]}
  - {id: table, name: Table, type: tool, service: bench}
solutions:
  - {id: oil, title: Oil it, category: other, text: Use oil.}
procedures:
  - process: agree
    default: {accountable: lead, responsible: [desk]}
  - process: change
    default: {accountable: lead, responsible: [desk]}
  - process: recover
    default: {accountable: lead, responsible: [desk]}
    steps:
      - {step: analyse_incident, responsible: [desk, lead]}
      - {step: review_recovery, dispute_to: analyse_incident, confirm_within: 24h}
  - process: operate
    default: {accountable: lead, responsible: [desk]}
    steps:
      - {step: accept_request, performer: automatic}
  - process: improve
    default: {accountable: lead, responsible: [desk]}
`

func TestParse(t *testing.T) {
	t.Parallel()

	t.Run("ReadsAFile", func(t *testing.T) {
		t.Parallel()
		domain, err := domains.Parse("lab.yaml", []byte(small))
		require.NoError(t, err)
		require.Equal(t, "lab", domain.ID)
		require.Equal(t, []string{"desk", "lead"}, domain.Procedure(usm.Recover).Rule(usm.AnalyseIncident).Responsible)
		require.Zero(t, domain.Version)
	})

	t.Run("ReadsJSONToo", func(t *testing.T) {
		t.Parallel()
		domain, err := domains.Parse("lab.yaml", []byte(small))
		require.NoError(t, err)
		source, err := json.Marshal(domain)
		require.NoError(t, err)
		again, err := domains.Parse("lab.json", source)
		require.NoError(t, err)
		require.Equal(t, domain, again)
	})

	t.Run("IgnoresTheVersion", func(t *testing.T) {
		t.Parallel()
		domain, err := domains.Parse("lab.yaml", []byte("version: 7\n"+small))
		require.NoError(t, err)
		require.Zero(t, domain.Version)
	})

	t.Run("ListsEveryProblemInTheOrderOfTheFile", func(t *testing.T) {
		t.Parallel()
		source := strings.NewReplacer(
			"Europe/Paris", "Europe/Atlantis", "owner: lead", "owner: boss", "{id: ben,", "{id: ben, age: 7,",
		).Replace(small)
		_, err := domains.Parse("lab.yaml", []byte(source))
		require.EqualError(t, err, `lab.yaml:3:1: time_zone: unknown time zone "Europe/Atlantis"
lab.yaml:14:15: people[1].age: is not known here
lab.yaml:23:5: services[0].owner: unknown profile "boss"`)
		var invalid *domains.FileError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, []string{"/time_zone", "/people/1/age", "/services/0/owner"}, pointers(invalid))
		refusal := invalid.Invalid()
		require.Equal(t, usm.CodeInvalid, refusal.Code)
		require.Equal(t, `line 23, column 5: unknown profile "boss"`, refusal.Fields[2].Detail)
	})
}

func pointers(e *domains.FileError) []string {
	var found []string
	for _, p := range e.Problems {
		found = append(found, p.Pointer)
	}
	return found
}

func TestValidate(t *testing.T) {
	t.Parallel()
	domain, err := domains.Parse("lab.yaml", []byte(small))
	require.NoError(t, err)

	t.Run("AcceptsWhatParseGave", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, domains.Validate(domain))
	})

	t.Run("HasNoLinesToName", func(t *testing.T) {
		t.Parallel()
		broken := domain
		broken.TimeZone = "Mars/Olympus"
		require.EqualError(t, domains.Validate(broken), `time_zone: unknown time zone "Mars/Olympus"`)
	})

	t.Run("RefusesAnEmptyDomain", func(t *testing.T) {
		t.Parallel()
		var invalid *domains.FileError
		require.ErrorAs(t, domains.Validate(usm.Domain{}), &invalid)
		require.Contains(t, pointers(invalid), "/categories")
	})
}

func TestSchema(t *testing.T) {
	t.Parallel()

	t.Run("IsASchemaOfItsOwn", func(t *testing.T) {
		t.Parallel()
		compiler := jsonschema.NewCompiler()
		require.NoError(t, compiler.AddResource("domain", domains.Schema()))
		compiled, err := compiler.Compile("domain")
		require.NoError(t, err)
		each(t, func(t *testing.T, domain usm.Domain) {
			t.Helper()
			raw, err := json.Marshal(domain)
			require.NoError(t, err)
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
			require.NoError(t, err)
			require.NoError(t, compiled.Validate(value))
		})
	})

	t.Run("BelongsToTheCaller", func(t *testing.T) {
		t.Parallel()
		domains.Schema()["title"] = "mine"
		require.Equal(t, "USM domain", domains.Schema()["title"])
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(clocked))
	f.Add([]byte(approving))
	f.Add([]byte(strings.Replace(clocked, "openings:", "icalendar: \"BEGIN:VCALENDAR\\nEND:VCALENDAR\"\n    openings:", 1)))
	f.Add([]byte(strings.Replace(clocked, "calendar: night", "calendar: none", 1)))
	f.Add([]byte(strings.Replace(clocked, "{name: New Year, month: 1, day: 1}", "{rrule: \"FREQ=MONTHLY;BYDAY=40MO\"}", 1)))
	f.Add([]byte("calendar: {icalendar_file: /etc/passwd}\n"))
	f.Add([]byte("a: &x [1, 2]\nb: *x\n"))
	f.Add([]byte("a: !!binary aGk=\n<<: {b: 1}\n"))
	f.Add([]byte("? [complex, key]\n: value\n"))
	f.Add([]byte("id: \"\\0\"\n---\nid: b\n"))
	f.Add([]byte(strings.Repeat("[", 200)))
	f.Add([]byte("a: |\n  text\n  more\nb: >-\n  folded\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		domain, err := domains.Parse("fuzz.yaml", source)
		if err != nil {
			var invalid *domains.FileError
			require.ErrorAs(t, err, &invalid, "every refusal is a FileError")
			require.NotEmpty(t, invalid.Problems)
			for _, p := range invalid.Problems {
				require.Positive(t, p.Line)
				require.NotEmpty(t, p.Detail)
			}
			return
		}
		require.NoError(t, domains.Validate(domain))
		file, err := domains.Marshal(domain)
		require.NoError(t, err)
		again, err := domains.Parse("again.yaml", file)
		require.NoError(t, err, string(file))
		require.Equal(t, domain, again)
	})
}
