package scim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// query is an address with a query, as pairs.
func query(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return path + "?" + values.Encode()
}

func TestFilters(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("zoë@example.org", "displayName", `Zoë "Z" \ 100%_`, "externalId", "Ext-1", "active", false,
		"emails", []any{object{"value": "zoe@example.org"}}, enterpriseURN, object{"manager": "mia"})
	w.create("yan", "displayName", "Yan", enterpriseURN, object{"manager": "max"})
	zoe, both := []string{"zoë@example.org"}, []string{"yan", "zoë@example.org"}
	for name, tc := range map[string]struct {
		filter string
		want   []string
	}{
		"UserNameWithoutRegardToCase": {`userName eq "ZOË@Example.org"`, zoe},
		"UserNameWithItsURN":          {userURN + `:userName eq "yan"`, []string{"yan"}},
		"NamesAndOperatorsInAnyCase":  {`USERNAME EQ "yan" AND Active Eq TRUE`, []string{"yan"}},
		"TheID":                       {`id eq "yan"`, []string{"yan"}},
		"NobodyOfThatName":            {`userName eq "6e2b8b3a-9d0e-4b53-8e9c-9a7b6d1c2f3e"`, []string{}},
		"ExternalIDExactly":           {`externalId eq "Ext-1"`, zoe},
		"ExternalIDInAnotherCase":     {`externalId eq "ext-1"`, []string{}},
		"QuotesAndBackslashes":        {`displayName eq "Zoë \"Z\" \\ 100%_"`, zoe},
		"WildcardsAreNone":            {`displayName co "_%"`, []string{}},
		"BeginningAndEnd":             {`displayName sw "zo" and displayName ew "%_"`, zoe},
		"Emails":                      {`emails eq "ZOE@example.org"`, zoe},
		"EmailsValue":                 {`emails.value co "@example.org"`, zoe},
		"EmailsOfWork":                {`emails[type eq "work" and value co "example"]`, zoe},
		"EmailsOfWorkInTwo":           {`emails.type eq "work" and emails.primary eq true`, zoe},
		"Inactive":                    {`active eq false`, zoe},
		"InactiveAsAText":             {`active ne "True"`, zoe},
		"WithAManager":                {enterpriseURN + `:manager pr`, both},
		"Manager":                     {enterpriseURN + `:manager eq "mia"`, zoe},
		"ManagerAndID":                {`id eq "yan" and ` + enterpriseURN + `:manager.value eq "max"`, []string{"yan"}},
		"InBrackets":                  {`(userName sw "y" and (active eq true))`, []string{"yan"}},
		"Groups":                      {`groups.value eq "operator"`, []string{"olga", "omar"}},
		"GroupsByPath":                {`groups[value eq "operator"]`, []string{"olga", "omar"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.as(t)
			got := w.get(query("/Users", "filter", tc.filter)).ok(http.StatusOK)
			require.Equal(t, tc.want, ids(got))
			require.InDelta(t, len(tc.want), got["totalResults"], 0)
			search := object{"schemas": []string{searchURN}, "filter": tc.filter, "count": 1}
			found := w.send(http.MethodPost, "/Users/.search", search).ok(http.StatusOK)
			require.Equal(t, tc.want[:min(1, len(tc.want))], ids(found))
			require.Equal(t, got["totalResults"], found["totalResults"])
		})
	}
	for filter, want := range map[string][]string{
		`displayName eq "operator"`: {"operator"}, `id sw "m"`: {"manager"}, `members eq "olga"`: {"operator"},
		`id eq "operator" and members.value eq "mia"`: {}, `members[value eq "mia"]`: {"manager"},
	} {
		require.Equal(t, want, ids(w.get(query("/Groups", "filter", filter)).ok(http.StatusOK)), filter)
	}
}

func TestRefusedFilters(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, tc := range map[string]struct{ filter, says string }{
		"Or":                {`userName eq "a" or userName eq "b"`, "'or' and 'not' are not supported"},
		"Not":               {`not (userName eq "a")`, "'or' and 'not' are not supported"},
		"OrInside":          {`active eq true and (userName eq "a" or id eq "b")`, "'or' and 'not' are not supported"},
		"Unknown":           {`shoeSize eq "a"`, "nothing is found by shoeSize"},
		"UnknownInBrackets": {`emails[shoe eq "a"]`, "nothing is found by shoe"},
		"EmailsOfHome":      {`emails[type eq "home"]`, "nothing is found by type"},
		"Greater":           {`userName gt "a"`, "cannot be compared like that"},
		"When":              {`meta.lastModified gt "2026-01-01T00:00:00Z"`, "nothing is found by meta.lastModified"},
		"ANumber":           {`userName eq 7`, "cannot be compared like that"},
		"Null":              {`userName eq null`, "cannot be compared like that"},
		"NoTruth":           {`active eq "perhaps"`, "active is or is not true or false"},
		"TruthContains":     {`active co "true"`, "active is or is not true or false"},
		"TwoOfOneGroup":     {`groups[value sw "a" and value ew "b"]`, "takes one condition"},
		"Nothing":           {` `, "cannot be read"},
		"Half":              {`userName eq`, "cannot be read"},
		"NUL":               {"userName eq \"a\x00\"", "NUL"},
		"TooLong":           {`userName eq "` + strings.Repeat("x", 2000) + `"`, "at most 2000 bytes"},
		"TooDeep":           {strings.Repeat("(", 1000) + `userName pr` + strings.Repeat(")", 1000), "at most 2000 bytes"},
		"TooMany":           {`id pr` + strings.Repeat(` and id pr`, 20), "at most 20 conditions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.as(t).get(query("/Users", "filter", tc.filter)).refused(http.StatusBadRequest, "invalidFilter"), tc.says)
		})
	}
}
