package usm

// Facts are what the typing rules need to know about a request.
type Facts struct {
	Dissatisfied bool // about the past, with nothing broken now
	Broken       bool // a deviation from what is agreed, actual or imminent
	Covered      bool // an agreement in force covers it
	Lasting      bool // it changes a managed component or an attribute of one
	Internal     bool // raised inside the provider as a threat or an opportunity
}

// Typing is the type given to a call and why.
type Typing struct {
	Type   CallType `json:"type"`
	Rule   int      `json:"rule"`   // number of the rule in usm.md §4; 0 when a person chose the type
	Reason string   `json:"reason"` // in words for people
}

// TypeCall applies the rules of usm.md §4 in their order; the first that holds decides.
// Rules 3 to 5 are about what a customer asks, and one of them always holds; so rule 6 is asked before them.
func TypeCall(f Facts) Typing {
	switch {
	case f.Dissatisfied && !f.Broken:
		return Typing{Wish, 1, "dissatisfied about the past and nothing is broken now: a complaint, which is a wish"}
	case f.Broken:
		return Typing{Incident, 2, "a deviation, actual or imminent, from what is agreed"}
	case f.Internal:
		return Typing{Risk, 6, "raised inside the provider: a threat or an opportunity"}
	case !f.Covered:
		return Typing{Wish, 3, "not covered by an agreement in force"}
	case f.Lasting:
		return Typing{ChangeRequest, 4, "covered by an agreement and changes a managed component"}
	default:
		return Typing{ServiceRequest, 5, "covered by an agreement, with no lasting effect on the managed infrastructure"}
	}
}
