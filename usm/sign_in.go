package usm

import "time"

// SignIn is one attempt of a person to prove who he is at a provider: what the request and the answer have to agree on.
type SignIn struct {
	State    string // comes back with the answer; opaque to the provider
	Nonce    string // stands in the ID token
	Verifier string // whose SHA-256 the request carries (PKCE, RFC 7636); 43 characters or more
	MaxAge   int    // seconds that the sign-in may be old; 0 any age
}

// Identity is who a provider says that somebody is.
type Identity struct {
	Subject string // the provider's own id of the account
	Person  string // id of the person, when a claim names it; "" finds the person by Email
	Email   string // proven to be his; "" when Person is set
	// SignedIn is when he proved who he is; the Unix epoch when the provider does not say, which no policy takes for fresh.
	SignedIn time.Time
	IDToken  string // for signing out at the provider; a secret
	Admin    bool   // the provider counts him among the administrators of the product
}

// Session is a sign-in to be kept.
type Session struct {
	Who      Identity
	Idle     time.Duration // how long it lasts without being used
	Max      time.Duration // how long it lasts at most
	Replaces string        // secret of the session that ends with it; "" none
}

// Terminal is a token that somebody's terminal made by itself, and that is good as long as his session.
type Terminal struct {
	Session string // id of the session's token
	Hash    []byte // SHA-256 of the token; the token itself stays where it was made
	Name    string
	Idle    time.Duration
}

// SessionStep is how much time passes at least between two notes that a session is used: a minute, and less where a session
// would be over by then.
func SessionStep(idle time.Duration) time.Duration { return min(time.Minute, idle/4) }
