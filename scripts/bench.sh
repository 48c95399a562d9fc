#!/usr/bin/env bash
# Measures a run that has nothing to do against a bare read of the same catalogue by one connection.
#
#   SYNC_TEST_PG_URL=postgres://postgres@127.0.0.1/postgres scripts/bench.sh [tables]
#
# Makes a database of 5,000 tables of 13 columns, compares it with a snapshot of itself, and prints
# both times, their ratio and the peak of the memory. Fails over twice the time or 200 MB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tables=${1:-5000}
url=${SYNC_TEST_PG_URL:?say where a server is}
sync=${SYNC_BIN:-${CARGO_TARGET_DIR:-target}/release/sync}
[ -n "${SYNC_BIN:-}" ] || cargo build --release --quiet -p sync-bin

name=sync_bench_$$
major=$(($(psql -XqAt "$url" -c 'SHOW server_version_num') / 10000))
base=${url%/*}
scratch=$(mktemp -d)
trap 'psql -XqAt "$url" -c "DROP DATABASE IF EXISTS $name WITH (FORCE)"; rm -rf "$scratch"' EXIT
psql -XqAt "$url" -c "CREATE DATABASE $name TEMPLATE template0"

# A hundred tables a transaction: every table is a lock until its end.
for ((from = 1; from <= tables; from += 100)); do
  cat <<SQL
DO \$\$ BEGIN
FOR i IN $from..least($from + 99, $tables) LOOP
  EXECUTE format('CREATE TABLE t%1\$s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE, name varchar(100), state text NOT NULL DEFAULT ''new'',
    total numeric(12,2) CHECK (total >= 0), tags text[], payload jsonb, active boolean DEFAULT true,
    born date, seen timestamptz DEFAULT now(), score double precision, parent bigint, note text)', i);
  EXECUTE format('CREATE INDEX ON t%s (parent)', i);
  EXECUTE format('CREATE INDEX ON t%s (lower(email)) WHERE active', i);
END LOOP; END \$\$;
SQL
done | psql -XqAt -v ON_ERROR_STOP=1 "$base/$name"
psql -XqAt "$base/$name" -c 'VACUUM ANALYZE'

now() { date +%s%N; }
best() {
  local least= start took
  for _ in 1 2 3; do
    start=$(now)
    "$@"
    took=$((($(now) - start) / 1000000))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  printf '%s\n' "$least"
}

# The catalogue, whole and by one connection, thrown away.
GIVEN=$(grep -v '^--' schema-core/src/dialect/postgres/catalog/given.sql)
export GIVEN
for query in schema-core/src/dialect/postgres/catalog/*.sql; do
  # The first is no question, the second a part of two; the others are asked where a plan needs them.
  case $query in */settings.sql | */given.sql | */needing.sql | */owners.sql) continue ;; esac
  # Lines are for some majors alone: `/*>=15*/ ..`, `/*<15*/ ..`.
  awk -v major="$major" '
    match($0, /\/\*>=[0-9]+\*\//) && major < substr($0, RSTART + 4, RLENGTH - 6) + 0 { next }
    match($0, /\/\*<[0-9]+\*\//) && major >= substr($0, RSTART + 3, RLENGTH - 5) + 0 { next }
    { gsub(/[{]given[}]/, ENVIRON["GIVEN"]); print }' "$query" | sed "s/{namespaces}/n.nspname = 'public'/g"
  echo ';'
done >"$scratch/catalogue.sql"
bare() { psql -XqAt -o /dev/null -v ON_ERROR_STOP=1 "$base/$name" -f "$scratch/catalogue.sql"; }

"$sync" dump --database-url "$base/$name" >"$scratch/snapshot.json"
noop() { "$sync" --dry-run --database-url "$base/$name" --desired "$scratch/snapshot.json" >"$scratch/report"; }

bare_ms=$(best bare)
noop_ms=$(best noop)

"$sync" --dry-run --database-url "$base/$name" --desired "$scratch/snapshot.json" >/dev/null &
pid=$! peak=0
while read -r _ kb _ < <(grep VmHWM "/proc/$pid/status" 2>/dev/null); do
  peak=$kb
  sleep 0.01
done
wait "$pid"

printf 'tables: %s\nbare catalogue: %s ms\nnothing to do: %s ms\nratio: %s.%02d\npeak memory: %s MB\n' \
  "$tables" "$bare_ms" "$noop_ms" $((noop_ms / bare_ms)) $((noop_ms * 100 / bare_ms % 100)) $((peak / 1024))
[ $((noop_ms)) -lt $((2 * bare_ms)) ] && [ $((peak / 1024)) -lt 200 ]
