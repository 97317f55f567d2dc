package signin

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Holding is a claim with one of its values. Nobody has that of the zero value.
type Holding struct{ Claim, Value string }

// ParseHolding reads what is written as claim=value, as groups=usm-administrators; "" is the zero value. A mail address is refused:
// accounts may have one that nobody has verified.
func ParseHolding(written string) (Holding, error) {
	claim, value, _ := strings.Cut(written, "=")
	if written != "" && (claim == "" || value == "") {
		return Holding{}, fmt.Errorf("%q is not of the form claim=value, as groups=usm-administrators", written)
	}
	if claim == ByEmail {
		return Holding{}, errors.New("a mail address is not what makes an administrator: name a group or a role, as groups=usm-administrators")
	}
	return Holding{claim, value}, nil
}

// in reports whether the claim is that value, or a list with it.
func (h Holding) in(claims map[string]json.RawMessage) bool {
	if h == (Holding{}) {
		return false
	}
	var one string
	if json.Unmarshal(claims[h.Claim], &one) == nil {
		return one == h.Value
	}
	var several []any
	_ = json.Unmarshal(claims[h.Claim], &several) // what is no list either has no value of ours
	return slices.Contains(several, any(h.Value))
}
