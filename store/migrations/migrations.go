// Package migrations holds the schema of the registers, forward only. The first line of each file says why it is there.
package migrations

import "embed"

// Files are the migrations, in the form goose reads.
//
//go:embed *.sql
var Files embed.FS
