package scim

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// FuzzPatch: whatever is sent, what comes of it is a person of the same id with the same profiles, or a refusal in our words.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{"Operations":[{"op":"Replace","path":"active","value":"False"}]}`,
		`{"Operations":[{"op":"add","path":"emails[type eq \"work\"].value","value":"b@example.org"}]}`,
		`{"Operations":[{"op":"replace","value":{"name.givenName":"x","` + enterpriseSchema + `:manager":"m"}}]}`,
		`{"Operations":[{"op":"remove","path":"members[value eq \"x\" or value eq \"y\"]"},{"op":"add","path":"members","value":"z"}]}`,
		`{"Operations":[{"op":"add","path":"` + enterpriseSchema + `","value":{"manager":{"value":"m"}}}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		var parsed any
		if json.Unmarshal([]byte(sent), &parsed) != nil {
			return
		}
		parsed, err := lower(parsed)
		body, ok := parsed.(object)
		if err != nil || !ok {
			return
		}
		ops, err := operations(body)
		if err != nil {
			ours(t, err)
			return
		}
		before := usm.Person{ID: "nina", Name: "Nina", Email: "n@example.org", Manager: "mia", Profiles: []string{"operator"}}
		d := &draft{Provisioned: usm.Provisioned{Person: before, External: "x", Match: "7"}}
		m := &membership{}
		for _, op := range ops {
			ours(t, m.apply(op))
			if err := d.apply(op); err != nil {
				ours(t, err)
				return
			}
		}
		after, err := d.person()
		ours(t, err)
		if err == nil {
			require.Equal(t, before.ID, after.ID)
			require.Equal(t, before.Profiles, after.Profiles)
			require.Equal(t, "7", after.Match)
			require.NotEmpty(t, after.Name)
			require.NotContains(t, after.Email, "\n")
		}
		change := m.change("operator")
		for _, id := range change.Add {
			require.NotContains(t, change.Remove, id)
		}
	})
}

// FuzzFilter: whatever is asked, what comes of it is conditions that the directory knows, or a refusal in our words.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "x"`, `emails[type eq "work" and value co "\"é"] and active eq true`, `not (a pr)`, `a or b`, `((id pr))`, `members eq "x"`,
	} {
		f.Add(seed)
	}
	operators := []string{"eq", "ne", "co", "sw", "ew", "pr"}
	f.Fuzz(func(t *testing.T, sent string) {
		for _, r := range []*resource{users, groups} {
			conditions, err := r.conditions(sent)
			ours(t, err)
			for _, c := range conditions {
				if err == nil {
					require.Contains(t, []string{"id", "name", "email", "external", "manager", "profile", "active", "member"}, c.Field)
					require.Contains(t, operators, c.Operator)
				}
			}
		}
	})
}

// ours asserts that an error, if it is one, is a refusal for the client.
func ours(t *testing.T, err error) {
	t.Helper()
	var refusal *usm.Error
	if err != nil {
		require.ErrorAs(t, err, &refusal)
		known := []usm.Code{codeInvalidFilter, codeInvalidSyntax, codeInvalidPath, codeInvalidValue, codeNoTarget, codeMutability}
		require.True(t, slices.Contains(known, refusal.Code) && errors.Is(err, refusal), "%s", err)
	}
}
