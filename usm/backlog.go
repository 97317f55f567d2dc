package usm

import "time"

// Backlog is what the registers hold that somebody or something has still to do something about.
type Backlog struct {
	Open        []OpenCalls `json:"open"` // by step and age; what has none is not there
	Pending     Queue       `json:"pending"`
	Unheard     Queue       `json:"unheard"`
	Notices     Queue       `json:"notices"`
	Mails       Queue       `json:"mails"`
	DeadLetters int         `json:"dead_letters"` // among the last 10,000
}

// OpenCalls are those calls at a step that have been open for a while.
type OpenCalls struct {
	Step  Step `json:"step"` // "" for calls that the engine does not have yet
	Age   int  `json:"age"`  // how many of OpenAges they are past
	Count int  `json:"count"`
}

// OpenAges are the times by which open calls are told apart.
func OpenAges() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{time.Hour, day, 7 * day, 30 * day}
}

// Queue is what waits: Pending calls for the engine, Unheard actions, which are recorded, for the engine too, Notices to become mails,
// Mails to be sent.
type Queue struct {
	Waiting int     `json:"waiting"` // 10,000 at most
	Oldest  float64 `json:"oldest"`  // seconds; 0 when none waits
}
