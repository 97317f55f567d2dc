package product

import (
	"slices"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/usm"
)

// Automatic has the engine perform every step of a process with its example, but those that people do all the same. A component is
// brought into the register once only, so nothing is.
func Automatic(process usm.Process, but ...usm.Step) (rows []usm.ProcedureStep) {
	for _, step := range process.Steps() {
		example := steps.Example(step, "", steps.Context{Category: "other"})
		row := usm.ProcedureStep{Step: step, Performer: usm.ByAutomatic}
		switch {
		case example == nil || slices.Contains(but, step):
			continue // its child calls finish it, or people
		case step == usm.UpdateRegister:
			row = usm.ProcedureStep{Step: step, NotApplicable: "The register does not know it."}
		default:
			outcome, _ := example["outcome"].(string)
			row.Outcome = usm.Outcome(outcome)
			row.Fields, _ = example["fields"].(map[string]any)
		}
		rows = append(rows, row)
	}
	return rows
}
