package usm

import "time"

// System says how the product itself is doing.
type System struct {
	Parts   map[string]string `json:"parts" doc:"ready or away, of registers and engine"`
	Workers []Worker          `json:"workers" doc:"that asked for work lately, the latest first"`
	Backlog Backlog           `json:"backlog"`
}

// Worker is a process that carries out what the engine hands out.
type Worker struct {
	Identity string    `json:"identity"`
	Queue    string    `json:"queue" doc:"task queue"`
	Version  string    `json:"version" doc:"deployment and build ID; empty for a worker that no deployment has"`
	SeenAt   time.Time `json:"seen_at"`
}
