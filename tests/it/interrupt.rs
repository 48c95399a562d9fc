//! Runs that are stopped from outside: by a signal, by SIGKILL, by a time limit. What stands is
//! told, nothing goes on at the server, and the next run finishes.

use std::path::PathBuf;
use std::sync::mpsc;

use tests::{
    Cut, PgDatabase, PgProxy, pg_database, pg_hold, pg_major, pg_texts, pg_wait_for, psql,
    psql_script, signal, sync_on, sync_start, temp_dir,
};

use crate::anomaly::{Backfill, snapshot};

/// A database, and a file with what it is to be.
struct Way {
    live: PgDatabase,
    file: PathBuf,
    _dir: tempfile::TempDir,
}

impl Way {
    fn new(live: &str, desired: &str, backfills: &[Backfill]) -> Self {
        let (database, other) = (pg_database(), pg_database());
        psql(&database.url, &format!("{live}; ANALYZE"));
        psql(&other.url, desired);
        let dir = temp_dir();
        let file = dir.path().join("desired.json");
        snapshot(&other, backfills, &file);
        Self {
            live: database,
            file,
            _dir: dir,
        }
    }

    fn options<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let file = self.file.to_str().expect("is text");
        let apply = ["--apply", "--yes", "--allow", "all", "--desired", file];
        [&apply, more].concat()
    }

    fn apply(&self, more: &[&str]) -> tests::Output {
        sync_on(&self.live.url, &self.options(more))
    }

    fn script(&self) -> String {
        let file = self.file.to_str().expect("is text");
        let plan = ["--dry-run", "--sql", "--desired", file];
        let options = [&plan[..], &["--small-table", "0"]].concat();
        sync_on(&self.live.url, &options).expect(0).stdout
    }

    fn count(&self, what: &str) -> u64 {
        let count = pg_texts(
            &self.live.url,
            &format!("SELECT count(*)::text FROM {what}"),
        );
        count[0].parse().expect("a number")
    }
}

/// Sessions of ours that are still there, and locks that keep other runs out.
const OURS: &str = "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND application_name LIKE 'schema-sync%') || ' ' || (SELECT count(*) FROM pg_locks l \
     JOIN pg_database d ON d.oid = l.database \
     WHERE l.locktype = 'advisory' AND d.datname = current_database())";

/// More than a small table has, and more than one piece.
const ROWS: u64 = 40_000;

fn rows() -> String {
    format!(
        "CREATE TABLE t (id bigint PRIMARY KEY, a text);
         CREATE TABLE k (a text, n int);
         INSERT INTO t SELECT i, 'a' || i FROM generate_series(1, {ROWS}) i;
         INSERT INTO k SELECT 'a' || i, i FROM generate_series(1, 15000) i"
    )
}

const FILLED: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text NOT NULL, c text);
     CREATE TABLE k (a text, n int, m int NOT NULL)";

const VALUES: &[Backfill] = &[
    ("t", "b", "pg_current_xact_id()::text"),
    ("t", "c", "'c' || id"),
    ("k", "m", "n * 2"),
];

#[test]
fn a_backfill_that_is_killed_goes_on_where_it_was() {
    let way = Way::new(&rows(), FILLED, VALUES);
    let (send, receive) = mpsc::channel::<u32>();
    let mut pieces = 0;
    let proxy = PgProxy::cutting(&way.live.url, move |_, sql| {
        pieces += usize::from(sql.contains("UPDATE public.t SET b"));
        if pieces < 3 {
            return None;
        }
        signal(receive.recv().expect("the run has begun"), "KILL");
        Some(Cut::Before)
    });
    let run = sync_start(&proxy.url, &way.options(&[]));
    send.send(run.pid()).expect("is waited for");
    run.wait().expect(-1);
    pg_wait_for(&way.live.url, OURS, "0 0");
    let filled = way.count("t WHERE b IS NOT NULL");
    assert!(0 < filled && filled < ROWS, "{filled} rows are filled");
    let first = format!("t WHERE b::bigint <= {}", newest(&way));

    way.apply(&[]).expect(0);
    // A value is the transaction that gave it: those of the first run are still there.
    assert_eq!(way.count(&first), filled);
    assert_eq!(way.count("t WHERE b IS NOT NULL AND c = 'c' || id"), ROWS);
    assert_eq!(way.count("k WHERE m = n * 2"), 15_000);
    let marks = way.count("pg_constraint WHERE conname LIKE '\\_sync%'");
    assert_eq!(marks, 0, "marks are left");
}

#[test]
fn what_an_interrupted_backfill_has_filled_is_told_to_stand() {
    let desired = "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text NOT NULL);
         CREATE TABLE k (a text, n int)";
    let way = Way::new(&rows(), desired, &VALUES[..1]);
    for stands in [
        "1 statement before it and the rows that it has filled stand",
        "the rows that it has filled stand",
    ] {
        let (send, receive) = mpsc::channel::<u32>();
        let mut pieces = 0;
        let proxy = PgProxy::cutting(&way.live.url, move |_, sql| {
            pieces += usize::from(sql.contains("UPDATE public.t SET b"));
            if pieces == 3 {
                signal(receive.recv().expect("the run has begun"), "INT");
                pieces += 1;
            }
            None
        });
        let run = sync_start(&proxy.url, &way.options(&[]));
        send.send(run.pid()).expect("is waited for");
        let output = run.wait().expect(1);
        let told = format!("its last piece is rolled back; {stands}, and the next run");
        assert!(output.stderr.contains(&told), "{}", output.all());
        assert!(way.count("t WHERE b IS NOT NULL") > 0);
        pg_wait_for(&way.live.url, OURS, "0 0");
    }
    way.apply(&[]).expect(0);
}

#[test]
fn a_run_that_stops_records_what_stands() {
    let way = Way::new(&rows(), FILLED, VALUES);
    let mut pieces = 0;
    let proxy = PgProxy::cutting(&way.live.url, move |_, sql| {
        pieces += usize::from(sql.contains("UPDATE public.t SET b"));
        (pieces == 2).then_some(Cut::Before)
    });
    let dir = temp_dir();
    let folder = dir.path().to_str().expect("is text");
    let stopped = sync_on(&proxy.url, &way.options(&["--record", folder])).expect(1);
    assert!(stopped.stderr.contains("recorded in"), "{}", stopped.all());
    let records = || -> Vec<String> {
        let files = std::fs::read_dir(dir.path()).expect("the folder is there");
        let paths = files.map(|it| it.expect("an entry").path());
        let mut texts: Vec<_> = paths
            .map(|it| std::fs::read_to_string(it).expect("is text"))
            .collect();
        texts.sort();
        texts
    };
    let [first] = &records()[..] else {
        panic!("{:?}", records());
    };
    assert!(first.contains("-- The run stopped: "), "{first}");
    assert!(first.contains("b text"), "{first}");
    assert!(!first.contains("ALTER COLUMN b SET NOT NULL"), "{first}");

    way.apply(&["--record", folder]).expect(0);
    let second = records().into_iter().find(|it| it != first);
    let second = second.expect("the second run is recorded");
    assert!(!second.contains("stopped"), "{second}");
    assert!(second.contains("ALTER COLUMN b SET NOT NULL"), "{second}");
}

/// Returns the newest transaction that gave a value.
fn newest(way: &Way) -> String {
    pg_texts(&way.live.url, "SELECT max(b::bigint)::text FROM t").concat()
}

#[test]
fn a_column_without_not_null_is_filled_to_the_end_too() {
    let way = Way::new(&rows(), FILLED, VALUES);
    // Cut off before a piece of a column that may stay empty: only a mark tells of it.
    let mut pieces = 0;
    let proxy = PgProxy::cutting(&way.live.url, move |_, sql| {
        pieces += usize::from(sql.contains("UPDATE public.t SET c"));
        (pieces == 2).then_some(Cut::After)
    });
    sync_on(&proxy.url, &way.options(&[])).expect(1);
    let filled = way.count("t WHERE c IS NOT NULL");
    assert!(filled < ROWS, "{filled} rows are filled");
    let told = way.apply(&["-v"]).expect(0);
    assert!(
        told.stdout.contains("rows that have none yet"),
        "{}",
        told.all()
    );
    assert_eq!(way.count("t WHERE b IS NOT NULL AND c = 'c' || id"), ROWS);
}

#[test]
fn the_script_of_a_backfill_commits_piece_by_piece_and_runs_twice() {
    let way = Way::new(&rows(), FILLED, VALUES);
    let script = way.script();
    assert!(script.contains("COMMIT;"), "{script}");
    for _ in 0..2 {
        psql_script(&way.live.url, &script).expect("the script runs");
    }
    assert_eq!(way.count("t WHERE b IS NOT NULL AND c = 'c' || id"), ROWS);
    assert_eq!(way.count("k WHERE m = n * 2"), 15_000);
    way.apply(&[]).expect(0);
}

/// NULL is what the application has written since.
#[test]
fn a_script_that_runs_again_leaves_the_rows_alone() {
    let live = "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 20)";
    let desired = "CREATE TABLE t (id int PRIMARY KEY, u uuid DEFAULT gen_random_uuid(), b int)";
    let way = Way::new(live, desired, &[("t", "b", "id")]);
    let file = way.file.to_str().expect("is text");
    let plan = ["--dry-run", "--sql", "--desired", file];
    let small = sync_on(&way.live.url, &plan).expect(0).stdout;
    let large = way.script();
    for script in [small, large] {
        psql(
            &way.live.url,
            "ALTER TABLE t DROP COLUMN IF EXISTS u, DROP COLUMN IF EXISTS b",
        );
        psql_script(&way.live.url, &script).expect("the script runs");
        assert_eq!(way.count("t WHERE u IS NULL OR b IS NULL"), 0, "{script}");
        psql(
            &way.live.url,
            "UPDATE t SET u = NULL, b = NULL WHERE id < 5",
        );
        psql_script(&way.live.url, &script).expect("the script runs again");
        assert_eq!(way.count("t WHERE u IS NULL AND b IS NULL"), 4, "{script}");
        way.apply(&["--small-table", "0"]).expect(0);
        assert_eq!(way.count("t WHERE u IS NULL AND b IS NULL"), 4, "{script}");
    }
}

#[test]
fn a_script_that_runs_again_makes_nothing_again() {
    let live = "CREATE TABLE q (id int PRIMARY KEY);
         CREATE TABLE t (id int PRIMARY KEY, a int, b int, s text,
             CONSTRAINT t_s UNIQUE (s), CONSTRAINT a_small CHECK (a < 10000), CONSTRAINT t_q FOREIGN KEY (a) REFERENCES q);
         CREATE INDEX t_a_idx ON t (a);
         CREATE UNIQUE INDEX t_b_key ON t (b);
         CREATE TABLE p (id int NOT NULL, a int) PARTITION BY RANGE (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
         CREATE INDEX p_a_idx ON p (a);
         INSERT INTO q SELECT i FROM generate_series(1, 100) i;
         INSERT INTO t SELECT i, i, i, 's' || i FROM generate_series(1, 100) i;
         INSERT INTO p SELECT i, i FROM generate_series(1, 100) i";
    let desired = "CREATE TABLE q (id int PRIMARY KEY);
         CREATE TABLE t (id int, a int, b int NOT NULL, s text,
             CONSTRAINT t_pkey PRIMARY KEY (id, b),
             CONSTRAINT t_s UNIQUE (s, a), CONSTRAINT a_small CHECK (a < 20000),
             CONSTRAINT t_q FOREIGN KEY (a) REFERENCES q ON DELETE CASCADE);
         CREATE INDEX t_a_idx ON t (a DESC, b) INCLUDE (s);
         CREATE UNIQUE INDEX t_b_key ON t (b) WHERE b > 0;
         CREATE TABLE p (id int NOT NULL, a int, CONSTRAINT p_pkey PRIMARY KEY (id)) PARTITION BY RANGE (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
         CREATE INDEX p_a_idx ON p (a DESC)";
    let way = Way::new(live, desired, &[]);
    let script = way.script();
    // What is made again gets another number.
    let parts = || {
        pg_texts(
            &way.live.url,
            "SELECT part FROM (SELECT oid, oid || ' ' || relname AS part FROM pg_class WHERE relkind IN ('i', 'I') \
             UNION ALL SELECT oid, oid || ' ' || conname FROM pg_constraint WHERE contype IN ('c', 'f', 'p', 'u')) parts \
             WHERE oid >= 16384 ORDER BY part",
        )
    };
    psql_script(&way.live.url, &script).expect("the script runs");
    way.apply(&["--small-table", "0"]).expect(0);
    let first = parts();
    psql_script(&way.live.url, &script).expect("the script runs again");
    assert_eq!(parts(), first, "{script}");
}

#[test]
fn a_signal_rolls_back_and_leaves_nothing_at_the_server() {
    for name in ["INT", "TERM"] {
        let way = Way::new(
            "CREATE TABLE t (id int PRIMARY KEY)",
            "CREATE TABLE t (id int PRIMARY KEY, added text)",
            &[],
        );
        let held = pg_hold(&way.live.url, "LOCK TABLE t IN ACCESS SHARE MODE");
        let run = sync_start(&way.live.url, &way.options(&["--lock-timeout", "10m"]));
        let waits = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name = 'schema-sync' AND wait_event_type = 'Lock'";
        pg_wait_for(&way.live.url, waits, "1");
        signal(run.pid(), name);
        let output = run.wait().expect(1);
        assert!(output.stderr.contains("interrupted"), "{}", output.all());
        assert!(
            output.stderr.contains("nothing was changed"),
            "{}",
            output.all()
        );
        pg_wait_for(&way.live.url, OURS, "0 0");
        drop(held);
        way.apply(&[]).expect(0);
    }
}

#[test]
fn a_signal_while_an_index_is_built_leaves_no_invalid_index() {
    let way = Way::new(
        "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT i, i FROM generate_series(1, 100) i",
        "CREATE TABLE t (id int PRIMARY KEY, n int); CREATE INDEX t_n_idx ON t (n)",
        &[],
    );
    // A build waits for transactions that wrote the table.
    let held = pg_hold(&way.live.url, "INSERT INTO t VALUES (1000, 1)");
    let run = sync_start(&way.live.url, &way.options(&["--small-table", "0"]));
    let waits = "SELECT count(*)::text FROM pg_stat_progress_create_index \
         WHERE datname = current_database() AND phase LIKE 'waiting%'";
    pg_wait_for(&way.live.url, waits, "1");
    signal(run.pid(), "TERM");
    let output = run.wait().expect(1);
    assert!(output.stderr.contains("interrupted"), "{}", output.all());
    pg_wait_for(&way.live.url, OURS, "0 0");
    drop(held);
    way.apply(&["--small-table", "0"]).expect(0);
    let valid = pg_texts(
        &way.live.url,
        "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY 1) FROM pg_index \
         WHERE indrelid = 't'::regclass",
    );
    assert!(valid[0].contains("t_n_idx true"), "{valid:?}");
    assert!(!valid[0].contains("false"), "{valid:?}");
}

#[test]
fn a_statement_that_takes_too_long_is_rolled_back() {
    let way = Way::new(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (id int PRIMARY KEY, slow text NOT NULL)",
        &[("t", "slow", "(SELECT 'x'::text FROM pg_sleep(60))")],
    );
    let output = way.apply(&["--statement-timeout", "300ms"]).expect(1);
    assert!(
        output.stderr.contains("statement timeout"),
        "{}",
        output.all()
    );
    assert!(
        output.stderr.contains("nothing was changed"),
        "{}",
        output.all()
    );
    let columns = "pg_attribute WHERE attrelid = 't'::regclass AND attname = 'slow'";
    assert_eq!(way.count(columns), 0);
}

#[test]
fn what_takes_several_tables_gives_up_before_the_server_looks_for_a_deadlock() {
    let way = Way::new(
        "CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, q int)",
        "CREATE TABLE q (id int PRIMARY KEY);
         CREATE TABLE t (id int PRIMARY KEY, q int REFERENCES q (id))",
        &[],
    );
    let soon = "ALTER DATABASE {} SET deadlock_timeout = '300ms'".replace("{}", &way.live.name);
    psql(&way.live.url, &soon);
    let file = way.file.to_str().expect("is text");
    let long = ["--lock-timeout", "2m", "--desired", file];
    let options = [&["--dry-run", "--sql"], &long[..]].concat();
    let script = sync_on(&way.live.url, &options).expect(0).stdout;
    let held = pg_hold(&way.live.url, "INSERT INTO q VALUES (1)");
    let begun = std::time::Instant::now();
    let reason = psql_script(&way.live.url, &script).expect_err("the lock is held");
    assert!(reason.contains("lock timeout"), "{reason}");
    let apply = way.apply(&["--lock-timeout", "2m", "--retries", "1"]);
    assert!(apply.expect(1).stderr.contains("lock timeout"));
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    drop(held);
    for _ in 0..2 {
        psql_script(&way.live.url, &script).expect("the script runs");
    }
    way.apply(&[]).expect(0);
}

/// Settings of the database that would end a build that waits, and read a time in another zone.
#[test]
fn limits_of_the_database_end_no_build_and_its_zone_moves_no_time() {
    let live = "CREATE TABLE t (id int PRIMARY KEY, n int);
         CREATE TABLE u (at timestamp);
         INSERT INTO t VALUES (1, 1);
         INSERT INTO u VALUES ('2026-07-01 12:00')";
    let desired = "CREATE TABLE t (id int PRIMARY KEY, n int);
         CREATE TABLE u (at timestamptz);
         CREATE INDEX t_n_idx ON t (n)";
    for by_script in [false, true] {
        let way = Way::new(live, desired, &[]);
        let mut limits = vec!["lock_timeout", "statement_timeout"];
        if pg_major() >= 17 {
            limits.push("transaction_timeout");
        }
        for limit in limits {
            let set = format!("ALTER DATABASE {} SET {limit} = '200ms'", way.live.name);
            psql(&way.live.url, &set);
        }
        let zone = format!(
            "ALTER DATABASE {} SET timezone = 'America/New_York'",
            way.live.name
        );
        psql(&way.live.url, &zone);
        let script = way.script();
        // A build waits for transactions that wrote the table.
        let held = pg_hold(
            &way.live.url,
            "SET lock_timeout = 0; SET statement_timeout = 0; SELECT set_config(name, '0', false) \
             FROM pg_settings WHERE name = 'transaction_timeout'; UPDATE t SET n = 2",
        );
        std::thread::scope(|scope| {
            let run = scope.spawn(|| match by_script {
                true => psql_script(&way.live.url, &script).expect("the script runs"),
                false => drop(way.apply(&["--small-table", "0"]).expect(0)),
            });
            let waits = "SELECT count(*)::text FROM pg_stat_progress_create_index \
                 WHERE datname = current_database() AND phase LIKE 'waiting%'";
            pg_wait_for(&way.live.url, waits, "1");
            std::thread::sleep(std::time::Duration::from_millis(500));
            drop(held);
            run.join().expect("the run ends");
        });
        let left = way.apply(&["--small-table", "0"]).expect(0);
        assert!(left.stdout.contains("in sync"), "{}", left.all());
        let at = "SELECT (at AT TIME ZONE 'UTC')::text FROM u";
        assert_eq!(pg_texts(&way.live.url, at), ["2026-07-01 12:00:00"]);
    }
}

#[test]
fn an_index_that_fails_outside_of_a_transaction_is_not_said_to_be_rolled_back() {
    let way = Way::new(
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (id int); CREATE UNIQUE INDEX t_id ON t (id)",
        &[],
    );
    let url = way.live.url.clone();
    let proxy = PgProxy::cutting(&way.live.url, move |_, sql| {
        if sql.contains("CREATE UNIQUE INDEX CONCURRENTLY") {
            let url = url.clone();
            let second = std::thread::spawn(move || psql(&url, "INSERT INTO t VALUES (1)"));
            second.join().expect("a second row is there");
        }
        None
    });
    let options = way.options(&["--small-table", "0"]);
    let told = sync_on(&proxy.url, &options).expect(1).all();
    assert!(told.contains("it was no part of a transaction"), "{told}");
    assert!(!told.contains("rolled back"), "{told}");
    psql(&way.live.url, "TRUNCATE t");
    way.apply(&["--small-table", "0"]).expect(0);
}
