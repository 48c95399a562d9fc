//! Runs on a SQLite file that are stopped in the middle of a rebuild: nothing is lost, nothing is
//! half done, and the next run finishes. And who does not wait for a server.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use tests::{
    Cut, Output, PgProxy, Running, SqliteFile, pg_database, psql, signal, sqlite, sqlite_file,
    sqlite_texts, sync_on, sync_start,
};

/// More than is copied at once, and more than the page cache holds.
const ROWS: usize = 200_000;

/// A file with a table that takes a while to rebuild, another that references it, and a view.
struct Large {
    file: SqliteFile,
    desired: SqliteFile,
}

impl Large {
    fn new(mode: &str) -> Self {
        let (file, desired) = (sqlite_file(), sqlite_file());
        sqlite(
            &file,
            &format!(
                "PRAGMA journal_mode = {mode};
                 CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT, n TEXT);
                 CREATE TABLE child (id INTEGER PRIMARY KEY, big INTEGER REFERENCES big (id) ON DELETE CASCADE);
                 CREATE VIEW seen AS SELECT id, a FROM big;
                 WITH RECURSIVE i (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < {ROWS})
                 INSERT INTO big SELECT i, 'text of row ' || i || hex(zeroblob(40)), i FROM i;
                 INSERT INTO child SELECT id, id FROM big WHERE id % 100 = 0"
            ),
        );
        sqlite(
            &desired,
            "CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT NOT NULL, n INTEGER CHECK (n > 0));
             CREATE INDEX big_a_idx ON big (a);
             CREATE TABLE child (id INTEGER PRIMARY KEY, big INTEGER REFERENCES big (id) ON DELETE CASCADE)",
        );
        Self { file, desired }
    }

    fn options<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let apply = [
            "--apply",
            "--yes",
            "--allow",
            "all",
            "--desired",
            &self.desired.url,
        ];
        [&apply, more].concat()
    }

    /// Starts an apply, and returns once it writes.
    fn started(&self) -> Running {
        let journals = ["-journal", "-wal"].map(|end| {
            let mut name = self.file.path.clone().into_os_string();
            name.push(end);
            PathBuf::from(name)
        });
        let size = |path: &Path| path.metadata().map_or(0, |about| about.len());
        let before = size(&self.file.path);
        let run = sync_start(&self.file.url, &self.options(&[]));
        // A journal alone says that it has begun; what has grown, that rows are copied.
        loop {
            let grown = size(&self.file.path) > before + 100_000;
            if journals.iter().any(|it| it.exists()) && grown || size(&journals[1]) > 1_000_000 {
                return run;
            }
            std::thread::yield_now();
        }
    }

    fn facts(&self) -> Vec<String> {
        sqlite_texts(
            &self.file,
            "SELECT CAST(count(*) AS TEXT) || ' ' || sum(id) || ' ' || sum(length(a)) || ' ' || sum(n) FROM big
             UNION ALL SELECT CAST(count(*) AS TEXT) || ' ' || sum(big) FROM child
             UNION ALL SELECT CAST(count(*) AS TEXT) FROM seen
             UNION ALL SELECT integrity_check FROM pragma_integrity_check",
        )
    }

    fn schema(&self) -> Vec<String> {
        sqlite_texts(
            &self.file,
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1",
        )
    }

    fn apply(&self, more: &[&str]) -> Output {
        sync_on(&self.file.url, &self.options(more))
    }

    /// What is there is what was there, and the next run finishes.
    fn is_whole(&self, facts: &[String], schema: &[String]) {
        assert_eq!(self.schema(), schema);
        assert_eq!(self.facts(), facts);
        self.apply(&[]).expect(0);
        assert_eq!(self.facts(), facts);
        assert_ne!(self.schema(), schema);
        let output = self.apply(&[]).expect(0);
        assert!(output.stdout.contains("In sync"), "{}", output.all());
    }
}

#[test]
fn a_rebuild_that_is_killed_loses_nothing() {
    for mode in ["DELETE", "WAL"] {
        let large = Large::new(mode);
        let (facts, schema) = (large.facts(), large.schema());
        let run = large.started();
        signal(run.pid(), "KILL");
        run.wait().expect(-1);
        large.is_whole(&facts, &schema);
    }
}

#[test]
fn a_rebuild_that_is_interrupted_is_rolled_back_and_says_so() {
    for name in ["INT", "TERM"] {
        let large = Large::new("DELETE");
        let (facts, schema) = (large.facts(), large.schema());
        let run = large.started();
        signal(run.pid(), name);
        let output = run.wait().expect(1);
        for told in [
            "stopping: the statement in hand is cancelled and rolled back",
            "error: interrupted",
            "rolled back: nothing was changed",
        ] {
            assert!(output.stderr.contains(told), "{told}\n{}", output.all());
        }
        large.is_whole(&facts, &schema);
    }
}

#[test]
fn a_statement_that_takes_too_long_is_rolled_back() {
    let large = Large::new("DELETE");
    let (facts, schema) = (large.facts(), large.schema());
    let output = large.apply(&["--statement-timeout", "10ms"]).expect(1);
    for told in [
        "canceled due to statement timeout",
        "statement: INSERT INTO",
        "rolled back: nothing was changed",
    ] {
        assert!(output.stderr.contains(told), "{told}\n{}", output.all());
    }
    large.is_whole(&facts, &schema);
}

#[test]
fn who_waits_for_another_writer_says_so_and_can_be_stopped() {
    let file = sqlite_file();
    sqlite(&file, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    // The second one lets nobody even read.
    for begin in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        let writer = tests::sqlite_hold(&file, begin);
        let output = sync_on(&file.url, &["--apply", "--yes", "--wait", "300ms"]).expect(1);
        for told in ["another program writes to `", "raise --wait"] {
            assert!(output.stderr.contains(told), "{told}\n{}", output.all());
        }
        let mut run = sync_start(&file.url, &["--apply", "--yes", "--wait", "10m"]);
        run.wait_for("another program writes");
        signal(run.pid(), "INT");
        let output = run.wait().expect(1);
        let told = "error: interrupted: nothing was changed";
        assert!(output.stderr.contains(told), "{}", output.all());
        let apply = ["--apply", "--yes", "--lock-timeout", "1ms", "--wait", "1m"];
        let mut run = sync_start(&file.url, &apply);
        run.wait_for("another program writes");
        drop(writer);
        run.wait().expect(0);
    }
}

#[test]
fn who_interrupts_twice_is_not_kept_waiting() {
    let (live, desired) = (pg_database(), pg_database());
    psql(&live.url, "CREATE TABLE t (id int PRIMARY KEY)");
    psql(
        &desired.url,
        "CREATE TABLE t (id int PRIMARY KEY, added text)",
    );
    // A server that does not answer any more, neither to the statement nor to who cancels it.
    let (send, stuck) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let proxy = PgProxy::cutting(&live.url, move |_, sql| {
        if sql.contains("ADD COLUMN") {
            send.send(()).expect("is waited for");
            let _ = released.recv();
            return Some(Cut::Before);
        }
        None
    });
    let apply = ["--apply", "--yes", "--desired", &desired.url];
    let mut run = sync_start(&proxy.url, &apply);
    stuck.recv().expect("the statement is sent");
    signal(run.pid(), "INT");
    run.wait_for("stopping: ");
    signal(run.pid(), "INT");
    let output = run.wait().expect(1);
    let told = "interrupted: the server was not waited for";
    assert!(output.stderr.contains(told), "{}", output.all());
    drop(release);
    sync_on(&live.url, &apply).expect(0);
    sync_on(&live.url, &["--exit-code", "--desired", &desired.url]).expect(0);
}
