#!/bin/sh
# Run once by the Postgres image on an empty volume: the product and Temporal get a role each, with databases of their own
# and none of the other's.
set -eu

psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
	-v usm="$(cat "${SECRETS:-/run/secrets}/usm_password")" -v temporal="$(cat "${SECRETS:-/run/secrets}/temporal_password")" <<-'SQL'
	CREATE ROLE usm LOGIN PASSWORD :'usm';
	CREATE ROLE temporal LOGIN PASSWORD :'temporal';
	CREATE DATABASE usm OWNER usm;
	CREATE DATABASE temporal OWNER temporal;
	CREATE DATABASE temporal_visibility OWNER temporal;
	REVOKE CONNECT ON DATABASE usm, temporal, temporal_visibility FROM PUBLIC;
SQL
