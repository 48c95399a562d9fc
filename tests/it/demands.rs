//! What a model demands of values: enums that are text and become something else, and what the
//! release that is running would not write any more.

use tests::{pg_database, pg_texts, psql, sqlite, sqlite_file, sqlite_texts, sync_on, temp_dir};

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
        "CREATE TABLE t (id int PRIMARY KEY, c text[] NOT NULL DEFAULT '{a}' CHECK (c <@ ARRAY['a', 'b'])); INSERT INTO t VALUES (1, '{b,a}')",
        "CREATE TYPE en AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, c en[] NOT NULL DEFAULT '{a}')",
        no_hints,
        "narrowing",
        "- check",
    ),
    (
        "CREATE TABLE t (c text[] CHECK (c <@ ARRAY['a', 'b'])); INSERT INTO t VALUES ('{a}')",
        "CREATE TABLE t (c text[] CHECK (c <@ ARRAY['a', 'bee']))",
        no_hints,
        "data_loss",
        "'b' no longer among its values",
    ),
    (
        r#"CREATE TABLE t (c text CHECK (c IN ('a', 'b c'))); INSERT INTO t VALUES ('a')"#,
        r#"CREATE TABLE t (c text CHECK (c = ANY ('{a,"b c",d}'::text[])))"#,
        no_hints,
        "",
        "+ check",
    ),
    (
        r#"CREATE TABLE t (c text CHECK (c = ANY ('{a,"b c"}'::text[]))); INSERT INTO t VALUES ('a')"#,
        r#"CREATE TABLE t (c text CHECK (c IN ('a', 'd')))"#,
        no_hints,
        "data_loss",
        "'b c' no longer among its values",
    ),
    (
        "CREATE TABLE t (c text CHECK (c < 'b')); INSERT INTO t VALUES ('a')",
        "CREATE TABLE t (c text CHECK (c < 'c'))",
        no_hints,
        "",
        "- check",
    ),
    (
        "CREATE TABLE t (n numeric(10,2), m int, o numeric(4,0)); INSERT INTO t VALUES (12345678.12, 2147483647, 9999)",
        "CREATE TABLE t (n numeric(12,4), m numeric(12,2), o numeric(6,1))",
        no_hints,
        "",
        "rewrites the table",
    ),
    (
        "CREATE TABLE t (n numeric(10,2)); INSERT INTO t VALUES (1.12)",
        "CREATE TABLE t (n numeric(12,5))",
        no_hints,
        "narrowing",
        "can lose or refuse values",
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

/// What is changed of a model, and what it is refused with before anything is sent.
type Impossible = (fn(&mut serde_json::Value), &'static str);

fn column(schema: &mut serde_json::Value, at: usize) -> &mut serde_json::Value {
    &mut schema["tables"]["public.t"]["columns"][at]
}

fn constraint(schema: &mut serde_json::Value, at: usize) -> &mut serde_json::Value {
    &mut schema["tables"]["public.t"]["constraints"][at]
}

fn index(schema: &mut serde_json::Value) -> &mut serde_json::Value {
    &mut schema["tables"]["public.t"]["indexes"][0]
}

fn options(schema: &mut serde_json::Value) -> &mut serde_json::Value {
    &mut schema["tables"]["public.t"]["options"]
}

const IMPOSSIBLE: &[Impossible] = &[
    (
        |schema| options(schema)["replica_identity"] = serde_json::json!({"Index": "nope"}),
        "`nope` is no index of it",
    ),
    (
        |schema| options(schema)["replica_identity"] = serde_json::json!({"Index": "t_b_key"}),
        "has a column that may be NULL: `b`",
    ),
    (
        |schema| options(schema)["replica_identity"] = serde_json::json!({"Index": "t_a_idx"}),
        "is not unique",
    ),
    (
        |schema| options(schema)["with"]["nope"] = "1".into(),
        "unrecognized parameter \"nope\"",
    ),
    (
        |schema| options(schema)["tablespace"] = "nope".into(),
        "tablespace \"nope\" does not exist",
    ),
    (
        |schema| {
            schema["tables"]["public.t"]["partition_by"] =
                serde_json::json!({"strategy": "range", "key": "a", "columns": ["a"]});
        },
        "must include all partitioning columns",
    ),
    (
        |schema| column(schema, 1)["collation"] = "C".into(),
        "collations are not supported by type integer",
    ),
    (
        |schema| {
            column(schema, 2)["ty"]["name"] = "character varying".into();
            column(schema, 2)["ty"]["modifiers"] = "0".into();
        },
        "length for type varchar must be at least 1",
    ),
    (
        |schema| column(schema, 0)["identity"]["options"]["increment"] = 0.into(),
        "INCREMENT must not be zero",
    ),
    (
        |schema| {
            column(schema, 1)["generated"] =
                serde_json::json!({"expr": "length(g)", "kind": "Stored"});
        },
        "cannot use generated column \"g\"",
    ),
    (
        |schema| index(schema)["method"] = "gin".into(),
        "no default operator class for access method \"gin\"",
    ),
    (
        |schema| index(schema)["parts"][0]["opclass"] = "nope".into(),
        "operator class \"nope\" does not exist",
    ),
    (
        |schema| index(schema)["with"]["nope"] = "1".into(),
        "unrecognized parameter \"nope\"",
    ),
    (
        |schema| constraint(schema, 1)["kind"]["Unique"]["tablespace"] = "nope".into(),
        "tablespace \"nope\" does not exist",
    ),
    (
        |schema| {
            schema["types"]["public.d"]["Domain"]["checks"][0]["expr"] = "nope > 1".into();
        },
        "column \"nope\" does not exist",
    ),
    (
        |schema| schema["types"]["public.e"]["Enum"]["labels"][0] = "x".repeat(64).into(),
        "invalid enum label",
    ),
];

#[test]
fn what_the_server_cannot_have_is_refused_before_anything_is_sent() {
    let other = pg_database();
    psql(
        &other.url,
        "CREATE DOMAIN d AS int CHECK (value > 1); CREATE TYPE e AS ENUM ('a');
         CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int NOT NULL, b text CONSTRAINT t_b_key UNIQUE,
         g text GENERATED ALWAYS AS ('x') STORED, d d, e e); CREATE INDEX t_a_idx ON t (a)",
    );
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    let path = file.to_str().expect("is text");
    let database = pg_database();
    let of_a_model = |schema: &mut serde_json::Value| {
        schema["hints"]["sources"] = serde_json::json!({"public.t": "models.rs:1"});
        let parts = schema["tables"]["public.t"]["constraints"].as_array_mut();
        // The primary key first.
        parts
            .expect("a list")
            .sort_by_key(|it| it["kind"]["PrimaryKey"].is_null());
    };
    let check = ["--dry-run", "--exit-code", "--desired", path];
    for (edit, words) in IMPOSSIBLE {
        edited(&other, &file, |schema| {
            of_a_model(schema);
            edit(schema);
        });
        let told = sync_on(&database.url, &check).expect(3);
        assert!(told.all().contains(words), "{words}: {}", told.all());
    }
    edited(&other, &file, of_a_model);
    sync_on(&database.url, &["--apply", "--yes", "--desired", path]).expect(0);
    sync_on(&database.url, &check).expect(0);
    // Nor is it where the rest is there.
    for (edit, words) in IMPOSSIBLE {
        edited(&other, &file, |schema| {
            of_a_model(schema);
            edit(schema);
        });
        let told = sync_on(&database.url, &check).expect(3);
        let anew = told.all().contains("no table becomes a partitioned one");
        assert!(
            anew || told.all().contains(words),
            "{words}: {}",
            told.all()
        );
    }
}

#[test]
fn checks_of_a_domain_over_a_domain_converge() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &other.url,
        "CREATE DOMAIN base AS text; CREATE DOMAIN top AS base CHECK (value <> 'x');
         CREATE DOMAIN few AS int; CREATE DOMAIN fewer AS few DEFAULT 3 CHECK (value > 0);
         CREATE TABLE t (d top, e fewer)",
    );
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        schema["hints"]["sources"] = serde_json::json!({"public.t": "models.rs:1"});
        for (name, expr) in [("top", "value <> 'x'"), ("fewer", "value > 0")] {
            let check = &mut schema["types"][format!("public.{name}")]["Domain"]["checks"][0];
            check["name"] = serde_json::Value::Null;
            check["expr"] = expr.into();
        }
    });
    let file = file.to_str().expect("is text");
    sync_on(&database.url, &["--apply", "--yes", "--desired", file]).expect(0);
    let check = ["--dry-run", "--exit-code", "--desired", file];
    sync_on(&database.url, &check).expect(0);
}

#[test]
fn a_type_that_is_made_anew_is_called_by_its_name() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE DOMAIN dd AS text; CREATE TABLE t (d dd[])",
    );
    let desired = "CREATE DOMAIN dd AS text CHECK (value <> 'x'); CREATE TABLE t (d dd[])";
    psql(&other.url, desired);
    let plan = ["--dry-run", "--exit-code", "--desired", &other.url];
    let told = sync_on(&database.url, &plan).expect(2);
    assert!(!told.all().contains("sync_old"), "{}", told.all());
    sync_on(
        &database.url,
        &["--apply", "--yes", "--desired", &other.url],
    )
    .expect(0);
}

/// Hints of a table that was `old_t`, and of its column `c` that was `old_c`: the two came one after
/// the other, so that the name of a check may be from between.
#[test]
fn the_check_of_a_column_is_replaced_whatever_was_renamed_before() {
    for name in [
        "old_t_old_c_check",
        "old_t_c_check",
        "t_old_c_check",
        "t_c_check",
    ] {
        let (database, other) = (pg_database(), pg_database());
        let live = format!("CREATE TABLE t (c int CONSTRAINT {name} CHECK (c < 10))");
        psql(&database.url, &live);
        psql(&other.url, "CREATE TABLE t (c int CHECK (c < 100))");
        let dir = temp_dir();
        let file = dir.path().join("desired.json");
        edited(&other, &file, |schema| {
            schema["hints"]["sources"] = serde_json::json!({"public.t": "models.rs:1"});
            schema["hints"]["renamed_tables"] = serde_json::json!({"public.t": "old_t"});
            schema["hints"]["renamed_columns"] = serde_json::json!([[["public.t", "c"], "old_c"]]);
            schema["tables"]["public.t"]["constraints"][0]["name"] = serde_json::Value::Null;
        });
        let file = file.to_str().expect("is text");
        let told = sync_on(&database.url, &["--apply", "--yes", "--desired", file]).expect(0);
        assert!(!told.all().contains("left alone"), "{name}: {}", told.all());
        let check = ["--dry-run", "--exit-code", "--desired", file];
        let told = sync_on(&database.url, &check).expect(0);
        assert!(!told.all().contains("left alone"), "{name}: {}", told.all());
    }
}

#[test]
fn rows_of_partitions_are_filled_before_not_null() {
    for small in ["10000,16MB", "0"] {
        let (database, other) = (pg_database(), pg_database());
        psql(
            &database.url,
            "CREATE TABLE t (id int, n int, PRIMARY KEY (id)) PARTITION BY LIST (id);
             CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_rest PARTITION OF t DEFAULT;
             INSERT INTO t VALUES (1, NULL), (2, NULL), (3, 3)",
        );
        psql(
            &other.url,
            "CREATE TABLE t (id int, n int NOT NULL DEFAULT 7, PRIMARY KEY (id)) PARTITION BY LIST (id);
             CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t_rest PARTITION OF t DEFAULT",
        );
        let dir = temp_dir();
        let file = dir.path().join("desired.json");
        edited(&other, &file, |schema| {
            schema["hints"]["sources"] = serde_json::json!({"public.t": "models.rs:1"});
            schema["hints"]["backfills"] = serde_json::json!([[["public.t", "n"], "0"]]);
            for table in ["t", "t_1", "t_rest"] {
                let columns = schema["tables"][format!("public.{table}")]["columns"].as_array_mut();
                for column in columns.expect("a list") {
                    // Models name none.
                    column["not_null_name"] = serde_json::Value::Null;
                    column["not_null_local"] = serde_json::Value::Null;
                }
            }
        });
        let file = file.to_str().expect("is text");
        let options = ["--desired", file, "--small-table", small, "--allow", "all"];
        let run = |words: &[&str]| sync_on(&database.url, &[words, &options].concat());
        run(&["--apply", "--yes"]).expect(0);
        run(&["--dry-run", "--exit-code"]).expect(0);
        let sum = pg_texts(&database.url, "SELECT sum(n)::text FROM t");
        assert_eq!(sum, ["3"], "{small}");
    }
}

/// The live database and the desired one, which a model is, and what of the first no model names.
const NEEDED: &[(&str, &str, &str)] = &[
    (
        "CREATE TABLE t (id int, k int, PRIMARY KEY (id, k)); CREATE TABLE f (t int, k int, FOREIGN KEY (t, k) REFERENCES t)",
        "CREATE TABLE t (id int, k int, z int, PRIMARY KEY (id, k, z)); CREATE TABLE f (t int, k int)",
        "f.f_t_k_fkey",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE f (t int REFERENCES t)",
        "CREATE TABLE t (id text PRIMARY KEY); CREATE TABLE f (t int)",
        "f.f_t_fkey",
    ),
    (
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (c e); CREATE INDEX beside ON t (c) WHERE c = 'a'; CREATE TABLE f (t int)",
        "CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE t (c e); CREATE TABLE f (t int)",
        "t.beside",
    ),
    (
        "CREATE TABLE t (n int CHECK (n > 0)); CREATE TABLE f (t int)",
        "CREATE TABLE t (n text); CREATE TABLE f (t int)",
        "t.t_n_check",
    ),
    (
        "CREATE TABLE t (n text, m text); CREATE INDEX beside ON t (lower(n)); CREATE INDEX other ON t (m text_pattern_ops); CREATE TABLE f (t int)",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (n e, m int); CREATE TABLE f (t int)",
        "t.other",
    ),
    (
        "CREATE TABLE t (n int, g int GENERATED ALWAYS AS (n + 1) STORED); CREATE TABLE f (t int)",
        "CREATE TABLE t (n text); CREATE TABLE f (t int)",
        "t.g",
    ),
];

#[test]
fn nothing_goes_that_nobody_asked_for() {
    for (live, desired, part) in NEEDED {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, live);
        psql(&other.url, desired);
        let plan = [
            "--dry-run",
            "--exit-code",
            "--allow",
            "all",
            "--desired",
            &other.url,
        ];
        let told = sync_on(&database.url, &plan).expect(3);
        assert!(told.all().contains(part), "{}", told.all());
        assert!(
            told.all().contains("is not in the desired schema, and "),
            "{}",
            told.all()
        );
        let left = format!("⚠ {part} ");
        assert_eq!(told.all().matches(&left).count(), 1, "{}", told.all());
        let apply = [
            "--apply",
            "--yes",
            "--allow",
            "all",
            "--desired",
            &other.url,
        ];
        sync_on(&database.url, &apply).expect(3);
        sync_on(&database.url, &[&apply[..], &["--prune"]].concat()).expect(0);
    }
}

#[test]
fn a_whole_number_may_be_a_text_of_sqlite() {
    for (to, code) in [("TEXT", 2), ("NUMERIC", 2), ("BLOB", 2), ("REAL", 3)] {
        let (database, other) = (sqlite_file(), sqlite_file());
        sqlite(
            &database,
            "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7)",
        );
        sqlite(&other, &format!("CREATE TABLE t (n {to})"));
        let plan = ["--dry-run", "--exit-code", "--desired", &other.url];
        sync_on(&database.url, &plan).expect(code);
        let apply = [
            "--apply",
            "--yes",
            "--allow",
            "narrowing",
            "--desired",
            &other.url,
        ];
        sync_on(&database.url, &apply).expect(0);
        sync_on(&database.url, &plan).expect(0);
        let kept = sqlite_texts(&database, "SELECT CAST(n AS INTEGER) || '' FROM t");
        assert_eq!(kept, ["7"], "{to}");
    }
}

#[test]
fn what_no_model_names_stays_where_it_can() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE t (n int CHECK (n > 0), m text); CREATE INDEX beside ON t (abs(n)); INSERT INTO t VALUES (1, 'a')",
    );
    psql(&other.url, "CREATE TABLE t (n bigint, m text)");
    let apply = ["--apply", "--yes", "--desired", &other.url];
    let told = sync_on(&database.url, &apply).expect(0);
    assert!(told.all().contains("t_n_check"), "{}", told.all());
    let indexes = "SELECT indexname::text FROM pg_indexes WHERE tablename = 't'";
    assert_eq!(pg_texts(&database.url, indexes), ["beside"]);
}

#[test]
fn types_of_tables_that_are_not_looked_at_stay() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TYPE theirs AS ENUM ('a'); CREATE TABLE beside (c theirs);
         CREATE TYPE ours AS ENUM ('a'); CREATE TABLE t (c ours)",
    );
    psql(&other.url, "CREATE TABLE t (c text)");
    for scope in [["--ignore", "beside"], ["--only", "t"]] {
        let plan = ["--prune", "--desired", &other.url];
        let told = sync_on(&database.url, &[&scope[..], &plan].concat()).expect(0);
        assert!(told.all().contains("- type ours"), "{}", told.all());
        assert!(!told.all().contains("theirs"), "{}", told.all());
    }
    let apply = ["--apply", "--yes", "--prune", "--ignore", "beside"];
    let apply = [&apply[..], &["--desired", &other.url]].concat();
    sync_on(&database.url, &apply).expect(0);
}
