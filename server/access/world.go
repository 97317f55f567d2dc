package access

import (
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/usm-works/usm/usm"
)

// world is the entities of one decision: the caller with his roles, and the actions.
type world struct{ caller cedar.Entity }

// Get returns an entity, as the engine asks for it.
func (w *world) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	if uid == w.caller.UID {
		return w.caller, true
	}
	entity, known := actions[uid]
	return entity, known
}

var registers = cedar.NewEntityUID("Registers", "")

func domainUID(id string) cedar.EntityUID { return cedar.NewEntityUID("Domain", cedar.String(id)) }

func resourceOf(domain string) cedar.EntityUID {
	if domain == "" {
		return registers
	}
	return domainUID(domain)
}

func worldOf(caller usm.Caller, domain string, asker bool) *world {
	token := caller.Token
	uid := cedar.NewEntityUID("Person", cedar.String(token.Person))
	switch {
	case token.Person == "" && token.ID == "":
		uid = cedar.NewEntityUID("Stranger", "")
	case token.Person == "":
		uid = cedar.NewEntityUID("Machine", cedar.String(token.ID))
	}
	return &world{cedar.Entity{UID: uid, Parents: roleSets[rolesOf(caller, domain, asker)], Attributes: scoped(token.Scopes)}}
}

// The roles of the schema, as bits.
const (
	administrator = 1 << iota
	asked
	member
	worker
	coordinator
	manager
	allRoles = 1<<iota - 1
)

// roleSets are the sets of roles that a caller can have, by their bits.
var roleSets = func() (sets [allRoles + 1]cedar.EntityUIDSet) {
	names := []cedar.String{"administrator", "asker", "member", "worker", "coordinator", "manager"}
	for bits := range sets {
		var held []cedar.EntityUID
		for i, name := range names {
			if bits&(1<<i) != 0 {
				held = append(held, cedar.NewEntityUID("Role", name))
			}
		}
		sets[bits] = cedar.NewEntityUIDSet(held...)
	}
	return sets
}()

func rolesOf(caller usm.Caller, domain string, asker bool) (bits int) {
	hold := func(role int, held bool) {
		if held {
			bits |= role
		}
	}
	hold(administrator, caller.Token.Admin)
	hold(asked, asker)
	if domain == "" {
		hold(member, len(caller.Domains) > 0)
		for _, profiles := range caller.Domains {
			hold(worker, len(profiles) > 0)
		}
		hold(coordinator, len(caller.Steers) > 0)
		for _, manages := range caller.Manages {
			hold(manager, manages)
		}
		return bits
	}
	profiles, belongs := caller.Domains[domain]
	hold(member, belongs)
	hold(worker, len(profiles) > 0)
	hold(coordinator, len(caller.Steers[domain]) > 0)
	hold(manager, caller.Manages[domain])
	return bits
}

// scoped is what the scopes of a token leave of it; nothing is taken from one without.
func scoped(scopes []string) (attributes cedar.Record) {
	if scopes == nil {
		return attributes
	}
	var operations, provisions []cedar.Value
	for _, scope := range scopes {
		if domain, ok := strings.CutPrefix(scope, scimPrefix); ok {
			provisions = append(provisions, domainUID(domain))
		} else {
			operations = append(operations, scopeUID(scope))
		}
	}
	return cedar.NewRecord(cedar.RecordMap{"scopes": cedar.NewSet(operations...), "provisions": cedar.NewSet(provisions...)})
}
