#!/usr/bin/env bash
# All checks that need no running server. Each runs even when one before it failed, so that one run shows everything.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.usm/bin
failed=()

# check runs a command under a name and remembers a failure.
check() {
	local name=$1
	shift
	printf '%s: ' "$name"
	local out code=0
	out=$("$@" 2>&1) || code=$?
	if [ $code = 0 ]; then
		echo "${out:-ok}"
	else
		echo "FAILED"
		echo "$out"
		failed+=("$name")
	fi
}

gofmt_all() {
	local files
	files=$(find . -name '*.go' -not -path './.usm/*' -not -path '*/node_modules/*' -print0 | xargs -0 gofmt -l)
	[ -z "$files" ] || { echo "$files" && return 1; }
}

# tidy asks each module of the repository whether its go.mod says exactly what its code needs.
tidy() {
	local mod code=0
	while IFS= read -r mod; do
		(cd "$(dirname "$mod")" && go mod tidy -diff) || code=1
	done < <(find . -name go.mod -not -path './.usm/*' -not -path '*/node_modules/*')
	return $code
}

neighbours() { cd neighbours && "$bin/golangci-lint" run --config ../.golangci.yml ./...; }
deploy() { cd deploy && "$bin/golangci-lint" run --config ../.golangci.yml ./...; }
degrade() { cd test/degrade && "$bin/golangci-lint" run --config ../../.golangci.yml ./...; }
console() { cd test/console && "$bin/golangci-lint" run --config ../../.golangci.yml ./...; }
bench() { cd bench && "$bin/golangci-lint" run --config ../.golangci.yml ./...; }
devserver() { cd devserver && "$bin/golangci-lint" run --config ../.golangci.yml ./...; }

determinism() {
	[ -d workflows ] || { echo "skipped (no workflows)" && return 0; }
	"$bin/workflowcheck" ./workflows/...
}

# vulnerabilities needs a database from the network. A machine without one has not been checked, and says so.
vulnerabilities() {
	local out code=0
	out=$("$bin/govulncheck" ./... 2>&1) || code=$?
	# 3 is govulncheck's code for something found; every other failure is looked at for a missing network.
	if [ $code != 0 ] && [ $code != 3 ] && grep -qiE 'fetching vulnerabilities|vulndb|dial tcp|no such host|connection refused|i/o timeout|http.*(40[0-9]|50[0-9])|x509|proxyconnect' <<<"$out"; then
		echo "skipped (database not reachable)"
		return 0
	fi
	if [ $code != 0 ]; then echo "$out"; fi
	return $code
}

check gofmt gofmt_all
check golangci-lint "$bin/golangci-lint" run ./...
check "golangci-lint neighbours" neighbours
check "golangci-lint deploy" deploy
check "golangci-lint test/degrade" degrade
check "golangci-lint test/console" console
check "golangci-lint bench" bench
# Linting the server's module needs all of the server compiled: done where that has been done already.
if [ -e "$bin/usm-temporal.key" ]; then check "golangci-lint devserver" devserver; fi
check "fresh templates" tools/templ.sh -check
check workflowcheck determinism
check govulncheck vulnerabilities
check "go mod tidy" tidy
if command -v shellcheck >/dev/null; then check shellcheck shellcheck tools/*.sh deploy/*/*.sh .ci/run; fi

if [ ${#failed[@]} != 0 ]; then
	echo "lint: FAILED: ${failed[*]}"
	exit 1
fi
echo "lint: ok"
