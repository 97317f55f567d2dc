// Package replay drives a real event log through the running product: each case of the log becomes a call that is
// opened, classified, noted, asked about, delivered and closed through the public API, child calls included.
//
// A Log reads cases (CSV or XES, gzipped or not), a Mapping says what they mean, Plan is what one case does, decided
// purely, and a Driver does it. Every POST carries an Idempotency-Key made from the log, the case and the step, so that a
// replay that was stopped, or killed, goes on where it was, without duplicates.
package replay
