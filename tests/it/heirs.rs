//! Tables that inherit, with rows: what a table above lets go of is kept below it.

use tests::{pg_database, pg_texts, psql, sync_on};

use crate::renames::carry_out;

#[test]
fn what_a_parent_lets_go_of_keeps_its_values_below() {
    for by_script in [false, true] {
        let (database, other) = (pg_database(), pg_database());
        psql(
            &database.url,
            "CREATE TABLE p (a int, b text); CREATE TABLE c () INHERITS (p);
             CREATE TABLE g () INHERITS (c); CREATE TABLE side () INHERITS (p);
             INSERT INTO c VALUES (1, 'of c'); INSERT INTO g VALUES (2, 'of g');
             INSERT INTO side VALUES (3, 'lost');",
        );
        psql(
            &other.url,
            "CREATE TABLE p (a int); CREATE TABLE c (b varchar(20)) INHERITS (p);
             CREATE TABLE g () INHERITS (c); CREATE TABLE side () INHERITS (p);",
        );
        let options = ["--desired", &other.url, "--prune"];
        carry_out(&database.url, &options, "all", by_script);
        let kept = pg_texts(&database.url, "SELECT a || b FROM c ORDER BY a");
        assert_eq!(kept, ["1of c", "2of g"]);
        let left = pg_texts(&database.url, "SELECT to_jsonb(side)::text FROM side");
        assert_eq!(left, [r#"{"a": 3}"#]);
    }
}

/// What no statement alters where it stands is told, and nothing is sent for it.
#[test]
fn what_tables_below_cannot_change_is_told() {
    let partitioned =
        "CREATE TABLE f (k int, b int, CONSTRAINT u UNIQUE (k) DEFERRABLE) PARTITION BY LIST (k);
        CREATE TABLE f1 PARTITION OF f FOR VALUES IN (1);
        ALTER TABLE f ADD CONSTRAINT c CHECK (b > 0) NOT VALID;";
    let heirs =
        "CREATE TABLE p (a int, CONSTRAINT c CHECK (a > 0)); CREATE TABLE h () INHERITS (p);";
    let indexed = "CREATE TABLE s (k int, b int) PARTITION BY LIST (k);
        CREATE TABLE s1 PARTITION OF s FOR VALUES IN (1);";
    for (live, desired, told) in [
        (
            format!("{indexed} CREATE INDEX ON s (b);"),
            format!("{indexed} CREATE INDEX s1_b_idx ON s1 (b DESC); CREATE INDEX ON s (b);"),
            "s1.s1_b_idx: to be s1_b_idx (b desc), and as a part of `s_b_idx` it is s_b_idx (b): \
             drop `s_b_idx` by hand",
        ),
        (
            format!("{partitioned} ALTER TABLE f1 VALIDATE CONSTRAINT c;"),
            partitioned.to_owned(),
            "f1.c: is valid and enforced here: left as it is",
        ),
        (
            partitioned.to_owned(),
            partitioned.replace(
                "CREATE TABLE f1 PARTITION OF f",
                "CREATE TABLE f1 (k int, b int, UNIQUE (k)); ALTER TABLE f ATTACH PARTITION f1",
            ),
            "f1.f1_k_key: is put off otherwise here than above: left as it is",
        ),
        (
            format!("{heirs} ALTER TABLE h ADD CONSTRAINT c CHECK (a > 0);"),
            heirs.to_owned(),
            "h.c: says again what comes from above: left as it is",
        ),
    ] {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, &live);
        psql(&other.url, &desired);
        let options = [
            "--dry-run",
            "-v",
            "--exit-code",
            "--desired",
            &other.url,
            "--prune",
        ];
        let plan = sync_on(&database.url, &options);
        assert_eq!(plan.status, 0, "{}", plan.all());
        assert!(plan.stdout.contains(told), "{told}\n{}", plan.all());
    }
}
