package domains

import (
	"fmt"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// responsibilities checks the responsibility matrix of a procedure: after the default, every step has one accountable
// profile, which somebody active holds, and responsible ones, of which somebody active holds at least one. That goes for
// every step, also for those that a system performs or the child calls finish: when one of them is repeated, or stays, people
// have to see to it.
func (c *checker) responsibilities(at string, procedure usm.Procedure) {
	var unaccountable, irresponsible []string
	for _, step := range procedure.Process.Steps() {
		rule := procedure.Rule(step)
		if rule.Accountable == "" {
			unaccountable = append(unaccountable, string(step))
		}
		if len(rule.Responsible) == 0 {
			irresponsible = append(irresponsible, string(step))
		}
	}
	if len(unaccountable) > 0 {
		c.mistakef(at, "no accountable profile for %s, and none in the default", strings.Join(unaccountable, ", "))
	}
	if len(irresponsible) > 0 {
		c.mistakef(at, "no responsible profile for %s, and none in the default", strings.Join(irresponsible, ", "))
	}
	c.staffed(at+"/default", procedure.Default)
	for i, row := range procedure.Steps {
		if row.Step.Process() == procedure.Process {
			c.staffed(fmt.Sprintf("%s/steps/%d", at, i), row)
		}
	}
}

// staffed refuses an accountable profile, and responsible profiles, that nobody active holds. What is unknown is refused
// elsewhere.
func (c *checker) staffed(at string, row usm.ProcedureStep) {
	if c.profiles[row.Accountable] && !c.held[row.Accountable] {
		c.mistakef(at+"/accountable", "nobody who is active holds %q", row.Accountable)
	}
	unknown := func(profile string) bool { return !c.profiles[profile] }
	held := func(profile string) bool { return c.held[profile] }
	if len(row.Responsible) > 0 && !slices.ContainsFunc(row.Responsible, unknown) && !slices.ContainsFunc(row.Responsible, held) {
		c.mistakef(at+"/responsible", "nobody who is active holds %s", strings.Join(row.Responsible, " or "))
	}
}
