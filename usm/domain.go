package usm

// Domain is one department as data: everything that differs between IT, HR, facilities, finance or healthcare. It is
// the content of a domain file; keys in the file are the JSON names. Lists keep their order; ids are unique in a list.
type Domain struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Version    int              `json:"version,omitempty"` // set by apply: 1, 2, …; 0 in a file
	TimeZone   string           `json:"time_zone"`         // IANA name
	TaskQueue  string           `json:"task_queue,omitempty"`
	Calendar   Calendar         `json:"calendar"`            // the domain's own: its service hours
	Calendars  []Calendar       `json:"calendars,omitempty"` // others, by id
	Pauses     []PauseReason    `json:"pauses,omitempty"`    // reasons to pause clocks, besides those that exist everywhere
	Categories []Category       `json:"categories"`
	Priorities PriorityTable    `json:"priorities,omitempty"` // what is absent is taken from the default table
	Profiles   []Profile        `json:"profiles"`
	People     []Person         `json:"people,omitempty"`
	Customers  []Party          `json:"customers,omitempty"`
	Teams      []Party          `json:"teams,omitempty"` // solution teams and suppliers
	Services   []Service        `json:"services"`
	Catalogue  []Item           `json:"catalogue,omitempty"`
	Agreements []Agreement      `json:"agreements,omitempty"`
	Components []Component      `json:"components,omitempty"`
	Solutions  []Solution       `json:"solutions,omitempty"`
	Procedures []Procedure      `json:"procedures"` // one per process
	Approvals  []ApprovalPolicy `json:"approvals,omitempty"`
}

// Category is a way of sorting calls.
type Category struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Class is the class of a profile.
type Class string

// The classes of profiles.
const (
	Manager     Class = "manager"
	Coordinator Class = "coordinator"
	Operator    Class = "operator"
)

// Profile is a set of tasks, authorities and responsibilities that a person holds as role or function.
type Profile struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Class     Class    `json:"class"`
	Conflicts []string `json:"conflicts,omitempty"` // nobody holds this profile and one of these
}

// Person is somebody who asks or acts. A person without profiles only asks.
type Person struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Email    string   `json:"email,omitempty"`
	Customer string   `json:"customer,omitempty"` // id of the customer who authorises the person; "" for nobody
	Site     string   `json:"site,omitempty"`     // where the person works, for coverage; "" for nowhere in particular
	Manager  string   `json:"manager,omitempty"`  // person of the domain
	Profiles []string `json:"profiles,omitempty"`
	Inactive bool     `json:"inactive,omitempty"` // has left: never acts, and nothing waits for him
}

// Party is a customer, a solution team or a supplier.
type Party struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	External bool   `json:"external,omitempty"` // a supplier
	// RepresentedBy are the people who speak for a customer where an agreement party has to approve.
	RepresentedBy []string `json:"represented_by,omitempty"`
}

// Service is a supported facility.
type Service struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	Owner         string        `json:"owner,omitempty"` // profile
	Specification Specification `json:"specification"`
}

// Specification is the tree of usm.md §5.
type Specification struct {
	Facility Facility `json:"facility"`
	Support  Support  `json:"support"`
}

// Facility is what is made available.
type Facility struct {
	Functionality []string          `json:"functionality"`         // goods and actions
	Functioning   map[string]string `json:"functioning,omitempty"` // availability, speed, capacity, safety, maintainability
}

// Support is what keeps the customer able to use the facility.
type Support struct {
	Functionality []string          `json:"functionality,omitempty"` // service desk and the four calls
	Functioning   map[string]string `json:"functioning,omitempty"`   // reaction time, handling time, friendliness
}

// Item is a pre-agreed request of the catalogue.
type Item struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Service     string         `json:"service"`
	Type        CallType       `json:"type"`
	Description string         `json:"description,omitempty"`
	Schema      map[string]any `json:"schema,omitempty"` // JSON Schema of what the requester fills in
}

// Component is an item of the managed infrastructure (MIC). Only update_register writes it after a domain's first load.
type Component struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Owner      string         `json:"owner,omitempty"`
	Status     string         `json:"status,omitempty"` // e.g. in_use, retired
	Service    string         `json:"service,omitempty"`
	Users      []string       `json:"users,omitempty"` // people who use it, for coverage
	Attributes map[string]any `json:"attributes,omitempty"`
	Relations  []Relation     `json:"relations,omitempty"`
	Version    int            `json:"version,omitempty"`
}

// Relation is an arrow from a component to another.
type Relation struct {
	Kind string `json:"kind"` // e.g. depends_on, part_of
	To   string `json:"to"`
}

// ComponentChange is what a change does to one component.
type ComponentChange struct {
	Action    string    `json:"action"` // add, update or retire
	Component Component `json:"component"`
}

// Solution is a known solution or workaround.
type Solution struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Category   string `json:"category,omitempty"`
	Service    string `json:"service,omitempty"`
	Symptom    string `json:"symptom,omitempty"`
	Text       string `json:"text"`
	Workaround bool   `json:"workaround,omitempty"`
	Call       string `json:"call,omitempty"` // the incident it came from
}

// DomainResult says what applying a domain file did.
type DomainResult struct {
	Version    int      `json:"version"`
	Changed    bool     `json:"changed"`
	NotApplied []string `json:"not_applied,omitempty"` // components and agreements that only a change or a wish may alter
	// Terms are of the agreements that have turns to come: a workflow of its own watches each.
	Terms []AgreementTerm `json:"terms,omitempty"`
}

// ApplyDomain is the input of the technical workflow of that name.
type ApplyDomain struct {
	Domain Domain `json:"domain"`
	By     string `json:"by"` // person or token that applies it
}
