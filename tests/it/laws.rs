//! What holds for every schema, checked with the cases, and for every plan.

use schema_core::dialect;
use schema_core::facts::Facts;
use schema_core::model::{TableDef, lower, models};
use schema_core::plan::{PlanOptions, plan};
use schema_core::schema::{Family, Schema};
use tests::{
    normalize_dump, parse_log, pg_database, pg_dump_schema, pg_texts, psql, sync_on, try_psql,
};

use crate::cases::{difference, run, runnable};

#[test]
fn a_schema_does_not_differ_from_itself() {
    let jobs: Vec<_> = runnable()
        .into_iter()
        .map(|case| (case.name, case.desired))
        .collect();
    run(
        &jobs,
        |(_, sql)| {
            let (one, other) = (pg_database(), pg_database());
            try_psql(&one.url, sql)?;
            try_psql(&other.url, sql)?;
            let options = [
                "--dry-run",
                "--exit-code",
                "--prune",
                "--desired",
                &other.url,
            ];
            let output = sync_on(&one.url, &options);
            match output.status {
                0 => Ok(()),
                status => Err(format!("exit code {status}\n{}", output.all())),
            }
        },
        |job| &job.0,
    );
}

#[test]
fn a_refused_plan_changes_nothing() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TABLE kept (id int PRIMARY KEY, gone text); CREATE TABLE lost (id int)",
    );
    psql(
        &desired.url,
        "CREATE TABLE kept (id int PRIMARY KEY, added text); CREATE TABLE made (id int)",
    );
    let before = pg_dump_schema(&live.url);
    let options = ["--apply", "--prune", "--yes", "--desired", &desired.url];
    sync_on(&live.url, &options).expect(3);
    let after = pg_dump_schema(&live.url);
    assert!(before == after, "{}", difference(&after, &before));
}

#[test]
fn rows_that_were_there_are_there_with_their_values() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TYPE mood AS ENUM ('sad', 'ok');
         CREATE TABLE t (id int PRIMARY KEY, n int, s varchar(10), m mood DEFAULT 'sad');
         INSERT INTO t SELECT i, i * 2, 'v' || i, 'ok' FROM generate_series(1, 100) i",
    );
    psql(
        &desired.url,
        "CREATE TYPE mood AS ENUM ('great', 'ok', 'sad');
         CREATE TABLE t (id bigint PRIMARY KEY, n numeric(12,2) NOT NULL DEFAULT 0, s text, \
         m mood DEFAULT 'great', extra text DEFAULT 'x')",
    );
    let options = [
        "--apply",
        "--prune",
        "--allow",
        "all",
        "--yes",
        "--desired",
        &desired.url,
    ];
    sync_on(&live.url, &options).expect(0);
    let rows = pg_texts(
        &live.url,
        "SELECT count(*)::text FROM t \
         WHERE n = id * 2 AND s = 'v' || id AND m = 'ok' AND extra = 'x'",
    );
    assert_eq!(rows, ["100"]);
}

#[test]
fn data_in_the_way_is_refused_and_kept() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, NULL), (2, 5)",
    );
    psql(
        &desired.url,
        "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)",
    );
    let before = pg_dump_schema(&live.url);
    let options = [
        "--apply",
        "--allow",
        "all",
        "--yes",
        "--desired",
        &desired.url,
    ];
    let output = sync_on(&live.url, &options);
    assert!(output.status != 0, "{}", output.all());
    assert!(before == pg_dump_schema(&live.url), "{}", output.all());
    assert_eq!(pg_texts(&live.url, "SELECT count(*)::text FROM t"), ["2"]);
}

#[test]
fn the_same_input_gives_the_same_plan() {
    let case = runnable().into_iter().max_by_key(|case| case.desired.len());
    let case = case.expect("there are cases");
    let (live, desired) = (pg_database(), pg_database());
    psql(&live.url, &case.live);
    psql(&desired.url, &case.desired);
    let options = ["--dry-run", "--sql", "--prune", "--desired", &desired.url];
    let first = sync_on(&live.url, &options);
    let second = sync_on(&live.url, &options);
    assert_eq!(first.stdout, second.stdout);
}

/// A plan that was reviewed is still that plan when somebody has moved the models about.
#[test]
fn the_order_and_the_place_of_models_are_no_part_of_a_plan() {
    let models = models();
    let moved = models.iter().rev().enumerate().map(|(at, def)| {
        let def = TableDef {
            file: "src/moved.rs",
            line: 1_000 + u32::try_from(at).expect("few models"),
            ..**def
        };
        &*Box::leak(Box::new(def))
    });
    let moved: Vec<&'static TableDef> = moved.collect();
    for family in [Family::Postgres, Family::Sqlite] {
        let plan = |models: &[&'static TableDef]| {
            let schema = lower(family, models).expect("the models are right");
            let desired = dialect::normalize(family, schema).expect("it can be had");
            plan(
                family,
                &Schema::default(),
                &desired,
                &Facts::default(),
                &PlanOptions::default(),
            )
        };
        let (one, other) = (plan(&models), plan(&moved));
        assert_eq!(one.fingerprint, other.fingerprint);
        assert_eq!(one.groups, other.groups);
        assert_ne!(one.sources, other.sources);
        // What the models say is a part of it.
        let others = moved.iter().filter(|def| def.name != "audit_events");
        let fewer = plan(&others.copied().collect::<Vec<_>>());
        assert_ne!(one.fingerprint, fewer.fingerprint);
    }
}

#[test]
fn dumps_compare_without_order() {
    let one = "--\n-- x\n--\nSET a = 1;\n\nCREATE TABLE public.t (\n    b integer,\n    a text\n);\n\nCREATE TABLE public.s (\n    a text\n);\n";
    let other = "\\restrict abc\nCREATE TABLE public.s (\n    a text\n);\n\nCREATE TABLE public.t (\n    a text,\n    b integer\n);\n";
    assert_eq!(normalize_dump(one), normalize_dump(other));
}

#[test]
fn the_log_is_read_by_database() {
    let log = "@@ a|schema-sync|LOG:  statement: CREATE TABLE t (\n\ta int)\n@@ b|x|LOG:  statement: SELECT 1\n@@ a||LOG:  execute s1: SELECT 2\n@@ a||ERROR:  no\n";
    let read = parse_log(log, "a");
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].sql, "CREATE TABLE t (\n\ta int)");
    assert_eq!(tests::ddl_of(&read, "schema-sync"), ["CREATE TABLE t ("]);
}

#[test]
fn parts_of_partitions_that_come_again_keep_their_names_without_a_word() {
    let (live, desired) = (pg_database(), pg_database());
    let sql = |by: &str| {
        format!(
            "CREATE TABLE p (id int, s text) PARTITION BY RANGE (id); \
             CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9) PARTITION BY RANGE (id); \
             CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (5); \
             CREATE INDEX p_s_idx ON p ({by})"
        )
    };
    psql(&live.url, &sql("s"));
    psql(&desired.url, &sql("s DESC"));
    let options = ["--prune", "--desired", &desired.url];
    let plan = sync_on(&live.url, &options).expect(0).stdout;
    assert!(plan.contains("1 to add, 0 to alter, 1 to drop"), "{plan}");
}
