#!/usr/bin/env bash
# Builds a Go module of its own into .usm/bin, once for each state of its sources, and shows that it is at work:
#
#   tools/build.sh NAME FOLDER TARGET     build TARGET ("." or "tool") of the module in FOLDER
#
# The state is a hash of the module's files and of the Go version, kept beside the binaries as .usm/bin/NAME.key.
set -euo pipefail
name=$1 folder=$2 target=$3
cd "$(dirname "$0")/.."
mkdir -p .usm/bin
bin=$PWD/.usm/bin

key=$(
	cd "$folder"
	files=(go.mod go.sum)
	for file in *.go *.html; do
		case $file in *_test.go | '*.go' | '*.html') ;; *) files+=("$file") ;; esac
	done
	{ go version && cat "${files[@]}"; } | git hash-object --stdin
)
fresh() { [ "$(cat "$bin/$name.key" 2>/dev/null)" = "$key" ]; }
if fresh; then exit 0; fi

# Two builds at once would only slow each other down; the second waits and then finds the work done. The lock goes with
# its process. Where there is no flock, both build, and the last rename wins.
if command -v flock >/dev/null; then
	exec 9>"$bin/.$name.lock"
	flock 9
	if fresh; then exit 0; fi
	rm -rf "$bin/.$name".?????? # of builds that were killed
fi

work=$(mktemp -d "$bin/.$name.XXXXXX")
build=
# shellcheck disable=SC2329,SC2317 # called by the trap
cleanup() {
	if [ -n "$build" ]; then
		kill "$build" 2>/dev/null || true
		wait "$build" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

began=$SECONDS
say() { printf '%s: %s, %d s\n' "$name" "$1" $((SECONDS - began)); }

# watch runs a command in the background and prints a line every few seconds, with progress from the function $1.
watch() {
	local progress=$1
	shift
	"$@" 9>&- &
	build=$!
	while kill -0 "$build" 2>/dev/null; do
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.5
			kill -0 "$build" 2>/dev/null || break
		done
		if kill -0 "$build" 2>/dev/null; then say "$("$progress")"; fi
	done
	local code=0
	wait "$build" || code=$?
	build=
	return $code
}

# Both run in the background, where exec makes the process that we would kill the one that works.
list() {
	cd "$folder"
	exec go list -deps "$target" >"$work/packages" 2>"$work/log"
}
listed() { echo "downloading modules, $(grep -c '^go: downloading' "$work/log" || true) so far"; }
compile() {
	cd "$folder"
	exec go build -v -ldflags='-s -w' -o "$work/out/" "$target" >"$work/log" 2>&1
}
compiled() { echo "compiling, $(wc -l <"$work/log" | tr -d ' ') of at most $(wc -l <"$work/packages" | tr -d ' ') packages"; }

echo "$name: building once from $folder, which may take minutes on a machine that never did; the result is kept in .usm/bin"
mkdir "$work/out"
if ! watch listed list || ! watch compiled compile; then
	tail -n 20 "$work/log" >&2
	say "FAILED"
	exit 1
fi
for file in "$work/out"/*; do
	# Go names a binary after its folder; the module in its own folder is named after the product, and Temporal's as Temporal does.
	case $target/${file##*/} in
	./*) mv "$file" "$bin/$name" ;;
	tool/server) mv "$file" "$bin/temporal-server" ;;
	tool/sql) mv "$file" "$bin/temporal-sql-tool" ;;
	*) mv "$file" "$bin/" ;;
	esac
done
echo "$key" >"$bin/$name.key"
say "ready"
