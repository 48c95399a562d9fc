//! Tables that inherit, with rows: what a table above lets go of is kept below it.

use tests::{
    pg_database, pg_dump_schema, pg_major, pg_texts, psql, psql_script, sync_on, temp_dir,
};

use crate::anomaly::edited;
use crate::cases::difference;
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

/// Before PostgreSQL 18 a NOT NULL has neither a name nor a comment: what comes from there says nothing
/// of those, and a server of then has none to change.
#[test]
fn how_not_nulls_are_called_is_left_where_one_server_cannot_say_it() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); ALTER TABLE t RENAME COLUMN a TO z;
         ALTER TABLE t RENAME TO t2; CREATE TABLE alike (LIKE t2);
         CREATE TABLE p (id int NOT NULL, d int NOT NULL) PARTITION BY LIST (d);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
         CREATE TABLE h (k int NOT NULL); CREATE TABLE g () INHERITS (h);",
    );
    let named = pg_major() >= 18;
    if named {
        psql(
            &database.url,
            "COMMENT ON CONSTRAINT t_a_not_null ON t2 IS 'as it was'",
        );
    }
    let dir = temp_dir();
    let file = dir.path().join("other.json");
    edited(&database, &file, |schema| {
        schema["not_nulls_unnamed"] = named.into();
        let tables = schema["tables"].as_object_mut().expect("tables");
        for (name, table) in tables {
            let columns = table["columns"].as_array_mut().expect("columns");
            for column in columns {
                let (said, own) = match named {
                    true => (None, None),
                    false => (Some(format!("{name}_said")), Some(name == "public.p1")),
                };
                column["not_null_name"] = said.clone().into();
                column["not_null_comment"] = said.into();
                column["not_null_local"] = own.into();
            }
        }
    });
    let file = file.display().to_string();
    let check = ["--exit-code", "--prune", "--desired", &file];
    let told = sync_on(&database.url, &check).expect(0).stdout;
    assert!(!told.contains("NOT NULL"), "{told}");
    // What is new gets its names from the server.
    let before = pg_dump_schema(&database.url);
    psql(&database.url, "DROP TABLE p1; DROP TABLE g");
    sync_on(&database.url, &["--apply", "--yes", "--desired", &file]).expect(0);
    sync_on(&database.url, &check).expect(0);
    let after = pg_dump_schema(&database.url);
    assert!(before == after, "{}", difference(&after, &before));
}

/// What holds for many partitions is told once.
#[test]
fn not_nulls_that_keep_their_names_in_partitions_are_told_together() {
    if pg_major() < 18 {
        return;
    }
    let (live, desired) = (pg_database(), pg_database());
    let p = "CREATE TABLE p (id int NOT NULL, d int) PARTITION BY LIST (d);";
    let with = |one: &dyn Fn(u32) -> String| (1..=7).fold(p.to_owned(), |all, n| all + &one(n));
    let parts = with(&|n| format!("CREATE TABLE p{n} PARTITION OF p FOR VALUES IN ({n});"));
    psql(&live.url, &parts);
    let attached = with(&|n| {
        format!(
            "CREATE TABLE p{n} (id int NOT NULL, d int);
             ALTER TABLE p ATTACH PARTITION p{n} FOR VALUES IN ({n});"
        )
    });
    psql(&desired.url, &attached);
    let check = ["--exit-code", "--desired", &desired.url];
    let told = sync_on(&live.url, &check).expect(0).stdout;
    let once = "· p1.id, p2.id, p3.id, p4.id, p5.id and 2 more: its NOT NULL comes from above too, \
                and goes on as `p_id_not_null`";
    assert!(told.contains(once), "{told}");
}

/// A script names the NOT NULL of a partition or an heir as it is called.
#[test]
fn a_script_names_not_nulls_below_others() {
    if pg_major() < 18 {
        return;
    }
    let (database, made) = (pg_database(), pg_database());
    psql(
        &database.url,
        "CREATE TABLE p (id int, d int, n int NOT NULL) PARTITION BY LIST (d);
         CREATE TABLE p1 PARTITION OF p (CONSTRAINT own NOT NULL id, CONSTRAINT too NOT NULL n)
             FOR VALUES IN (1);
         CREATE TABLE h (a int, k int NOT NULL);
         CREATE TABLE g (CONSTRAINT of_g NOT NULL k) INHERITS (h);
         ALTER TABLE g ALTER a SET NOT NULL; ALTER TABLE g RENAME CONSTRAINT g_a_not_null TO named;",
    );
    let script = sync_on(&database.url, &["dump", "--sql"]).expect(0).stdout;
    psql_script(&made.url, &script).expect("a script that runs");
    assert_eq!(pg_dump_schema(&made.url), pg_dump_schema(&database.url));
    sync_on(&made.url, &["verify", "--desired", &database.url]).expect(0);
}
