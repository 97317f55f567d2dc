package usm

import "time"

// CallFilter narrows a list of calls. Zero values do not narrow.
type CallFilter struct {
	Type      CallType
	Domain    string
	Workflow  string // Go name or number
	Process   Process
	Step      Step
	Status    Status
	Priority  Priority
	Requester string
	Service   string
	Component string
	Parent    string
	Q         string // words, full text over number, subject and description
	Open      bool   // only calls that have not ended
	// Effect and Likelihood are of risks: with either, other calls are left out.
	Effect, Likelihood Level

	Visible *Sight // nil: everything (administrators)
	MayAct  string // person: only calls this person may act on now, most urgent first
	Claimed string // person: only calls whose open step this person has claimed
	Page
}

// Sight limits what a caller may see: the calls of these domains and the caller's own.
type Sight struct {
	Person  string
	Domains []string
}

// Page asks for a part of a list. Limit 0 is 50; at most 200. Cursor "" is the beginning.
type Page struct {
	Limit  int
	Cursor string
}

// Token is what a bearer token stands for.
type Token struct {
	ID        string     `json:"id"`
	Person    string     `json:"person"` // "" for a machine
	Name      string     `json:"name"`
	Admin     bool       `json:"admin"` // may apply domains and manage tokens, may see everything, performs no steps
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	RevokedAt *time.Time `json:"revoked_at"`
	// Scopes narrow what the token may do to some of what its holder may; nil narrows nothing. "scim:<domain>" alone gives more:
	// provisioning (docs/authority.md).
	Scopes []string `json:"scopes,omitempty"`
	// Session says that the token came from a sign-in: it is held in a cookie, or by the terminal that was let in from there.
	Session bool `json:"session,omitempty"`
	// SignedIn is when the person last proved who he is, for a session, and the Unix epoch when nobody knows; nil for others.
	SignedIn *time.Time `json:"signed_in,omitempty"`
	// IdleUntil is when a session ends unless it is used before; nil for others.
	IdleUntil *time.Time `json:"idle_until,omitempty"`
}

// The kinds of tokens.
const (
	TokenOfSession = "session" // from a sign-in
	TokenOfPerson  = "person"  // issued to somebody
	TokenOfMachine = "machine" // stands for nobody
)

// Kind is one of the kinds of tokens.
func (t Token) Kind() string {
	switch {
	case t.Session:
		return TokenOfSession
	case t.Person != "":
		return TokenOfPerson
	}
	return TokenOfMachine
}

// GoodAt reports whether a token is neither revoked nor over at a moment. Whether its person is still active it does not know.
func (t Token) GoodAt(at time.Time) bool {
	lasts := func(until *time.Time) bool { return until == nil || until.After(at) }
	return t.RevokedAt == nil && lasts(t.ExpiresAt) && lasts(t.IdleUntil)
}

// TokenFilter narrows a list of tokens. Zero values do not narrow.
type TokenFilter struct {
	Page
	Person string
	Kind   string // one of the kinds of tokens
	State  string // "good", or "over": revoked, expired, or a session that was not used for too long
}

// Caller is who makes a request.
type Caller struct {
	Token   Token
	Name    string
	Domains map[string][]string // profiles held, by domain; a domain without profiles is one the person belongs to
	Steers  map[string][]string // of those, the profiles of class coordinator or manager, by domain; of class manager first
	Manages map[string]bool     // domains in which the caller holds a profile of class manager
}

// IntakeRequest is one POST as it came in: its idempotency key, a digest of route and body, and who sent it.
type IntakeRequest struct {
	Key         string
	Caller      string // token ID: keys of different callers never meet
	Fingerprint string
}

// IntakeAnswer is the first answer to an idempotent request; Status 0 means there is none yet.
type IntakeAnswer struct {
	Status int
	Header map[string]string
	Body   []byte
}
