// Package mapping reads what other systems send and writes what they are asked: the expressions of a usm.SignalRule
// (CEL) and the templates of a usm.OutboundRequest (text/template). Domains check both when a file is parsed, activities
// run them. It is a package of its own so that whoever needs only the schemas of steps does not carry CEL.
//
// Nothing here belongs in workflow code: evaluating takes time, and CEL walks maps.
package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/usm-works/usm/usm"
)

// Limits of one expression: its length in characters, and its run-time cost in CEL units, which is a few milliseconds.
const (
	MaxExpression = 4000
	MaxCost       = 100_000
)

// environment declares what an expression may use: data (the payload), signal (the attributes of the CloudEvent, its
// extensions beside them) and call.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("data", cel.DynType),
		cel.Variable("signal", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("call", cel.MapType(cel.StringType, cel.DynType)),
		cel.ParserExpressionSizeLimit(MaxExpression),
	)
})

// CheckSignal checks that every expression of the rule compiles and can give what is needed: a boolean for When, a
// string for Outcome. The mistakes come in a fixed order: when, outcome, then the fields by name; Pointer is the place in
// the rule, e.g. "/fields/diagnosis".
func CheckSignal(rule usm.SignalRule) []usm.FieldError {
	var mistakes []usm.FieldError
	check := func(pointer, expression string, wanted *cel.Type) {
		if _, err := compile(expression, wanted); err != nil {
			mistakes = append(mistakes, usm.FieldError{Pointer: pointer, Detail: err.Error()})
		}
	}
	if rule.When != "" {
		check("/when", rule.When, cel.BoolType)
	}
	if rule.Outcome != "" {
		check("/outcome", rule.Outcome, cel.StringType)
	}
	for _, name := range slices.Sorted(maps.Keys(rule.Fields)) {
		check("/fields/"+name, rule.Fields[name], cel.DynType)
	}
	return mistakes
}

// EvalSignal reads a signal by the rule. match is false when the signal's When says that the step is to wait on; outcome
// and fields are then empty. A field whose expression gives null is left out. An expression that fails (a payload
// without the property it names, too much cost) is a usm.CodeInvalid error that names the expression's place in the rule.
func EvalSignal(rule usm.SignalRule, call usm.Call, signal usm.Signal) (match bool, outcome usm.Outcome, fields map[string]any, err error) {
	input, err := variables(call, signal)
	if err != nil {
		return false, "", nil, err
	}
	if rule.When != "" {
		value, err := evaluate("/when", rule.When, cel.BoolType, input)
		if err != nil || value != true {
			return false, "", nil, err
		}
	}
	if rule.Outcome != "" {
		value, err := evaluate("/outcome", rule.Outcome, cel.StringType, input)
		if err != nil {
			return false, "", nil, err
		}
		text, _ := value.(string)
		outcome = usm.Outcome(text)
	}
	fields = map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(rule.Fields)) {
		value, err := evaluate("/fields/"+name, rule.Fields[name], cel.DynType, input)
		if err != nil {
			return false, "", nil, err
		}
		if value != nil {
			fields[name] = value
		}
	}
	return true, outcome, fields, nil
}

// variables turns call and signal into plain JSON values under the names the expressions know.
func variables(call usm.Call, signal usm.Signal) (map[string]any, error) {
	call.Progress = nil // the engine's own
	callValue, err := plain(call)
	if err != nil {
		return nil, err
	}
	signalValue, err := plain(signal)
	if err != nil {
		return nil, err
	}
	attributes := map[string]any{}
	if extensions, ok := signalValue["extensions"].(map[string]any); ok {
		maps.Copy(attributes, extensions)
	}
	data := signalValue["data"]
	delete(signalValue, "data")
	delete(signalValue, "extensions")
	maps.Copy(attributes, signalValue)
	return map[string]any{"data": data, "signal": attributes, "call": callValue}, nil
}

func plain(value any) (map[string]any, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	return object, nil
}

func compile(expression string, wanted *cel.Type) (cel.Program, error) {
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	ast, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, errors.New(firstIssue(issues))
	}
	if got := ast.OutputType(); got != cel.DynType && wanted != cel.DynType && !got.IsExactType(wanted) {
		return nil, fmt.Errorf("must give a %s, not a %s", wanted, got)
	}
	program, err := env.Program(ast, cel.CostLimit(MaxCost), cel.InterruptCheckFrequency(1000))
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	return program, nil
}

// firstIssue says where in the expression the first mistake is, on one line.
func firstIssue(issues *cel.Issues) string {
	first := issues.Errors()[0]
	return fmt.Sprintf("column %d: %s", first.Location.Column()+1, first.Message)
}

func evaluate(pointer, expression string, wanted *cel.Type, input map[string]any) (any, error) {
	program, err := compile(expression, wanted)
	if err != nil {
		return nil, usm.Invalid(pointer, "%v", err)
	}
	result, _, err := program.Eval(input)
	if err != nil {
		return nil, usm.Invalid(pointer, "%v", err)
	}
	native, err := result.ConvertToNative(reflect.TypeFor[*structpb.Value]())
	if err != nil {
		return nil, usm.Invalid(pointer, "gives no JSON: %v", err)
	}
	value := native.(*structpb.Value).AsInterface() //nolint:errcheck,forcetypeassert // it was converted to that
	if wanted == cel.BoolType && value != true && value != false {
		return nil, usm.Invalid(pointer, "must give true or false")
	}
	if _, isText := value.(string); wanted == cel.StringType && !isText {
		return nil, usm.Invalid(pointer, "must give a text")
	}
	return value, nil
}
