//! An open SQLite file.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, ValueRef};
use tracing::Instrument;

use super::render::rebuilds_or_drops;
use crate::db::{Checkup, ConnectError, DbError, ServerInfo, SessionOptions, Stop};
use crate::plan::Refusal;
use crate::schema::{Name, Quoted};
use crate::step::Statement;
use crate::wording::thousands;

/// A connection to one database file.
pub struct SqliteSession {
    connection: SqliteConnection,
    path: String,
    version: i64,
    version_text: String,
    lock_timeout: Duration,
    /// A transaction is open: `begin` without `commit` or `rollback`.
    open: bool,
    /// The file is not there and must not be made: an empty database in memory stands for it.
    missing: bool,
    /// A request to stop.
    stop: Stop,
    /// How long one statement of a plan may run.
    statement_timeout: Option<Duration>,
    /// When the statement in hand has to be over.
    deadline: Arc<Mutex<Option<Instant>>>,
}

/// How long a locked file is waited for before somebody is told.
const A_MOMENT: Duration = Duration::from_millis(200);

/// How many steps of SQLite's machine lie between two looks at the clock: a few milliseconds.
const STEPS: i32 = 20_000;

impl SqliteSession {
    /// Opens `sqlite:path`, `sqlite://path` or `sqlite::memory:`; makes the file when it is
    /// missing, unless the options say read only: then an empty database stands for it.
    ///
    /// # Errors
    ///
    /// A URL that is none, or a file that is no database or cannot be used.
    pub async fn open(url: &str, options: &SessionOptions) -> Result<Self, ConnectError> {
        let (parsed, path) = target(url)?;
        let fail = |reason: String| ConnectError::File {
            path: path.clone(),
            reason,
        };
        let memory = path == MEMORY;
        let file = parsed.get_filename().to_path_buf();
        let missing = !memory && !file.exists();
        if !memory {
            check_file(&file).map_err(fail)?;
        }
        let connect = if missing && options.read_only {
            SqliteConnectOptions::new().in_memory(true)
        } else if options.read_only && !memory {
            parsed.read_only(true)
        } else {
            parsed.create_if_missing(true)
        };
        Self::open_with(connect, &path, missing && options.read_only, options).await
    }

    /// Opens a file as an application does.
    ///
    /// # Errors
    ///
    /// A file that is no database or cannot be used.
    pub async fn open_file(
        target: SqliteConnectOptions,
        options: &SessionOptions,
    ) -> Result<Self, ConnectError> {
        let path = target.get_filename().display().to_string();
        Self::open_with(target, &path, false, options).await
    }

    /// Says whether the user may write to the file.
    pub fn rights(&self) -> Checkup {
        let refusal = |(what, reason): (String, &str)| {
            let cure = "check the rights on it, and which user runs this";
            Refusal::new(what, reason, cure)
        };
        Checkup {
            read_only: locked_up(Path::new(&self.path)).map(refusal),
            ..Checkup::default()
        }
    }

    async fn open_with(
        connect: SqliteConnectOptions,
        path: &str,
        missing: bool,
        options: &SessionOptions,
    ) -> Result<Self, ConnectError> {
        let fail = |reason: String| ConnectError::File {
            path: path.into(),
            reason,
        };
        let patience = match options.read_only {
            true => options.lock_timeout,
            false => options.lock_timeout.min(A_MOMENT),
        };
        let connect = connect
            .busy_timeout(patience)
            // Text of one schema must not be prepared against another.
            .statement_cache_capacity(0)
            .disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&connect)
            .await
            .map_err(|error| fail(cure(&error)))?;
        let deadline = Arc::new(Mutex::new(None));
        interrupt(&mut connection, options.stop.clone(), Arc::clone(&deadline))
            .await
            .map_err(|error| fail(cure(&error)))?;
        let mut session = Self {
            connection,
            path: path.into(),
            version: 0,
            version_text: String::new(),
            lock_timeout: options.lock_timeout,
            open: false,
            missing,
            stop: options.stop.clone(),
            statement_timeout: options.statement_timeout,
            deadline,
        };
        let broken = |error: DbError| ConnectError::File {
            path: path.into(),
            reason: of_file(&error).map_or(error.message, Into::into),
        };
        // Whoever is to write waits later, says so, and hears then what is wrong with the file.
        let later = |error: &DbError| is_busy(error) && !options.read_only;
        let version = match session.library().await {
            Err(error) if later(&error) => {
                let memory = SqliteConnectOptions::new().in_memory(true);
                let mut of_library = SqliteConnection::connect_with(&memory)
                    .await
                    .map_err(|error| fail(cure(&error)))?;
                sqlx::query_scalar("SELECT sqlite_version()")
                    .fetch_one(&mut of_library)
                    .await
                    .map_err(|error| fail(cure(&error)))?
            }
            other => other.map_err(broken)?,
        };
        session.version = number(&version);
        session.version_text = version;
        session
            .busy_timeout(options.lock_timeout)
            .await
            .map_err(broken)?;
        // `pragma_table_list` and STRICT came with 3.37.
        if session.version < 3_037_000 {
            return Err(ConnectError::TooOld {
                product: "SQLite".into(),
                version: session.version_text,
                oldest: "3.37".into(),
            });
        }
        Ok(session)
    }

    /// Returns what the first line of a report says.
    pub fn info(&self) -> ServerInfo {
        ServerInfo {
            product: "SQLite".into(),
            version: self.version_text.clone(),
            database: self.path.clone(),
            host: None,
            user: None,
        }
    }

    /// Returns the version as a number: 3.51.3 is 3051003.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Tells whether an empty database stands for a file that is not there.
    pub fn is_missing(&self) -> bool {
        self.missing
    }

    /// As [`Self::begin`], and tells who waits that it does; a request to stop ends the waiting.
    ///
    /// # Errors
    ///
    /// See [`Self::begin`].
    pub async fn begin_waiting(
        &mut self,
        wait: Duration,
        on_wait: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), DbError> {
        let begun = Instant::now();
        let mut told = false;
        loop {
            let left = wait.saturating_sub(begun.elapsed());
            let error = match self.begin(left.min(A_MOMENT)).await {
                Ok(()) => return Ok(()),
                Err(_) if self.stop.is_requested() => return Err(DbError::interrupted()),
                Err(error) => error,
            };
            if !is_busy(&error) {
                return Err(error);
            }
            if begun.elapsed() >= wait {
                return Err(DbError {
                    message: format!(
                        "`{}`: another program is writing to it, and did not end in time; wait \
                         for it, or raise --wait",
                        self.path
                    ),
                    code: error.code,
                });
            }
            if !told {
                on_wait(&format!(
                    "another program writes to `{}`: waiting for it to end",
                    self.path
                ));
                told = true;
            }
        }
    }

    /// Takes the write lock: what is read, planned and applied from here on is one transaction.
    /// Foreign keys are off within, since a rebuild drops tables that others reference.
    ///
    /// # Errors
    ///
    /// Another connection writes for longer than `wait`; foreign keys cannot be switched off.
    pub async fn begin(&mut self, wait: Duration) -> Result<(), DbError> {
        self.busy_timeout(wait).await?;
        self.execute("PRAGMA foreign_keys = OFF").await?;
        if self.fetch_i64("PRAGMA foreign_keys").await? != 0 {
            return Err(DbError {
                message:
                    "PRAGMA foreign_keys cannot be set here; a rebuild would delete rows that \
                          reference the table"
                        .into(),
                code: String::new(),
            });
        }
        let begun = self.execute("BEGIN IMMEDIATE").await;
        self.busy_timeout(self.lock_timeout).await?;
        match begun {
            Ok(()) => {
                self.open = true;
                Ok(())
            }
            Err(error) => {
                self.execute("PRAGMA foreign_keys = ON").await?;
                Err(error)
            }
        }
    }

    /// Returns the version of the library, when the file can be read.
    async fn library(&mut self) -> Result<String, DbError> {
        let rows = self
            .fetch_texts("SELECT sqlite_version(), count(*) FROM sqlite_schema")
            .await?;
        Ok(rows
            .into_iter()
            .flatten()
            .next()
            .flatten()
            .unwrap_or_default())
    }

    /// Sets how long a locked file is waited for.
    async fn busy_timeout(&mut self, time: Duration) -> Result<(), DbError> {
        let millis = time.as_millis();
        self.execute(&format!("PRAGMA busy_timeout = {millis}"))
            .await
    }

    /// Makes what was done since `begin` last.
    ///
    /// # Errors
    ///
    /// What the database says; the transaction is then still open.
    pub async fn commit(&mut self) -> Result<(), DbError> {
        self.execute("COMMIT").await?;
        self.end().await
    }

    /// Takes back what was done since `begin`; does nothing when that is over.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn rollback(&mut self) -> Result<(), DbError> {
        if self.open {
            // Some errors, such as a full disk, have rolled back by themselves.
            let _ = self.execute("ROLLBACK").await;
        }
        self.end().await
    }

    /// Begins a transaction that reads one state, unless one is open; tells whether it did.
    pub(super) async fn begin_read(&mut self) -> Result<bool, DbError> {
        if !self.open {
            self.execute("BEGIN").await?;
        }
        Ok(!self.open)
    }

    /// Ends a transaction that has only read.
    pub(super) async fn end_read(&mut self) -> Result<(), DbError> {
        self.execute("ROLLBACK").await
    }

    async fn end(&mut self) -> Result<(), DbError> {
        self.open = false;
        self.execute("PRAGMA legacy_alter_table = OFF").await?;
        self.execute("PRAGMA foreign_keys = ON").await
    }

    /// Performs the statements in one transaction: the one that is open, or one of its own.
    /// `on` hears the number of each statement before it is sent.
    ///
    /// # Errors
    ///
    /// The number of the statement that failed (that of the last and one more for the check of
    /// foreign keys and the commit), and why. Everything is rolled back then.
    pub async fn apply(
        &mut self,
        statements: &[Statement],
        on: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), (usize, DbError)> {
        let own = !self.open;
        if own {
            let wait = self.lock_timeout;
            self.begin(wait).await.map_err(|error| (0, error))?;
        }
        let done = self.perform(statements, on).await;
        let done = match done {
            Ok(()) if own => {
                let committed = self.commit().await;
                committed.map_err(|error| (statements.len(), error))
            }
            Ok(()) => Ok(()),
            Err(error) => Err(error),
        };
        if done.is_err() {
            // The first error is the one to hear.
            let _ = self.rollback().await;
        }
        done
    }

    async fn perform(
        &mut self,
        statements: &[Statement],
        on: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), (usize, DbError)> {
        let check = statements.iter().any(rebuilds_or_drops);
        let before = if check {
            self.orphans().await.ok()
        } else {
            None
        };
        for (n, statement) in statements.iter().enumerate() {
            if self.stop.is_requested() {
                return Err((n, DbError::interrupted()));
            }
            on(n);
            let span = tracing::info_span!("statement", sql = %statement.sql);
            self.limit(self.statement_timeout);
            let sent = self.execute(&statement.sql).instrument(span).await;
            let over = self.is_over();
            self.limit(None);
            sent.map_err(|mut error| {
                if let Some(limit) = over {
                    error.message = format!(
                        "canceled due to statement timeout: it ran for more than {} ms",
                        limit.as_millis()
                    );
                }
                // The copy has the name of what it replaces, for the reader.
                let message = error.message.replace("_sync_new_", "");
                (n, DbError { message, ..error })
            })?;
        }
        let fail = |error| (statements.len(), error);
        if let Some(before) = before {
            let after = self.orphans().await.map_err(fail)?;
            if after > before {
                return Err(fail(DbError {
                    message: format!(
                        "{} rows reference rows that are not there (PRAGMA foreign_key_check)",
                        thousands((after - before).unsigned_abs())
                    ),
                    code: "787".into(),
                }));
            }
        }
        Ok(())
    }

    /// Sets when the next statement has to be over.
    fn limit(&self, time: Option<Duration>) {
        let mut deadline = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        *deadline = time.map(|time| Instant::now() + time);
    }

    /// Returns the limit when the statement was over it.
    fn is_over(&self) -> Option<Duration> {
        self.statement_timeout.filter(|_| self.is_past())
    }

    fn is_past(&self) -> bool {
        let deadline = *self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        deadline.is_some_and(|it| Instant::now() >= it)
    }

    /// Counts rows whose foreign key leads nowhere.
    async fn orphans(&mut self) -> Result<i64, DbError> {
        self.fetch_i64("SELECT count(*) FROM pragma_foreign_key_check")
            .await
    }

    /// Sends SQL, one statement or several.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn execute(&mut self, sql: &str) -> Result<(), DbError> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.connection)
            .await
            .map(|_| ())
            .map_err(|error| db_error(&self.path, &error))
    }

    /// Returns the number in the first column of the first row; 0 when there is none.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn fetch_i64(&mut self, sql: &str) -> Result<i64, DbError> {
        let fail = |error| db_error(&self.path, &error);
        let mut rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch(&mut self.connection);
        let mut first = None;
        // A statement is over only when all its rows are read.
        while let Some(row) = rows.try_next().await.map_err(fail)? {
            first = first.or(Some(row));
        }
        match first {
            // SQLite turns any value, NULL too, into a number when asked for one.
            Some(row) => row.try_get_unchecked::<i64, _>(0).or(Ok(0)),
            None => Ok(0),
        }
    }

    /// As [`Self::fetch_i64`], within a time.
    ///
    /// # Errors
    ///
    /// What the database says; the SQLSTATE 57014 when the time is over.
    pub async fn ask(&mut self, sql: &str, time: Duration) -> Result<i64, DbError> {
        self.limit(Some(time));
        let asked = self.fetch_i64(sql).await;
        let over = self.is_past();
        self.limit(None);
        asked.map_err(|error| match over {
            true => DbError {
                code: "57014".into(),
                ..error
            },
            false => error,
        })
    }

    /// Says whether whoever opened the file has defined a collation.
    pub async fn has_collation(&mut self, name: &Name) -> bool {
        // The list of the pragma has names that a table merely mentions, too.
        let sql = format!("SELECT 'a' = 'b' COLLATE {}", Quoted(name));
        self.fetch_texts(&sql).await.is_ok()
    }

    /// Returns all rows as texts.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn fetch_texts(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DbError> {
        let fail = |error| db_error(&self.path, &error);
        let mut rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch(&mut self.connection);
        let mut texts = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(fail)? {
            texts.push(row_texts(&row).map_err(fail)?);
        }
        Ok(texts)
    }

    /// Closes the file.
    pub async fn close(self) {
        // There is nobody to tell, and nothing to lose: every transaction is over.
        let _ = self.connection.close().await;
    }
}

/// A database without a file.
const MEMORY: &str = ":memory:";

/// Reads a URL as the driver does, and so as an application; the text is what to call the file.
fn target(url: &str) -> Result<(SqliteConnectOptions, String), ConnectError> {
    let rest = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
        .ok_or_else(|| ConnectError::Scheme(url.split(':').next().unwrap_or(url).into()))?;
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    if path.is_empty() {
        let message = "no path; write sqlite:path/to/file.db";
        return Err(ConnectError::Url(message.into()));
    }
    let parsed: SqliteConnectOptions = url.parse().map_err(|error: sqlx::Error| {
        let told = error.to_string();
        ConnectError::Url(told.trim_start_matches("error with configuration: ").into())
    })?;
    let memory = path == MEMORY || parameters.split('&').any(|it| it == "mode=memory");
    let path = match memory {
        true => MEMORY.into(),
        false => parsed.get_filename().display().to_string(),
    };
    Ok((parsed, path))
}

/// Lets a statement end when somebody asks to stop, or when its time is over.
async fn interrupt(
    connection: &mut SqliteConnection,
    stop: Stop,
    deadline: Arc<Mutex<Option<Instant>>>,
) -> Result<(), sqlx::Error> {
    let goes_on = move || {
        let deadline = *deadline.lock().unwrap_or_else(PoisonError::into_inner);
        !stop.is_requested() && deadline.is_none_or(|it| Instant::now() < it)
    };
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(STEPS, goes_on);
    Ok(())
}

fn row_texts(row: &SqliteRow) -> Result<Vec<Option<String>>, sqlx::Error> {
    (0..row.len())
        .map(|n| {
            if row.try_get_raw(n)?.is_null() {
                return Ok(None);
            }
            // SQLite turns any value into text when asked for text; the driver checks types.
            row.try_get_unchecked::<String, _>(n).map(Some)
        })
        .collect()
}

/// Tells whether another connection holds the file.
fn is_busy(error: &DbError) -> bool {
    error.code.parse::<u32>().is_ok_and(|code| code & 0xff == 5)
}

/// What is wrong with the file is told with its name.
fn db_error(path: &str, error: &sqlx::Error) -> DbError {
    let Some(database) = error.as_database_error() else {
        return DbError {
            message: error.to_string(),
            code: String::new(),
        };
    };
    let error = DbError {
        message: database.message().into(),
        code: database.code().map(String::from).unwrap_or_default(),
    };
    match of_file(&error) {
        Some(reason) => DbError {
            message: format!("`{path}`: {reason}"),
            ..error
        },
        None => error,
    }
}

fn check_file(file: &Path) -> Result<(), String> {
    if file.is_dir() {
        return Err("is a directory; give the path of a file in it".into());
    }
    let folder = file.parent().filter(|path| !path.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        let folder = folder.display();
        return Err(format!("folder `{folder}` does not exist; make it first"));
    }
    Ok(())
}

/// Returns what is not to be written to: the file, or the folder, where SQLite puts its journal.
fn locked_up(file: &Path) -> Option<(String, &'static str)> {
    let folder = file.parent().filter(|path| !path.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // A database in memory has no file.
    let there = file.is_file();
    if there && !may_write(file) {
        Some((format!("file {}", file.display()), "is read-only"))
    } else if (there || !file.exists() && file != Path::new(MEMORY)) && !may_write(folder) {
        let what = format!("folder {}", folder.display());
        Some((what, "is read-only: SQLite makes files in it"))
    } else {
        None
    }
}

/// Asks for the right alone: to open a file and close it would end the locks of SQLite on it.
#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    let locked = (path.metadata()).is_ok_and(|about| about.permissions().readonly());
    !locked && rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    // On a folder the sign means something else there.
    path.is_dir() || !(path.metadata()).is_ok_and(|about| about.permissions().readonly())
}

fn cure(error: &sqlx::Error) -> String {
    let Some(database) = error.as_database_error() else {
        return error.to_string();
    };
    let error = DbError {
        message: database.message().into(),
        code: database.code().map(String::from).unwrap_or_default(),
    };
    of_file(&error).map_or(error.message, Into::into)
}

/// Returns what an error says of the file, and the cure.
fn of_file(error: &DbError) -> Option<&'static str> {
    let code = error.code.parse::<u32>().unwrap_or(0);
    Some(match code & 0xff {
        26 => "is not a SQLite database; check the path (an encrypted file looks the same)",
        14 => "cannot be opened; check the path and the rights on the file and its folder",
        13 => "cannot grow: the disk is full",
        11 => "is damaged; restore it, or try `PRAGMA integrity_check`",
        10 => "cannot be read or written; check the disk",
        8 => "is read-only; check the rights on the file and its folder",
        5 | 6 => "is locked by another program; close it, or wait longer with --lock-timeout",
        _ => return None,
    })
}

fn number(version: &str) -> i64 {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let (major, minor, patch): (i64, i64, i64) = (next(), next(), next());
    major * 1_000_000 + minor * 1_000 + patch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_leads_where_the_driver_goes() {
        for (url, path) in [
            ("sqlite:x.db", "x.db"),
            ("sqlite://x.db", "x.db"),
            ("sqlite:dir/x.db?mode=rwc", "dir/x.db"),
            ("sqlite:///srv/x.db", "/srv/x.db"),
            ("sqlite:/srv/x.db", "/srv/x.db"),
            ("sqlite:a%20b%3F.db", "a b?.db"),
            (r"sqlite:C:\dir\x.db", r"C:\dir\x.db"),
            (r"sqlite://C:\dir\x.db", r"C:\dir\x.db"),
            ("sqlite:C:/dir/x.db", "C:/dir/x.db"),
            ("sqlite:///C:/dir/x.db", "/C:/dir/x.db"),
            (r"sqlite:\\server\share\x.db", r"\\server\share\x.db"),
            ("sqlite::memory:", MEMORY),
            ("sqlite:name?mode=memory", MEMORY),
        ] {
            let (parsed, told) = target(url).expect(url);
            assert_eq!(told, path, "{url}");
            let driver: SqliteConnectOptions = url.parse().expect(url);
            if path != MEMORY {
                assert_eq!(parsed.get_filename(), driver.get_filename(), "{url}");
            }
        }
        for url in [
            "sqlite:",
            "sqlite://",
            "sqlite:?mode=ro",
            "sqlite:x?mode=no",
            "x.db",
            "sqlite",
        ] {
            assert!(target(url).is_err(), "{url}");
        }
    }
}
