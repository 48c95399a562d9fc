//! Tables that inherit, with rows: what a table above lets go of is kept below it.

use tests::{pg_database, pg_texts, psql};

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
