package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Results is a file of results: on what was measured, and what came out.
type Results struct {
	Machine  Machine  `json:"machine"`
	Settings Settings `json:"settings"`
	Blocks   []Block  `json:"blocks"`
	Asleep   []Asleep `json:"asleep"`

	Elsewhere *Results `json:"-"` // of another machine, where cases waited for which this one had no time
}

// Machine is on what was measured.
type Machine struct {
	CPU       string            `json:"cpu"`
	Cores     int               `json:"cores"`
	MemoryGiB float64           `json:"memory_gib"`
	Kernel    string            `json:"kernel"`
	Versions  map[string]string `json:"versions"`
	Fsync     string            `json:"fsync"`
}

// Settings are what all results of a file have in common.
type Settings struct {
	Window string `json:"window"` // for how long cases are opened
	Busy   bool   `json:"busy"`   // a machine that others use was no reason to refuse the run
}

// Block is one engine in one run.
type Block struct {
	Run    int       `json:"run"`
	Engine string    `json:"engine"`
	At     time.Time `json:"at"`
	Others float64   `json:"others"` // share of the machine that others used meanwhile
	Cells  []Cell    `json:"cells"`
}

// Cell is one case under one load.
type Cell struct {
	Case      string  `json:"case"`
	Load      string  `json:"load"` // so many in flight, or "open"
	Cases     int     `json:"cases"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"per_second"` // cases ended; of an open loop those asked for
	Refused   int     `json:"refused"`    // requests that were told to come back, and did but for those of an open loop
	Opening   Times   `json:"opening"`    // from the request to the answer
	Decision  Times   `json:"decision"`   // the same; none for a case without
	Whole     Times   `json:"whole"`      // from the request that opens it until it is seen to have ended
	Cost      Cost    `json:"cost"`       // of each case
	Trace     trace   `json:"trace"`      // of one case
}

// Times are milliseconds.
type Times struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// Cost is what a case costs, all processes of its engine together.
type Cost struct {
	CPU     float64 `json:"cpu_ms"`
	Log     float64 `json:"wal_bytes"`  // Postgres
	File    float64 `json:"file_bytes"` // Temporal's own
	Writing float64 `json:"writing"`    // transactions of Postgres that change something
}

// Asleep is an engine while many cases wait.
type Asleep struct {
	Engine    string  `json:"engine"`
	Cases     int     `json:"cases"`
	Others    float64 `json:"others"`
	Commits   float64 `json:"commits"` // transactions of Postgres of one approval
	Opening   float64 `json:"opening_seconds"`
	Memory    Change  `json:"memory_mib"`
	Restarted float64 `json:"restarted_mib"` // memory after a restart, with all of them asleep
	Data      Change  `json:"data_mib"`
	Idle      float64 `json:"idle_cpu"` // share of one core while nothing happens
	Warm      Times   `json:"warm"`     // of decisions about cases that have just been opened
	Cold      Times   `json:"cold"`     // of the first ones after a restart
}

// Change is a figure without the cases, and with them.
type Change struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// times sums up.
func times(took []time.Duration) Times {
	if len(took) == 0 {
		return Times{}
	}
	slices.Sort(took)
	at := func(percent int) float64 {
		return float64(took[(len(took)-1)*percent/100].Microseconds()) / 1000
	}
	return Times{at(50), at(95), at(99)}
}

// load reads a file of results; one that does not exist has none.
func load(file string) (r Results, err error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(content, &r)
}

// save writes a file of results whole or not at all.
func (r Results) save(file string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err = os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // results are for everybody
		return err
	}
	if err = os.WriteFile(file+".new", append(content, '\n'), 0o644); err != nil { //nolint:gosec // the same
		return err
	}
	return os.Rename(file+".new", file)
}
