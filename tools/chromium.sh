#!/usr/bin/env bash
# Makes sure that a Chromium is on this machine, for the tests of the console in a real browser: what is installed, else
# Debian's package (as root). Elsewhere the browser tests skip, and this says so.
set -euo pipefail

for name in chromium chromium-browser google-chrome google-chrome-stable; do
	if command -v "$name" >/dev/null; then exit 0; fi
done
if [ -n "${USM_CHROMIUM:-}" ] || [ -d "/Applications/Google Chrome.app" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "chromium: installing the package chromium"
	export DEBIAN_FRONTEND=noninteractive
	quiet=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
	apt-get "${quiet[@]}" update >/dev/null || true # a stale list may do
	if apt-get "${quiet[@]}" install -y --no-install-recommends chromium </dev/null >/dev/null && command -v chromium >/dev/null; then
		exit 0
	fi
fi
echo "chromium: none found, so the tests of the console in a browser will be skipped: install one, or name it in USM_CHROMIUM" >&2
