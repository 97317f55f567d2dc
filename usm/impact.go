package usm

import "time"

// ComponentFilter narrows a list of components. Zero values do not narrow, but for the domain, which has to be named.
type ComponentFilter struct {
	Domain string
	Type   string
	Owner  string
	Q      string // words of id, name and type
	IDs    []string
	User   string // id of a person who uses it
	Page
}

// ComponentVersion is a component as it was from a moment on.
type ComponentVersion struct {
	Component

	Call string    `json:"call"` // the request for change that made it so; "" for the first load
	At   time.Time `json:"at"`
}

// Impact is what a component rests on and what rests on it, two relations far in both directions.
type Impact struct {
	Nodes  []ImpactNode `json:"nodes" doc:"the component itself first, then the nearest"`
	Arrows []Arrow      `json:"arrows" doc:"all relations between the nodes"`
	More   bool         `json:"more" doc:"true: there are others as near that are left out"`
}

// ImpactNode is a component by how far it is away. One that is on both sides is where it is nearer, or else below.
type ImpactNode struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Status string `json:"status"`
	Level  int    `json:"level" doc:"0 the component itself, 1 and 2 what rests on it, -1 and -2 what it rests on"`
}

// Arrow is a relation from one component to another.
type Arrow struct {
	From string `json:"from"`
	Kind string `json:"kind"`
	To   string `json:"to"`
}

// RiskCount is how many open risks have an effect and a likelihood; both are "" before they are classified.
type RiskCount struct {
	Effect     Level `json:"effect"`
	Likelihood Level `json:"likelihood"`
	Count      int   `json:"count"`
}

// RiskFilter narrows the risks that are counted. Zero values do not narrow.
type RiskFilter struct {
	Domain  string
	Service string
	Visible *Sight // nil: everything (administrators)
}

// SavedFilter is what a person narrows a register by, kept under a name.
type SavedFilter struct {
	ID       int64    `json:"id"`
	Register CallType `json:"register"`
	Name     string   `json:"name"`
	Query    string   `json:"query" doc:"as the address of the page has it"`
}
