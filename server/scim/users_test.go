package scim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestPatchUser(t *testing.T) {
	t.Parallel()
	w := setup(t)
	work := `emails[type eq "work"]`
	stays := func(*usm.DirectoryEntry) {}
	called := func(name string) func(*usm.DirectoryEntry) { return func(e *usm.DirectoryEntry) { e.Name = name } }
	mailed := func(address string) func(*usm.DirectoryEntry) {
		return func(e *usm.DirectoryEntry) { e.Email = address }
	}
	under := func(id, name string) func(*usm.DirectoryEntry) {
		return func(e *usm.DirectoryEntry) { e.Manager, e.ManagerName = id, name }
	}
	const b = "b@example.org"
	for name, tc := range map[string]struct {
		ops  []object
		want func(*usm.DirectoryEntry)
	}{
		"ReplaceByPath":        {[]object{op("replace", "displayName", "B")}, called("B")},
		"ThePathHasAURN":       {[]object{op("add", userURN+":displayName", "B")}, called("B")},
		"NamesKnowNoCase":      {[]object{op("REPLACE", "DISPLAYNAME", "B")}, called("B")},
		"FormattedName":        {[]object{op("replace", "name.formatted", "B")}, called("B")},
		"NameAsAnObject":       {[]object{op("replace", "name", object{"formatted": "B"})}, called("B")},
		"BothPartsOfTheName":   {[]object{op("add", "name.givenName", "B"), op("add", "name.familyName", "C")}, called("B C")},
		"OnePartOfTheName":     {[]object{op("add", "name.givenName", "B")}, stays},
		"ANameIsNotRemoved":    {[]object{op("remove", "displayName", nil), op("remove", "name", nil)}, stays},
		"ActiveAsAText":        {[]object{op("Replace", "active", "False")}, func(e *usm.DirectoryEntry) { e.Inactive = true }},
		"EmailByFilter":        {[]object{op("replace", work+".value", b)}, mailed(b)},
		"EmailByTwoConditions": {[]object{op("add", `emails[type eq "work" and primary eq true].value`, b)}, mailed(b)},
		"EmailByOneOfTwo":      {[]object{op("add", `emails[type eq "work" and primary eq false].value`, b)}, stays},
		"EmailByItsValue":      {[]object{op("replace", `emails[value eq "A@example.org"]`, object{"value": b})}, mailed(b)},
		"EmailOfHome":          {[]object{op("replace", `emails[type eq "home"].value`, b)}, stays},
		"EmailAddedBesides":    {[]object{op("add", "emails", []any{object{"value": b, "type": "home"}})}, stays},
		"EmailsReplaced":       {[]object{op("replace", "emails", []any{object{"value": b, "type": "home"}})}, mailed(b)},
		"ThePrimaryEmail": {
			[]object{op("add", "emails", []any{object{"value": "c@example.org", "type": "work"}, object{"value": b, "primary": true}})}, mailed(b),
		},
		"EmailRemoved":           {[]object{op("remove", work, nil)}, mailed("")},
		"AnotherEmailRemoved":    {[]object{op("remove", "emails", []any{object{"value": "x@example.org"}})}, stays},
		"ThatEmailRemoved":       {[]object{op("remove", "emails", []any{object{"value": "a@example.org"}})}, mailed("")},
		"ManagerAsAText":         {[]object{op("Add", enterpriseURN+":manager", "max")}, under("max", "Max")},
		"ManagerAsAnObject":      {[]object{op("add", enterpriseURN+":manager", object{"value": "max"})}, under("max", "Max")},
		"ManagerAsAList":         {[]object{op("add", enterpriseURN+":manager", []any{object{"value": "max"}})}, under("max", "Max")},
		"ManagerByItsValue":      {[]object{op("add", enterpriseURN+":manager.value", "max")}, under("max", "Max")},
		"ManagerInItsExtension":  {[]object{op("add", enterpriseURN, object{"manager": object{"value": "max"}})}, under("max", "Max")},
		"ManagerRemoved":         {[]object{op("remove", enterpriseURN+":manager", nil)}, under("", "")},
		"ManagerReplacedByEmpty": {[]object{op("replace", enterpriseURN+":manager", "")}, under("", "")},
		"TheExternalID":          {[]object{op("add", "externalId", "00u2")}, func(e *usm.DirectoryEntry) { e.External = "00u2" }},
		"CustomerAndSite": {
			[]object{op("add", usmURN+":customer", "lab"), op("add", usmURN+":site", "south")},
			func(e *usm.DirectoryEntry) { e.Customer, e.Site = "lab", "south" },
		},
		"WithoutAPath": {
			[]object{op("replace", "", object{"displayName": "B", "active": "false", "shoeSize": 40})},
			func(e *usm.DirectoryEntry) { e.Name, e.Inactive = "B", true },
		},
		"PathsAsNames": {
			[]object{op("replace", "", object{work + ".value": b, "name.formatted": "B", enterpriseURN + ":manager": "max"})},
			func(e *usm.DirectoryEntry) { e.Email, e.Name, e.Manager, e.ManagerName = b, "B", "max", "Max" },
		},
		"WhatIsNotKept": {
			[]object{
				op("add", "title", "Boss"), op("add", `phoneNumbers[type eq "mobile"].value`, "1"),
				op("add", `addresses[type eq "work"].locality`, "X"), op("add", enterpriseURN+":department", "Y"),
				op("add", `roles[primary eq "True"].value`, "z"), op("replace", "emails.type", "home"),
			}, stays,
		},
		"ALaterOneGoesBeforeAnEarlierOne": {[]object{op("replace", "active", false), op("replace", "active", true)}, stays},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.as(t)
			id := strings.ToLower(name)
			w.create(id, "displayName", "A", "emails", []any{object{"value": "a@example.org"}}, enterpriseURN, object{"manager": "mia"})
			want := w.entry(id)
			tc.want(&want)
			shown := w.patch("/Users/"+id, tc.ops...).ok(http.StatusOK)
			require.Equal(t, w.get("/Users/"+id).ok(http.StatusOK), shown)
			got := w.entry(id)
			want.Version, want.ChangedAt = got.Version, got.ChangedAt
			require.Equal(t, want, got)
		})
	}
}

func TestRefusedChangesOfUsers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.create("nina", "displayName", "Nina", "externalId", "00u1")
	version := w.entry("nina").Version
	for name, tc := range map[string]struct {
		ops      []object
		scimType string
		says     string
	}{
		"AnotherUserName":       {[]object{op("replace", "userName", "nora")}, "mutability", "the user name nina stays"},
		"NoUserName":            {[]object{op("remove", "userName", nil)}, "mutability", "stays"},
		"TheID":                 {[]object{op("replace", "id", "x")}, "mutability", "id is read only"},
		"TheGroups":             {[]object{op("add", "groups", []any{object{"value": "manager"}})}, "mutability", "groups is read only"},
		"OneOfTheGroups":        {[]object{op("remove", `groups[value eq "x"]`, nil)}, "mutability", "groups is read only"},
		"WhenItWasChanged":      {[]object{op("replace", "meta.lastModified", "x")}, "mutability", "read only"},
		"AnUnknownAttribute":    {[]object{op("replace", "shoeSize", 40)}, "invalidPath", "no attribute shoesize"},
		"AnUnknownExtension":    {[]object{op("replace", "urn:x:y:shoe", 40)}, "invalidPath", "no attribute"},
		"APathThatIsNone":       {[]object{op("replace", `emails[type eq`, 40)}, "invalidPath", "cannot be read"},
		"AFilterOfNothingKnown": {[]object{op("replace", `emails[shoe eq "x"].value`, "x")}, "invalidPath", "chosen by type"},
		"EitherEmail":           {[]object{op("replace", `emails[type eq "work" or type eq "home"].value`, "x")}, "invalidPath", "'and'"},
		"AVeryLongPath":         {[]object{op("replace", strings.Repeat("x", 501), "x")}, "invalidPath", "at most 500"},
		"RemoveWithoutAPath":    {[]object{op("remove", "", object{"active": true})}, "noTarget", "has no path"},
		"AnUnknownOperation":    {[]object{op("move", "active", true)}, "invalidSyntax", "add, replace or remove"},
		"NoOperation":           {[]object{}, "invalidSyntax", "1 to 2000"},
		"TooManyOperations":     {make([]object, 2001), "invalidSyntax", "1 to 2000"},
		"NoObject":              {[]object{nil}, "invalidSyntax", "is no object"},
		"NoValue":               {[]object{op("add", "active", nil)}, "invalidValue", "has no value"},
		"NoObjectWithoutAPath":  {[]object{op("add", "", "x")}, "invalidValue", "the value is an object"},
		"ActiveIsNoTruth":       {[]object{op("replace", "active", "perhaps")}, "invalidValue", "active is true or false"},
		"ActiveIsANumber":       {[]object{op("replace", "active", 1)}, "invalidValue", "active is true or false"},
		"ActiveIsRemoved":       {[]object{op("remove", "active", nil)}, "invalidValue", "active is true or false"},
		"ANameIsANumber":        {[]object{op("replace", "displayName", 1)}, "invalidValue", "displayName is a text"},
		"NamesAreAText":         {[]object{op("replace", "name", "Nina")}, "invalidValue", "name is an object"},
		"ManagersAreTwo":        {[]object{op("add", enterpriseURN+":manager", []any{"mia", "max"})}, "invalidValue", "manager has one value"},
		"AnUnknownManager":      {[]object{op("add", enterpriseURN+":manager", "god")}, "invalidValue", `there is nobody "god"`},
		"HisOwnManager":         {[]object{op("add", enterpriseURN+":manager", "nina")}, "invalidValue", "above himself"},
		"AnUnknownCustomer":     {[]object{op("add", usmURN+":customer", "moon")}, "invalidValue", `no customer "moon"`},
		"NoEmailAddress":        {[]object{op("replace", "emails.value", "nina")}, "invalidValue", "no email address"},
		"ANameWithAnAddress":    {[]object{op("replace", "emails.value", "Nina <n@example.org>")}, "invalidValue", "no email address"},
		"AHeaderInAnAddress":    {[]object{op("replace", "emails.value", "n@e.org\r\nBcc: x@e.org")}, "invalidValue", "no email address"},
		"TwoLinesOfName":        {[]object{op("replace", "displayName", "a\nb")}, "invalidValue", "displayName is a line"},
		"AVeryLongName":         {[]object{op("replace", "displayName", strings.Repeat("é", 201))}, "invalidValue", "at most 200"},
		"NUL":                   {[]object{op("replace", "displayName", "a\x00b")}, "invalidValue", "NUL"},
		"TheSecondIsWrong":      {[]object{op("replace", "displayName", "B"), op("replace", "active", "x")}, "invalidValue", "active"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w.as(t)
			require.Contains(t, w.patch("/Users/nina", tc.ops...).refused(http.StatusBadRequest, tc.scimType), tc.says)
			require.Equal(t, version, w.entry("nina").Version, "nothing was changed")
		})
	}
}
