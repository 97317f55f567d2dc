#!/usr/bin/env bash
# Removes what `make dev` keeps in .usm, but not the built programs. Refuses while usm dev runs.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -d .usm ] || exit 0

if command -v flock >/dev/null; then
	while IFS= read -r lock; do
		if ! flock --nonblock "$lock" true; then
			echo "dev-reset: usm dev is running: stop it first" >&2
			exit 1
		fi
	done < <(find .usm -name lock -not -path '.usm/bin/*')
fi
# A folder that Postgres's user cannot reach has its data elsewhere and says where; only our own place is believed.
while IFS= read -r pointer; do
	place=$(cat "$pointer")
	case $place in /var/lib/usm-dev/????????) rm -rf "$place" ;; esac
done < <(find .usm -name elsewhere -not -path '.usm/bin/*')
find .usm -mindepth 1 -maxdepth 1 -not -name bin -exec rm -rf {} +
echo "dev-reset: done"
