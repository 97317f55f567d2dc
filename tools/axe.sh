#!/usr/bin/env bash
# Brings axe-core, the checker of accessibility for the tests in a browser, into .usm/axe, once: by the npm client, which as
# root is installed where there is none. Nothing of it is in the product.
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.12.1
if [ "$(cat .usm/axe/version 2>/dev/null)" = $version ]; then exit 0; fi
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "axe: installing the package npm"
	export DEBIAN_FRONTEND=noninteractive
	quiet=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
	apt-get "${quiet[@]}" update >/dev/null || true # a stale list may do
	apt-get "${quiet[@]}" install -y --no-install-recommends npm </dev/null >/dev/null
fi
command -v npm >/dev/null || { echo "axe: there is no npm client to bring axe-core: install Node.js" >&2 && exit 1; }
mkdir -p .usm/axe
cd .usm/axe
npm pack --silent "axe-core@$version" >/dev/null
tar -xzf "axe-core-$version.tgz" --strip-components=1 package/axe.min.js
rm "axe-core-$version.tgz"
echo $version >version
