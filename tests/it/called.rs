//! Functions of another database or of a snapshot that something wanted calls.

use tests::{pg_database, pg_dump_schema, pg_texts, psql, psql_script, sync_on, temp_dir};

const DESIRED: &str = "CREATE FUNCTION tidy(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql
       AS $$ BEGIN RETURN trim(t); END $$;
     REVOKE ALL ON FUNCTION tidy FROM PUBLIC;
     COMMENT ON FUNCTION tidy IS 'it''s tidy; really';
     CREATE FUNCTION slug(t text) RETURNS text IMMUTABLE LANGUAGE sql
       AS $$ SELECT lower(public.tidy(t)) $$;
     CREATE TABLE t (a text, b text GENERATED ALWAYS AS (slug(a)) STORED);
     CREATE INDEX ON t (slug(b))";

#[test]
fn they_are_made_where_they_are_not() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TABLE t (a text); INSERT INTO t VALUES (' A ')",
    );
    psql(&desired.url, DESIRED);
    let apply = ["--apply", "--yes", "--desired", &desired.url];
    let told = sync_on(&live.url, &apply).expect(0).stdout;
    let note = "made without its owner and rights: function slug(t text), function tidy(t text)";
    assert!(told.contains(note), "{told}");
    assert_eq!(pg_dump_schema(&live.url), pg_dump_schema(&desired.url));
    assert_eq!(pg_texts(&live.url, "SELECT b FROM t"), ["a"]);
    let again = sync_on(&live.url, &["--exit-code", "--desired", &desired.url]);
    assert!(!again.expect(0).stdout.contains("function"));
}

#[test]
fn a_snapshot_and_a_script_have_them() {
    let (desired, from_snapshot, from_script) = (pg_database(), pg_database(), pg_database());
    psql(&desired.url, DESIRED);
    let dir = temp_dir();
    let file = dir.path().join("s.json").display().to_string();
    sync_on(&desired.url, &["dump", "--out", &file]).expect(0);
    let apply = ["--apply", "--yes", "--desired", &file];
    sync_on(&from_snapshot.url, &apply).expect(0);
    assert_eq!(
        pg_dump_schema(&from_snapshot.url),
        pg_dump_schema(&desired.url)
    );
    let script = sync_on(&desired.url, &["dump", "--sql"]).expect(0).stdout;
    assert!(!script.contains("Not made by this script"), "{script}");
    psql_script(&from_script.url, &script).expect("a script that runs");
    assert_eq!(
        pg_dump_schema(&from_script.url),
        pg_dump_schema(&desired.url)
    );
}

/// It would run with other rights than its owner's.
#[test]
fn one_with_the_rights_of_its_owner_is_made_by_hand() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &desired.url,
        "CREATE FUNCTION mine() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1';
         CREATE TABLE t (a int DEFAULT mine())",
    );
    let apply = ["--apply", "--yes", "--desired", &desired.url];
    let told = sync_on(&live.url, &apply).expect(3).stdout;
    assert!(
        told.contains("function public.mine() does not exist"),
        "{told}"
    );
    assert!(
        told.contains("make the function that it calls by hand"),
        "{told}"
    );
    assert!(
        told.contains("not managed, and not made: function mine()"),
        "{told}"
    );
}

#[test]
fn one_that_cannot_be_made_is_refused_before_anything_is() {
    let (live, desired) = (pg_database(), pg_database());
    psql(&live.url, "CREATE TABLE w (x int)");
    psql(
        &desired.url,
        "CREATE TABLE w (x int); CREATE VIEW v AS SELECT 1 AS one;
         CREATE FUNCTION first_of(v) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
         CREATE TABLE t (a int DEFAULT first_of(NULL))",
    );
    let apply = ["--apply", "--yes", "--desired", &desired.url];
    let told = sync_on(&live.url, &apply).expect(3).stdout;
    assert!(told.contains("function first_of(public.v)"), "{told}");
    assert!(
        told.contains("make it by hand first, or what it needs"),
        "{told}"
    );
    let tables = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    assert_eq!(pg_texts(&live.url, tables), ["w"]);
}
