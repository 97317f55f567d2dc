package steps

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/usm-works/usm/usm"
)

// Decode turns the validated fields of a step into T, one of the types below or of usm/effects.go. It is strict: a
// field that T does not have is a usm.CodeInvalid error. A nil fields gives the zero T.
func Decode[T any](fields map[string]any) (T, error) {
	var decoded T
	if len(fields) == 0 {
		return decoded, nil
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return decoded, usm.Invalid("/fields", "must be JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&decoded); err != nil {
		return decoded, usm.Invalid("/fields", "%s", fmt.Sprintf("do not fit %T: %v", decoded, err))
	}
	return decoded, nil
}

// Acceptance is the fields of the accept steps.
type Acceptance struct {
	usm.RequestFacts
	Reason string `json:"reason,omitempty"` // why the call is rejected
}

// RiskFacts is the fields of classify_risk.
type RiskFacts struct {
	Category   string    `json:"category"`
	Effect     usm.Level `json:"effect"`
	Likelihood usm.Level `json:"likelihood"`
	Service    string    `json:"service,omitempty"`
	Components []string  `json:"components,omitempty"`
}

// Facts returns the risk's facts as those of any call: the effect stands for the impact, the likelihood for the urgency.
func (r RiskFacts) Facts() usm.RequestFacts {
	return usm.RequestFacts{
		Service: r.Service, Components: r.Components, Category: r.Category, Impact: r.Effect, Urgency: r.Likelihood,
	}
}

// Verdict is the fields of negotiate_offer and of the review steps.
type Verdict struct {
	Remarks string `json:"remarks,omitempty"`
	Reason  string `json:"reason,omitempty"` // why there is no agreement, or what is not delivered
}

// RegisterUpdate is the fields of update_register.
type RegisterUpdate struct {
	Components []usm.ComponentChange `json:"components"`
}

// Execution is the fields of execute_operation.
type Execution struct {
	Log       []usm.LogEntry `json:"log"`
	Incidents []usm.Raised   `json:"incidents,omitempty"`
	Risks     []usm.Raised   `json:"risks,omitempty"`
}

// CompleteClassification returns the fields with which an automatic classification finishes: those the procedure gives,
// and for what it leaves open the call's own impact and urgency (of a risk: effect and likelihood) and the given
// category, by convention the domain's first. A level the call does not know either is medium. Steps of another kind
// get their fields back as they are.
//
//workflowcheck:ignore a map is copied, in whatever order
func CompleteClassification(step usm.Step, fields map[string]any, category string, impact, urgency usm.Level) map[string]any {
	if step.Kind() != usm.KindClassify {
		return fields
	}
	ctx := Context{Category: category, Impact: impact, Urgency: urgency}
	completed := ctx.completed().classify(step)
	maps.Copy(completed, fields)
	return completed
}
