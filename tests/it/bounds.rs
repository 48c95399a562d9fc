//! Bounds of partitions in other words than the server's, and bounds that it refuses: the server is
//! asked before the first statement.

use tests::{Output, PgDatabase, pg_database, pg_dump_schema, psql, sync_on, temp_dir};

use crate::anomaly::edited;

/// A database with one partition.
fn live(key: &str, bound: &str) -> PgDatabase {
    let database = pg_database();
    psql(&database.url, &tables(key, &[("one", bound)]));
    database
}

fn tables(key: &str, partitions: &[(&str, &str)]) -> String {
    let parent = format!("CREATE TABLE p (id int, at timestamptz) PARTITION BY RANGE ({key});");
    let parts = partitions
        .iter()
        .map(|(name, bound)| format!("CREATE TABLE {name} PARTITION OF p FOR VALUES {bound};"));
    parent + &parts.collect::<String>()
}

/// Applies what `desired` makes, with the key of `p` and the bounds of `words` as they stand there.
fn apply(live: &PgDatabase, desired: &str, words: &[(&str, &str)], more: &[&str]) -> Output {
    let other = pg_database();
    psql(&other.url, desired);
    let dir = temp_dir();
    let file = dir.path().join("desired.json");
    edited(&other, &file, |schema| {
        for (name, words) in words {
            let table = &mut schema["tables"][format!("public.{name}")];
            match *name {
                "p" => table["partition_by"]["key"] = (*words).into(),
                _ => table["partition_of"]["bound"] = format!("FOR VALUES {words}").into(),
            }
        }
    });
    let file = file.to_str().expect("is text");
    let options = ["--apply", "--yes", "--allow", "all", "--desired", file];
    sync_on(&live.url, &[&options, more].concat())
}

#[test]
fn other_words_for_a_key_and_a_bound_are_no_difference() {
    let bound = "FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00')";
    let database = live(
        "date_trunc('day', at AT TIME ZONE 'UTC')",
        "FROM ('2024-01-01') TO ('2024-02-01')",
    );
    let desired = tables(
        "date_trunc('day', at AT TIME ZONE 'UTC')",
        &[("one", "FROM ('2024-01-01') TO ('2024-02-01')")],
    );
    let words = [
        ("p", "date_trunc('day', (at AT TIME ZONE 'UTC'))"),
        ("one", "FROM ('2024-1-1') TO ('20240201 00:00')"),
    ];
    let told = apply(&database, &desired, &words, &[]).expect(0);
    assert!(told.stdout.contains("In sync"), "{}", told.all());

    let database = live("at", bound);
    let desired = tables("at", &[("one", bound)]);
    let words = [(
        "one",
        "FROM ('2024-01-01T01:00:00+01:00') TO ('1 Feb 2024 00:00Z')",
    )];
    let told = apply(&database, &desired, &words, &[]).expect(0);
    assert!(told.stdout.contains("In sync"), "{}", told.all());
}

#[test]
fn a_bound_that_the_server_refuses_is_named_before_the_first_statement() {
    let two = tables(
        "id",
        &[("one", "FROM (1) TO (10)"), ("two", "FROM (10) TO (20)")],
    );
    let cases = [
        (
            "FROM (5) TO (20)",
            "partition \"two\" would overlap partition \"one\"",
        ),
        (
            "FROM ('x') TO (20)",
            "invalid input syntax for type integer: \"x\"",
        ),
        (
            "FROM (20) TO (10)",
            "empty range bound specified for partition \"two\"",
        ),
        (
            "IN (20)",
            "invalid bound specification for a range partition",
        ),
    ];
    for (bound, said) in cases {
        let database = live("id", "FROM (1) TO (10)");
        let before = pg_dump_schema(&database.url);
        let told = apply(&database, &two, &[("two", bound)], &[]).expect(3);
        let text: Vec<&str> = told.stdout.split_whitespace().collect();
        let text = text.join(" ");
        assert!(text.contains(said), "no `{said}`\n{}", told.all());
        assert!(text.contains("⚠ two"), "{}", told.all());
        assert_eq!(before, pg_dump_schema(&database.url));
    }
}

#[test]
fn a_partition_that_no_model_has_is_in_the_way_until_it_is_pruned() {
    let database = live("id", "FROM (1) TO (10)");
    let two = tables("id", &[("two", "FROM (5) TO (20)")]);
    let told = apply(&database, &two, &[], &[]).expect(3);
    let said = "would overlap partition \"one\"";
    assert!(told.stdout.contains(said), "{}", told.all());
    apply(&database, &two, &[], &["--prune"]).expect(0);
}
