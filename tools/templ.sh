#!/usr/bin/env bash
# Makes the Go code of the console's templates, with the templ of the version that go.mod names; with -check it says whether
# that would change anything.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(go list -m -f '{{.Version}}' github.com/a-h/templ)
if [ "${1:-}" = -check ]; then
	before=$(cat server/console/*_templ.go | git hash-object --stdin)
	go run "github.com/a-h/templ/cmd/templ@$version" generate -path server/console -log-level error
	[ "$before" = "$(cat server/console/*_templ.go | git hash-object --stdin)" ] ||
		{ echo "the code of the templates was not fresh: commit what make generate makes" && exit 1; }
	exit 0
fi
go run "github.com/a-h/templ/cmd/templ@$version" generate -path server/console -log-level error
