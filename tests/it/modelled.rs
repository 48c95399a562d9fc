//! What somebody meets who writes models, and not a database: what their snapshots say is asked of the
//! server, and what no word of theirs says is left alone.

use tests::{
    PgDatabase, pg_database, pg_has_extension, pg_texts, psql, sqlite, sqlite_file, sync_on,
    temp_dir, try_psql,
};

use crate::anomaly::edited;
use crate::renames::{applied, of_models};

/// A database with `live`, and the path of what models say: `desired`, edited.
pub(crate) fn stage(
    live: &str,
    desired: &str,
    edit: impl FnOnce(&mut serde_json::Value),
) -> (PgDatabase, tempfile::TempDir, String) {
    let (database, other) = (pg_database(), pg_database());
    psql(&database.url, live);
    psql(&other.url, desired);
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        of_models(schema);
        edit(schema);
    });
    let path = file.to_str().expect("is text").to_owned();
    (database, dir, path)
}

#[test]
fn what_a_snapshot_of_models_says_is_asked_of_the_server() {
    let hints = "{}";
    for (live, desired, words, said) in [
        (
            "CREATE TABLE t (id int)",
            "CREATE TABLE t (id int, b int DEFAULT 77)",
            ["\"77\"", "\"nosuch()\""],
            "default of column t.b `nosuch()`: function nosuch() does not exist",
        ),
        (
            "",
            "CREATE TABLE t (id int, b int CONSTRAINT c CHECK (b > 77))",
            ["b > 77", "nosuch(b)"],
            "check c of table t `nosuch(b)`: function nosuch(integer) does not exist",
        ),
        (
            "",
            "CREATE TABLE t (id int, b int); CREATE INDEX i ON t ((b + 77))",
            ["b + 77", "nosuch(b)"],
            "expression of index i of table t `nosuch(b)`: function nosuch(integer) does not exist",
        ),
    ] {
        applied(live, desired, hints, &[words], Err(said));
    }
}

#[test]
fn comments_that_a_model_has_no_word_for_stay() {
    let schema = "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, a int CHECK (a > 0));
         CREATE INDEX ON app.t (a);";
    let by_hand = "COMMENT ON SCHEMA app IS 'by hand'; COMMENT ON INDEX app.t_a_idx IS 'by hand';
         COMMENT ON CONSTRAINT t_a_check ON app.t IS 'by hand';";
    let (database, _dir, file) = stage(&format!("{schema}{by_hand}"), schema, |_| {});
    let check = ["--dry-run", "--exit-code", "--desired", &file];
    sync_on(&database.url, &check).expect(0);
    let prune = [
        "--apply",
        "--yes",
        "--prune",
        "--allow",
        "all",
        "--desired",
        &file,
    ];
    let told = sync_on(&database.url, &prune).expect(0).all();
    assert!(told.contains("- comment on schema app"), "{told}");
    let left = "SELECT count(*)::text FROM pg_description WHERE description = 'by hand'";
    assert_eq!(pg_texts(&database.url, left), ["0"]);
}

#[test]
fn comments_that_a_model_could_say_go_and_those_of_a_database_are_compared() {
    let schema = "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY);";
    let live = format!("{schema} COMMENT ON TABLE app.t IS 'x'; COMMENT ON SCHEMA app IS 'y'");
    let (database, _dir, file) = stage(&live, schema, |_| {});
    let apply = ["--apply", "--yes", "--desired", &file];
    let told = sync_on(&database.url, &apply).expect(0).all();
    assert!(told.contains("- comment on table app.t"), "{told}");
    assert!(!told.contains("comment on schema"), "{told}");
    let other = pg_database();
    psql(&other.url, schema);
    let told = sync_on(&database.url, &["--dry-run", "--desired", &other.url]);
    let told = told.expect(0).all();
    assert!(told.contains("- comment on schema app"), "{told}");
}

const SHARED: &str = "CREATE TYPE shared AS ENUM ('a', 'b', 'c', 'd');
     CREATE TABLE mine (id int PRIMARY KEY, s shared);
     CREATE TABLE theirs (id int PRIMARY KEY, s shared DEFAULT 'a');
     INSERT INTO theirs VALUES (1, 'b')";

const SHORTER: &str = "CREATE TYPE shared AS ENUM ('a', 'b', 'c');
     CREATE TABLE mine (id int PRIMARY KEY, s shared, x text);
     CREATE TABLE theirs (id int PRIMARY KEY)";

/// Says that another application has the table.
fn theirs(schema: &mut serde_json::Value) {
    schema["hints"]["unmanaged"] = serde_json::json!(["public.theirs"]);
}

#[test]
fn a_type_that_another_application_has_too_changes_there_as_well() {
    for prune in [&[][..], &["--prune"]] {
        let (database, _dir, file) = stage(SHARED, SHORTER, theirs);
        let apply = ["--apply", "--yes", "--allow", "all", "--desired", &file];
        let told = sync_on(&database.url, &[&apply[..], prune].concat()).expect(0);
        assert!(!told.all().contains("bug"), "{}", told.all());
        let rows = "SELECT string_agg(theirs::text, ' ') FROM theirs";
        assert_eq!(pg_texts(&database.url, rows), ["(1,b)"]);
        try_psql(&database.url, "INSERT INTO theirs VALUES (2, 'd')").expect_err("no value");
    }
}

#[test]
fn a_label_that_is_the_default_of_another_application_does_not_go() {
    let live = SHARED.replace("DEFAULT 'a'", "DEFAULT 'd'");
    for prune in [&[][..], &["--prune"]] {
        let (database, _dir, file) = stage(&live, SHORTER, theirs);
        let apply = ["--apply", "--yes", "--allow", "all", "--desired", &file];
        let told = sync_on(&database.url, &[&apply[..], prune].concat()).expect(3);
        let said = "loses 'd', which is the default of `theirs.s`: that column is in no model";
        assert!(told.all().contains(said), "{}", told.all());
        let cure = "ALTER TABLE public.theirs ALTER COLUMN s SET DEFAULT ..";
        assert!(told.all().contains(cure), "{}", told.all());
    }
}

#[test]
fn expressions_of_models_are_spelled_by_the_database_that_they_are_compared_with() {
    let table = "CREATE TABLE t (id int NOT NULL, at timestamptz CHECK (extract(year from at) > 2000 and at <> 'epoch'))";
    let live = table.replace("TABLE t", "TABLE s") + "; ALTER TABLE s RENAME TO t";
    let (database, _dir, file) = stage(&live, table, |schema| {
        let checks = &mut schema["tables"]["public.t"]["constraints"];
        let check = &mut checks[0]["kind"]["Check"]["expr"];
        assert!(check.is_string(), "{check}");
        *check = "extract(year from at) > 2000 and at <> 'epoch'".into();
        let namespaces = schema["namespaces"].as_object_mut();
        namespaces.expect("an object").remove("public");
    });
    let diff = [
        "diff",
        "--from",
        &file,
        "--to",
        &database.url,
        "--exit-code",
    ];
    sync_on(&database.url, &diff).expect(0);
}

#[test]
fn what_the_database_has_alone_is_said_to_be_where_it_is_not() {
    let (live, desired) = (
        "CREATE TABLE t (id int, extra int NOT NULL); CREATE TABLE u (id int)",
        "CREATE TABLE t (id int)",
    );
    let (database, _dir, file) = stage(live, desired, |_| {});
    let other = pg_database();
    psql(&other.url, desired);
    for (desired, place) in [
        (&file, "in no model"),
        (&other.url, "not in the desired schema"),
    ] {
        for words in [
            &["-v"][..],
            &[],
            &["--format", "markdown"],
            &["--format", "github"],
        ] {
            let plan = [&["--dry-run", "--desired", desired], words].concat();
            let told = sync_on(&database.url, &plan).expect(0).stdout;
            for at in ["in no model", "not in the desired schema"] {
                assert_eq!(told.contains(at), at == place, "{told}");
            }
        }
    }
}

#[test]
fn an_identity_that_takes_no_numbers_any_more_breaks_inserts() {
    let table = "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)";
    let always = table.replace("BY DEFAULT", "ALWAYS");
    let serial = "CREATE TABLE t (id serial PRIMARY KEY)";
    for (live, desired, breaks) in [
        (table, &*always, true),
        (serial, &*always, true),
        (&*always, table, false),
        (serial, table, false),
    ] {
        let (database, _dir, file) = stage(live, desired, |_| {});
        let check = ["--dry-run", "--exit-code", "--desired", &file];
        let output = sync_on(&database.url, &check).expect(if breaks { 3 } else { 2 });
        let said = "t.id: GENERATED ALWAYS: inserts of the release that is running fail";
        assert_eq!(output.all().contains(said), breaks, "{}", output.all());
    }
}

#[test]
fn an_enum_that_moves_to_another_schema_narrows_nothing() {
    let live = "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (id int, e e DEFAULT 'a');
         INSERT INTO t VALUES (1, 'b')";
    let moved = |labels: &str| {
        format!(
            "CREATE SCHEMA app; CREATE TYPE app.e AS ENUM ({labels}); CREATE TABLE t (id int, e app.e DEFAULT 'a')"
        )
    };
    for (labels, narrows) in [("'a', 'b'", false), ("'c', 'b', 'a'", false), ("'a'", true)] {
        let (database, _dir, file) = stage(live, &moved(labels), |_| {});
        let check = ["--dry-run", "--desired", &file];
        let told = sync_on(&database.url, &check).expect(0).all();
        assert_eq!(
            told.contains("(needs --allow narrowing)"),
            narrows,
            "{told}"
        );
    }
}

#[test]
fn a_default_that_is_written_as_before_is_said_again() {
    let (database, _dir, file) = stage(
        "CREATE TABLE t (id int, b date DEFAULT '2024-01-01'::date)",
        "CREATE TABLE t (id int, b timestamptz DEFAULT '2024-01-01'::date)",
        |_| {},
    );
    let told = sync_on(&database.url, &["--dry-run", "--desired", &file])
        .expect(0)
        .all();
    let (from, to) = ("default '2024-01-01'::date", "→ '2024-01-01'::date");
    assert!(!told.contains(&format!("{from} {to}")), "{told}");
}

#[test]
fn a_terminal_obeys_no_name() {
    let (database, other) = (pg_database(), pg_database());
    let named = "CREATE TABLE \"a\u{1b}[31m\nb\" (id int, \"c\u{1b}]0;x\" int DEFAULT 1);
         COMMENT ON TABLE \"a\u{1b}[31m\nb\" IS 'd\u{1b}[2J\r'";
    psql(&other.url, named);
    for words in [
        &["--dry-run", "-v"][..],
        &["--dry-run", "--format", "markdown"],
        &["--dry-run", "--format", "github"],
        &["--dry-run", "--format", "json"],
        &["--apply"],
    ] {
        let plan = [words, &["--desired", &other.url]].concat();
        let told = sync_on(&database.url, &plan).expect(0);
        assert!(!told.all().contains('\u{1b}'), "{}", told.all());
    }
    let told = sync_on(&database.url, &["docs"]).expect(0).stdout;
    assert!(!told.contains('\u{1b}'), "{told}");
    // A script is run, not looked at.
    let script = sync_on(&database.url, &["dump", "--sql"]).expect(0).stdout;
    assert!(script.contains('\u{1b}'), "{script}");
    let told = sync_on(&database.url, &["--dry-run", "-v", "--desired", &other.url]);
    let told = told.expect(0).stdout;
    assert!(told.contains("a\\u{1b}[31m b "), "{told}");
}

#[test]
fn a_script_of_models_says_no_collation_that_sqlite_has_not() {
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE)",
    );
    let dump = sync_on(&file.url, &["dump", &file.url]).expect(0).stdout;
    let dir = temp_dir();
    let path = dir.path().join("t.json");
    for (sources, kept) in [("{}", true), (r#"{"t": "models.rs:1"}"#, false)] {
        let mut json: serde_json::Value = serde_json::from_str(&dump).expect("is JSON");
        json["schema"]["hints"]["sources"] = serde_json::from_str(sources).expect("is JSON");
        let text = json.to_string().replace("NOCASE", "de-x-icu");
        std::fs::write(&path, text).expect("is written");
        let dump = ["dump", path.to_str().expect("is text"), "--sql"];
        let script = sync_on(&file.url, &dump).expect(0).stdout;
        assert_eq!(script.contains("COLLATE"), kept, "{script}");
    }
}

#[test]
fn a_type_that_tables_out_of_sight_have_is_not_replaced() {
    let theirs = "CREATE SCHEMA o; CREATE TABLE o.t (s shared, all_of_them shared[]);";
    let live = SHARED.replacen("CREATE TABLE", &format!("{theirs} CREATE TABLE"), 1);
    let (database, _dir, file) = stage(&live, SHORTER, |_| {});
    let apply = ["--apply", "--yes", "--allow", "all", "--desired", &file];
    let told = sync_on(&database.url, &[&apply[..], &["--ignore", "o.t"]].concat()).expect(3);
    let said = "`o.t.s`, `o.t.all_of_them` of tables that are not looked at would hold on to it";
    let words = told.all().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(said), "{}", told.all());
}

#[test]
fn an_index_keeps_the_collation_that_its_column_gets() {
    let (live, desired) = (
        "CREATE TABLE s (id int, a text); CREATE INDEX ON s (a COLLATE \"C\" text_pattern_ops, id)",
        "CREATE TABLE t (id int, a text COLLATE \"C\"); CREATE INDEX ON t (a text_pattern_ops, id)",
    );
    let (database, _dir, file) = stage(live, desired, |schema| {
        schema["hints"]["renamed_tables"] = serde_json::json!({"public.t": "s"});
    });
    let apply = ["--apply", "--yes", "--allow", "all", "--desired", &file];
    let told = sync_on(&database.url, &apply).expect(0).all();
    assert!(!told.contains("left alone"), "{told}");
    let check = ["--dry-run", "--exit-code", "--desired", &file];
    sync_on(&database.url, &check).expect(0);
    let indexes = "SELECT count(*)::text FROM pg_index WHERE indrelid = 't'::regclass";
    assert_eq!(pg_texts(&database.url, indexes), ["1"]);
}

/// As it is told for types.
#[test]
fn the_extension_that_has_a_function_or_an_operator_class_is_named() {
    let table = "CREATE TABLE t (id int, a text, b bigint);";
    for (extension, part, words, said) in [
        (
            "uuid-ossp",
            "ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()",
            &[["gen_random_uuid()", "uuid_generate_v4()"]][..],
            "default of column t.c `uuid_generate_v4()`: function uuid_generate_v4() does not exist",
        ),
        (
            "pg_trgm",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (b > 77)",
            &[["b > 77", "similarity(a, a) > b"]],
            "check c of table t `similarity(a, a) > b`: function similarity(text, text) does not exist",
        ),
        (
            "pg_trgm",
            "CREATE INDEX i ON t (a text_pattern_ops)",
            &[["text_pattern_ops", "gin_trgm_ops"], ["btree", "gin"]],
            "index of t (a) operator class \"gin_trgm_ops\" does not exist for access method \"gin\"",
        ),
        (
            "btree_gin",
            "CREATE INDEX i ON t (b)",
            &[["btree", "gin"]],
            "index of t (b) data type bigint has no default operator class for access method \"gin\"",
        ),
        (
            "btree_gist",
            "ALTER TABLE t ADD CONSTRAINT c EXCLUDE USING btree (id WITH =)",
            &[["btree", "gist"]],
            "data type integer has no default operator class for access method \"gist\"",
        ),
    ] {
        assert!(
            pg_has_extension(extension),
            "the server has no `{extension}`"
        );
        let cure = format!(
            "; extension `{extension}` has it cure: add #[sync(extension = \"{extension}\")]"
        );
        let desired = format!("{table} {part}");
        applied("", &desired, "{}", words, Err(&format!("{said}{cure}")));
    }
}

#[test]
fn a_computed_column_of_another_type_is_called_by_its_name() {
    let desired = "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 77) STORED)";
    let words = [["a + 77", "a || 'x'"]];
    let said = "column \"b\" is of type integer but";
    let told = applied("", desired, "{}", &words, Err(said));
    assert!(!told.contains("_sync_"), "{told}");
}
