//! Questions to the data about what a plan itself writes into rows: what is against that is refused
//! before the first statement, and what its UPDATE meets is told.

use tests::{pg_database, pg_dump_schema, pg_texts, psql, sync_on, temp_dir};

use crate::anomaly::edited;

/// A word of the model, the column that it is for, and what it says.
type Hint = (&'static str, &'static str, &'static str);

/// What is written from an expression of the model, and what that is against: live and desired
/// table, the hint, and what the refusal says, or what the column `y` has then.
const WRITTEN: &[(&str, &str, Hint, Result<&str, &str>)] = &[
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11)",
        "CREATE TABLE t (n int, y int NOT NULL CHECK (y > 0))",
        ("backfills", "y", "-1"),
        Err("check (y > 0) cannot be added: 2 rows against it"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11)",
        "CREATE TABLE t (n int, y int NOT NULL UNIQUE)",
        ("backfills", "y", "n / 10"),
        Err("values that stand more than once: 1 row"),
    ),
    (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11); INSERT INTO p VALUES (11)",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (n int, y int NOT NULL REFERENCES p)",
        ("backfills", "y", "n"),
        Err("foreign key to p cannot be added: 1 row without one"),
    ),
    (
        "CREATE TABLE t (n int, y int); INSERT INTO t VALUES (1, 9), (2, NULL)",
        "CREATE TABLE t (n int, y int NOT NULL CHECK (y > 5))",
        ("backfills", "y", "n"),
        Err("cannot be added: 1 row against it"),
    ),
    (
        "CREATE TABLE t (n int, y int UNIQUE); INSERT INTO t VALUES (9, 9), (9, NULL)",
        "CREATE TABLE t (n int, y int NOT NULL UNIQUE)",
        ("backfills", "y", "n"),
        Err("values that stand more than once: 1 row"),
    ),
    (
        "CREATE TABLE t (y int); INSERT INTO t VALUES (10), (-11)",
        "CREATE TABLE t (y bigint CHECK (y > 0))",
        ("usings", "y", "-y"),
        Err("cannot be added: 1 row against it"),
    ),
    (
        "CREATE TABLE t (y int UNIQUE); INSERT INTO t VALUES (10), (11)",
        "CREATE TABLE t (y bigint UNIQUE)",
        ("usings", "y", "y / 10"),
        Err("values that stand more than once: 1 row"),
    ),
    (
        "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (y int); INSERT INTO t VALUES (10), (11); INSERT INTO p VALUES (10), (12)",
        "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (y bigint REFERENCES p)",
        ("usings", "y", "y + 1"),
        Err("foreign key to p cannot be added: 1 row without one"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10)",
        "CREATE TABLE t (n int, y int NOT NULL)",
        ("backfills", "y", "nope"),
        Err("`backfill` fails: column \"nope\" does not exist"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10)",
        "CREATE TABLE t (n int, y int NOT NULL, z int)",
        ("backfills", "y", "z"),
        Err("`backfill` fails: column \"z\" does not exist"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (0)",
        "CREATE TABLE t (n int, y int NOT NULL)",
        ("backfills", "y", "10 / n"),
        Err("`backfill` fails: division by zero"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (0)",
        "CREATE TABLE t (n int, y int NOT NULL)",
        ("backfills", "y", "nullif(n, 0)"),
        Err("is NOT NULL: 1 row would get NULL"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (100)",
        "CREATE TABLE t (n int, y varchar(2) NOT NULL)",
        ("backfills", "y", "n::text"),
        Err("`backfill` gives a value that the column refuses"),
    ),
    (
        "CREATE DOMAIN few AS int CHECK (VALUE < 10); CREATE TABLE t (n int); INSERT INTO t VALUES (10), (9)",
        "CREATE DOMAIN few AS int CHECK (VALUE < 10); CREATE TABLE t (n int, y few NOT NULL)",
        ("backfills", "y", "n"),
        Err("cannot be few: 1 row with a value against what a domain demands"),
    ),
    (
        "CREATE TABLE t (y int); INSERT INTO t VALUES (1), (NULL)",
        "CREATE TABLE t (y bigint NOT NULL UNIQUE CHECK (y > 9))",
        ("backfills", "y", "19"),
        Err("cannot be added: 1 row against it"),
    ),
    (
        "CREATE TABLE t (n int, y int); INSERT INTO t VALUES (7, 1), (8, NULL)",
        "CREATE TABLE t (n int, y bigint NOT NULL UNIQUE CHECK (y <> 0))",
        ("backfills", "y", "n"),
        Ok("1,8"),
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (7), (8)",
        "CREATE TABLE t (n int, y int NOT NULL CHECK (y > 7) UNIQUE)",
        ("backfills", "y", "n + 1"),
        Ok("8,9"),
    ),
    // A value of the text of an enum that another column has, or that is NULL there.
    (
        "CREATE TABLE t (y text CHECK (y IN ('a', 'b')), z text CHECK (z IN ('a', 'b')));
         INSERT INTO t VALUES ('a', NULL), ('b', NULL), (NULL, 'a')",
        "CREATE TABLE t (y text CHECK (y IN ('c')), z text CHECK (z IN ('a', 'b')))",
        ("renamed_values", "y", ""),
        Err("cannot be added: 1 row against it"),
    ),
];

/// A column that gets its values by `using`: live and desired table, the expression, and what the
/// refusal says, or what the column has then.
const USINGS: &[(&str, &str, &str, Result<&str, &str>)] = &[
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), ('2x'), (NULL)",
        "CREATE TABLE t (a int)",
        "nullif(rtrim(a, 'x'), '')::int",
        Ok("1,2"),
    ),
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), ('2x')",
        "CREATE TABLE t (a int)",
        "a::int",
        Err("t.a `using` fails: invalid input syntax for type integer: \"2x\""),
    ),
    (
        "CREATE TABLE t (a text NOT NULL); INSERT INTO t VALUES ('1'), ('')",
        "CREATE TABLE t (a int NOT NULL)",
        "nullif(a, '')::int",
        Err("t.a `using` gives a value that the column refuses"),
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1000)",
        "CREATE TABLE t (a varchar(3))",
        "a::text",
        Err("t.a `using` gives a value that the column refuses"),
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (a text)",
        "no_such(a)",
        Err("t.a `using` fails: function no_such(integer) does not exist"),
    ),
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('OK')",
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (a mood)",
        "lower(a)::public.mood",
        Ok("ok"),
    ),
];

#[test]
fn what_is_computed_by_using_is_computed_before_the_first_statement() {
    for (live, desired, using, outcome) in USINGS {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, live);
        psql(&other.url, desired);
        let dir = temp_dir();
        let file = dir.path().join("desired.json");
        edited(&other, &file, |schema| {
            schema["hints"]["usings"] = serde_json::json!([[["public.t", "a"], using]]);
        });
        let before = pg_dump_schema(&database.url);
        let file = file.to_str().expect("is text");
        let options = ["--apply", "--yes", "--allow", "all", "--desired", file];
        let output = sync_on(&database.url, &options);
        match outcome {
            Ok(values) => {
                output.expect(0);
                let now = "SELECT string_agg(a::text, ',' ORDER BY a) FROM t";
                assert_eq!(pg_texts(&database.url, now), [*values], "{using}");
            }
            Err(said) => {
                let output = output.expect(3);
                let all = output
                    .stdout
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                assert!(all.contains(said), "no `{said}`\n{}", output.all());
                assert_eq!(before, pg_dump_schema(&database.url));
            }
        }
    }
}

#[test]
fn what_is_written_is_asked_for_before_the_first_statement() {
    for (live, desired, (hint, column, value), outcome) in WRITTEN {
        let hint = match *hint {
            "renamed_values" => (hint, serde_json::json!([["b", "c"]])),
            _ => (hint, serde_json::json!(value)),
        };
        let hints = [(*hint.0, *column, hint.1)];
        written(live, desired, &hints, *outcome);
    }
    let both = [
        ("usings", "y", serde_json::json!("y::bigint")),
        ("backfills", "y", serde_json::json!("9")),
    ];
    written(
        "CREATE TABLE t (y int); INSERT INTO t VALUES (1), (NULL)",
        "CREATE TABLE t (y bigint NOT NULL)",
        &both,
        Ok("1,9"),
    );
}

#[track_caller]
fn written(
    live: &str,
    desired: &str,
    hints: &[(&str, &str, serde_json::Value)],
    outcome: Result<&str, &str>,
) {
    let (database, other) = (pg_database(), pg_database());
    psql(&database.url, live);
    psql(&other.url, desired);
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        for (hint, column, value) in hints {
            schema["hints"][*hint] = serde_json::json!([[["public.t", column], value]]);
        }
    });
    let before = (pg_dump_schema(&database.url), pg_texts(&database.url, ROWS));
    let file = file.to_str().expect("is text");
    let options = ["--allow", "all", "--small-table", "0", "--desired", file];
    let apply = [&["--apply", "--yes"], &options[..]].concat();
    match outcome {
        Ok(values) => {
            sync_on(&database.url, &apply).expect(0);
            let now = "SELECT string_agg(y::text, ',' ORDER BY y) FROM t";
            assert_eq!(pg_texts(&database.url, now), [values], "{hints:?}");
        }
        Err(said) => {
            let dry = [&["--dry-run", "--exit-code"], &options[..]].concat();
            sync_on(&database.url, &dry).expect(3);
            let output = sync_on(&database.url, &apply).expect(3);
            let words: Vec<&str> = output.stdout.split_whitespace().collect();
            let all = words.join(" ");
            assert!(all.contains(said), "no `{said}`\n{}", output.all());
            assert!(all.contains("cure:"), "{}", output.all());
            let after = (pg_dump_schema(&database.url), pg_texts(&database.url, ROWS));
            assert_eq!(before, after);
        }
    }
}

/// All rows of a table, as text.
const ROWS: &str = "SELECT t::text FROM t ORDER BY 1";

/// What the UPDATE that gives rows their values meets.
#[test]
fn what_an_update_of_a_plan_meets_is_told() {
    let told = |made: &str, words: &str, code: i32| {
        let (database, other) = (pg_database(), pg_database());
        let rows = "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); ANALYZE t;
             CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';";
        psql(&database.url, &format!("{rows} {made}"));
        let column = "ALTER TABLE t ADD v uuid NOT NULL DEFAULT gen_random_uuid()";
        psql(&other.url, &format!("{rows} {made}; {column}"));
        let options = ["--dry-run", "--exit-code", "--allow", "all"];
        let options = [&options[..], &["--desired", &other.url]].concat();
        let large = [&options[..], &["--small-table", "0"]].concat();
        let output = sync_on(&database.url, &large).expect(code);
        let is_told = output.stdout.contains("an UPDATE gives");
        assert_eq!(is_told, !words.is_empty(), "{made}\n{}", output.all());
        assert!(output.stdout.contains(words), "{made}\n{}", output.all());
        // In a small table there is none.
        let output = sync_on(&database.url, &options).expect(2);
        assert!(!output.stdout.contains("an UPDATE"), "{}", output.all());
    };
    let trigger = "CREATE TRIGGER x BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()";
    told(trigger, "and fires trigger x for them", 2);
    told(
        &format!("{trigger}; ALTER TABLE t DISABLE TRIGGER x"),
        "",
        2,
    );
    told(&trigger.replace("UPDATE", "UPDATE OF a"), "", 2);
    told(&trigger.replace("UPDATE", "DELETE"), "", 2);
    let rule = "CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING";
    told(rule, "and rule r does something else instead", 3);
    told(
        "CREATE PUBLICATION p FOR TABLE t",
        "the table publishes updates without a replica identity",
        3,
    );
    told(
        "CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert')",
        "",
        2,
    );
    told(
        "ALTER TABLE t REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE t",
        "",
        2,
    );
    told(
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1) NOT VALID",
        "check (a > 1), which is not valid, refuses 1 row",
        3,
    );
}
