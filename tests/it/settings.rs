//! Databases whose settings read SQL otherwise than it is written: a backslash, a NULL in an array.

use tests::{pg_database, pg_dump_schema, pg_texts, psql};

use crate::renames::carry_out;

const LIVE: &str = "CREATE TABLE t (id int); CREATE TABLE victim (id int)";

const DESIRED: &str = r"CREATE TYPE e AS ENUM ('a\b', 'c');
    CREATE TABLE victim (id int);
    CREATE TABLE t (id int, x text DEFAULT 'C:\temp\new', y text[] DEFAULT '{NULL,x}', z bytea DEFAULT '\x00ff',
        CHECK (x <> 'c\t\\d'));
    CREATE INDEX i ON t (x) WHERE x ~ '^\d+\\$';
    COMMENT ON TABLE t IS E'\\''; DROP TABLE public.victim; --';";

#[test]
fn a_backslash_is_one_whatever_the_database_is_set_to() {
    for by_script in [false, true] {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, LIVE);
        psql(&other.url, DESIRED);
        for setting in [
            "standard_conforming_strings = off",
            "array_nulls = off",
            "transform_null_equals = on",
        ] {
            let set = format!("ALTER DATABASE {} SET {setting}", database.name);
            psql(&database.url, &set);
        }
        carry_out(&database.url, &["--desired", &other.url], "all", by_script);
        let there = pg_texts(&database.url, "SELECT to_regclass('victim')::text");
        assert_eq!(there, ["victim"]);
        // A dump is written for the settings that it meets.
        let reset = format!("ALTER DATABASE {} RESET ALL", database.name);
        psql(&database.url, &reset);
        assert_eq!(pg_dump_schema(&database.url), pg_dump_schema(&other.url));
    }
}
