package domains_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
)

func TestMistakesNameLineColumnAndPath(t *testing.T) {
	t.Parallel()
	cases := []struct{ claim, old, with, want string }{
		// What is no file at all.
		{"EmptyFile", small, "", `lab.yaml:1:1: must not be empty`},
		{"CommentOnly", small, "# nothing\n", `lab.yaml:1:1: must not be empty`},
		{"TwoDocuments", "", "---\n" + small + "---\nid: b\n", `lab.yaml:53:1: must be one document, not several`},
		{"List", small, "- a\n", `lab.yaml:1:1: must be an object, not a list`},
		{"NoColon", "name: Laboratory", "name Laboratory", `lab.yaml:2:1: non-map value is specified`},
		{"KeyTwice", "name: Laboratory", "id: two", `lab.yaml:2:1: mapping key "id" already defined at [1:1]`},
		{"UnclosedBracket", `["08:00-12:00", "13:00-17:00"]`, `["08:00-12:00"`, `lab.yaml:7:1: ',' or ']' must be specified`},
		{
			"Alias", "owner: lead", "owner: *boss",
			`lab.yaml:23:5: services[0].owner: must be plain YAML: no anchors, aliases, merge keys, tags, infinities`,
		},
		{"DeepNesting", small, strings.Repeat("[", 101), `lab.yaml:1:101: must not be nested deeper than 100 levels`},
		{"ZeroByte", "name: Laboratory", `name: "a\0b"`, `lab.yaml:2:1: name: must be UTF-8 without the character U+0000`},

		// What the schema refuses.
		{"UnknownKey", "name: Laboratory", "name: L\ncolour: red", `lab.yaml:3:1: colour: is not known here`},
		{"MissingKey", "name: Laboratory\n", "", `lab.yaml:1:1: name: is required`},
		{"MissingKeyOfAnItem", "    name: Bench\n", "", `lab.yaml:21:5: services[0].name: is required`},
		{"WrongType", "categories:\n  - {id: other, name: Other}", "categories: other", `lab.yaml:7:1: categories: must be a list, not a text`},
		{"WrongClass", "class: operator", "class: king", `lab.yaml:11:28: profiles[1].class: must be one of manager, coordinator or operator`},
		{"WrongWeekday", "    mon:", "    monday:", `lab.yaml:6:5: calendar.hours.monday: is not known here`},
		{"BlankName", "name: Laboratory", `name: " "`, `lab.yaml:2:1: name: must not be empty`},
		{"BlankInAnID", "{id: ada,", "{id: ada l,", `lab.yaml:13:6: people[0].id: must be an id: no blanks`},
		{"WindowOfAnotherForm", `"08:00-12:00"`, `"8-12"`, `lab.yaml:6:11: calendar.hours.mon[0]: must be a window like 08:00-12:00`},
		{
			"RiskInTheCatalogue", "type: service_request", "type: risk",
			`lab.yaml:26:42: catalogue[0].type: must be one of wish, change_request, incident or service_request`,
		},

		// Clock.
		{"WindowBackwards", `"13:00-17:00"`, `"17:00-13:00"`, `lab.yaml:6:26: calendar.hours.mon[1]: 17:00-13:00 must end after it begins`},
		{"WindowsOverlap", `"13:00-17:00"`, `"11:00-17:00"`, `lab.yaml:6:26: calendar.hours.mon[1]: 11:00-17:00 must not begin before`},
		{"NobodyWorks", `["08:00-12:00", "13:00-17:00"]`, `[]`, `lab.yaml:5:3: calendar.hours: a calendar needs a window in which it is open`},

		// References.
		{"IDTaken", "{id: ben,", "{id: ada,", `lab.yaml:14:6: people[1].id: the id "ada" is taken already`},
		{
			"UnknownCustomer", "customer: school, profiles", "customer: zoo, profiles",
			`lab.yaml:13:26: people[0].customer: unknown customer "zoo"`,
		},
		{"UnknownProfileOfAPerson", "profiles: [desk]", "profiles: [disk, desk]", `lab.yaml:14:37: people[1].profiles[0]: unknown profile`},
		{
			"ConflictingProfiles", "profiles: [desk]", "profiles: [desk, lead]",
			`lab.yaml:14:43: people[1].profiles[1]: nobody may hold both "desk" and "lead"`,
		},
		{
			"ConflictWithItself", "conflicts: [desk]", "conflicts: [lead]",
			`lab.yaml:10:56: profiles[0].conflicts[0]: a profile cannot conflict with itself`,
		},
		{"UnknownService", "service: bench, type", "service: desk, type", `lab.yaml:26:26: catalogue[0].service: unknown service "desk"`},
		{"ItemWithABrokenSchema", "schema: {type: object}", "schema: {type: thing}", `lab.yaml:26:65: catalogue[0].schema: is no JSON Schema`},
		{
			"ItemWithASchemaFromElsewhere", "schema: {type: object}", `schema: {$ref: "https://example.org/s"}`,
			`lab.yaml:26:65: catalogue[0].schema: is no JSON Schema`,
		},
		{"UnknownComponent", "to: table", "to: chair", `lab.yaml:31:66: components[0].relations[0].to: unknown component "chair"`},
		{"RelationToItself", "to: table", "to: saw", `lab.yaml:31:66: components[0].relations[0].to: a component has no relation to itself`},
		{"UnknownCategory", "category: other", "category: some", `lab.yaml:34:30: solutions[0].category: unknown category "some"`},

		// Agreements.
		{"NoCustomer", "customer: school, services", "services", `lab.yaml:28:5: agreements[0].customer: is required: the customer`},
		{
			"CustomerOfAnOwnAgreement", "provider: maker,", "provider: maker, customer: school,",
			`lab.yaml:29:41: agreements[1].customer: must be "lab" itself, or absent, for an agreement of type UC`,
		},
		{"TeamInAUC", "provider: maker", "provider: crew", `lab.yaml:29:24: agreements[1].provider: "crew" is an internal team: that is an OLA`},
		{"UnknownAgreementUnder", "under: [uc]", "under: [ola]", `lab.yaml:28:69: agreements[0].under[0]: unknown agreement "ola"`},
		{
			"NormWithoutTime", "handling: 8h", "priority: high",
			`lab.yaml:29:68: agreements[1].norms[0]: must promise a reaction, update or handling time, or a named one`,
		},
		{
			"NoDuration", "handling: 8h", "handling: 0h",
			`lab.yaml:29:85: agreements[1].norms[0].handling: "0h" is not longer than zero`,
		},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			refuses(t, c.old, c.with, c.want)
		})
	}
}

// refuses replaces a part of the small file and expects the message, or its beginning.
func refuses(t *testing.T, old, with, want string) {
	t.Helper()
	refusesIn(t, small, old, with, want)
}

// refusesIn replaces a part of a file, or without one all of it.
func refusesIn(t *testing.T, file, old, with, want string) {
	t.Helper()
	source := with
	if old != "" {
		require.Equal(t, 1, strings.Count(file, old), "the case changes one place")
		source = strings.Replace(file, old, with, 1)
	}
	_, err := domains.Parse("lab.yaml", []byte(source))
	require.Error(t, err)
	require.Equal(t, want, err.Error()[:min(len(want), len(err.Error()))], err.Error())
	require.NotContains(t, strings.TrimSpace(err.Error()), "\n", "one mistake, one problem")
	pointsAtItsKey(t, source, err)
}

// pointsAtItsKey checks that a mistake about a key that is there stands where the key stands.
func pointsAtItsKey(t *testing.T, source string, err error) {
	t.Helper()
	var invalid *domains.FileError
	require.ErrorAs(t, err, &invalid)
	for _, p := range invalid.Problems {
		key := p.Pointer[strings.LastIndexByte(p.Pointer, '/')+1:]
		line := strings.Split(source, "\n")[p.Line-1]
		missing := strings.Contains(p.Detail, "is required") || strings.Contains(p.Detail, "a calendar needs") || key == ""
		if strings.Trim(key, "0123456789") != "" && !missing {
			require.True(t, strings.HasPrefix(line[p.Column-1:], key+":"), "%s in %s", key, line[p.Column-1:])
		}
	}
}
