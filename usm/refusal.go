package usm

import "time"

// Refusal is what somebody asked for and segregation of duties kept from him.
type Refusal struct {
	Call   string    `json:"call"`
	Person string    `json:"person"`
	For    string    `json:"for,omitempty"` // whom he stood in for
	What   string    `json:"what" doc:"what he asked for: a path under the call, or of an approval"`
	Why    string    `json:"why" doc:"what he was told"`
	At     time.Time `json:"at"` // set when it is recorded
}

// Segregated returns the same refusal, marked as one because of segregation of duties: such a refusal is recorded.
func (e *Error) Segregated() *Error {
	marked := *e
	marked.Duties = true
	return &marked
}
