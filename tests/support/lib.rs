//! What the tests share: databases that go away, the binary, dumps, the server's log.
//!
//! Everything blocks, so a test is a plain function.

pub mod markdown;
mod proxy;
mod role;
mod running;

pub use proxy::{Cut, PgProxy};
pub use role::Role;
pub use running::{Running, pg_wait_for, signal, sync_start};

use std::{
    ffi::OsStr,
    future::Future,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
};
use tempfile::TempDir;

/// A fresh PostgreSQL database; dropping the value drops it.
pub struct PgDatabase {
    /// Its name.
    pub name: String,
    /// Its URL, with the superuser's name.
    pub url: String,
}

/// Creates an empty PostgreSQL database with a name of its own.
pub fn pg_database() -> PgDatabase {
    created_from("template0")
}

/// Copies a database, to which nobody may be connected.
pub fn pg_copy(of: &PgDatabase) -> PgDatabase {
    created_from(&of.name)
}

fn created_from(template: &str) -> PgDatabase {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "t_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let admin = pg_admin_url();
    psql(
        &admin,
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    );
    let url = pg_url(&name);
    PgDatabase { name, url }
}

/// Returns the URL of a database on the test server; the database need not exist.
pub fn pg_url(database: &str) -> String {
    let mut url = url::Url::parse(&pg_admin_url()).expect("SYNC_TEST_PG_URL is a URL");
    url.set_path(database);
    url.to_string()
}

impl Drop for PgDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = try_psql(&pg_admin_url(), &sql);
        if let Err(reason) = dropped
            && !std::thread::panicking()
        {
            panic!("cannot drop the test database: {reason}");
        }
    }
}

fn pg_admin_url() -> String {
    std::env::var("SYNC_TEST_PG_URL").unwrap_or_else(|_| {
        panic!("SYNC_TEST_PG_URL is not set: run scripts/test.sh, which starts a server")
    })
}

/// Returns the server's major version.
pub fn pg_major() -> u32 {
    static MAJOR: OnceLock<u32> = OnceLock::new();
    *MAJOR.get_or_init(|| {
        let number = pg_texts(
            &pg_admin_url(),
            "SELECT current_setting('server_version_num')",
        );
        let number: u32 = number[0].parse().expect("a version number");
        number / 10_000
    })
}

/// Tells whether the server can create an extension.
pub fn pg_has_extension(name: &str) -> bool {
    let sql = format!("SELECT name::text FROM pg_available_extensions WHERE name = '{name}'");
    !pg_texts(&pg_admin_url(), &sql).is_empty()
}

/// A SQLite file that does not exist yet, in a folder that goes away with the value.
pub struct SqliteFile {
    /// Its URL.
    pub url: String,
    /// Its path.
    pub path: PathBuf,
    /// The folder around it.
    pub dir: TempDir,
}

/// Returns a place for a SQLite database.
pub fn sqlite_file() -> SqliteFile {
    let dir = temp_dir();
    let path = dir.path().join("test.db");
    let url = format!("sqlite:{}", path.display());
    SqliteFile { url, path, dir }
}

/// Returns an empty folder that goes away.
pub fn temp_dir() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// What a run of the binary gave.
#[derive(Clone, Debug)]
pub struct Output {
    /// The exit code; -1 after a signal.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Returns itself when the exit code is this one; else panics with all that was printed.
    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert!(
            self.status == status,
            "exit code {}, expected {status}\n{}",
            self.status,
            self.all()
        );
        self
    }

    /// Returns all that was printed.
    pub fn all(&self) -> String {
        format!(
            "--- standard output\n{}\n--- standard error\n{}",
            self.stdout, self.stderr
        )
    }
}

/// Runs the binary `sync` in a folder. Nothing of the caller's environment changes what it does.
pub fn sync(args: &[&str], envs: &[(&str, &str)], cwd: &Path) -> Output {
    let output = sync_command(cwd)
        .args(args)
        .envs(envs.iter().copied())
        .output()
        .expect("the binary `sync` starts");
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Returns the binary to be run in a folder, with nothing of the caller's environment.
pub fn sync_command(cwd: &Path) -> Command {
    let mut command = Command::new(sync_binary());
    for (name, _) in std::env::vars_os() {
        if steers_the_binary(&name) {
            command.env_remove(&name);
        }
    }
    command.current_dir(cwd).stdin(Stdio::null());
    command
}

/// Returns the binary to be run at a terminal, which `script` of util-linux gives it.
pub fn sync_in_terminal(args: &[&str], cwd: &Path) -> Command {
    let quoted = |word: &str| format!("'{}'", word.replace('\'', "'\\''"));
    let binary = sync_binary().to_string_lossy();
    let words: Vec<String> = std::iter::once(quoted(&binary))
        .chain(args.iter().map(|arg| quoted(arg)))
        .collect();
    let mut command = Command::new("script");
    for (name, _) in std::env::vars_os() {
        if steers_the_binary(&name) {
            command.env_remove(&name);
        }
    }
    command
        .args(["-q", "-e", "-c", &words.join(" "), "/dev/null"])
        .current_dir(cwd);
    command
}

/// Runs the binary on a database, in a folder of its own.
pub fn sync_on(url: &str, args: &[&str]) -> Output {
    let dir = temp_dir();
    let mut all = args.to_vec();
    all.extend(["--database-url", url]);
    sync(&all, &[], dir.path())
}

/// Tells whether a variable may change what the binary does: URLs, marks of CI and of deployments.
fn steers_the_binary(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    const NAMES: [&str; 18] = [
        "COLUMNS",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TERM",
        "CI",
        "DATABASE_URL",
        "DYNO",
        "FLY_APP_NAME",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "K_SERVICE",
        "KUBERNETES_SERVICE_HOST",
        "RENDER",
        "RUST_LOG",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "NO_COLOR",
    ];
    NAMES.contains(&name)
        || (name.starts_with("PG") && name != "PG_BIN")
        || (name.starts_with("SYNC_") && !name.starts_with("SYNC_TEST_"))
        || name.starts_with("RAILWAY_")
}

/// Returns the path of the binary, built first when it is missing.
fn sync_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        // This test is target/<profile>/deps/it-<hash>.
        let test = std::env::current_exe().expect("the test's own path");
        let profile = test
            .parent()
            .and_then(Path::parent)
            .expect("the test is in target/<profile>/deps");
        let binary = profile.join(format!("sync{}", std::env::consts::EXE_SUFFIX));
        if !binary.exists() {
            let built = Command::new(option_env!("CARGO").unwrap_or("cargo"))
                .args(["build", "--quiet", "-p", "sync-bin"])
                .arg("--target-dir")
                .arg(profile.parent().expect("a profile is in a target folder"))
                .current_dir(repo())
                .status()
                .expect("cargo starts");
            assert!(
                built.success() && binary.exists(),
                "cannot build {}",
                binary.display()
            );
        }
        binary
    })
}

/// Returns the root of the repository.
pub fn repo() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is one folder below the root")
}

/// Runs SQL on a PostgreSQL database, several statements too.
#[track_caller]
pub fn psql(url: &str, sql: &str) {
    if let Err(reason) = try_psql(url, sql) {
        panic!("{reason}\n{sql}");
    }
}

/// Runs SQL on a PostgreSQL database; what the server refuses is returned.
pub fn try_psql(url: &str, sql: &str) -> Result<(), String> {
    block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        let sent = connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
            .await;
        connection.close().await?;
        sent.map(drop)
    })
    .map_err(|error: sqlx::Error| error.to_string())
}

/// Runs statements one by one on a PostgreSQL database, and goes on after those that it refuses.
pub fn pg_try_each(url: &str, statements: &[String]) {
    block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        for sql in statements {
            let _ = connection
                .execute(sqlx::raw_sql(AssertSqlSafe(sql.clone())))
                .await;
        }
        connection.close().await
    })
    .unwrap_or_else(|error: sqlx::Error| panic!("{error}"));
}

/// Returns the first column, of type text, of each row (PostgreSQL).
pub fn pg_texts(url: &str, sql: &str) -> Vec<String> {
    block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        let rows = connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
            .await?;
        connection.close().await?;
        rows.iter()
            .map(|row| row.try_get(0))
            .collect::<Result<Vec<String>, _>>()
    })
    .unwrap_or_else(|error: sqlx::Error| panic!("{error}\n{sql}"))
}

/// A PostgreSQL transaction that stays open, with its locks, until the value is dropped.
pub struct PgTransaction {
    runtime: tokio::runtime::Runtime,
    connection: Option<PgConnection>,
}

/// Begins a transaction, runs SQL in it, and leaves it open.
pub fn pg_hold(url: &str, sql: &str) -> PgTransaction {
    let runtime = runtime();
    let sql = format!("BEGIN; {sql}");
    let connection = runtime.block_on(async {
        let mut connection = PgConnection::connect(url).await?;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await?;
        Ok::<_, sqlx::Error>(connection)
    });
    PgTransaction {
        connection: Some(connection.expect("the transaction begins")),
        runtime,
    }
}

impl Drop for PgTransaction {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Whether the server noticed does not matter: its database is dropped by force.
            drop(self.runtime.block_on(connection.close()));
        }
    }
}

/// Runs SQL on a SQLite file, which is created when missing.
#[track_caller]
pub fn sqlite(file: &SqliteFile, sql: &str) {
    let done = block_on(async {
        let url = format!("{}?mode=rwc", file.url);
        let mut connection = SqliteConnection::connect(&url).await?;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
            .await?;
        connection.close().await
    });
    if let Err(error) = done {
        panic!("{error}\n{sql}");
    }
}

/// A transaction that has a lock of SQLite until the value is dropped.
pub struct SqliteTransaction(tokio::runtime::Runtime, Option<SqliteConnection>);

/// Takes a lock of a file: `BEGIN IMMEDIATE`, `BEGIN EXCLUSIVE`.
pub fn sqlite_hold(file: &SqliteFile, begin: &str) -> SqliteTransaction {
    let runtime = runtime();
    let connection = runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&file.url).await?;
        connection.execute(AssertSqlSafe(begin.to_owned())).await?;
        Ok::<_, sqlx::Error>(connection)
    });
    SqliteTransaction(runtime, Some(connection.expect("the lock is free")))
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if let Some(connection) = self.1.take() {
            drop(self.0.block_on(connection.close()));
        }
    }
}

/// Runs a script in the `sqlite3` shell.
#[track_caller]
pub fn sqlite_script(file: &SqliteFile, script: &str) {
    use std::io::Write;
    let path = file
        .url
        .trim_start_matches("sqlite://")
        .trim_start_matches("sqlite:");
    let dir = temp_dir();
    let mut shell = Command::new("sqlite3")
        .arg(path)
        .current_dir(dir.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("sqlite3 is installed: scripts/test.sh sees to it");
    let mut input = shell.stdin.take().expect("is piped");
    input.write_all(script.as_bytes()).expect("the shell reads");
    drop(input);
    let output = shell.wait_with_output().expect("the shell ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{errors}\n{script}"
    );
}

/// Returns the first column, of type text, of each row (SQLite).
pub fn sqlite_texts(file: &SqliteFile, sql: &str) -> Vec<String> {
    block_on(async {
        let mut connection = SqliteConnection::connect(&file.url).await?;
        let rows = connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
            .await?;
        connection.close().await?;
        rows.iter()
            .map(|row| row.try_get(0))
            .collect::<Result<Vec<String>, _>>()
    })
    .unwrap_or_else(|error: sqlx::Error| panic!("{error}\n{sql}"))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Returns the path of a PostgreSQL client: in `PG_BIN`, else on the `PATH`.
pub fn pg_client(name: &str) -> PathBuf {
    let client = std::env::var_os("PG_BIN").map(|bin| Path::new(&bin).join(name));
    client
        .filter(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from(name))
}

/// Runs a script through the `psql` binary, which stops at the first error.
pub fn psql_script(url: &str, script: &str) -> Result<(), String> {
    let dir = temp_dir();
    let file = dir.path().join("script.sql");
    std::fs::write(&file, script).expect("the script is written");
    let output = Command::new(pg_client("psql"))
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(&file)
        .arg(url)
        .output()
        .expect("psql starts");
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Dumps the schema of a database, in a form that does not depend on the order of creation.
pub fn pg_dump_schema(url: &str) -> String {
    let output = Command::new(pg_client("pg_dump"))
        .args(["--schema-only", "--no-owner", "--no-privileges"])
        .arg(url)
        .output()
        .expect("pg_dump starts");
    assert!(
        output.status.success(),
        "pg_dump: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    normalize_dump(&String::from_utf8_lossy(&output.stdout))
}

/// Leaves comments and settings out, sorts the columns of each table, and sorts the statements.
pub fn normalize_dump(dump: &str) -> String {
    let mut statements = Vec::new();
    let mut statement: Vec<&str> = Vec::new();
    let mut in_body = false;
    for line in dump.lines() {
        let is_noise = line.is_empty()
            || line.starts_with("--")
            || line.starts_with("SET ")
            || line.starts_with("SELECT pg_catalog.set_config")
            || line.starts_with("\\restrict")
            || line.starts_with("\\unrestrict");
        if statement.is_empty() && is_noise {
            continue;
        }
        statement.push(line);
        let quotes = line.matches("$$").count() + line.matches("$_$").count();
        in_body ^= quotes % 2 == 1;
        if line.ends_with(';') && !in_body {
            statements.push(sort_statistics(&sort_columns(&statement)));
            statement.clear();
        }
    }
    statements.sort();
    statements.join("\n")
}

/// Sorts the lines between the parentheses of a CREATE TABLE.
fn sort_columns(statement: &[&str]) -> String {
    let is_table = statement[0].starts_with("CREATE TABLE")
        || statement[0].starts_with("CREATE UNLOGGED TABLE");
    let close = statement.iter().rposition(|line| line.starts_with(')'));
    let (true, Some(close)) = (is_table, close) else {
        return statement.join("\n");
    };
    let mut columns: Vec<&str> = statement[1..close]
        .iter()
        .map(|line| line.trim_end_matches(','))
        .collect();
    columns.sort_unstable();
    [&statement[..1], &columns, &statement[close..]]
        .concat()
        .join("\n")
}

/// Statistics name their columns in the order of the table's columns, which means nothing.
fn sort_statistics(statement: &str) -> String {
    let parts = statement
        .strip_prefix("CREATE STATISTICS ")
        .and_then(|rest| rest.split_once(" ON "))
        .and_then(|(head, rest)| Some((head, rest.rsplit_once(" FROM ")?)));
    let Some((head, (on, from))) = parts else {
        return statement.to_owned();
    };
    let mut columns: Vec<&str> = on.split(", ").collect();
    columns.sort_unstable();
    format!(
        "CREATE STATISTICS {head} ON {} FROM {from}",
        columns.join(", ")
    )
}

/// One statement in the server's log.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The `application_name` of who sent it.
    pub application: String,
    /// The text, several statements when they were sent as one.
    pub sql: String,
}

/// Returns the statements that the server logged for a database, oldest first.
pub fn server_log(database: &str) -> Vec<Logged> {
    let path = std::env::var("SYNC_TEST_PG_LOG")
        .unwrap_or_else(|_| panic!("SYNC_TEST_PG_LOG is not set: run scripts/test.sh"));
    let log = std::fs::read(path).expect("the server's log is readable");
    parse_log(&String::from_utf8_lossy(&log), database)
}

/// Reads a log whose lines begin with `@@ <database>|<application>|`; other lines continue one.
pub fn parse_log(log: &str, database: &str) -> Vec<Logged> {
    let mut entries: Vec<Option<Logged>> = Vec::new();
    for line in log.lines() {
        let Some(line) = line.strip_prefix("@@ ") else {
            if let Some(Some(entry)) = entries.last_mut() {
                entry.sql.push('\n');
                entry.sql.push_str(line);
            }
            continue;
        };
        let entry = line.split_once('|').and_then(|(of, rest)| {
            let (application, message) = rest.split_once('|')?;
            let message = message.strip_prefix("LOG:")?.trim_start();
            let (what, sql) = message.split_once(": ")?;
            let is_statement = what == "statement" || what.starts_with("execute ");
            (of == database && is_statement).then(|| Logged {
                application: application.to_owned(),
                sql: sql.to_owned(),
            })
        });
        entries.push(entry);
    }
    entries.into_iter().flatten().collect()
}

/// Returns the lines of logged statements that change a schema, by one application.
///
/// Scratch tables do not count: they are temporary, and their transaction is rolled back.
pub fn ddl_of(log: &[Logged], application: &str) -> Vec<String> {
    const VERBS: [&str; 5] = ["CREATE ", "ALTER ", "DROP ", "COMMENT ON ", "TRUNCATE "];
    log.iter()
        .filter(|entry| entry.application.starts_with(application))
        .flat_map(|entry| entry.sql.split(['\n', ';']))
        .map(|line| line.trim().to_owned())
        .filter(|line| {
            let upper = line.to_uppercase();
            VERBS.iter().any(|verb| upper.starts_with(verb)) && !upper.starts_with("CREATE TEMP")
        })
        .collect()
}
