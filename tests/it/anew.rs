//! A partitioned table whose partition key changes: it is made anew around its partitions, and what
//! would be lost with it stops that.

use serde_json::Value;
use tests::{Output, PgDatabase, pg_database, pg_texts, psql, sync_on};

const LIVE: &str = "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a); \
     CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); \
     CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20); \
     CREATE TABLE other (x int); \
     INSERT INTO t VALUES (1, 1), (11, 11); INSERT INTO other VALUES (1); ANALYZE";
const DESIRED: &str = "CREATE TABLE t (a int, b bigint) PARTITION BY RANGE (b); \
     CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); \
     CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20); \
     CREATE INDEX ON t (a); \
     CREATE TABLE other (x int NOT NULL); CREATE INDEX ON other (x)";

fn pair(live: &str, desired: &str) -> (PgDatabase, PgDatabase) {
    let both = (pg_database(), pg_database());
    psql(&both.0.url, live);
    psql(&both.1.url, desired);
    both
}

fn run(both: &(PgDatabase, PgDatabase), more: &[&str]) -> Output {
    let options = ["--desired", &both.1.url, "--allow", "all"];
    sync_on(&both.0.url, &[&options[..], more].concat())
}

/// Between two transactions readers would find no rows.
#[test]
fn partitions_leave_and_come_in_one_transaction() {
    let both = pair(LIVE, DESIRED);
    let json = ["--prune", "--small-table", "0", "--format", "json"];
    let told = run(&both, &json).expect(0);
    let report: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let groups = report["groups"].as_array().expect("groups");
    let moves = |group: &&Value| {
        let mut statements = group["statements"].as_array().into_iter().flatten();
        statements.any(|it| {
            let sql = it["sql"].as_str().expect("text");
            ["DETACH", "DROP TABLE", "ATTACH PARTITION public.t"]
                .iter()
                .any(|word| sql.contains(word) && !sql.contains("INDEX"))
        })
    };
    assert_eq!(groups.iter().filter(moves).count(), 1, "{}", told.stdout);
    assert!(groups.len() > 4, "the rest is online: {}", told.stdout);
    run(
        &both,
        &["--prune", "--small-table", "0", "--apply", "--yes"],
    )
    .expect(0);
    let rows = pg_texts(
        &both.0.url,
        "SELECT format('%s %s %s', tableoid::regclass, a, b) FROM t ORDER BY a",
    );
    assert_eq!(rows, ["t1 1 1", "t2 11 11"]);
}

#[test]
fn what_no_model_says_of_it_stops_it() {
    let both = pair(
        &format!("{LIVE}; ALTER TABLE t ADD COLUMN extra text; CREATE INDEX legacy ON t (extra)"),
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (b); \
         CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
    );
    let told = run(&both, &["--apply", "--yes"]).expect(3).all();
    let said = "these are not in the desired schema: `t.extra`, `t.legacy`, `t2`";
    assert!(told.contains(said), "{told}");
    assert!(!told.contains("t                in sync"), "{told}");
}

#[test]
fn a_partition_out_of_sight_stops_it() {
    let both = pair(LIVE, DESIRED);
    let told = run(&both, &["--apply", "--yes", "--prune", "--ignore", "t2"]);
    let told = told.expect(3).all();
    assert!(told.contains("partitions that are out of sight"), "{told}");
    let rows = pg_texts(&both.0.url, "SELECT count(*)::text FROM t");
    assert_eq!(rows, ["2"]);
}

#[test]
fn rows_that_find_no_place_are_found_before() {
    let both = pair(&format!("{LIVE}; INSERT INTO t VALUES (2, 12)"), DESIRED);
    let told = run(&both, &["--apply", "--yes", "--prune"]).expect(3).all();
    assert!(told.contains("1 row out of that bound"), "{told}");
}
