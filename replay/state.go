package replay

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/usm-works/usm/client"
)

// saveEvery is how often the state is written while a replay runs. What is not written is repeated without effect.
const saveEvery = 2 * time.Second

// caseState is what became of one case.
type caseState struct {
	Number   string `json:"number"`
	Done     bool   `json:"done,omitempty"`
	Workflow int    `json:"workflow,omitempty"`
	Steps    int    `json:"steps,omitempty"` // finished by people, in the call and its children
	Waits    int    `json:"waits,omitempty"` // for the requester's answer
	Calls    int    `json:"calls,omitempty"` // the call and its children
	// Verdicts are the decisions that the product recorded as the log tells them, Mismatched those that it did not.
	Verdicts   []Verdict `json:"verdicts,omitempty"`
	Mismatched int       `json:"mismatched,omitempty"`
	Reordered  int       `json:"reordered,omitempty"`
	requests   int
}

// state is the state file of one replay: which cases are done, so that running it again skips them.
type state struct {
	Prefix string               `json:"prefix"` // of the idempotency keys: log, mapping, domain and run
	Cases  map[string]caseState `json:"cases"`

	path  string
	saved time.Time
}

// loadState reads the state of an earlier run. One whose calls the gateway does not know, because its database is
// another one, is begun anew.
func loadState(ctx context.Context, path string, d *driver) (*state, error) {
	fresh := &state{Prefix: d.prefix, Cases: map[string]caseState{}, path: path, saved: time.Now()}
	if path == "" {
		return fresh, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, os.MkdirAll(filepath.Dir(path), 0o750)
	}
	if err != nil {
		return nil, err
	}
	found := state{path: path, saved: fresh.saved}
	if err = json.Unmarshal(raw, &found); err != nil {
		return nil, fmt.Errorf("state file %s: %w; remove it to begin anew", path, err)
	}
	if found.Prefix != d.prefix {
		return nil, fmt.Errorf("state file %s belongs to another replay (log, mapping, domain or run); remove it or name another", path)
	}
	known, err := d.knows(ctx, found.Cases)
	if err != nil || !known || found.Cases == nil {
		return fresh, err
	}
	return &found, nil
}

// knows asks the gateway for one of the calls.
func (d *driver) knows(ctx context.Context, cases map[string]caseState) (bool, error) {
	for _, c := range cases {
		if c.Number == "" {
			continue
		}
		_, err := d.people[d.world.Requesters[0]].Call(ctx, c.Number)
		var problem *client.Problem
		if errors.As(err, &problem) && problem.Status == http.StatusNotFound {
			return false, nil
		}
		return true, err
	}
	return true, nil
}

// saveNow writes the state unless it was written a moment ago. The caller holds the driver's lock. A state that cannot be
// written is told at the end.
func (s *state) saveNow() {
	if time.Since(s.saved) > saveEvery {
		_ = s.save() // told at the end
	}
}

// save writes the state, whole or not at all.
func (s *state) save() error {
	if s.path == "" {
		return nil
	}
	s.saved = time.Now()
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err = os.WriteFile(s.path+".new", raw, 0o600); err != nil {
		return err
	}
	return os.Rename(s.path+".new", s.path)
}

// digest is a short name for what makes a replay the same replay.
func digest(parts ...string) string {
	sum := sha256.New()
	for _, part := range parts {
		_, _ = fmt.Fprintf(sum, "%d:%s", len(part), part) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)

// keyPart makes the name of a case fit for an HTTP header.
func keyPart(name string) string {
	if plainKey.MatchString(name) {
		return name
	}
	return digest(name)
}

// StateName is the name of the state file of a replay at one gateway.
func StateName(gateway string, o Options) string {
	domain := cmp.Or(o.Domain, o.Mapping.Domain)
	return digest(gateway, o.Log.Digest, o.Mapping.digest, domain, o.Run)
}
