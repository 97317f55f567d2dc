// Package domains reads and writes domain files: a department (IT, HR, facilities, …) as one YAML file that says
// everything in which it differs from another. Parse is strict and names line, column and path of every mistake;
// Marshal writes a file that Parse reads back as the same domain; Plan says what applying one would change. Five
// realistic domains are built in.
package domains

import (
	"embed"
	"path"
	"strings"
	_ "time/tzdata" // whether a time zone is known must not depend on the machine
)

//go:embed *.yaml
var builtin embed.FS

// Builtin returns the sources of the five example domains by id: it, hr, facilities, finance and healthcare. Each is
// named id + ".yaml". The caller owns the map and the bytes.
func Builtin() map[string][]byte {
	entries, err := builtin.ReadDir(".")
	if err != nil {
		panic(err) // it is part of the binary
	}
	sources := make(map[string][]byte, len(entries))
	for _, entry := range entries {
		source, err := builtin.ReadFile(entry.Name())
		if err != nil {
			panic(err)
		}
		sources[strings.TrimSuffix(entry.Name(), path.Ext(entry.Name()))] = source
	}
	return sources
}
