package access

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"

	"github.com/usm-works/usm/usm"
)

// scimPrefix begins the scope for provisioning one domain; its id follows.
const scimPrefix = "scim:"

//go:embed access.cedarschema
var schemaText []byte

// vocabulary is what the policies speak of; actions are those of its actions that somebody can ask for, each with all groups
// that it is in, so that none has to be looked up.
var (
	vocabulary = readSchema()
	actions    = readActions()
)

func readSchema() *resolved.Schema {
	var read schema.Schema
	read.SetFilename("access.cedarschema")
	if err := read.UnmarshalCedar(schemaText); err != nil {
		panic(err) // the file is part of the binary
	}
	made, err := read.Resolve()
	if err != nil {
		panic(err) // the same
	}
	return made
}

func readActions() map[cedar.EntityUID]cedar.Entity {
	known := make(map[cedar.EntityUID]cedar.Entity, len(vocabulary.Actions))
	for uid, action := range vocabulary.Actions {
		if action.AppliesTo == nil {
			continue
		}
		groups := slices.Collect(action.Entity.Parents.All())
		for i := 0; i < len(groups); i++ { // grows: a group can be in another
			groups = slices.AppendSeq(groups, vocabulary.Actions[groups[i]].Entity.Parents.All())
		}
		action.Entity.Parents = cedar.NewEntityUIDSet(groups...)
		known[uid] = action.Entity
	}
	return known
}

func scopeUID(scope string) cedar.EntityUID {
	return cedar.NewEntityUID("Action", cedar.String("scope:"+scope))
}

// Scope is something that a token can be narrowed to.
type Scope struct {
	Name       string
	Does       string   // what a token with it may be good for, a sentence without its subject
	Operations []string // by their IDs in the OpenAPI document, in the order of the alphabet
}

// Scopes returns the scopes that operations need, in the order of the alphabet. Those for provisioning are not among them:
// there is one for each domain, "scim:" and its id.
func Scopes() []Scope {
	var scopes []Scope
	for uid, action := range vocabulary.Actions {
		if name, ok := strings.CutPrefix(string(uid.ID), "scope:"); ok {
			scopes = append(scopes, Scope{Name: name, Does: string(action.Annotations["doc"]), Operations: operationsIn(uid)})
		}
	}
	slices.SortFunc(scopes, func(a, b Scope) int { return strings.Compare(a.Name, b.Name) })
	return scopes
}

func operationsIn(scope cedar.EntityUID) (names []string) {
	for uid, entity := range actions {
		if entity.Parents.Contains(scope) {
			names = append(names, string(uid.ID))
		}
	}
	slices.Sort(names)
	return names
}

// scopeOf names the scope that an operation needs, "" for none. What several allow is named by the first of them.
func scopeOf(action string) string {
	entity := actions[cedar.NewEntityUID("Action", cedar.String(action))]
	name := ""
	for parent := range entity.Parents.All() {
		if scope, ok := strings.CutPrefix(string(parent.ID), "scope:"); ok && (name == "" || scope < name) {
			name = scope
		}
	}
	return name
}

// Knows reports whether policies speak of an operation.
func Knows(operation string) bool {
	_, known := actions[cedar.NewEntityUID("Action", cedar.String(operation))]
	return known
}

var provisioning = regexp.MustCompile(`^` + scimPrefix + `[a-z][a-z0-9-]{0,62}$`)

// CheckScopes refuses (usm.CodeInvalid) a scope that there is not, and names those that there are.
func CheckScopes(scopes []string) error {
	known := Scopes()
	for _, scope := range scopes {
		if provisioning.MatchString(scope) || slices.ContainsFunc(known, func(s Scope) bool { return s.Name == scope }) {
			continue
		}
		names := make([]string, len(known))
		for i := range known {
			names[i] = known[i].Name
		}
		return usm.Errorf(usm.CodeInvalid, "there is no scope %q: there are %s, and scim:DOMAIN", scope, strings.Join(names, ", "))
	}
	return nil
}
