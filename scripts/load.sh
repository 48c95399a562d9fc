#!/usr/bin/env bash
# Measures from outside what an apply does to others: readers and writers on the tables that
# change, all online sequences applied. Prints failed transactions and the longest stall.
#
#   scripts/load.sh postgres://postgres@127.0.0.1:5432/postgres [ROWS] [CLIENTS]
#
# Needs psql and pgbench (in PG_BIN or on the PATH) and target/debug/sync; makes two databases on
# that server and drops them. Exits with 1 when a transaction failed or a stall was longer than the
# lock timeout and a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

server=${1:?the URL of a server}
rows=${2:-200000}
clients=${3:-4}
lock_timeout_ms=2000
[ -z "${PG_BIN:-}" ] || PATH=$PG_BIN:$PATH
sync=${CARGO_TARGET_DIR:-target}/debug/sync
scratch=$(mktemp -d)
live=sync_load_$$ desired=sync_load_desired_$$
url() { printf '%s/%s' "${server%/*}" "$1"; }
run() { psql -qXAt -v ON_ERROR_STOP=1 "$@"; }

bench=
cleanup() {
  [ -z "$bench" ] || kill "$bench" 2>/dev/null || true
  for name in $live $desired; do
    run -d "$server" -c "DROP DATABASE IF EXISTS $name WITH (FORCE)" >/dev/null 2>&1 || true
  done
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

run -d "$server" -c "CREATE DATABASE $live" -c "CREATE DATABASE $desired"
run -d "$(url $live)" <<SQL
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE parent (id int PRIMARY KEY, code text NOT NULL);
CREATE TABLE t (id int NOT NULL, n int, code varchar(40), ref int, m mood NOT NULL DEFAULT 'ok', legacy text);
CREATE UNIQUE INDEX t_find ON t (id);
CREATE INDEX t_n_idx ON t (n);
CREATE INDEX t_legacy_idx ON t (legacy);
INSERT INTO parent SELECT i, 'p' || i FROM generate_series(1, $rows) i;
INSERT INTO t SELECT i, i, 'c' || i, i, 'ok', 'x' FROM generate_series(1, $rows) i;
CREATE TABLE p (id int NOT NULL, n int, ref int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO ($((rows / 2)));
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ($((rows / 2))) TO (2000000000) PARTITION BY RANGE (id);
CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM ($((rows / 2))) TO ($((rows * 3 / 4)));
CREATE TABLE p22 PARTITION OF p2 FOR VALUES FROM ($((rows * 3 / 4))) TO (2000000000);
CREATE INDEX p_id_idx ON p (id);
CREATE INDEX p_n_idx ON p (n);
INSERT INTO p SELECT i, i, i FROM generate_series(1, $rows) i;
CREATE TABLE d (id int PRIMARY KEY, n int, ref int REFERENCES parent (id)) PARTITION BY RANGE (id);
CREATE TABLE d1 PARTITION OF d FOR VALUES FROM (0) TO ($((rows + 1)));
CREATE TABLE d9 PARTITION OF d DEFAULT;
CREATE TABLE d2 (id int NOT NULL, n int, ref int);
CREATE INDEX d_n_idx ON d (n);
INSERT INTO d SELECT i, i, i FROM generate_series(1, $rows) i;
INSERT INTO d SELECT i + 1000000000, i, i FROM generate_series(1, $rows) i;
INSERT INTO d2 SELECT i + 100000000, i, i FROM generate_series(1, $rows) i;
CREATE TABLE e (id int, k int NOT NULL, n int, CONSTRAINT e_pkey PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO ($((rows / 2)));
CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ($((rows / 2))) TO (2000000000);
CREATE TABLE e3 PARTITION OF e FOR VALUES FROM (2000000000) TO (2100000000);
CREATE TABLE e4 PARTITION OF e FOR VALUES FROM (2100000000) TO (2147000000);
INSERT INTO e SELECT i, i, i FROM generate_series(1, $rows) i;
INSERT INTO e VALUES (2000000001, 1, 1), (2100000001, 1, 1);
VACUUM ANALYZE;
SQL
run -d "$(url $desired)" <<SQL
CREATE TYPE mood AS ENUM ('bad', 'sad', 'ok', 'great');
CREATE TABLE parent (id int PRIMARY KEY, code text NOT NULL, CONSTRAINT parent_code UNIQUE (code));
CREATE TABLE t (id int NOT NULL, n int NOT NULL, code text, ref int, m mood NOT NULL DEFAULT 'ok',
  added int NOT NULL DEFAULT 7, uid uuid NOT NULL DEFAULT gen_random_uuid(),
  CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT n_positive CHECK (n > 0),
  CONSTRAINT t_ref FOREIGN KEY (ref) REFERENCES parent (id));
CREATE UNIQUE INDEX t_find ON t (id);
CREATE INDEX t_n_idx ON t (n DESC, id);
CREATE INDEX t_code_idx ON t (code);
CREATE TABLE made (id int PRIMARY KEY, t int REFERENCES t (id));
CREATE TABLE p (id int NOT NULL, n int NOT NULL, ref int, CONSTRAINT p_pkey PRIMARY KEY (id),
  CONSTRAINT p_positive CHECK (n > 0), CONSTRAINT p_ref FOREIGN KEY (ref) REFERENCES parent (id))
  PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO ($((rows / 2)));
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ($((rows / 2))) TO (2000000000) PARTITION BY RANGE (id);
CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM ($((rows / 2))) TO ($((rows * 3 / 4)));
CREATE TABLE p22 PARTITION OF p2 FOR VALUES FROM ($((rows * 3 / 4))) TO (2000000000);
CREATE INDEX p_id_idx ON p (id);
CREATE INDEX p_n_idx ON p (n DESC, id);
CREATE INDEX p_ref_idx ON p (ref);
CREATE TABLE d (id int PRIMARY KEY, n int, ref int REFERENCES parent (id)) PARTITION BY RANGE (id);
CREATE TABLE d1 PARTITION OF d FOR VALUES FROM (0) TO ($((rows + 1)));
CREATE TABLE d9 PARTITION OF d DEFAULT;
CREATE TABLE d2 PARTITION OF d FOR VALUES FROM (100000000) TO (200000000);
CREATE TABLE d3 PARTITION OF d FOR VALUES FROM (200000000) TO (300000000);
CREATE INDEX d_n_idx ON d (n);
CREATE TABLE e (id int, k int NOT NULL, n int, CONSTRAINT e_pkey PRIMARY KEY (id, k)) PARTITION BY RANGE (id);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (0) TO ($((rows / 2)));
CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ($((rows / 2))) TO (2000000000);
CREATE TABLE e3 (id int, k int NOT NULL, n int, CONSTRAINT e3_pkey PRIMARY KEY (id));
SQL

cat >"$scratch/read.sql" <<SQL
\\set id random(1, $rows)
SELECT n, code, m FROM t WHERE id = :id;
SQL
cat >"$scratch/write.sql" <<SQL
\\set id random(1, $rows)
BEGIN;
UPDATE t SET n = n + 1 WHERE id = :id;
SELECT code FROM parent WHERE id = :id;
UPDATE parent SET code = code WHERE id = :id;
COMMIT;
SQL
cat >"$scratch/parts.sql" <<SQL
\\set id random(1, $rows)
\\set other random(1, $rows)
BEGIN;
SELECT n FROM p WHERE id = :id;
UPDATE p SET n = n + 1 WHERE id = :other;
COMMIT;
SQL
cat >"$scratch/attach.sql" <<SQL
\\set id random(1, $rows)
\\set far 1000000000 + random(1, $rows)
\\set near 100000000 + random(1, $rows)
BEGIN;
SELECT n FROM d WHERE id = :id;
UPDATE d SET n = n + 1 WHERE id = :far;
UPDATE d2 SET n = n + 1 WHERE id = :near;
UPDATE e SET n = n + 1 WHERE id = :id;
COMMIT;
SQL
cat >"$scratch/insert.sql" <<SQL
\\set n random(1, 1000000000)
INSERT INTO t (id, n, code, ref) VALUES ($rows + :n, :n, 'new', 1) ON CONFLICT DO NOTHING;
SQL

pgbench -n -c "$clients" -j 1 -T 3600 -l --log-prefix="$scratch/log" \
  -f "$scratch/read.sql@5" -f "$scratch/write.sql@3" -f "$scratch/insert.sql@1" -f "$scratch/parts.sql@3" \
  -f "$scratch/attach.sql@2" \
  "$(url $live)" >"$scratch/bench.out" 2>"$scratch/bench.err" &
bench=$!
sleep 5
begun=$(date +%s)
status=0
"$sync" --apply --yes --prune --allow data_loss,breaks_running_app \
  --desired "$(url $desired)" --database-url "$(url $live)" \
  --lock-timeout ${lock_timeout_ms}ms >"$scratch/apply.out" 2>"$scratch/apply.err" || status=$?
ended=$(date +%s)
sleep 3
alive=$(run -d "$server" -c "SELECT count(*) FROM pg_stat_activity WHERE datname = '$live' AND application_name = 'pgbench'")
# It ignores an interrupt in the background; the last lines of its log, after the apply, are lost.
kill -TERM "$bench" 2>/dev/null || true
wait "$bench" 2>/dev/null || true
bench=

tail -n 2 "$scratch/apply.out"
[ "$status" -eq 0 ] || { cat "$scratch/apply.out" "$scratch/apply.err"; echo "the apply failed: exit code $status"; exit 1; }
failed=$((clients - alive))
errors=$(grep -c 'ERROR' "$scratch/bench.err" || true)
# client, transaction, microseconds or `failed` (a deadlock), script, seconds since 1970, microseconds
cat "$scratch"/log* | awk -v begun="$begun" -v ended="$ended" '
  $3 == "failed" { lost++; next }
  $5 < begun { before++; if ($3 > before_most) before_most = $3 }
  $5 >= begun && $5 <= ended + 1 { during++; if ($3 > most) most = $3; if ($3 > 100000) slow++; if ($3 > 1000000) stalled++ }
  END {
    printf "transactions: %d in 5 s before (longest %.0f ms), %d in %d s of the apply\n", before, before_most / 1000, during, ended - begun
    printf "longest stall: %.0f ms; longer than 100 ms: %d; longer than 1 s: %d\n", most / 1000, slow, stalled
    print int(most / 1000) > "'"$scratch"'/most"
    print lost + 0 > "'"$scratch"'/lost"
  }'
errors=$((errors + $(cat "$scratch/lost")))
echo "failed transactions: $errors; clients that gave up: $failed of $clients"
grep 'ERROR' "$scratch/bench.err" | sort | uniq -c | head || true
[ "$errors" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$(cat "$scratch/most")" -le $((lock_timeout_ms + 1000)) ]
