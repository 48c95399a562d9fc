//! What models ask a database for and it may not have: extensions, a tablespace by its name, parts of
//! later versions, collations of another family.

use tests::{
    pg_database, pg_has_extension, pg_major, pg_texts, psql, sqlite, sqlite_file, sqlite_texts,
    sync_on, temp_dir,
};

use crate::anomaly::edited;
use crate::renames::carry_out;

#[test]
fn an_extension_without_a_schema_goes_into_public_and_its_types_and_functions_are_found() {
    for name in ["citext", "uuid-ossp"] {
        assert!(pg_has_extension(name), "the server has no `{name}`");
    }
    for by_script in [false, true] {
        let (database, other) = (pg_database(), pg_database());
        psql(
            &other.url,
            "CREATE EXTENSION citext; CREATE EXTENSION \"uuid-ossp\"; \
             CREATE TABLE t (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), name citext)",
        );
        let dir = temp_dir();
        let file = dir.path().join("desired.json");
        edited(&other, &file, |schema| {
            for name in ["citext", "uuid-ossp"] {
                schema["extensions"][name] = serde_json::json!({});
            }
            let columns = schema["tables"]["public.t"]["columns"].as_array_mut();
            let columns = columns.expect("a list");
            // As a model says them.
            columns[1]["ty"] = serde_json::json!({"schema": null, "name": "citext", "modifiers": "", "array": false});
        });
        let options = ["--desired", file.to_str().expect("is text")];
        carry_out(&database.url, &options, "rewrite", by_script);
        let homes = "SELECT string_agg(extname || ' ' || extnamespace::regnamespace, ', ' ORDER BY extname) \
             FROM pg_extension WHERE extname <> 'plpgsql'";
        assert_eq!(
            pg_texts(&database.url, homes),
            ["citext public, uuid-ossp public"]
        );
        let check = ["--dry-run", "--exit-code"];
        sync_on(&database.url, &[&options[..], &check].concat()).expect(0);
        psql(&database.url, "INSERT INTO t (name) VALUES ('A')");
    }
}

#[test]
fn a_version_of_an_extension_that_the_server_has_not_is_told_and_left() {
    assert!(pg_has_extension("citext"), "the server has no `citext`");
    let (database, new, other) = (pg_database(), pg_database(), pg_database());
    psql(&database.url, "CREATE EXTENSION citext");
    psql(&other.url, "CREATE EXTENSION citext");
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        schema["extensions"]["citext"]["version"] = "99.1".into();
    });
    let options = ["--desired", file.to_str().expect("is text")];
    let check = [&options[..], &["--dry-run", "--exit-code"]].concat();
    let output = sync_on(&database.url, &check);
    let told = "from here there is no way to 99.1, which the desired database has";
    assert!(output.stdout.contains(told), "{}", output.all());
    output.expect(0);
    let apply = [&options[..], &["--apply", "--yes"]].concat();
    sync_on(&new.url, &apply).expect(0);
    let made = "SELECT extname::text FROM pg_extension WHERE extname = 'citext'";
    assert_eq!(pg_texts(&new.url, made), ["citext"]);
    sync_on(&new.url, &check).expect(0);
}

#[test]
fn the_tablespace_of_the_database_may_be_named() {
    let (database, other) = (pg_database(), pg_database());
    psql(&other.url, "CREATE TABLE t (id int PRIMARY KEY)");
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        schema["tables"]["public.t"]["options"]["tablespace"] = "pg_default".into();
    });
    let options = ["--desired", file.to_str().expect("is text")];
    carry_out(&database.url, &options, "rewrite", false);
    let check = ["--dry-run", "--exit-code"];
    sync_on(&database.url, &[&options[..], &check].concat()).expect(0);
}

#[test]
fn what_only_later_versions_have_is_refused_with_the_version() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &other.url,
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED, \
         c text, UNIQUE (a)); CREATE INDEX i ON t (a)",
    );
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        let table = &mut schema["tables"]["public.t"];
        table["columns"][2]["generated"]["kind"] = "Virtual".into();
        table["columns"][3]["compression"] = "pglz".into();
        table["indexes"][0]["nulls_not_distinct"] = true.into();
        for constraint in table["constraints"].as_array_mut().expect("a list") {
            if let Some(key) = constraint["kind"].get_mut("Unique") {
                key["nulls_not_distinct"] = true.into();
            }
        }
    });
    let options = ["--desired", file.to_str().expect("is text"), "--apply"];
    let output = sync_on(&database.url, &options);
    let major = pg_major();
    let told = [
        ("t.b", "a virtual generated column", 18),
        ("t.c", "a compression of its own", 14),
        ("t (a)", "NULLS NOT DISTINCT", 15),
        ("t.i", "NULLS NOT DISTINCT", 15),
    ];
    for (object, what, since) in told {
        let what = format!("{what} needs PostgreSQL {since} or later, and this server is {major}");
        let all = output.all();
        let mut lines = all.lines();
        let said = lines.any(|line| line.contains(&format!(" {object} ")) && line.ends_with(&what));
        assert_eq!(said, major < since, "{object}: {what}\n{all}");
    }
    output.expect(if major < 18 { 3 } else { 0 });
}

#[test]
fn a_collation_that_sqlite_has_not_is_left_out_and_one_that_the_file_has_stays() {
    let (file, other) = (sqlite_file(), sqlite_file());
    sqlite(
        &other,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b TEXT COLLATE RTRIM); \
         CREATE INDEX i ON t (b COLLATE NOCASE)",
    );
    let dump = sync_on(&other.url, &["dump", &other.url]).expect(0).stdout;
    let dir = temp_dir();
    let desired = dir.path().join("desired.json");
    let dump = dump.replacen("NOCASE", "DE-X-ICU", 1);
    std::fs::write(&desired, dump.replace("NOCASE", "EN-X-ICU")).expect("is written");
    let desired = desired.to_str().expect("is text");
    sync_on(&file.url, &["--apply", "--desired", desired]).expect(0);
    let check = ["--exit-code", "--desired", desired];
    sync_on(&file.url, &check).expect(0);
    let text = "SELECT group_concat(sql, ' ') FROM sqlite_schema";
    let made = sqlite_texts(&file, text).concat();
    assert!(made.contains("RTRIM") && !made.contains("ICU"), "{made}");
    // Somebody who has the collation made the table.
    let own = "PRAGMA writable_schema = 1; \
         UPDATE sqlite_schema SET sql = replace(sql, 'a TEXT', 'a TEXT COLLATE \"de-x-icu\"')";
    sqlite(&file, own);
    let output = sync_on(&file.url, &check).expect(0);
    assert!(output.stdout.contains("In sync"), "{}", output.all());
}

#[test]
fn a_type_of_sqlite_may_be_written_with_a_collation_and_nothing_else() {
    let (file, other) = (sqlite_file(), sqlite_file());
    sqlite(&other, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)");
    let dump = sync_on(&other.url, &["dump", &other.url]).expect(0).stdout;
    let dir = temp_dir();
    let desired = dir.path().join("desired.json");
    let write = |ty: &str| {
        let dump = dump.replace("\"TEXT\"", &format!("\"{ty}\""));
        std::fs::write(&desired, dump).expect("is written");
    };
    let path = desired.to_str().expect("is text");
    write("text collate nocase");
    sync_on(&file.url, &["--apply", "--desired", path]).expect(0);
    sync_on(&file.url, &["--exit-code", "--desired", path]).expect(0);
    let text = sqlite_texts(&file, "SELECT sql FROM sqlite_schema").concat();
    assert!(text.contains(r#"TEXT COLLATE "NOCASE""#), "{text}");
    write("varchar(9) not null default 'x'");
    let output = sync_on(&file.url, &["--apply", "--desired", path]);
    let told = "column `t.a`: `not null default 'x'` is no part of the type `varchar(9)`";
    assert!(output.all().contains(told), "{}", output.all());
    output.expect(1);
}

#[test]
fn a_reference_to_a_table_that_is_left_out_and_not_there_is_refused() {
    let database = pg_database();
    let only = ["--apply", "--only", "order_lines", "--only", "products"];
    let output = sync_on(&database.url, &only).expect(3);
    let told = "references `orders`, which is not in the database";
    let all = output.all();
    assert!(
        all.contains(told) && all.contains("leave `orders` in"),
        "{all}"
    );
    sync_on(&database.url, &["--apply"]).expect(0);
    psql(&database.url, "DROP TABLE order_lines");
    sync_on(&database.url, &only).expect(0);
}
