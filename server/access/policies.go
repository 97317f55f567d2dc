package access

import (
	"cmp"
	_ "embed"
	"iter"
	"strconv"

	"github.com/cedar-policy/cedar-go"

	"github.com/usm-works/usm/usm"
)

//go:embed access.cedar
var policyText []byte

// policies are read once; reasons say why those that forbid do so.
var policies, reasons = readPolicies()

// inOrder is the policies in the order of their file.
type inOrder []numbered

type numbered struct {
	id     cedar.PolicyID
	policy *cedar.Policy
}

// All returns each policy under its number in the file, from 1.
func (o inOrder) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, n := range o {
			if !yield(n.id, n.policy) {
				return
			}
		}
	}
}

// reason is what the annotations of a policy say, {domain}, {scope} and {action} not filled in.
type reason struct {
	code    usm.Code
	message string
	scope   string
}

func readPolicies() (inOrder, map[cedar.PolicyID]reason) {
	list, err := cedar.NewPolicyListFromBytes("access.cedar", policyText)
	if err != nil {
		panic(err) // the file is part of the binary
	}
	ordered, why := make(inOrder, len(list)), map[cedar.PolicyID]reason{}
	for i, policy := range list {
		id := cedar.PolicyID(strconv.Itoa(i + 1))
		said := policy.Annotations()
		ordered[i] = numbered{id, policy}
		code := cmp.Or(usm.Code(said["code"]), usm.CodeForbidden)
		why[id] = reason{code: code, message: string(said["message"]), scope: string(said["scope"])}
	}
	return ordered, why
}
