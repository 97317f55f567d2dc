package approval

import (
	"errors"
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/usm-works/usm/usm"
)

// Limits of a condition: its length in characters, its run-time cost in CEL units, which is a few milliseconds, and how many
// are kept compiled.
const (
	maxCondition = 4000
	maxCost      = 100_000
	maxKept      = 1000
)

// environment declares what a condition may use. Whole numbers and others compare with each other.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	object := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("call", object), cel.Variable("fields", object), cel.Variable("proposal", object),
		cel.Variable("amount", cel.DoubleType),
		cel.CrossTypeNumericComparisons(true), cel.ParserExpressionSizeLimit(maxCondition),
	)
})

// CheckCondition refuses an expression (CEL) that does not compile to a boolean over call, fields, proposal (objects of the
// content that is shown) and amount (a number), with a *usm.Error that points to "" and says where in the expression the
// first mistake is.
func CheckCondition(expression string) error {
	_, err := compiled(expression)
	return err
}

// condition reports whether a condition holds for a content; the empty one does. What cannot be worked out is an error: a
// field that is not there, a text where a number is needed, too much work.
func condition(expression string, content map[string]any) (bool, error) {
	if expression == "" {
		return true, nil
	}
	program, err := compiled(expression)
	if err != nil {
		return false, err
	}
	input := map[string]any{"amount": Amount(content)}
	for _, name := range []string{"call", "fields", "proposal"} {
		object, _ := content[name].(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		input[name] = object
	}
	result, _, err := program.Eval(input)
	if err != nil {
		return false, fmt.Errorf("condition %q: %w", expression, err)
	}
	holds, ok := result.Value().(bool)
	if !ok {
		return false, fmt.Errorf("condition %q gives neither true nor false", expression)
	}
	return holds, nil
}

// programs are the conditions that were compiled.
var programs = struct {
	sync.Mutex
	kept map[string]cel.Program
}{kept: map[string]cel.Program{}}

func compiled(expression string) (cel.Program, error) {
	programs.Lock()
	program, known := programs.kept[expression]
	programs.Unlock()
	if known {
		return program, nil
	}
	program, err := compile(expression)
	if err != nil {
		return nil, err
	}
	programs.Lock()
	defer programs.Unlock()
	if len(programs.kept) >= maxKept {
		clear(programs.kept) // those in use are back at once
	}
	programs.kept[expression] = program
	return program, nil
}

func compile(expression string) (cel.Program, error) {
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("approval: %w", err)
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, usm.Invalid("", "column %d: %s", first.Location.Column()+1, first.Message)
	}
	if got := ast.OutputType(); got != cel.DynType && !got.IsExactType(cel.BoolType) {
		return nil, usm.Invalid("", "must give true or false, not a %s", got)
	}
	program, err := env.Program(ast, cel.CostLimit(maxCost), cel.InterruptCheckFrequency(1000))
	if err != nil {
		return nil, errors.Join(usm.Invalid("", "cannot be worked out"), err)
	}
	return program, nil
}
