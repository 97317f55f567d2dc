package approval

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/usm-works/usm/usm"
)

// need is how many parts of a node of the quorum have to approve.
type need struct {
	kind needKind
	n    int // how many, what percentage, what sum of weights
}

type needKind int

const (
	needAll     needKind = iota
	needCount            // "any" is one of them
	needPercent          // of those who do not abstain
	needWeight
)

// parseNeed reads Quorum.Need. What cannot be read is refused with a *usm.Error that points to "", and given back as all:
// rather too many have to approve.
func parseNeed(text string) (need, error) {
	switch text {
	case "", "all":
		return need{}, nil
	case "any":
		return need{needCount, 1}, nil
	}
	kind, digits := needCount, text
	if share, ok := strings.CutSuffix(text, "%"); ok {
		kind, digits = needPercent, share
	} else if sum, ok := strings.CutPrefix(text, "weight "); ok {
		kind, digits = needWeight, sum
	}
	n, err := strconv.ParseUint(digits, 10, 20) // a million is more than anybody has people
	if err != nil || n == 0 || kind == needPercent && n > 100 {
		return need{}, usm.Invalid("", "%q is neither all, any, a number, a percentage such as 60%% nor a sum such as \"weight 5\"", text)
	}
	return need{kind, int(n)}, nil
}

// words says the need of so many parts, of that weight together.
func (n need) words(parts, weight int) string {
	switch {
	case n.kind == needAll:
		return fmt.Sprintf("all of %d", parts)
	case n.kind == needPercent:
		return fmt.Sprintf("%d%% of %d", n.n, parts)
	case n.kind == needWeight:
		return fmt.Sprintf("weight %d of %d", n.n, weight)
	case n.n == 1:
		return fmt.Sprintf("any of %d", parts)
	}
	return fmt.Sprintf("%d of %d", n.n, parts)
}

// met reports whether parts that are decided meet the need: approved and rejected count them, weight is that of the approved.
// Those who abstained are not counted. Nobody is never enough.
func (n need) met(approved, rejected, weight int) bool {
	if approved == 0 {
		return false
	}
	switch n.kind {
	case needAll:
		return rejected == 0
	case needCount:
		return approved >= n.n
	case needPercent:
		return approved*100 >= n.n*(approved+rejected)
	case needWeight:
		return weight >= n.n
	}
	return false
}
