package usm

// AgreementView is an agreement as GET /agreements/{domain}/{id} shows it: whole, with what it rests on.
type AgreementView struct {
	Domain   string                `json:"domain"`
	ID       string                `json:"id"`
	Current  Agreement             `json:"current" doc:"the version in force; without one the newest"`
	Versions []Agreement           `json:"versions" doc:"newest first"`
	History  []AgreementEvent      `json:"history" doc:"oldest first"`
	Under    []AgreementNode       `json:"under" doc:"OLAs and UCs that it rests on, down to the suppliers"`
	Above    []AgreementNode       `json:"above" doc:"agreements that rest on it, up to the customers"`
	Services []AgreedSpecification `json:"services" doc:"the specification tree of each service"`
}

// AgreementNode is an agreement in the chain customer → provider → supplier, in the version in force, else the newest. One
// that stands in several places is opened at the first.
type AgreementNode struct {
	ID       string          `json:"id"`
	Version  int             `json:"version"`
	State    string          `json:"state"`
	Type     AgreementType   `json:"type"`
	Customer string          `json:"customer"`
	Provider string          `json:"provider"`
	Services []string        `json:"services"`
	Under    []AgreementNode `json:"under,omitempty"` // only in a chain downwards
	Above    []AgreementNode `json:"above,omitempty"` // only in a chain upwards
}

// AgreedSpecification is the specification tree (usm.md §5) of a service under an agreement.
type AgreedSpecification struct {
	Service       string        `json:"service"`
	Name          string        `json:"name"`
	Own           bool          `json:"own" doc:"true: the parties agreed it; false: it is that of the service"`
	Specification Specification `json:"specification"`
}

// CoveredItem is a pre-agreed request: an item of the catalogue with the agreement that covers it.
type CoveredItem struct {
	Domain string `json:"domain"`
	Item
	Coverage Coverage `json:"coverage"`
}
