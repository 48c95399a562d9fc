//! Questions to the data before the first statement: what is in the way is refused, with figures,
//! the query that finds the rows, and nothing changed.

use tests::{
    pg_database, pg_dump_schema, pg_hold, pg_major, pg_texts, psql, sqlite, sqlite_file, sync,
    sync_on, temp_dir,
};

/// Live, desired, and what the refusal says.
const IN_THE_WAY: &[(&str, &str, &str)] = &[
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('short'), ('much longer')",
        "CREATE TABLE t (a varchar(5))",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a numeric(10,2)); INSERT INTO t VALUES (99999.99), (1), (100000)",
        "CREATE TABLE t (a numeric(7,2))",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a bigint); INSERT INTO t VALUES (3000000000), (1), (-3000000000)",
        "CREATE TABLE t (a int)",
        "2 rows with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('12'), ('x12'), (NULL), ('99999999999')",
        "CREATE TABLE t (a int)",
        "2 rows with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('no'), (gen_random_uuid()::text)",
        "CREATE TABLE t (a uuid)",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE DOMAIN word AS text; CREATE TABLE t (a word); INSERT INTO t VALUES ('short'), ('much longer')",
        "CREATE DOMAIN word AS varchar(5); CREATE TABLE t (a word)",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (a text); INSERT INTO t VALUES ('ok'), ('bad')",
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (a mood)",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TABLE t (a mood[]); INSERT INTO t VALUES ('{ok}'), ('{ok,bad}')",
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (a mood[])",
        "'bad' cannot be removed: 1 row",
    ),
    (
        "CREATE TABLE t (at int4range, n int); INSERT INTO t VALUES ('[1,5)', 1), ('[4,9)', 2), ('[9,12)', 1), (NULL, 1), ('[4,9)', -1)",
        "CREATE TABLE t (at int4range, n int, CONSTRAINT apart EXCLUDE USING gist (at WITH &&) WHERE (n > 0))",
        "pairs that exclude each other: 1 row",
    ),
    (
        "CREATE DOMAIN few AS int; CREATE TABLE t (a few, b few); INSERT INTO t VALUES (1, 20), (2, NULL)",
        "CREATE DOMAIN few AS int CONSTRAINT ten CHECK (VALUE < 10); CREATE TABLE t (a few, b few)",
        "1 row with one against it",
    ),
    (
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('a'), ('A'), ('b')",
        "CREATE TABLE t (a text); CREATE UNIQUE INDEX t_a ON t (lower(a))",
        "values that stand more than once: 1 row",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 1), (2, NULL), (2, NULL)",
        "CREATE TABLE t (a int, b int, UNIQUE (a, b))",
        "values that stand more than once: 1 row",
    ),
    (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int); INSERT INTO t VALUES (1), (NULL)",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES p)",
        "1 row without one",
    ),
    (
        "CREATE TABLE t (p int); INSERT INTO t VALUES (1), (NULL)",
        "CREATE TABLE made (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES made)",
        "1 row without one",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (-1), (NULL)",
        "CREATE TABLE t (a int, CONSTRAINT positive CHECK (a > 0))",
        "1 row against it",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t SELECT NULL FROM generate_series(1, 1500)",
        "CREATE TABLE t (a int NOT NULL)",
        "more than 1,000 rows with NULL",
    ),
    (
        "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id); CREATE TABLE q (id int, a int);
         INSERT INTO q VALUES (1, 1), (10, 1), (NULL, 1)",
        "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id);
         CREATE TABLE q PARTITION OF p FOR VALUES FROM (1) TO (10)",
        "cannot be attached to p FOR VALUES FROM (1) TO (10): 2 rows out of that bound",
    ),
    (
        "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id, abs(a)); CREATE TABLE q (id int, a int);
         INSERT INTO q VALUES (1, 1), (1, -9), (1, -10), (2, 1)",
        "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id, abs(a));
         CREATE TABLE q PARTITION OF p FOR VALUES FROM (1, MINVALUE) TO (1, 10)",
        "cannot be attached to p FOR VALUES FROM (1, MINVALUE) TO (1, 10): 2 rows out of that bound",
    ),
    (
        "CREATE TABLE p (id int, a int) PARTITION BY HASH (id); CREATE TABLE q (id int, a int);
         INSERT INTO q SELECT id FROM generate_series(1, 50) id",
        "CREATE TABLE p (id int, a int) PARTITION BY HASH (id);
         CREATE TABLE q PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "cannot be attached to p FOR VALUES WITH (modulus 2, remainder 0): 25 rows out of that bound",
    ),
    (
        "CREATE TABLE p (id int, s text) PARTITION BY LIST (s); CREATE TABLE rest PARTITION OF p DEFAULT;
         INSERT INTO p VALUES (1, 'a'), (2, NULL), (3, 'c')",
        "CREATE TABLE p (id int, s text) PARTITION BY LIST (s); CREATE TABLE rest PARTITION OF p DEFAULT;
         CREATE TABLE q PARTITION OF p FOR VALUES IN ('a', NULL)",
        "cannot be a partition: 2 rows of its own in rest",
    ),
    (
        "CREATE TABLE p (a text) PARTITION BY RANGE (a);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('0') TO ('5'); INSERT INTO p VALUES ('3'), ('44')",
        "CREATE TABLE p (a int) PARTITION BY RANGE (a);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (5)",
        "cannot be attached to p FOR VALUES FROM (0) TO (5): 1 row out of that bound",
    ),
    // Constraints that are NOT VALID, and are to be proven.
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (-1), (-2), (1);
         ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID",
        "CREATE TABLE t (a int, CONSTRAINT positive CHECK (a > 0))",
        "2 rows against it",
    ),
    (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int); INSERT INTO t VALUES (1), (NULL);
         ALTER TABLE t ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES p NOT VALID",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES p)",
        "1 row without one",
    ),
    // What stays, while values change beneath it.
    (
        "CREATE TABLE t (a numeric(10,4) UNIQUE); INSERT INTO t VALUES (1.23), (1.24), (2)",
        "CREATE TABLE t (a numeric(10,1) UNIQUE)",
        "values that stand more than once: 1 row",
    ),
    (
        "CREATE TABLE t (a text); CREATE UNIQUE INDEX t_a ON t (a); INSERT INTO t VALUES ('1'), ('01'), ('2')",
        "CREATE TABLE t (a int); CREATE UNIQUE INDEX t_a ON t (a)",
        "values that stand more than once: 1 row",
    ),
    (
        "CREATE TABLE t (a numeric(10,4) CHECK (a <> 0)); INSERT INTO t VALUES (0.04), (1)",
        "CREATE TABLE t (a numeric(10,1) CHECK (a <> 0))",
        "would not hold: 1 row against it",
    ),
    // What a new column gets.
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11)",
        "CREATE TABLE t (n int, y bigint DEFAULT -1 CHECK (y > 0))",
        "2 rows against it",
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11)",
        "CREATE TABLE t (n int, y int DEFAULT 5 UNIQUE)",
        "values that stand more than once: 1 row",
    ),
    (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11)",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (n int, y int DEFAULT 5 REFERENCES p)",
        "2 rows without one",
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (10), (11), (25)",
        "CREATE TABLE t (n int, y int GENERATED ALWAYS AS (n / 10) STORED UNIQUE)",
        "values that stand more than once: 1 row",
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (6), (4)",
        "CREATE TABLE t (n int, y int GENERATED ALWAYS AS (nullif(n, 6)) STORED NOT NULL)",
        "is NOT NULL: 1 row would get NULL",
    ),
    (
        "CREATE TABLE t (n int); INSERT INTO t VALUES (6), (4)",
        "CREATE TABLE t (n int, y int GENERATED ALWAYS AS (n + 1) STORED CHECK (y <> 5))",
        "1 row against it",
    ),
    // Domains.
    (
        "CREATE DOMAIN few AS int CHECK (VALUE < 10); CREATE TABLE t (a int); INSERT INTO t VALUES (10), (9), (NULL)",
        "CREATE DOMAIN few AS int CHECK (VALUE < 10); CREATE TABLE t (a few)",
        "1 row with a value against what a domain demands",
    ),
    (
        "CREATE DOMAIN code AS text; CREATE TABLE t (a code); INSERT INTO t VALUES ('b'), ('B')",
        "CREATE DOMAIN code AS varchar(9) CHECK (VALUE = upper(VALUE)); CREATE TABLE t (a code)",
        "1 row with a value against what a domain demands",
    ),
    (
        "CREATE DOMAIN code AS text; CREATE TABLE t (a code[]); INSERT INTO t VALUES ('{B,b}'), ('{B}'), (NULL)",
        "CREATE DOMAIN code AS text CHECK (VALUE = upper(VALUE)); CREATE TABLE t (a code[])",
        "1 row with a value against what a domain demands",
    ),
    (
        "CREATE DOMAIN code AS text; CREATE TYPE pair AS (c code); CREATE TABLE t (a pair);
         INSERT INTO t VALUES (row('b')), (row('B')), (NULL)",
        "CREATE DOMAIN code AS text NOT NULL CHECK (VALUE = upper(VALUE)); CREATE TYPE pair AS (c code); CREATE TABLE t (a pair)",
        "1 row with a value against what a domain demands",
    ),
    (
        "CREATE DOMAIN few AS int; CREATE DOMAIN fewer AS few; CREATE TABLE t (a fewer); INSERT INTO t VALUES (10), (9)",
        "CREATE DOMAIN few AS int CHECK (VALUE < 10); CREATE DOMAIN fewer AS few; CREATE TABLE t (a fewer)",
        "1 row with one against it",
    ),
    // Elements of arrays, and numbers that are too large.
    (
        "CREATE TABLE t (a text[]); INSERT INTO t VALUES ('{1,q}'), ('{1,2}'), ('{}'), (NULL)",
        "CREATE TABLE t (a int[])",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a varchar(9)[]); INSERT INTO t VALUES ('{abc}'), ('{ab,c}')",
        "CREATE TABLE t (a varchar(2)[])",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a float8); INSERT INTO t VALUES (1e300), (1e-300), (0), (1), ('NaN'), ('-Infinity')",
        "CREATE TABLE t (a real)",
        "2 rows with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a jsonb); INSERT INTO t VALUES ('\"x\"'), ('1.5'), ('5000000000'), (NULL)",
        "CREATE TABLE t (a int)",
        "2 rows with a value that does not fit",
    ),
    // Columns that number themselves.
    (
        "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 40000); ANALYZE t",
        "CREATE TABLE t (a int, x smallint GENERATED ALWAYS AS IDENTITY)",
        "its numbers end at 32,767: more than 1,000 rows would get none",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 32768)",
        "CREATE TABLE t (a int, x smallserial)",
        "its numbers end at 32,767: 1 row would get none",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100)",
        "CREATE TABLE t (a int, x smallint GENERATED ALWAYS AS IDENTITY (START 30000 INCREMENT 100))",
        "its numbers end at 32,767: 72 rows would get none",
    ),
    (
        "CREATE SEQUENCE s MAXVALUE 5; SELECT nextval('s'); CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (3), (4), (5)",
        "CREATE SEQUENCE s MAXVALUE 5; CREATE TABLE t (a int, x int DEFAULT nextval('s'))",
        "its numbers end at 5: 1 row would get none",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (3)",
        "CREATE SEQUENCE s INCREMENT -1 MINVALUE -2; CREATE TABLE t (a int, x int DEFAULT nextval('s'))",
        "its numbers end at -2: 1 row would get none",
    ),
    // Both or none.
    (
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int);
         INSERT INTO p VALUES (1, 1); INSERT INTO t VALUES (1, 1), (1, NULL), (2, 1), (NULL, NULL)",
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
         CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL)",
        "2 rows without one, or with NULL beside a value",
    ),
    // Defaults.
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (a int, v int NOT NULL DEFAULT nullif(1, 1))",
        "is NOT NULL: 1 row would get NULL",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (a int, v varchar(3) DEFAULT md5('x'))",
        "its default gives a value that the column refuses",
    ),
    (
        "CREATE TABLE t (a int); INSERT INTO t VALUES (NULL)",
        "CREATE DOMAIN many AS int DEFAULT 3 CHECK (VALUE > 5); CREATE TABLE t (a int, b many)",
        "1 row with a value against what a domain demands",
    ),
    (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, p serial REFERENCES p)",
        "2 rows without one",
    ),
    // What is written in no braces, and what is too long.
    (
        "CREATE TABLE t (a int, b timestamp); INSERT INTO t VALUES (1, NULL), (NULL, NULL)",
        "CREATE TABLE t (a int[], b timestamp[])",
        "1 row with a value that does not fit",
    ),
    (
        "CREATE TABLE t (a text, b int); INSERT INTO t SELECT string_agg(md5(n::text), ''), 1 FROM generate_series(1, 300) n;
         INSERT INTO t VALUES (repeat('x', 9000), 1), ('x', 1)",
        "CREATE TABLE t (a text, b int); CREATE INDEX t_b ON t (b) INCLUDE (a)",
        "a B-tree takes no value of more than 2,696 bytes: 1 row with one",
    ),
    (
        "CREATE TABLE t (a bytea); INSERT INTO t SELECT string_agg(decode(md5(n::text), 'hex'), '') FROM generate_series(1, 300) n",
        "CREATE TABLE t (a bytea UNIQUE)",
        "a B-tree takes no value of more than 2,696 bytes: 1 row with one",
    ),
    // Partitions that others refer to.
    (
        "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY LIST (k);
         CREATE TABLE one PARTITION OF p FOR VALUES IN (1); CREATE TABLE two PARTITION OF p FOR VALUES IN (2);
         CREATE TABLE t (k int REFERENCES p); INSERT INTO p VALUES (1), (2); INSERT INTO t VALUES (2), (1), (2)",
        "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY LIST (k);
         CREATE TABLE one PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (k int REFERENCES p)",
        "cannot leave p: 2 rows of other tables that refer to its rows",
    ),
];

#[test]
fn rows_in_the_way_are_found_before_the_first_statement() {
    for (live, desired, said) in IN_THE_WAY {
        refused(live, desired, said);
    }
}

/// What fails on a row, or for every row: the server's own words, and nothing changed.
#[test]
fn expressions_that_fail_on_a_row_are_refused() {
    let texts = "CREATE TABLE t (id int, u text); INSERT INTO t VALUES (1, 'x'), (2, '3')";
    let times = "CREATE TABLE t (a timestamp, b timestamp); INSERT INTO t VALUES ('2024-01-02', '2024-01-01')";
    for (live, desired, said) in [
        (
            texts,
            "CREATE TABLE t (id int, u text); CREATE INDEX i ON t ((u::int))",
            "t.i its expression fails: invalid input syntax for type integer: \"x\"",
        ),
        (
            texts,
            "CREATE TABLE t (id int, u text); CREATE UNIQUE INDEX i ON t (id, (u::int))",
            "t.i its expression fails: invalid input syntax for type integer: \"x\"",
        ),
        (
            texts,
            "CREATE TABLE t (id int, u text); CREATE INDEX i ON t (id) WHERE u::int > 1",
            "t.i its predicate fails: invalid input syntax for type integer: \"x\"",
        ),
        (
            texts,
            "CREATE TABLE t (id int, u text, CONSTRAINT c CHECK (u::int > 1))",
            "t.c the check fails: invalid input syntax for type integer: \"x\"",
        ),
        (
            times,
            "CREATE TABLE t (a timestamp, b timestamp); CREATE INDEX i ON t USING gist (tsrange(a, b))",
            "t.i its expression fails: range lower bound must be",
        ),
        (
            times,
            "CREATE TABLE t (a timestamp, b timestamp, CONSTRAINT c EXCLUDE USING gist (tsrange(a, b) WITH &&))",
            "t.c its expression fails: range lower bound must be",
        ),
        // The rows as the plan leaves them.
        (
            "CREATE TABLE t (a text); CREATE INDEX i ON t ((100 / length(a))); INSERT INTO t VALUES ('xyz'), ('x')",
            "CREATE TABLE t (a text); CREATE INDEX i ON t ((100 / (length(a) - 3)))",
            "t.i its expression fails: division by zero",
        ),
        (
            "CREATE TABLE t (a int)",
            "CREATE TABLE t (a int, v smallint DEFAULT 70000)",
            "t.v its default fails: smallint out of range",
        ),
        (
            "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
            "CREATE TABLE t (a int, v text DEFAULT current_setting('app.tenant'))",
            "t.v its default fails: unrecognized configuration parameter \"app.tenant\"",
        ),
    ] {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, live);
        psql(&other.url, desired);
        let before = pg_dump_schema(&database.url);
        let options = ["--apply", "--yes", "--allow", "all", "--prune"];
        let options = [&options[..], &["--desired", &other.url]].concat();
        let output = sync_on(&database.url, &options).expect(3);
        let words: Vec<&str> = output.stdout.split_whitespace().collect();
        assert!(
            words.join(" ").contains(said),
            "no `{said}`\n{}",
            output.all()
        );
        assert_eq!(before, pg_dump_schema(&database.url));
    }
}

/// Only rows for which its predicate holds are in an index, and a check looks no further than it has to.
#[test]
fn what_is_computed_of_no_row_does_not_fail() {
    let (database, other) = (pg_database(), pg_database());
    let table = "CREATE TABLE t (a text, b int, w text, CONSTRAINT known UNIQUE (b))";
    psql(
        &database.url,
        &format!("{table}; INSERT INTO t VALUES ('x', 0, repeat('y', 100000)), ('2', 1, 'z')"),
    );
    psql(
        &other.url,
        &format!(
            "{table}; ALTER TABLE t ADD CHECK (b = 0 OR 1 / b > 0);
             CREATE INDEX one ON t ((a::int)) WHERE a ~ '^[0-9]+$';
             CREATE UNIQUE INDEX two ON t ((a::int)) WHERE a ~ '^[0-9]+$';
             CREATE INDEX three ON t (w, (100 / b)) WHERE b <> 0; CREATE INDEX four ON t (w)"
        ),
    );
    let options = ["--apply", "--yes", "--desired", &other.url];
    let output = sync_on(&database.url, &options).expect(0);
    assert!(!output.stdout.contains("not checked"), "{}", output.all());
}

/// What nobody can know before the first statement is said where there are rows.
#[test]
fn what_cannot_be_asked_is_told() {
    for (live, rows, desired, said) in [
        (
            "CREATE TABLE t (a int)",
            "INSERT INTO t VALUES (1), (2), (3)",
            "CREATE TABLE t (a int, v int DEFAULT (random() * 10)::int, CONSTRAINT c CHECK (v > 50))",
            "t.c: its rows are not checked beforehand: what column v gets is known only then",
        ),
        (
            "CREATE TABLE t (a int)",
            "INSERT INTO t VALUES (1), (2), (3)",
            "CREATE TABLE t (a int, v int DEFAULT (random() / 10)::int, CONSTRAINT c UNIQUE (v))",
            "t.c: its rows are not checked beforehand: what column v gets is known only then",
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (a e, CONSTRAINT c CHECK (a < 'c'))",
            "INSERT INTO t VALUES ('a'), ('b')",
            "CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TABLE t (a e, CONSTRAINT c CHECK (a < 'c'))",
            "t.c: its rows are not checked beforehand: values of an enum get another order",
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (a e) PARTITION BY RANGE (a);
             CREATE TABLE one PARTITION OF t FOR VALUES FROM ('a') TO ('c')",
            "INSERT INTO t VALUES ('a'), ('b')",
            "CREATE TYPE e AS ENUM ('a', 'c', 'b'); CREATE TABLE t (a e) PARTITION BY RANGE (a);
             CREATE TABLE one PARTITION OF t FOR VALUES FROM ('a') TO ('c')",
            "one: its rows are not checked beforehand: values of an enum get another order",
        ),
    ] {
        for has_rows in [true, false] {
            let (database, other) = (pg_database(), pg_database());
            psql(&database.url, live);
            if has_rows {
                psql(&database.url, rows);
            }
            psql(&other.url, desired);
            let before = pg_dump_schema(&database.url);
            let options = ["--allow", "all", "--prune", "--desired", &other.url];
            let dry = [&["--dry-run"], &options[..]].concat();
            let output = sync_on(&database.url, &dry).expect(0);
            assert_eq!(output.stdout.contains(said), has_rows, "{}", output.all());
            let apply = [&["--apply", "--yes"], &options[..]].concat();
            let output = sync_on(&database.url, &apply);
            assert_eq!(output.status == 0, !has_rows, "{}", output.all());
            if has_rows {
                assert_eq!(before, pg_dump_schema(&database.url));
            }
        }
    }
}

/// What is padded is read without its blanks, and what no text stands for is made JSON.
#[test]
fn values_go_where_another_type_takes_them() {
    let types = "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TYPE c AS (x int, y e);";
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        &format!(
            "{types} CREATE TABLE t (a char(5), b char(40), c char(6), d e, e c, f e[], g timestamptz, h timestamp);
             INSERT INTO t VALUES ('a', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '101', 'b', '(1,a)', '{{a,b}}', '2024-02-29 12:00+00', '2024-02-29 12:00')"
        ),
    );
    psql(
        &other.url,
        &format!(
            "{types} CREATE TABLE t (a e, b uuid, c varbit, d jsonb, e json, f jsonb, g date, h time)"
        ),
    );
    let options = ["--apply", "--yes", "--allow", "all", "--prune"];
    let options = [&options[..], &["--desired", &other.url]].concat();
    sync_on(&database.url, &options).expect(0);
    let texts = "SELECT concat_ws(' ', a, left(b::text, 8), c, d, e, f, g, h) FROM t";
    assert_eq!(
        pg_texts(&database.url, texts),
        ["a a0eebc99 101 \"b\" {\"x\":1,\"y\":\"a\"} [\"a\", \"b\"] 2024-02-29 12:00:00"]
    );
}

/// Before 14 no `numeric` is infinite.
#[test]
fn an_infinite_number_goes_where_there_is_one() {
    let (live, desired) = (
        "CREATE TABLE t (a float8); INSERT INTO t VALUES ('Infinity'), (1), ('NaN')",
        "CREATE TABLE t (a numeric)",
    );
    if pg_major() < 14 {
        refused(live, desired, "1 row with a value that does not fit");
    }
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('-inf', 'nan'), (' NaN ', '1.5'), ('infinity', NULL)",
    );
    psql(&other.url, "CREATE TABLE t (a float8, b numeric)");
    let options = ["--apply", "--yes", "--allow", "all"];
    let options = [&options[..], &["--desired", &other.url]].concat();
    sync_on(&database.url, &options).expect(0);
}

/// What the rows are not asked beforehand is refused by the server, and not cut.
#[test]
fn no_value_is_cut_to_a_length() {
    for (from, to, value) in [
        ("json", "varchar(5)", "{\"a\": 1}"),
        ("varchar[]", "varchar(3)[]", "{longer}"),
        ("text", "bit(3)", "10101"),
        ("int[]", "varchar(3)[]", "{12345}"),
    ] {
        let (database, other) = (pg_database(), pg_database());
        psql(
            &database.url,
            &format!("CREATE TABLE t (a {from}); INSERT INTO t VALUES ('{value}')"),
        );
        psql(&other.url, &format!("CREATE TABLE t (a {to})"));
        let options = [
            "--apply",
            "--yes",
            "--allow",
            "all",
            "--desired",
            &other.url,
        ];
        let told = sync_on(&database.url, &options);
        assert_ne!(told.status, 0, "{from} → {to}\n{}", told.all());
        let now = pg_texts(&database.url, "SELECT a::text FROM t");
        assert_eq!(now, [value], "{from} → {to}");
    }
}

/// A partition goes, and others of its table come or get a wider bound: what is within that is not
/// lost with the one that goes.
#[test]
fn rows_of_a_partition_that_goes_are_not_lost_to_the_bound_of_another() {
    let range = "CREATE TABLE p (id int) PARTITION BY RANGE (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)";
    let hash = "CREATE TABLE p (id int) PARTITION BY HASH (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1)";
    for (live, desired, lost) in [
        (
            format!("{range}; CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)"),
            "CREATE TABLE p (id int) PARTITION BY RANGE (id);
             CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (15)"
                .to_owned(),
            Some("5 rows that would belong to p1 FOR VALUES FROM (0) TO (15)"),
        ),
        (
            format!("{range}; CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)"),
            format!("{range}; CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30)"),
            None,
        ),
        (
            format!(
                "{hash}; CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 4, REMAINDER 0);
                 CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 4, REMAINDER 2)"
            ),
            format!(
                "{hash}; CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0)"
            ),
            Some("rows that would belong to p0 FOR VALUES WITH (modulus 2, remainder 0)"),
        ),
    ] {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, &live);
        psql(
            &database.url,
            "INSERT INTO p SELECT n FROM generate_series(0, 19) n",
        );
        psql(&other.url, &desired);
        let options = ["--prune", "--allow", "all", "--desired", &other.url];
        let told = sync_on(&database.url, &[&["--apply"][..], &options].concat());
        match lost {
            Some(lost) => {
                assert_eq!(told.status, 3, "{}", told.all());
                assert!(told.all().contains(lost), "{lost}\n{}", told.all());
                let rows = pg_texts(&database.url, "SELECT count(*)::text FROM p");
                assert_eq!(rows, ["20"], "{desired}");
            }
            None => assert_eq!(told.status, 0, "{}", told.all()),
        }
    }
}

#[test]
fn any_input_can_be_asked_for_since_16() {
    if pg_major() < 16 {
        eprintln!("skipped: PostgreSQL 16 or later");
        return;
    }
    refused(
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('2024-02-29'), ('2023-02-29')",
        "CREATE TABLE t (a date)",
        "1 row with a value that does not fit",
    );
}

#[track_caller]
fn refused(live: &str, desired: &str, said: &str) {
    let (database, other) = (pg_database(), pg_database());
    psql(&database.url, live);
    psql(&other.url, desired);
    let before = pg_dump_schema(&database.url);
    let options = ["--allow", "all", "--prune", "--desired", &other.url];
    let dry = [&["--dry-run", "--exit-code"], &options[..]].concat();
    sync_on(&database.url, &dry).expect(3);
    let apply = [&["--apply", "--yes"], &options[..]].concat();
    let output = sync_on(&database.url, &apply).expect(3);
    assert!(output.stdout.contains("cure:"), "{}", output.all());
    assert!(
        output.stdout.contains(said),
        "no `{said}`\n{}",
        output.all()
    );
    assert_eq!(before, pg_dump_schema(&database.url));
    // The query finds them.
    let find = output
        .stdout
        .lines()
        .find_map(|line| line.split_once("find them:"))
        .unwrap_or_else(|| panic!("no query\n{}", output.all()));
    let find = format!("SELECT count(*)::text FROM ({}) found", find.1);
    assert_ne!(pg_texts(&database.url, &find), ["0"]);
}

#[test]
fn what_is_not_proven_is_asked_for_since_18() {
    if pg_major() < 18 {
        eprintln!("skipped: PostgreSQL 18 or later");
        return;
    }
    refused(
        "CREATE TABLE t (a int); INSERT INTO t VALUES (NULL), (1); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID",
        "CREATE TABLE t (a int CONSTRAINT n NOT NULL)",
        "cannot become NOT NULL: 1 row with NULL",
    );
    refused(
        "CREATE TABLE t (a int, CONSTRAINT positive CHECK (a > 0) NOT ENFORCED); INSERT INTO t VALUES (-1), (1)",
        "CREATE TABLE t (a int, CONSTRAINT positive CHECK (a > 0))",
        "1 row against it",
    );
    refused(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES p NOT ENFORCED); INSERT INTO t VALUES (1)",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES p)",
        "1 row without one",
    );
}

#[test]
fn values_as_the_plan_leaves_them_are_not_in_the_way() {
    for (live, desired) in [
        (
            "CREATE TABLE t (a text[], b float8, c jsonb, d numeric(9,4) UNIQUE, e text UNIQUE);
             INSERT INTO t VALUES ('{1,NULL,2}', 1e30, '1.5', 1.24, '1'), ('{}', 'NaN', NULL, 1.34, '2'), (NULL, 0, '-2', NULL, NULL)",
            "CREATE TABLE t (a int[], b real, c int, d numeric(9,1) UNIQUE, e int UNIQUE)",
        ),
        // Defaults of types that come too, and values that no two rows share.
        (
            "CREATE TYPE old AS ENUM ('x'); CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
            "CREATE TYPE old AS ENUM ('x', 'y'); CREATE TYPE e AS ENUM ('x', 'y'); CREATE DOMAIN seven AS int DEFAULT 7 CHECK (VALUE > 5);
             CREATE TABLE t (a int, b e NOT NULL DEFAULT 'x', c e[] NOT NULL DEFAULT '{}', d old NOT NULL DEFAULT 'y',
                 f seven NOT NULL, g uuid UNIQUE DEFAULT gen_random_uuid(), h bigserial PRIMARY KEY)",
        ),
        (
            "CREATE DOMAIN few AS int; CREATE TABLE t (a int, b few[], c few); INSERT INTO t VALUES (1, '{1,2}', 1), (NULL, NULL, NULL)",
            "CREATE DOMAIN few AS int CHECK (VALUE < 10); CREATE TABLE t (a few, b few[], c few)",
        ),
        (
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, p text); INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, '1'), (NULL, NULL)",
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, p int REFERENCES p, g int GENERATED ALWAYS AS (a + 1) STORED CHECK (g = 2))",
        ),
        (
            "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY LIST (k);
             CREATE TABLE one PARTITION OF p FOR VALUES IN (1); CREATE TABLE two PARTITION OF p FOR VALUES IN (2);
             CREATE TABLE t (k int REFERENCES p); INSERT INTO p VALUES (1), (2); INSERT INTO t VALUES (1)",
            "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY LIST (k);
             CREATE TABLE one PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (k int REFERENCES p)",
        ),
    ] {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, live);
        psql(&other.url, desired);
        let options = ["--allow", "all", "--prune", "--desired", &other.url];
        let apply = [&["--apply", "--yes"], &options[..]].concat();
        let output = sync_on(&database.url, &apply).expect(0);
        assert!(!output.stdout.contains("not checked"), "{}", output.all());
    }
}

#[test]
fn values_that_fit_are_not_in_the_way() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE t (a text, b numeric, c bigint, d text, e text);
         INSERT INTO t VALUES ('12345  ', 99.994, 5, ' 7 ', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), (NULL, 'NaN', NULL, NULL, NULL)",
    );
    psql(
        &other.url,
        "CREATE TABLE t (a varchar(5), b numeric(4,2), c smallint, d int, e uuid)",
    );
    let options = [
        "--apply",
        "--yes",
        "--allow",
        "all",
        "--desired",
        &other.url,
    ];
    sync_on(&database.url, &options).expect(0);
}

#[test]
fn a_question_without_an_answer_is_told() {
    let (database, other) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (NULL, 1)",
    );
    psql(&other.url, "CREATE TABLE t (a int, b int NOT NULL)");
    let held = pg_hold(&database.url, "LOCK TABLE t");
    let options = [
        "--dry-run",
        "--desired",
        &other.url,
        "--lock-timeout",
        "200ms",
    ];
    let output = sync_on(&database.url, &options).expect(0);
    assert!(
        output.stdout.contains("not checked beforehand"),
        "{}",
        output.all()
    );
    drop(held);
}

/// SQLite reads such an index before a rename and before it drops a column, and not before the rest.
#[test]
fn what_needs_a_collation_of_the_application_is_refused() {
    let schema = |sql: &str| {
        let file = sqlite_file();
        let words =
            "CREATE TABLE words (w TEXT COLLATE NOCASE); CREATE INDEX by_word ON words (w);";
        let taught = "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'unicase');";
        sqlite(&file, &format!("{words} {sql} {taught}"));
        file
    };
    // One that goes before is not read.
    for desired in ["CREATE TABLE t (a INT);", "CREATE TABLE t (a TEXT, b INT);"] {
        let live = schema("CREATE TABLE t (a INT, b INT);");
        let desired = schema(&format!("DROP INDEX by_word; {desired}"));
        let args = ["--apply", "--yes", "--prune", "--allow", "all"];
        let output = sync_on(
            &live.url,
            &[&args[..], &["--desired", &desired.url]].concat(),
        );
        assert!(output.stdout.contains("now in sync"), "{}", output.all());
    }
    let live = schema("CREATE TABLE t (a INT, b INT);");
    let index = "cannot be changed so: index `by_word` has collation `unicase`, which only the application defines";
    for (sql, told) in [
        ("CREATE TABLE t (a INT)", index),
        ("CREATE TABLE t (a TEXT, b INT)", index),
        (
            "CREATE TABLE t (a INT, b INT); CREATE INDEX again ON words (w DESC)",
            "cannot be changed so: it needs collation `unicase`",
        ),
        (
            "CREATE TABLE t (a INT, b INT); CREATE TABLE u (a TEXT COLLATE NOCASE)",
            "unless whoever opens the file defines it: UNICASE of u.a",
        ),
        ("CREATE TABLE t (a INT, b INT, c INT)", "now in sync"),
    ] {
        let desired = schema(&format!("{sql};"));
        let args = ["--apply", "--yes", "--prune", "--allow", "all"];
        let output = sync_on(
            &live.url,
            &[&args[..], &["--desired", &desired.url]].concat(),
        );
        assert!(output.stdout.contains(told), "{sql}\n{}", output.all());
    }
}

#[test]
fn a_default_that_is_no_value_is_told_beside_a_new_label() {
    let live = pg_database();
    psql(
        &live.url,
        "CREATE TYPE e AS ENUM ('x');
         CREATE TABLE t (a text[] DEFAULT '{a}', e e DEFAULT 'x')",
    );
    let dir = temp_dir();
    let snapshot = dir.path().join("t.json");
    let path = snapshot.display().to_string();
    sync_on(&live.url, &["dump", "--out", &path]).expect(0);
    let text = std::fs::read_to_string(&snapshot).expect("it was written");
    let labelled = text.replace("\"x\"", "\"x\", \"y\"");
    for (default, code) in [("'{b}'", 2), ("'b'", 3)] {
        let wanted = labelled
            .replace("'{a}'::text[]", default)
            .replace("'x'::public.e", "'y'");
        std::fs::write(&snapshot, wanted).expect("writable");
        let dry = ["--dry-run", "--exit-code", "--desired", &path];
        let output = sync_on(&live.url, &dry).expect(code);
        let told = output.stdout.contains("malformed array literal");
        assert_eq!(told, code == 3, "{}", output.all());
    }
}

#[test]
fn what_sqlite_cannot_read_is_of_the_model() {
    let desired = sqlite_file();
    sqlite(&desired, "CREATE TABLE t (a INT DEFAULT 5 CHECK (a > 0))");
    let live = sqlite_file();
    let dump = ["dump", desired.url.as_str(), "--out", "t.json"];
    sync(&dump, &[], live.dir.path()).expect(0);
    let snapshot = live.dir.path().join("t.json");
    let text = std::fs::read_to_string(&snapshot).expect("it was written");
    let path = snapshot.display().to_string();
    for (sql, wrong) in [("\"5\"", "\"5 +\""), ("\"a > 0\"", "\"b > 0\"")] {
        assert!(text.contains(sql), "{text}");
        let text = text.replace(sql, wrong);
        std::fs::write(&snapshot, text).expect("writable");
        let told = sync_on(&live.url, &["--dry-run", "--desired", &path]).stdout;
        assert!(
            told.contains("look at the SQL of the model"),
            "{wrong}\n{told}"
        );
    }
}
