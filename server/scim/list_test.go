package scim_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestPages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	people := make([]usm.Provisioned, 250)
	for i := range people {
		people[i].Person = usm.Person{ID: fmt.Sprintf("p%03d", i), Name: "P"}
	}
	_, err := w.Provision(t.Context(), "it", "test", people...)
	require.NoError(t, err)
	var all []string
	for start := 1; start <= 250; start += 60 {
		page := w.get(query("/Users", "filter", `displayName eq "p"`, "startIndex", fmt.Sprint(start), "count", "60")).ok(http.StatusOK)
		require.InDelta(t, 250, page["totalResults"], 0)
		require.InDelta(t, start, page["startIndex"], 0)
		require.InDelta(t, len(ids(page)), page["itemsPerPage"], 0)
		all = append(all, ids(page)...)
	}
	require.Len(t, all, 250)
	require.Equal(t, "p000", all[0])
	require.Equal(t, "p249", all[249])
	require.IsIncreasing(t, all)

	for name, tc := range map[string]struct {
		pairs []string
		count int
		start float64
	}{
		"AHundredWithoutACount":     {nil, 100, 1},
		"NoneButTheTotal":           {[]string{"count", "0"}, 0, 1},
		"ANegativeCountIsNone":      {[]string{"count", "-5"}, 0, 1},
		"AStartBeforeTheFirst":      {[]string{"startIndex", "-3", "count", "2"}, 2, 1},
		"AStartBehindTheLast":       {[]string{"startIndex", "1000"}, 0, 1000},
		"AllOfThem":                 {[]string{"count", "100000"}, 260, 1},
		"TheOrderThatThereIsAnyway": {[]string{"sortBy", "userName", "sortOrder", "ascending", "count", "3"}, 3, 1},
		"WhatNobodyKnows":           {[]string{"foo", "bar", "count", "1"}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := w.as(t).get(query("/Users", tc.pairs...)).ok(http.StatusOK)
			require.Len(t, ids(page), tc.count)
			require.InDelta(t, tc.start, page["startIndex"], 0)
			require.InDelta(t, 260, page["totalResults"], 0)
			require.NotNil(t, page["Resources"])
		})
	}
	for name, pairs := range map[string][]string{
		"ACountThatIsNone": {"count", "many"}, "AStartThatIsNone": {"startIndex", "1.5"},
		"AVeryLargeStart": {"startIndex", "99999999999999999999"},
		"AnotherOrder":    {"sortBy", "displayName"}, "TheOtherWayRound": {"sortBy", "id", "sortOrder", "descending"},
		"Both": {"attributes", "userName", "excludedAttributes", "name"},
	} {
		t.Run(name+"IsRefused", func(t *testing.T) {
			t.Parallel()
			w.as(t).get(query("/Users", pairs...)).refused(http.StatusBadRequest, "invalidValue")
		})
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("nina", "displayName", "Nina", "emails", []any{object{"value": "n@example.org"}},
		enterpriseURN, object{"manager": "mia"}, usmURN, object{"site": "north", "customer": "hq"})
	names := func(o object) []string {
		all := []string{}
		for name := range o {
			all = append(all, name)
		}
		return all
	}
	for name, tc := range map[string]struct {
		pairs []string
		want  []string
	}{
		"One":         {[]string{"attributes", "USERNAME"}, []string{"schemas", "id", "userName"}},
		"WithAURN":    {[]string{"attributes", userURN + ":userName, active"}, []string{"schemas", "id", "userName", "active"}},
		"AnExtension": {[]string{"attributes", enterpriseURN}, []string{"schemas", "id", enterpriseURN}},
		"Unknown":     {[]string{"attributes", "shoeSize"}, []string{"schemas", "id"}},
		"Without": {
			[]string{"excludedAttributes", "name,emails,id,schemas,meta," + usmURN},
			[]string{"schemas", "id", "userName", "displayName", "active", enterpriseURN},
		},
		"WithoutNobody": {
			[]string{"excludedAttributes", "x"},
			[]string{"schemas", "id", "userName", "displayName", "name", "emails", "active", "meta", enterpriseURN, usmURN},
		},
	} {
		require.ElementsMatch(t, tc.want, names(w.get(query("/Users/nina", tc.pairs...)).ok(http.StatusOK)), name)
	}
	part := w.get(query("/Users/nina", "attributes", enterpriseURN+":manager.value,emails.value,"+usmURN+":site")).ok(http.StatusOK)
	require.Equal(t, object{"manager": object{"value": "mia"}}, part[enterpriseURN])
	require.Equal(t, []any{object{"value": "n@example.org"}}, part["emails"])
	require.Equal(t, object{"site": "north"}, part[usmURN])
	part = w.get(query("/Users/nina", "excludedAttributes", "emails.type,"+usmURN+":site")).ok(http.StatusOK)
	require.Equal(t, []any{object{"value": "n@example.org", "primary": true}}, part["emails"])
	require.Equal(t, object{"customer": "hq"}, part[usmURN])
	group := w.get(query("/Groups", "excludedAttributes", "members", "filter", `displayName eq "Operator"`)).ok(http.StatusOK)
	require.NotContains(t, group["Resources"].([]any)[0], "members") //nolint:errcheck,forcetypeassert // a list of resources
	found := w.send(http.MethodPost, "/Groups/.search", object{
		"schemas": []string{searchURN}, "attributes": []string{"members.value"}, "filter": `members eq "olga"`, "startIndex": 1,
	}).ok(http.StatusOK)
	require.Equal(t, []any{object{
		"schemas": []any{groupURN}, "id": "operator", "members": []any{object{"value": "olga"}, object{"value": "omar"}},
	}}, found["Resources"])
}
