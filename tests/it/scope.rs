//! Several applications in one database: what `--only` and `--ignore` leave out stays as it is, with
//! the schemas, sequences, types and extensions that it may use.

use tests::{pg_database, pg_dump_schema, psql, sync_on};

const SHARED: &str = "CREATE SCHEMA app_a; CREATE TABLE app_a.t (id int);
    CREATE SCHEMA app_b; CREATE TYPE app_b.e AS ENUM ('x'); CREATE TABLE app_b.t (id int, e app_b.e);
    CREATE SEQUENCE app_b.invoice_no; CREATE EXTENSION citext; COMMENT ON SCHEMA app_a IS 'a'";

const OWN: &str = "CREATE SCHEMA app_a; CREATE TABLE app_a.t (id bigint)";

#[test]
fn what_is_left_out_is_neither_dropped_nor_made() {
    for choice in [["--only", "app_a.*"], ["--ignore", "app_b.*"]] {
        let (database, other, wanted) = (pg_database(), pg_database(), pg_database());
        psql(&database.url, SHARED);
        psql(&other.url, OWN);
        let changed = SHARED.replace("app_a.t (id int)", "app_a.t (id bigint)");
        let changed = match choice[0] {
            "--only" => changed,
            // The comment on the schema is of what is asked for.
            _ => changed.replace("COMMENT ON SCHEMA app_a IS 'a'", ""),
        };
        psql(&wanted.url, &changed);
        let desired = ["--desired", &other.url, "--prune"];
        let apply = ["--apply", "--yes", "--allow", "all"];
        sync_on(&database.url, &[&desired[..], &choice, &apply].concat()).expect(0);
        assert_eq!(pg_dump_schema(&database.url), pg_dump_schema(&wanted.url));

        let back = ["--desired", &database.url, "--only", "app_a.*"];
        sync_on(&other.url, &[&["verify"], &back[..]].concat()).expect(0);
    }
}

#[test]
fn an_extension_is_made_where_a_table_that_is_asked_for_may_need_it() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &other.url,
        "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
         CREATE TABLE a (id int); CREATE TABLE b (name ext.citext)",
    );
    let plan = |only| {
        let options = ["--dry-run", "--desired", &other.url, "--only", only];
        sync_on(&database.url, &options).expect(0).stdout
    };
    assert!(!plan("a").contains("ext"));
    let told = plan("b");
    assert!(told.contains("+ schema ext"), "{told}");
    assert!(told.contains("+ extension citext"), "{told}");
}

#[test]
fn the_schema_of_bookkeeping_stays_with_it() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE t (id int); CREATE SCHEMA drizzle;
         CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text, created_at bigint)",
    );
    psql(&other.url, "CREATE TABLE t (id int)");
    let options = [
        "--dry-run",
        "--exit-code",
        "--desired",
        &other.url,
        "--prune",
    ];
    sync_on(&database.url, &options).expect(0);
}
