package replay

import (
	"slices"
	"time"
)

// maxRefusals is how many refusals a report keeps; it counts them all.
const maxRefusals = 1000

// Report is what a replay did.
type Report struct {
	Cases     int           `json:"cases"`    // driven to their end, by this run or before
	Resumed   int           `json:"resumed"`  // of these, begun or finished by an earlier run
	Calls     int           `json:"calls"`    // the cases' calls and their children
	Steps     int           `json:"steps"`    // finished by people
	Waits     int           `json:"waits"`    // for an answer of the requester
	Requests  int           `json:"requests"` // to the API, by this run
	Driven    int           `json:"driven"`   // calls that this run drove to their end
	Workflows []WorkflowRow `json:"workflows"`
	Approvals ApprovalRows  `json:"approvals"`
	Refused   int           `json:"refused"` // rows and cases
	Refusals  []Refusal     `json:"refusals"`
	Elapsed   time.Duration `json:"elapsed_ns"`
}

// WorkflowRow counts the cases of one workflow.
type WorkflowRow struct {
	Workflow int `json:"workflow"`
	Cases    int `json:"cases"`
	Steps    int `json:"steps"`
	Waits    int `json:"waits"`
}

// CallsPerSecond is the rate of the calls that this run drove to their end, children included.
func (r Report) CallsPerSecond() float64 { return float64(r.Driven) / max(r.Elapsed.Seconds(), 1e-9) }

func (r *Report) refuse(refusal Refusal) {
	r.Refused++
	if len(r.Refusals) < maxRefusals {
		r.Refusals = append(r.Refusals, refusal)
	}
}

func (r *Report) count(c caseState, resumed bool) {
	r.Cases++
	r.Calls += c.Calls
	r.Steps += c.Steps
	r.Waits += c.Waits
	if resumed {
		r.Resumed++
	}
	r.Approvals.count(c)
	if c.requests > 0 {
		r.Driven += c.Calls
	}
	i := slices.IndexFunc(r.Workflows, func(row WorkflowRow) bool { return row.Workflow >= c.Workflow })
	if i < 0 {
		i = len(r.Workflows)
	}
	if i == len(r.Workflows) || r.Workflows[i].Workflow != c.Workflow {
		r.Workflows = slices.Insert(r.Workflows, i, WorkflowRow{Workflow: c.Workflow})
	}
	r.Workflows[i].Cases++
	r.Workflows[i].Steps += c.Steps
	r.Workflows[i].Waits += c.Waits
}
