//! Sizes: a table that no ANALYZE has looked at is as large as its file, and not empty.

use tests::{pg_database, pg_hold, psql, sync_on};

#[test]
fn what_was_never_analysed_is_as_large_as_its_file() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE t (a int, gone text) WITH (autovacuum_enabled = off);
         INSERT INTO t SELECT n FROM generate_series(1, 20000) n;
         CREATE TABLE p (k int, a int) PARTITION BY LIST (k);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) WITH (autovacuum_enabled = off);
         INSERT INTO p SELECT 1, n FROM generate_series(1, 20000) n;
         CREATE TABLE small (a int); INSERT INTO small VALUES (1); CREATE TABLE none (a int)",
    );
    psql(
        &other.url,
        "CREATE TABLE t (a int UNIQUE); CREATE TABLE small (a int UNIQUE);
         CREATE TABLE p (k int, a bigint) PARTITION BY LIST (k);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
    );
    let args = ["--dry-run", "-v", "--prune", "--desired", &other.url];
    let plan = sync_on(&database.url, &args).expect(0).stdout;
    for words in [
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a_key ON public.t (a)",
        "ALTER TABLE public.small ADD CONSTRAINT small_a_key UNIQUE (a)",
        "column p.a: integer → bigint rewrites the table",
        "kB, never analysed) (needs --allow data_loss)",
        "table none is dropped (~0 rows, 0 bytes)",
    ] {
        assert!(plan.contains(words), "{words}\n{plan}");
    }
    // Who holds the table is not waited for.
    let _held = pg_hold(&database.url, "LOCK TABLE t");
    let plan = sync_on(&database.url, &args).expect(0).stdout;
    let words =
        "t: how large it is was not found out, and it counts as large: somebody holds a lock on it";
    assert!(plan.contains(words), "{words}\n{plan}");
    assert!(
        plan.contains("ADD CONSTRAINT small_a_key UNIQUE (a)"),
        "{plan}"
    );
}
