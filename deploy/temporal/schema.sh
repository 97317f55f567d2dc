#!/bin/sh
# Brings the two databases of Temporal to what its version needs; again, it changes nothing. The SQL_* variables say where.
set -eu

for database in temporal:temporal temporal_visibility:visibility; do
	export SQL_DATABASE="${database%%:*}"
	temporal-sql-tool setup-schema --version 0.0
	temporal-sql-tool update-schema --schema-name "postgresql/v12/${database##*:}"
done
