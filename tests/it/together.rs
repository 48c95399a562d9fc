//! Others at work at the same time: other runs, somebody's DDL, an index that another session builds.

use std::time::Duration;

use tests::{
    Cut, PgProxy, pg_database, pg_dump_schema, pg_hold, pg_major, pg_texts, pg_try_each,
    pg_wait_for, psql, server_log, sync_on, sync_start, try_psql,
};

const APPLY: &[&str] = &["--apply", "--yes"];

#[test]
fn ten_applies_at_once_end_in_sync() {
    let (alone, shared) = (pg_database(), pg_database());
    sync_on(&alone.url, APPLY).expect(0);
    let runs: Vec<_> = (0..10).map(|_| sync_start(&shared.url, APPLY)).collect();
    let outputs: Vec<_> = runs.into_iter().map(|run| run.wait().expect(0)).collect();
    let applied = outputs
        .iter()
        .filter(|output| output.stdout.contains("Applied"))
        .count();
    assert_eq!(applied, 1, "the others find nothing left to do");
    assert_eq!(pg_dump_schema(&alone.url), pg_dump_schema(&shared.url));
}

#[test]
fn ddl_by_hand_in_the_middle_ends_in_a_clear_error_or_in_sync() {
    // What somebody does while the plan is carried out, and what is then said.
    let by_hand = [
        ("DROP TABLE t CASCADE", 1, "does not exist"),
        ("ALTER TABLE t ADD COLUMN b int", 1, "still there"),
        ("CREATE INDEX t_a_idx ON t (a)", 0, "in sync"),
    ];
    for (sql, status, said) in by_hand {
        let (live, desired) = (pg_database(), pg_database());
        psql(
            &live.url,
            "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1)",
        );
        psql(
            &desired.url,
            "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE INDEX t_a_idx ON t (a); \
             CREATE TABLE u (id int PRIMARY KEY)",
        );
        let url = live.url.clone();
        let mut done = false;
        let proxy = PgProxy::cutting(&live.url, move |_, statement| {
            if !done && statement.starts_with("BEGIN; SET LOCAL search_path") {
                done = true;
                try_psql(&url, sql).expect("nothing is locked yet");
            }
            None
        });
        let options = [APPLY, &["--desired", &desired.url, "--allow", "all"]].concat();
        let output = sync_on(&proxy.url, &options).expect(status);
        assert!(output.all().contains(said), "{sql}\n{}", output.all());
        if status != 0 && sql.starts_with("ALTER") {
            // Another type is not made the desired one by accident: it is a plan of its own.
            psql(&live.url, "ALTER TABLE t DROP COLUMN b");
        }
        sync_on(&live.url, &options).expect(0);
        assert_eq!(pg_dump_schema(&live.url), pg_dump_schema(&desired.url));
    }
}

#[test]
fn an_index_that_another_session_builds_is_waited_for() {
    let (live, desired) = (pg_database(), pg_database());
    let table = "CREATE TABLE t (id int PRIMARY KEY, n int)";
    psql(&live.url, table);
    psql(&desired.url, table);
    psql(&desired.url, "CREATE INDEX t_n_idx ON t (n)");
    let held = pg_hold(&live.url, "INSERT INTO t VALUES (1, 1)");
    let builder = {
        let url = live.url.clone();
        std::thread::spawn(move || try_psql(&url, "CREATE INDEX CONCURRENTLY t_n_idx ON t (n)"))
    };
    let builds = "SELECT count(*)::text FROM pg_stat_progress_create_index \
         WHERE datname = current_database() AND phase LIKE 'waiting%'";
    pg_wait_for(&live.url, builds, "1");
    let oid = "SELECT 't_n_idx'::regclass::oid::text";
    let before = pg_texts(&live.url, oid);

    let options = [APPLY, &["--desired", &desired.url]].concat();
    let soon = [&options[..], &["--wait", "1s"]].concat();
    let output = sync_on(&live.url, &soon).expect(1);
    assert!(
        output.stderr.contains("is being built by another session"),
        "{}",
        output.all()
    );

    let run = sync_start(&live.url, &[&options[..], &["--wait", "1m"]].concat());
    std::thread::sleep(Duration::from_secs(2));
    drop(held);
    run.wait().expect(0);
    builder
        .join()
        .expect("no panic")
        .expect("the index is built");
    assert_eq!(
        before,
        pg_texts(&live.url, oid),
        "it is the other session's index"
    );
}

#[test]
fn who_holds_the_lock_is_named() {
    let (live, desired) = (pg_database(), pg_database());
    psql(&live.url, "CREATE TABLE t (id int PRIMARY KEY)");
    psql(&desired.url, "CREATE TABLE t (id int PRIMARY KEY, a text)");
    let held = pg_hold(
        &live.url,
        "SET application_name = 'the reporter'; SELECT * FROM t",
    );
    let options = [
        APPLY,
        &[
            "--desired",
            &desired.url,
            "--lock-timeout",
            "300ms",
            "--retries",
            "1",
        ],
    ]
    .concat();
    let output = sync_on(&live.url, &options).expect(1);
    for part in [
        "blocked by pid",
        "cure: wait for its end, or end it",
        "application the reporter",
        "SELECT * FROM t",
        "trying again",
    ] {
        assert!(
            output.stderr.contains(part),
            "no `{part}`\n{}",
            output.all()
        );
    }
    drop(held);
    sync_on(&live.url, &options).expect(0);
}

/// Only FINALIZE is possible then, and the table above can hardly be altered before it.
#[test]
fn a_detach_that_somebody_cut_off_is_brought_to_its_end() {
    if pg_major() < 14 {
        return;
    }
    let table = "CREATE TABLE p (a int NOT NULL, n int) PARTITION BY RANGE (a);
                 CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);";
    // How the partition is desired, what is said of it, and whether it is there in the end.
    let ends = [
        (
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
            "",
            true,
        ),
        ("CREATE TABLE p1 (a int NOT NULL, n int)", "", true),
        ("", "--prune", false),
        ("", "", true),
    ];
    for (partition, prune, stays) in ends {
        let (live, desired) = (pg_database(), pg_database());
        psql(
            &live.url,
            "CREATE TABLE p (a int NOT NULL) PARTITION BY RANGE (a);
             CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
             CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
             INSERT INTO p SELECT generate_series(0, 19)",
        );
        psql(&desired.url, &format!("{table}{partition}"));
        let reader = pg_hold(&live.url, "SELECT count(*) FROM p");
        pg_try_each(
            &live.url,
            &[
                "SET lock_timeout = 100".to_owned(),
                "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY".to_owned(),
            ],
        );
        drop(reader);
        let pending = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhdetachpending";
        assert_eq!(pg_texts(&live.url, pending), ["p1"]);
        let mut options = vec!["--desired", &desired.url, "--allow", "all"];
        options.extend(Some(prune).filter(|it| !it.is_empty()));
        let said = sync_on(&live.url, &options).expect(0).all();
        assert!(said.contains("was cut off"), "{said}");
        let apply = [APPLY, &options].concat();
        if partition.contains("PARTITION OF") {
            // It lacks the new column of the table above: that is seen once it is out.
            let failed = sync_on(&live.url, &apply);
            assert_ne!(failed.status, 0, "{}", failed.all());
        }
        sync_on(&live.url, &apply).expect(0);
        assert_eq!(pg_texts(&live.url, pending), [""; 0]);
        let there = pg_texts(
            &live.url,
            "SELECT to_regclass('p1')::text WHERE to_regclass('p1') IS NOT NULL",
        );
        assert_eq!(!there.is_empty(), stays);
        if stays {
            let rows = pg_texts(&live.url, "SELECT count(*)::text FROM p1");
            assert_eq!(rows, ["10"], "{partition}");
        }
        if prune == "--prune" || !partition.is_empty() {
            assert_eq!(pg_dump_schema(&live.url), pg_dump_schema(&desired.url));
        }
    }
}

/// Cut off between the end of a DETACH CONCURRENTLY and what follows: the server's check of the bound
/// is known by the one of ours beside it, and goes; others stay.
#[test]
fn the_check_that_a_detach_leaves_goes_with_the_next_run() {
    if pg_major() < 14 {
        return;
    }
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TABLE p (a int NOT NULL) PARTITION BY RANGE (a);
         CREATE TABLE \"it's\" PARTITION OF p FOR VALUES FROM (0) TO (10);
         ALTER TABLE \"it's\" ADD CHECK (a < 1000);
         INSERT INTO p SELECT generate_series(0, 9);",
    );
    psql(
        &desired.url,
        "CREATE TABLE p (a int NOT NULL) PARTITION BY RANGE (a); CREATE TABLE \"it's\" (a int NOT NULL);",
    );
    let options = [
        "--desired",
        &desired.url,
        "--allow",
        "all",
        "--small-table",
        "0",
    ];
    psql(&live.url, "ANALYZE");
    let apply = [APPLY, &options].concat();
    let proxy = PgProxy::cutting(&live.url, |_, sql| {
        sql.ends_with(" CONCURRENTLY").then_some(Cut::After)
    });
    assert_ne!(sync_on(&proxy.url, &apply).status, 0);
    let checks =
        "SELECT conname::text FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 ORDER BY 1";
    let left = ["_sync_detach_it's", "it's_a_check", "it's_a_check1"];
    assert_eq!(pg_texts(&live.url, checks), left);
    sync_on(&live.url, &apply).expect(0);
    assert_eq!(pg_texts(&live.url, checks), ["it's_a_check"]);
}

/// Before the server would end somebody else for a deadlock with it, after a second.
#[test]
fn who_takes_two_tables_gives_up_in_time() {
    let (live, desired) = (pg_database(), pg_database());
    let tables = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int); CREATE TABLE c (id int);
                  INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1); ANALYZE;";
    psql(&live.url, tables);
    psql(&desired.url, tables);
    let foreign_key = "ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a) REFERENCES a";
    psql(
        &desired.url,
        &format!("{foreign_key}; ALTER TABLE c ADD COLUMN n int"),
    );
    let options = [APPLY, &["--desired", &desired.url, "--small-table", "0"]].concat();
    sync_on(
        &live.url,
        &[&options[..], &["--lock-timeout", "5s"]].concat(),
    )
    .expect(0);
    let log = server_log(&live.name);
    // How long is waited for the lock of a statement that begins so.
    let limit = |statement: &str| {
        let at = log.iter().position(|it| it.sql.starts_with(statement));
        let before = &log[..at.unwrap_or_else(|| panic!("{statement} was not sent"))];
        let sets = before
            .iter()
            .rev()
            .find_map(|it| it.sql.rsplit_once("lock_timeout = "));
        sets.expect("a limit is set").1.to_owned()
    };
    assert_eq!(limit("ALTER TABLE public.c ADD COLUMN"), "5000");
    assert_eq!(limit("ALTER TABLE public.b ADD CONSTRAINT"), "400");
}

/// It waits for one table, others queue up behind it, and one of them has what it needs next.
#[test]
fn whoever_queued_up_behind_a_run_is_not_ended_for_it() {
    let (live, desired) = (pg_database(), pg_database());
    let tables =
        "CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (id int PRIMARY KEY, n int);
                  CREATE VIEW v AS SELECT a.n, b.n AS m FROM a JOIN b USING (id);
                  INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);";
    psql(&live.url, tables);
    psql(&desired.url, &tables.replace("n int", "n bigint"));
    let reads = pg_hold(&live.url, "SELECT * FROM a");
    let options = [APPLY, &["--desired", &desired.url, "--allow", "all"]].concat();
    let run = sync_start(&live.url, &options);
    let waits =
        "SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = 'a'::regclass";
    pg_wait_for(&live.url, waits, "1");
    let writes = {
        let url = live.url.clone();
        let both = "BEGIN; UPDATE b SET n = 2; UPDATE a SET n = 2; COMMIT";
        std::thread::spawn(move || try_psql(&url, both))
    };
    pg_wait_for(&live.url, waits, "2");
    std::thread::sleep(Duration::from_millis(400));
    drop(reads);
    let written = writes.join().expect("the writer ends");
    assert!(written.is_ok(), "{written:?}");
    run.wait().expect(0);
    assert_eq!(pg_dump_schema(&live.url), pg_dump_schema(&desired.url));
}

#[test]
fn while_a_view_is_away_no_other_table_is_locked() {
    let (live, desired) = (pg_database(), pg_database());
    let tables =
        "CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (id int PRIMARY KEY, n int);
                  CREATE VIEW v AS SELECT n FROM a; INSERT INTO a VALUES (1); ANALYZE;";
    psql(&live.url, tables);
    psql(&desired.url, &tables.replace("n int", "n bigint DEFAULT 1"));
    // Something that no transaction may do: the plan is more than one.
    psql(&desired.url, "CREATE INDEX a_n ON a (n)");
    let plan = [
        "--desired",
        &desired.url,
        "--small-table",
        "0",
        "--allow",
        "all",
    ];
    let script = sync_on(&live.url, &[&["--dry-run", "--sql"], &plan[..]].concat()).expect(0);
    let away = script
        .stdout
        .split("BEGIN;")
        .find(|it| it.contains("DROP VIEW"));
    let (away, _) = (away.expect("the view is dropped"))
        .split_once("COMMIT;")
        .expect("a transaction ends");
    assert!(
        away.contains("CREATE VIEW") && away.contains("public.a "),
        "{away}"
    );
    assert!(!away.contains("public.b"), "{away}");
    sync_on(&live.url, &[APPLY, &plan[..]].concat()).expect(0);
    assert_eq!(pg_dump_schema(&live.url), pg_dump_schema(&desired.url));
}
