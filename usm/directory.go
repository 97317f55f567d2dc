package usm

import "time"

// Source says who keeps a person of a domain.
type Source string

// The sources. A domain file leaves alone whom a provisioning system keeps.
const (
	SourceFile Source = "file" // the domain file
	SourceSCIM Source = "scim" // a provisioning system
)

// DirectoryEntry is a person as the directory of a domain keeps him.
type DirectoryEntry struct {
	Person
	Domain      string    `json:"domain"`
	Source      Source    `json:"source"`
	External    string    `json:"external,omitempty"`     // id in the provisioning system
	ManagerName string    `json:"manager_name,omitempty"` // name of Manager
	Version     string    `json:"version"`                // changes with every change: the ETag
	CreatedAt   time.Time `json:"created_at"`
	ChangedAt   time.Time `json:"changed_at"`
}

// Provisioned is a person as a provisioning system wants him to be.
type Provisioned struct {
	Person
	External string // "" for none
	// New refuses (CodeConflict) somebody whom the directory has already and who was not removed.
	New bool
	// Match is the version that he was read under: another one is refused (CodePrecondition). "" is any.
	Match string
}

// Condition is one thing that has to hold for an entry of the directory, or for a group. Texts are compared without regard
// to upper and lower case, but for external ids.
type Condition struct {
	Field    string // people: id, name, email, external, manager, profile, active ("true", "false"); groups: id, name, member
	Operator string // eq, ne, co (contains), sw (starts with), ew (ends with), pr (is there)
	Value    string
}

// DirectoryFilter narrows a list of people or groups, sorted by id.
type DirectoryFilter struct {
	Domain string
	Where  []Condition // all hold
	Offset int         // how many to pass over
	Limit  int         // 0: none, only the total; at most 1,000
}

// Group is a profile with those who hold it; provisioning systems call it a group.
type Group struct {
	Profile
	Domain  string   `json:"domain"`
	People  []string `json:"people"`  // ids of its members, sorted
	Version string   `json:"version"` // changes with its members: the ETag
}

// MembersChange is what a provisioning system does to the members of a group. Whoever is changed is kept by it from then on.
type MembersChange struct {
	Profile string
	All     bool     // Add is the whole list
	Add     []string // ids of people
	Remove  []string // ids of people
	Match   string   // as of Provisioned
}

// DirectoryChange is a row of the trail of a directory.
type DirectoryChange struct {
	ID     int64     `json:"id"`
	Domain string    `json:"domain"`
	Person string    `json:"person"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind" enum:"added,changed,left,returned,removed"`
	Source Source    `json:"source"`
	By     string    `json:"by" doc:"person or token"`
	Before *Person   `json:"before,omitempty"`
	After  *Person   `json:"after,omitempty"`
}
