package access

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
	"github.com/stretchr/testify/require"
)

// TestPoliciesFitTheirSchema has every name and type of the policies checked, so that none of them can fail when it is asked.
func TestPoliciesFitTheirSchema(t *testing.T) {
	t.Parallel()
	check := validate.New(vocabulary, validate.WithStrict())
	wrong := func(policy *cedar.Policy) error { return check.Policy("policy", (*ast.Policy)(policy.AST())) }
	for id, policy := range policies.All() {
		require.NoError(t, wrong(policy), "policy %s, line %d", id, policy.Position().Line)
	}

	t.Run("AndOthersDoNot", func(t *testing.T) {
		t.Parallel()
		for _, text := range []string{
			`forbid (principal, action == Action::"get-cal", resource);`,
			`permit (principal, action, resource) when { principal.scope };`,
			`permit (principal, action, resource) when { action in principal.scopes };`,
		} {
			var policy cedar.Policy
			require.NoError(t, policy.UnmarshalCedar([]byte(text)))
			require.Error(t, wrong(&policy), text)
		}
	})
}

// TestRolesAreThoseOfTheSchema does what the check above does not do for members of an enumeration.
func TestRolesAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	roles := regexp.MustCompile(`Role::"[^"]*"`)
	var known []string
	for _, role := range vocabulary.Enums["Role"].Values {
		known = append(known, role.String())
	}
	require.Subset(t, known, roles.FindAllString(string(policyText), -1))
	var held []string
	for role := range roleSets[allRoles].All() {
		held = append(held, role.String())
	}
	require.ElementsMatch(t, known, held)
}

func TestEveryPolicyThatForbidsSaysWhy(t *testing.T) {
	t.Parallel()
	n := 0
	for id, policy := range policies.All() {
		n++
		require.Equal(t, strconv.Itoa(n), string(id))
		if policy.Effect() == cedar.Forbid {
			require.NotEmpty(t, reasons[id].message, "line %d", policy.Position().Line)
		}
	}
	require.Greater(t, n, 10)
}

// TestTheDocumentNamesEveryScope holds the table of docs/authority.md to the schema.
func TestTheDocumentNamesEveryScope(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/authority.md")
	require.NoError(t, err)
	for _, scope := range Scopes() {
		require.NotEmpty(t, scope.Does, scope.Name)
		row := "| `" + scope.Name + "` | " + scope.Does + " | `" + strings.Join(scope.Operations, " ") + "` |\n"
		require.Contains(t, string(document), row)
	}
}
