package usm

// Level is an impact, an urgency, an effect or a likelihood.
type Level string

// The levels. Urgency knows no nil.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
	Nil    Level = "nil"
)

// Valid reports whether l is one of the four.
func (l Level) Valid() bool { return l == High || l == Medium || l == Low || l == Nil }

// Priority says how soon a call is to be handled.
type Priority string

// The priorities, from first to last.
const (
	PriorityCritical Priority = "critical"
	PriorityHigh     Priority = "high"
	PriorityMedium   Priority = "medium"
	PriorityLow      Priority = "low"
	PriorityLowest   Priority = "lowest"
	PriorityNone     Priority = "none"
)

// Priorities lists them from first to last.
func Priorities() []Priority {
	return []Priority{PriorityCritical, PriorityHigh, PriorityMedium, PriorityLow, PriorityLowest, PriorityNone}
}

// PriorityTable maps urgency, then impact, to a priority. For a risk the likelihood stands for the urgency and the
// effect for the impact.
type PriorityTable map[Level]map[Level]Priority

// DefaultPriorities returns the table of usm.md §4.
func DefaultPriorities() PriorityTable {
	return PriorityTable{
		High:   {High: PriorityCritical, Medium: PriorityHigh, Low: PriorityMedium, Nil: PriorityLow},
		Medium: {High: PriorityHigh, Medium: PriorityMedium, Low: PriorityLow, Nil: PriorityLowest},
		Low:    {High: PriorityMedium, Medium: PriorityLow, Low: PriorityLowest, Nil: PriorityNone},
	}
}

// Priority looks up urgency and impact. What the table lacks is taken from the default table; an unknown level is
// PriorityNone.
func (t PriorityTable) Priority(impact, urgency Level) Priority {
	if p, ok := t[urgency][impact]; ok {
		return p
	}
	if p, ok := DefaultPriorities()[urgency][impact]; ok {
		return p
	}
	return PriorityNone
}

// Rank returns the place of p among Priorities, 0 for the first; an unknown priority ranks last.
func (p Priority) Rank() int {
	for i, q := range Priorities() {
		if p == q {
			return i
		}
	}
	return len(Priorities())
}
