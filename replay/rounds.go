package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/usm-works/usm/usm"
)

// ApprovalRule says what a log recorded about approvals: each time something is submitted a round begins, in which roles
// approve or reject it. Each role is a policy of the domain, which asks when the call's field Route names the role.
type ApprovalRule struct {
	At     usm.Step   `yaml:"at"`     // the step that waits for them
	Round  Pattern    `yaml:"round"`  // rows with which a round begins
	Time   string     `yaml:"time"`   // column with a date: when the row was recorded
	Route  string     `yaml:"route"`  // field of the call that lists the roles of the round
	Amount string     `yaml:"amount"` // column with a number, the call's field amount; "" when the log has none
	Bands  []float64  `yaml:"bands"`  // bounds by which the report tells amounts apart, rising
	Began  Pattern    `yaml:"began"`  // the first row with which what was to be approved began all the same
	Roles  []RoleRule `yaml:"roles"`  // in the order of the domain's policies
	// Question is asked when a round was rejected and another follows, Answer given; Withdrawn is why the requester takes the
	// call back when none does. Templates over the row that rejected.
	Question  string `yaml:"question"`
	Answer    string `yaml:"answer"`
	Withdrawn string `yaml:"withdrawn"`
}

// RoleRule is one role of the log.
type RoleRule struct {
	Role   string `yaml:"role"`
	Policy string `yaml:"policy"` // id of the policy that asks for it
	// Approver is who the role is in policies of another id: a profile, a person or a relation to the call. Zero: nobody.
	Approver usm.Approver `yaml:"approver"`
	Approve  Pattern      `yaml:"approve"`
	Reject   Pattern      `yaml:"reject"`
	Text     string       `yaml:"text"` // reason of the decision
}

// Round is what became of one submission.
type Round struct {
	At       time.Time // it was submitted; where the log has no row of that, its first decision
	Began    time.Time // what was to be approved began all the same; zero: never
	Verdicts []Verdict // in the order of the policies; after a rejection there is none
	Question string
	Answer   string
	Lost     string // why the call is taken back when no round follows
}

// Verdict is the decision of a role.
type Verdict struct {
	Role     string       `json:"role"`
	Policy   string       `json:"policy"`
	Decision usm.Decision `json:"decision"`
	Reason   string       `json:"reason,omitempty"`
	Band     string       `json:"band"`           // of the amount
	Late     bool         `json:"late,omitempty"` // what was to be approved had begun
	At       time.Time    `json:"at,omitzero"`
}

// Route are the roles of the round.
func (r Round) Route() []any {
	route := []any{}
	for _, v := range r.Verdicts {
		route = append(route, v.Role)
	}
	return route
}

// rounds tells the rounds of a case, those without a decision left out. Decisions that cannot be repeated are returned: a
// second one of a role in a round, one after a rejection, one in a round after the last that was approved. Reordered counts
// rounds in which the log has the roles in another order than the policies.
func (m Mapping) rounds(id string, rows []Row, zone *time.Location) (rounds []Round, reordered int, refused []Refusal) {
	if m.Approvals == nil {
		return nil, 0, nil
	}
	rule := m.Approvals
	var open []decided
	refuse := func(d decided, why string) {
		refused = append(refused, Refusal{Line: d.line, Case: id, Reason: fmt.Sprintf("%s of %s %s", d.Decision, d.Role, why)})
	}
	over, submitted := false, time.Time{}
	band, began := rule.band(lastKnown(rows)(rule.Amount)), m.began(rows, zone)
	end := func() {
		if len(open) == 0 {
			return
		}
		round, disordered := rule.round(open, over, refuse)
		if round.At, round.Began = submitted, began; submitted.IsZero() {
			round.At = open[0].At
		}
		open, submitted = nil, time.Time{}
		if len(round.Verdicts) == 0 {
			return
		}
		if disordered {
			reordered++
		}
		over = round.Verdicts[len(round.Verdicts)-1].Decision != usm.Reject
		rounds = append(rounds, round)
	}
	for _, row := range rows {
		if rule.Round.matches(row) {
			end()
			submitted = m.moment(row, rule.Time, zone)
		}
		for i, role := range rule.Roles {
			if d, ok := role.decided(row); ok {
				d.order, d.line, d.row, d.Band, d.At = i, row.Line, row, band, m.moment(row, rule.Time, zone)
				d.Late = !began.IsZero() && d.At.After(began)
				open = append(open, d)
			}
		}
	}
	end()
	return rounds, reordered, refused
}

// decided is a verdict and where it stands in the log.
type decided struct {
	Verdict
	order int // of the role among the policies
	line  int
	row   Row
}

func (r RoleRule) decided(row Row) (decided, bool) {
	d := decided{Verdict: Verdict{Role: r.Role, Policy: r.Policy}}
	switch {
	case r.Approve.matches(row):
		d.Decision = usm.Approve
	case r.Reject.matches(row):
		d.Decision = usm.Reject
	default:
		return decided{}, false
	}
	text, _ := scope{now: lastKnown([]Row{row})}.text(r.Text)
	d.Reason = cut(text, maxText)
	return d, true
}

// round puts the decisions of a round into the order of the policies. over says that what they are about was approved
// before.
func (r *ApprovalRule) round(made []decided, over bool, refuse func(decided, string)) (round Round, reordered bool) {
	inOrder := slices.Clone(made)
	slices.SortStableFunc(inOrder, func(a, b decided) int { return cmp.Compare(a.order, b.order) })
	rejected := false
	for i, d := range inOrder {
		switch {
		case over:
			refuse(d, "comes when everybody has approved")
			continue
		case rejected:
			refuse(d, "comes after a rejection")
			continue
		case i > 0 && inOrder[i-1].order == d.order:
			refuse(d, "is the second one of the round")
			continue
		}
		reordered = reordered || made[i].order != d.order
		round.Verdicts = append(round.Verdicts, d.Verdict)
		if rejected = d.Decision == usm.Reject; rejected {
			s := scope{now: lastKnown([]Row{d.row})}
			round.Question, _ = s.text(r.Question)
			round.Answer, _ = s.text(r.Answer)
			round.Lost, _ = s.text(r.Withdrawn)
		}
	}
	return round, reordered
}

// began is when the first row says that what was to be approved began; zero when none does.
func (m Mapping) began(rows []Row, zone *time.Location) time.Time {
	i := slices.IndexFunc(rows, func(row Row) bool { return len(m.Approvals.Began) > 0 && m.Approvals.Began.matches(row) })
	if i < 0 {
		return time.Time{}
	}
	return m.moment(rows[i], m.Approvals.Time, zone)
}

// fields are what the request says for a round.
func (r *ApprovalRule) fields(round Round, amount string) map[string]any {
	fields := map[string]any{r.Route: round.Route()}
	if number, err := strconv.ParseFloat(amount, 64); err == nil {
		fields["amount"] = number
	}
	return fields
}
