package usm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Signal is a message from another system, in the JSON of a structured CloudEvents 1.0 event. A plain payload travels
// in Data with an ID made from its content.
type Signal struct {
	SpecVersion string         `json:"specversion"`
	ID          string         `json:"id"`
	Source      string         `json:"source"`
	Type        string         `json:"type,omitempty"`
	Subject     string         `json:"subject,omitempty"`
	Time        *time.Time     `json:"time,omitempty"`
	ContentType string         `json:"datacontenttype,omitempty"`
	Data        any            `json:"data,omitempty"`
	Extensions  map[string]any `json:"extensions,omitempty"`
	Name        string         `json:"name,omitempty"` // of the Temporal signal it came as
}

// Key identifies the event: CloudEvents says that source and id together are unique.
func (s Signal) Key() string { return s.Source + "\x1f" + s.ID }

// SignalOf reads what another system sent under a signal name. A CloudEvent (an object with "specversion", "id" and
// "source") is taken as it is; anything else is its data, with a digest of it as the id, so that a repeated delivery is
// recognised.
//
//workflowcheck:ignore encoding/json decodes the same bytes to the same value and sorts the keys of maps
func SignalOf(name string, payload any) Signal {
	if object, ok := payload.(map[string]any); ok && isEvent(object) {
		raw, err := json.Marshal(object)
		var s Signal
		if err == nil && json.Unmarshal(raw, &s) == nil {
			s.Name = name
			return s
		}
	}
	raw, _ := json.Marshal(payload) // the payload was decoded from JSON, so it encodes
	sum := sha256.Sum256(raw)
	return Signal{SpecVersion: "1.0", ID: hex.EncodeToString(sum[:16]), Source: "plain", Name: name, Data: payload}
}

// isEvent reports whether an object has what CloudEvents 1.0 requires to tell events apart.
func isEvent(object map[string]any) bool {
	return text(object, "specversion") != "" && text(object, "id") != "" && text(object, "source") != ""
}

func text(object map[string]any, key string) string {
	s, _ := object[key].(string)
	return s
}
