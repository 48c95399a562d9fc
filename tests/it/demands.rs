//! What a model demands of values: enums that are text and become something else, and what the
//! release that is running would not write any more.

use tests::{pg_database, psql, sync_on, temp_dir};

use crate::anomaly::edited;

/// What a run of models says, and what it needs: the live database, the desired one as models have
/// it, hints, the hazards that have to be allowed, and what is told.
type Case = (
    &'static str,
    &'static str,
    fn(&mut serde_json::Value),
    &'static str,
    &'static str,
);

fn no_hints(_: &mut serde_json::Value) {}

fn renamed_value(hints: &mut serde_json::Value) {
    hints["renamed_values"] = serde_json::json!([[["public.t", "c"], [["b", "bee"]]]]);
}

fn backfilled(hints: &mut serde_json::Value) {
    hints["backfills"] = serde_json::json!([[["public.t", "n"], "1"]]);
}

const CASES: &[Case] = &[
    (
        "CREATE TABLE t (id int PRIMARY KEY, c text NOT NULL DEFAULT 'a' CHECK (c IN ('a', 'b'))); INSERT INTO t VALUES (1, 'b')",
        "CREATE TYPE en AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, c en NOT NULL DEFAULT 'a')",
        no_hints,
        "narrowing",
        "- check",
    ),
    (
        "CREATE TYPE en AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, c en NOT NULL DEFAULT 'a'); INSERT INTO t VALUES (1, 'b')",
        "CREATE TABLE t (id int PRIMARY KEY, c text NOT NULL DEFAULT 'a' CHECK (c IN ('a', 'b')))",
        no_hints,
        "",
        "+ check",
    ),
    (
        "CREATE TABLE t (c text CHECK (c IN ('a', 'bee'))); INSERT INTO t VALUES ('bee')",
        "CREATE TABLE t (c text CHECK (c IN ('a', 'bee', 'cee')))",
        renamed_value,
        "",
        "- check",
    ),
    (
        "CREATE TABLE t (c text CHECK (c IN ('a', 'b', 'it''s'))); INSERT INTO t VALUES ('b')",
        "CREATE TABLE t (c text CHECK (c IN ('a', 'bee')))",
        renamed_value,
        "data_loss,breaks_running_app",
        "'it''s' no longer among its values",
    ),
    (
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (id int, n int NOT NULL)",
        backfilled,
        "breaks_running_app",
        "column t.n: NOT NULL without default",
    ),
    (
        "CREATE TABLE t (n int NOT NULL DEFAULT 1)",
        "CREATE TABLE t (n int NOT NULL)",
        no_hints,
        "breaks_running_app",
        "column t.n: NOT NULL without default",
    ),
    (
        "CREATE TABLE t (n int NOT NULL GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE t (n int NOT NULL)",
        no_hints,
        "breaks_running_app",
        "column t.n: NOT NULL without default",
    ),
    (
        "CREATE DOMAIN one AS int DEFAULT 1; CREATE TABLE t (n one NOT NULL DEFAULT 2, m int DEFAULT 1)",
        "CREATE DOMAIN one AS int DEFAULT 1; CREATE TABLE t (n one NOT NULL, m int)",
        no_hints,
        "",
        "default 2",
    ),
];

#[test]
fn models_say_what_the_running_release_would_meet() {
    for (live, desired, hints, allow, told) in CASES {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, live);
        psql(&other.url, desired);
        let dir = temp_dir();
        let file = dir.path().join("desired.json");
        edited(&other, &file, |schema| {
            schema["hints"]["sources"] = serde_json::json!({"public.t": "models.rs:1"});
            hints(&mut schema["hints"]);
            let parts = schema["tables"]["public.t"]["constraints"].as_array_mut();
            for part in parts.expect("a list") {
                part["name"] = serde_json::Value::Null;
            }
        });
        let file = file.to_str().expect("is text");
        let check = ["--dry-run", "--exit-code", "--desired", file];
        let code = if allow.is_empty() { 2 } else { 3 };
        let before = sync_on(&database.url, &check).expect(code);
        assert!(before.all().contains(told), "{desired}: {}", before.all());
        let mut apply = vec!["--apply", "--yes", "--desired", file];
        if !allow.is_empty() {
            sync_on(&database.url, &apply).expect(3);
            apply.extend(["--allow", allow]);
        }
        sync_on(&database.url, &apply).expect(0);
        sync_on(&database.url, &check).expect(0);
    }
}
