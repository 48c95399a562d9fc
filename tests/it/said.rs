//! What somebody says that cannot be done, or that matches nothing: it is told, and nothing is made.

use tests::{
    pg_database, pg_texts, pg_url, psql, sqlite, sqlite_file, sqlite_texts, sync, sync_on,
    temp_dir, try_psql,
};

use crate::anomaly::edited;

const CHECK: [&str; 2] = ["--dry-run", "--exit-code"];

#[test]
fn the_password_of_a_source_that_is_no_url_is_not_printed() {
    let dir = temp_dir();
    let typed: [&[&str]; 4] = [
        &["dump", "user=me password=sEcr3t host=127.0.0.1"],
        &["dump", "password='sEcr3t' host=127.0.0.1"],
        &["dump", "user=me", "password=sEcr3t"],
        &["diff", "--from", "password=sEcr3t", "--to", "models"],
    ];
    for args in typed {
        let output = sync(args, &[], dir.path()).expect(1);
        assert!(!output.all().contains("sEcr3t"), "{}", output.all());
    }
    let output = sync(typed[0], &[], dir.path()).expect(1);
    let told = "connection parameters (`host=.. user=..`) are not read here";
    assert!(output.all().contains(told), "{}", output.all());
}

#[test]
fn a_pattern_that_matches_nothing_is_an_error_of_each_command() {
    let (database, file) = (pg_database(), sqlite_file());
    psql(&database.url, "CREATE TABLE t (id int PRIMARY KEY)");
    sqlite(&file, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    for url in [&database.url, &file.url] {
        let commands: [&[&str]; 8] = [
            &["dump"],
            &["dump", "models"],
            &["dump", "models", "--sql"],
            &["docs"],
            &["docs", "models"],
            &["introspect"],
            &["diff", "--from", "models", "--to", "models"],
            &["diff", "--from", "models", "--to", url],
        ];
        for command in commands {
            for option in ["--only", "--ignore"] {
                let output = sync_on(url, &[command, &[option, "nope*"]].concat()).expect(1);
                let told = "pattern `nope*` matches no table; check --only and --ignore";
                assert!(output.all().contains(told), "{}", output.all());
            }
        }
        // What matches on one side is enough, and a model without a schema stands in `public`.
        let diff = ["diff", "--from", "models", "--to", url, "--only", "t"];
        sync_on(url, &diff).expect(0);
        let dump = sync_on(url, &["dump", "models", "--only", "public.users"]).expect(0);
        assert!(dump.stdout.contains("\"users\""), "{}", dump.stdout);
        assert!(
            !dump.stdout.contains("\"name\": \"orders\""),
            "{}",
            dump.stdout
        );
    }
}

#[test]
fn what_sqlite_cannot_have_is_no_matter_where_it_is_ignored() {
    let (file, other) = (sqlite_file(), sqlite_file());
    let tables = "CREATE TABLE t (id INTEGER PRIMARY KEY); \
         CREATE TABLE bookings (id INTEGER PRIMARY KEY, room INTEGER)";
    sqlite(&other, tables);
    let dump = sync_on(&other.url, &["dump", &other.url]).expect(0).stdout;
    let mut json: serde_json::Value = serde_json::from_str(&dump).expect("is JSON");
    let constraints = &mut json["schema"]["tables"]["bookings"]["constraints"];
    let mut exclude = constraints[0].clone();
    exclude["name"] = "bookings_excl".into();
    exclude["kind"] = serde_json::json!({"Exclude": {
        "method": "gist",
        "elements": [{"part": {"key": {"Column": "room"}}, "operator": "="}],
        "predicate": null
    }});
    (constraints.as_array_mut().expect("a list")).push(exclude);
    let dir = temp_dir();
    let path = dir.path().join("desired.json");
    std::fs::write(&path, json.to_string()).expect("is written");
    let desired = ["--desired", path.to_str().expect("is text")];
    let output = sync_on(&file.url, &[&desired[..], &CHECK].concat()).expect(1);
    let told = "table `bookings`: SQLite has no exclusion constraints; leave the table out with --ignore bookings";
    assert!(output.all().contains(told), "{}", output.all());
    let ignoring = [&desired[..], &["--ignore", "bookings"]].concat();
    sync_on(&file.url, &[&ignoring[..], &["--apply"]].concat()).expect(0);
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    assert_eq!(sqlite_texts(&file, names), ["t"]);
}

#[test]
fn a_database_that_was_made_for_a_refused_apply_is_dropped_again() {
    let other = pg_database();
    psql(&other.url, "CREATE TABLE t (id int PRIMARY KEY)");
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        schema["extensions"]["no_such_extension"] = serde_json::json!({});
    });
    let name = format!("made_{}", std::process::id());
    let url = pg_url(&name);
    let file = file.to_str().expect("is text");
    let apply = ["--apply", "--create-database", "--desired", file];
    let output = sync_on(&url, &apply).expect(3);
    let told = format!("database `{name}` was made for this, and is dropped again");
    assert!(output.all().contains(&told), "{}", output.all());
    let there = format!("SELECT datname::text FROM pg_database WHERE datname = '{name}'");
    assert!(pg_texts(&other.url, &there).is_empty());
    let apply = ["--apply", "--create-database", "--desired", &other.url];
    sync_on(&url, &apply).expect(0);
    assert_eq!(pg_texts(&url, "SELECT count(*)::text FROM t"), ["0"]);
    let drop = format!("DROP DATABASE {name}");
    try_psql(&other.url, &drop).expect("is dropped");
}

#[test]
fn a_table_that_may_stand_in_another_schema_is_told() {
    let (database, other) = (pg_database(), pg_database());
    psql(&database.url, "CREATE TABLE users (id int PRIMARY KEY)");
    let new = "CREATE SCHEMA app; CREATE TABLE app.people (id int PRIMARY KEY)";
    psql(&other.url, new);
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        schema["hints"]["renamed_tables"]["app.people"] = "users".into();
        schema["hints"]["sources"]["app.people"] = "src/models.rs:1".into();
    });
    let desired = ["--desired", file.to_str().expect("is text")];
    let check = [&desired[..], &CHECK].concat();
    let told = sync_on(&database.url, &check).expect(2).stdout;
    let words = "app.people is a new one: `users`, from which it is renamed, is not in schema `app` but in `public`; if that is it, move it first: ALTER TABLE public.users SET SCHEMA app";
    assert!(told.contains(words), "{told}");
    let moved = "CREATE SCHEMA app; ALTER TABLE public.users SET SCHEMA app";
    psql(&database.url, moved);
    let apply = [&desired[..], &["--apply", "--allow", "all"]].concat();
    sync_on(&database.url, &apply).expect(0);
    sync_on(&database.url, &check).expect(0);
    let output = sync_on(&pg_database().url, &check);
    assert!(output.all().contains("new:"), "{}", output.all());
}

#[test]
fn a_table_that_is_only_referred_to_makes_no_schema() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &other.url,
        "CREATE SCHEMA ext; CREATE TABLE ext.o (id int PRIMARY KEY)",
    );
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        schema["hints"]["unmanaged"] = serde_json::json!(["ext.o"]);
    });
    let desired = ["--desired", file.to_str().expect("is text")];
    sync_on(&database.url, &[&desired[..], &CHECK].concat()).expect(0);
    psql(&database.url, "CREATE SCHEMA ext");
    let prune = [&desired[..], &CHECK, &["--prune"]].concat();
    sync_on(&database.url, &prune).expect(0);
}

#[test]
fn sqlite_refuses_a_reference_of_a_model_to_a_table_that_is_not_there() {
    let file = sqlite_file();
    let only = ["--apply", "--only", "order_lines", "--only", "products"];
    let output = sync_on(&file.url, &only).expect(3);
    let all = output.all();
    let told = "references `orders`, which is not in the database";
    assert!(all.contains(told), "{all}");
    sync_on(&file.url, &["--apply"]).expect(0);
    sync_on(&file.url, &only).expect(0);
}

#[test]
fn a_schema_compared_with_itself_has_no_difference() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &other.url,
        "CREATE DOMAIN amount AS int CHECK (value > 0) CHECK (value < 9); \
         CREATE TABLE t (id int PRIMARY KEY, a amount)",
    );
    let dir = temp_dir();
    let file = dir.path().join("said.json");
    edited(&other, &file, |schema| {
        // As a model says them.
        for check in
            (schema["types"]["public.amount"]["Domain"]["checks"].as_array_mut()).expect("a list")
        {
            check["name"] = serde_json::Value::Null;
        }
        schema["tables"]["public.t"]["options"]["tablespace"] = "pg_default".into();
    });
    let file = file.to_str().expect("is text");
    for url in [&database.url, &sqlite_file().url] {
        let output = sync_on(url, &["diff", "--from", file, "--to", file, "--exit-code"]);
        assert!(output.stdout.contains("In sync"), "{}", output.all());
        output.expect(0);
    }
}

#[test]
fn the_replica_identity_of_a_new_table_is_set_once() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &other.url,
        "CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY FULL; \
         CREATE TABLE u (id int PRIMARY KEY); ALTER TABLE u REPLICA IDENTITY NOTHING; \
         CREATE TABLE v (id int NOT NULL UNIQUE); \
         ALTER TABLE v REPLICA IDENTITY USING INDEX v_id_key",
    );
    let plan = sync_on(&database.url, &["--sql", "--desired", &other.url]).expect(0);
    let said = plan.stdout.matches("REPLICA IDENTITY").count();
    assert_eq!(said, 3, "{}", plan.stdout);
    sync_on(&database.url, &["--apply", "--desired", &other.url]).expect(0);
    let kinds =
        "SELECT relreplident::text FROM pg_class WHERE relname IN ('t', 'u', 'v') ORDER BY relname";
    assert_eq!(pg_texts(&database.url, kinds), ["f", "n", "i"]);
}

#[test]
fn what_a_snapshot_says_twice_is_an_error() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE t (id int, CONSTRAINT c CHECK (id > 0)); CREATE INDEX i ON t (id)",
    );
    let dir = temp_dir();
    let file = dir.path().join("twice.json");
    for (parts, told) in [
        ("columns", "table `t` has column `id` twice"),
        ("constraints", "table `t` has constraint `c` twice"),
        ("indexes", "table `t` has index `i` twice"),
    ] {
        edited(&database, &file, |schema| {
            let parts = schema["tables"]["public.t"][parts].as_array_mut();
            let parts = parts.expect("a list");
            parts.push(parts[0].clone());
        });
        let desired = file.display().to_string();
        let output = sync_on(&database.url, &["--dry-run", "--desired", &desired]).expect(1);
        assert!(output.all().contains(told), "{}", output.all());
    }
}
