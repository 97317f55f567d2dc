package approval

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestSelected asks with one policy whose condition is this.
func TestSelected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim, when string
		asks        bool
	}{
		{"Always", "", true},
		{"ByAmount", "amount > 500", true},
		{"ByAnotherAmount", "amount >= 900.5", false},
		{"ByService", "call.service == 'mail' && call.type == 'change_request'", true},
		{"ByComponent", "'server' in call.components", false},
		{"ByFieldOfAStep", "fields.risk in ['high', 'medium']", false},
		{"ByWhatIsProposed", "proposal.fields.amount == 900 && proposal.note.startsWith('as')", true},
		{"WholeNumbersCompare", "proposal.fields.amount > 899", true},
		{"WhatIsNotThereHolds", "fields.cost > 5", true},
		{"WhatIsAskedForMayBeMissing", "has(fields.cost) && fields.cost > 5", false},
		{"TheWrongTypeHolds", "fields.risk > 5", true},
		{"TooMuchWorkHolds", "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, " +
			"[1,2,3,4,5,6,7,8,9].all(e, a+b+c+d+e < 0 || true))))) && false", true},
		{"NonsenseHolds", "amount >", true},
		{"WhatIsNoAnswerHolds", "call", true},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			policy := usm.ApprovalPolicy{ID: "p", When: c.when}
			require.Equal(t, c.asks, len(Selected([]usm.ApprovalPolicy{policy}, usm.PlanChange, content())) == 1)
		})
	}
	t.Run("ByStepInTheOrderOfTheDomain", func(t *testing.T) {
		t.Parallel()
		policies := []usm.ApprovalPolicy{
			{ID: "a"}, {ID: "b", Steps: []usm.Step{usm.ReleaseChange}}, {ID: "c", Steps: []usm.Step{usm.PlanChange, usm.PrepareChange}}, {ID: "d"},
		}
		ids := func(step usm.Step) (ids string) {
			for _, p := range Selected(policies, step, content()) {
				ids += p.ID
			}
			return ids
		}
		require.Equal(t, "acd", ids(usm.PlanChange))
		require.Equal(t, "abd", ids(usm.ReleaseChange))
		require.Equal(t, "c", ids(usm.PrepareChange))
		require.Empty(t, ids(usm.CloseChange))
	})
}

func TestCheckCondition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		claim, expression string
		says              string // "" it is good
	}{
		{"ABoolean", "amount > 5 && call.priority == 'high'", ""},
		{"WhatMayBeOne", "fields.urgent", ""},
		{"NoNumber", "amount + 1.0", "must give true or false, not a double"},
		{"NoMistake", "amount >", "column 9: Syntax error"},
		{"NothingUnknown", "price > 5", "column 1: undeclared reference to 'price'"},
		{"NothingEmpty", "", "column"},
		{"NothingEndless", "amount > 1.0" + strings.Repeat(" && amount > 1.0", 1000), "expression code point size exceeds limit"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			err := CheckCondition(c.expression)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, usm.CodeInvalid, usm.CodeOf(err))
			require.ErrorContains(t, err, c.says)
		})
	}
}

func FuzzCheckCondition(f *testing.F) {
	for _, seed := range []string{
		"amount > 5", "call.a.b[1]['x']", "fields.all(k, k == 'x')", "((((", "'\\u0000'", "has(fields.x)", "amount > 1u", "timestamp('x')",
		"'a'.matches('(((a*)*)*)*b')", "[1,2].map(x, [x]).exists(y, y == y)", "amount / 0.0 > 1", "duration('1h') > duration('2h')", "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if err := CheckCondition(expression); err != nil {
			require.Equal(t, usm.CodeInvalid, usm.CodeOf(err))
			return
		}
		_, _ = condition(expression, content()) // an answer or an error, in little time
	})
}
