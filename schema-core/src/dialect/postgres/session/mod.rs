//! A connection to PostgreSQL: opening it, asking, keeping other runs out.

mod fill;
mod measure;
mod parameters;
mod run;
mod watch;

use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};

use self::parameters::Asked;
use self::watch::until_stopped;
use crate::db::{ConnectError, DbError, ServerInfo, SessionOptions};
use crate::schema::{Ident, Quoted};

pub(crate) use self::parameters::unheard;

/// The oldest version that is supported.
const OLDEST: u32 = 130_000;

/// The advisory lock of a run: the same key for every database, since a lock is a database's own.
const LOCK_KEY: i64 = 0x73_63_68_65_6d_61;

/// A connection to PostgreSQL.
pub struct PgSession {
    connection: PgConnection,
    /// Its process at the server.
    pid: i32,
    /// Where a name is looked for when it is in no schema: ours are in one, those in the bodies of
    /// functions that a statement calls may not be.
    path: String,
    /// After how long a wait the server looks for a deadlock.
    deadlock_timeout: Duration,
    /// Another connection, to look at the first one from beside; opened when needed.
    beside: Option<PgConnection>,
    target: PgConnectOptions,
    info: ServerInfo,
    version: u32,
    /// How many locks the server has room for in all.
    locks: usize,
    options: SessionOptions,
    /// The database was made for it.
    made: bool,
}

/// A group that failed and is rolled back.
#[derive(Debug)]
pub struct GroupError {
    /// Which statement, from 0; the number of statements for the COMMIT.
    pub index: usize,
    /// What the server said.
    pub error: DbError,
    /// Sessions that held what the statement waited for.
    pub blockers: Vec<String>,
}

impl PgSession {
    /// Connects.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`].
    pub async fn open(url: &str, options: &SessionOptions) -> Result<Self, ConnectError> {
        let asked = parameters::asked(url)?;
        let target = PgConnectOptions::from_str(url).map_err(|error| {
            let told = redact(&error.to_string(), url);
            let reason = told.trim_start_matches("error with configuration: ");
            ConnectError::Url(reason.into())
        })?;
        Self::open_as(target, options, &asked).await
    }

    /// Connects as an application does.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`].
    pub async fn open_with(
        target: PgConnectOptions,
        options: &SessionOptions,
    ) -> Result<Self, ConnectError> {
        Self::open_as(target, options, &Asked::default()).await
    }

    async fn open_as(
        target: PgConnectOptions,
        options: &SessionOptions,
        asked: &Asked,
    ) -> Result<Self, ConnectError> {
        let target = target
            .application_name(asked.name.as_deref().unwrap_or("schema-sync"))
            .disable_statement_logging();
        let patience = asked.patience;
        let (mut connection, made) = match connect(&target, patience).await {
            Err(ConnectError::NoDatabase { .. }) if options.create_database => {
                create_database(&target, patience).await?;
                (connect(&target, patience).await?, true)
            }
            other => (other?, false),
        };
        let host = place(&target);
        let unreachable = |error: sqlx::Error| ConnectError::Unreachable {
            host: host.clone(),
            reason: error.to_string(),
        };
        let row = sqlx::raw_sql(
            "SELECT current_setting('server_version_num')::int4, \
             split_part(current_setting('server_version'), ' ', 1), \
             current_database()::text, current_user::text, pg_backend_pid(), \
             current_setting('search_path'), \
             (SELECT setting::int8 FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'), \
             pg_catalog.pg_is_in_recovery(), current_setting('transaction_read_only')::bool, \
             current_setting('max_locks_per_transaction')::int8 \
             * (current_setting('max_connections')::int8 \
             + current_setting('max_prepared_transactions')::int8)",
        )
        .fetch_one(&mut connection)
        .await
        .map_err(unreachable)?;
        let mismatch = (asked.server).and_then(|it| it.mismatch(row.get(7), row.get(8)));
        if let Some(reason) = mismatch {
            return Err(ConnectError::Url(format!(
                "{reason} ({host}); name another host"
            )));
        }
        let version: i32 = row.get(0);
        let info = ServerInfo {
            product: "PostgreSQL".into(),
            version: row.get(1),
            database: row.get(2),
            host: Some(host.clone()),
            user: Some(row.get(3)),
        };
        let version = u32::try_from(version).unwrap_or_default();
        if version < OLDEST {
            return Err(ConnectError::TooOld {
                product: info.product,
                version: info.version,
                oldest: "13".into(),
            });
        }
        Ok(Self {
            connection,
            pid: row.get(4),
            path: path(row.get(5)),
            deadlock_timeout: Duration::from_millis(row.get::<i64, _>(6).unsigned_abs()),
            beside: None,
            target,
            info,
            version,
            locks: usize::try_from(row.get::<i64, _>(9)).unwrap_or(usize::MAX),
            options: options.clone(),
            made,
        })
    }

    /// Returns which server this is.
    pub fn info(&self) -> ServerInfo {
        self.info.clone()
    }

    /// Says goodbye, so that the server is free of this session at once.
    pub async fn close(self) {
        // There is nobody to tell, and the server sees it gone either way.
        let _ = self.connection.close().await;
    }

    /// Says goodbye, and drops the database that was made for this session and has nothing in it.
    /// Returns its name when it is dropped.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn close_and_unmake(mut self) -> Result<Option<String>, DbError> {
        if !self.made || self.fetch_i64(OWN_OBJECTS).await? > 0 {
            self.close().await;
            return Ok(None);
        }
        let database = self.info.database.clone();
        let target = self.target.clone();
        if let Some(beside) = self.beside.take() {
            let _ = beside.close().await;
        }
        self.close().await;
        let sql = format!("DROP DATABASE {}", Quoted(&Ident::new(&*database)));
        let mut connection = connect_beside(&target, Duration::from_secs(10))
            .await
            .map_err(|error| DbError {
                message: error.to_string(),
                code: String::new(),
            })?;
        let outcome = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
        outcome.map_err(db_error)?;
        Ok(Some(database))
    }

    /// Returns how many locks the server has room for in all.
    pub fn locks(&self) -> usize {
        self.locks
    }

    /// Returns the server's version as a number: 160004.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Returns the connection itself.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Asks for one number.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn fetch_i64(&mut self, sql: &str) -> Result<i64, DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let work = sql.fetch_one(&mut self.connection);
        let row = until_stopped(work, &self.target, self.pid, &self.options.stop).await?;
        row.try_get::<i64, _>(0).map_err(db_error)
    }

    /// Asks for one number within a time, in a transaction that changes nothing.
    ///
    /// # Errors
    ///
    /// What the server says; code 57014 when it takes longer.
    pub async fn ask(&mut self, sql: &str, time: Duration) -> Result<i64, DbError> {
        let sql = self.within(time, sql);
        let answer = self.fetch_i64(&sql).await;
        self.execute_through("ROLLBACK").await?;
        answer
    }

    /// As [`Self::ask`], for texts.
    ///
    /// # Errors
    ///
    /// What the server says; code 57014 when it takes longer.
    pub async fn ask_texts(&mut self, sql: &str, time: Duration) -> Result<Vec<String>, DbError> {
        let sql = self.within(time, sql);
        let answer = self.fetch_texts(&sql).await;
        self.execute_through("ROLLBACK").await?;
        answer
    }

    /// A question in a transaction of its own, which is to be rolled back.
    fn within(&self, time: Duration, sql: &str) -> String {
        format!(
            "BEGIN READ ONLY; SET LOCAL search_path = {}; \
             SET LOCAL constraint_exclusion = on; SET LOCAL row_security = off; \
             SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; {sql}",
            self.path,
            time.as_millis(),
            self.options.lock_timeout.as_millis()
        )
    }

    /// Returns the index builds of other sessions, each as schema, name and who, by lines.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn builds(&mut self) -> Result<Vec<String>, DbError> {
        self.fetch_texts(BUILDS).await
    }

    /// Asks for texts: the first column of each row; NULL is left out.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn fetch_texts(&mut self, sql: &str) -> Result<Vec<String>, DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let work = sql.fetch_all(&mut self.connection);
        let rows = until_stopped(work, &self.target, self.pid, &self.options.stop).await?;
        let texts = rows
            .iter()
            .map(|row| row.try_get::<Option<String>, _>(0).map_err(db_error));
        Ok(texts
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// Keeps other runs out: an advisory lock of the session, which goes with it at the latest.
    ///
    /// # Errors
    ///
    /// Another run holds it for longer than `wait`.
    pub async fn lock(
        &mut self,
        wait: Duration,
        on_wait: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), DbError> {
        self.refuse_pool().await?;
        let begun = Instant::now();
        let mut told = false;
        loop {
            let got = self
                .fetch_i64(&format!(
                    "SELECT pg_catalog.pg_try_advisory_lock({LOCK_KEY})::int::int8"
                ))
                .await?;
            if got == 1 {
                // Between two statements a run waits for locks, and for whoever builds an index.
                return self.each_limit("SET", " = 0").await;
            }
            let holder = self.holder().await?;
            if !told {
                on_wait(&format!(
                    "another run is at work ({holder}): waiting for it to end"
                ));
                told = true;
            }
            if begun.elapsed() >= wait {
                return Err(DbError {
                    message: format!(
                        "another run is at work ({holder}) and did not end within {} s; wait for it, or raise --wait",
                        wait.as_secs()
                    ),
                    code: "55P03".into(),
                });
            }
            self.options.stop.sleep(Duration::from_millis(200)).await;
        }
    }

    async fn holder(&mut self) -> Result<String, DbError> {
        let high = LOCK_KEY >> 32;
        let low = LOCK_KEY & 0xffff_ffff;
        let holders = self
            .fetch_texts(&format!(
                "SELECT 'pid ' || l.pid || coalesce(', ' || a.usename::text, '') \
                 || coalesce(', since ' || a.backend_start::timestamp(0)::text, '') \
                 FROM pg_catalog.pg_locks l \
                 LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
                 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {high} AND l.objid = {low} \
                 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
            ))
            .await?;
        Ok(holders
            .into_iter()
            .next()
            .unwrap_or_else(|| "it has just ended".into()))
    }

    /// Lets other runs in.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn unlock(&mut self) -> Result<(), DbError> {
        self.execute_through(&format!("SELECT pg_catalog.pg_advisory_unlock({LOCK_KEY})"))
            .await?;
        self.each_limit("RESET", "").await
    }

    /// Sets the limits of the database or the role that would end a session that is at work.
    async fn each_limit(&mut self, before: &str, after: &str) -> Result<(), DbError> {
        for (since, name) in LIMITS {
            if self.version >= *since {
                self.execute_through(&format!("{before} {name}{after}"))
                    .await?;
            }
        }
        Ok(())
    }
}

/// Limits on a session between two statements, and on a transaction, with the version that they are
/// there since.
const LIMITS: &[(u32, &str)] = &[
    (OLDEST, "idle_in_transaction_session_timeout"),
    (140_000, "idle_session_timeout"),
    (170_000, "transaction_timeout"),
];

const BUILDS: &str = "SELECT n.nspname || E'\\n' || c.relname || E'\\n' || 'pid ' || p.pid \
    || coalesce(', user ' || a.usename::text, '') || coalesce(', for ' \
    || extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start)::int8 || ' s', '') \
    FROM pg_catalog.pg_stat_progress_create_index p \
    JOIN pg_catalog.pg_class c ON c.oid = p.index_relid \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid \
    WHERE p.datname = pg_catalog.current_database() AND p.pid <> pg_catalog.pg_backend_pid() \
    AND p.command LIKE '%CONCURRENTLY' ORDER BY 1";

async fn connect(
    target: &PgConnectOptions,
    patience: Duration,
) -> Result<PgConnection, ConnectError> {
    let host = place(target);
    let attempt = PgConnection::connect_with(target);
    let attempt = async {
        let mut connection = attempt.await?;
        connection.execute(READS_AS_WRITTEN).await?;
        Ok::<_, sqlx::Error>(connection)
    };
    let outcome = match tokio::time::timeout(patience, attempt).await {
        Ok(outcome) => outcome,
        Err(_) => {
            return Err(ConnectError::Unreachable {
                host,
                reason: format!("no answer within {} s", patience.as_secs()),
            });
        }
    };
    outcome.map_err(|error| {
        let Some(database) = error.as_database_error() else {
            if let sqlx::Error::Tls(reason) = &error {
                let reason = encryption(&reason.to_string());
                return ConnectError::Refused { host, reason };
            }
            // An error of the network without the driver's words around it.
            let reason = if let sqlx::Error::Io(network) = &error {
                let told = network.to_string();
                told.split(" (os error").next().unwrap_or_default().into()
            } else if let sqlx::Error::Protocol(told) = &error {
                // The driver names a place in its own code.
                match told.contains("SSLRequest") {
                    true => "what answers there is no PostgreSQL server".into(),
                    false => told.split(" (sqlx").next().unwrap_or_default().into(),
                }
            } else {
                error.to_string()
            };
            return ConnectError::Unreachable { host, reason };
        };
        let code = database.code().unwrap_or_default().into_owned();
        let reason = database.message().to_owned();
        let user = target.get_username().to_owned();
        match code.as_str() {
            "3D000" => ConnectError::NoDatabase {
                host,
                database: target
                    .get_database()
                    .unwrap_or(target.get_username())
                    .to_owned(),
            },
            _ if code.starts_with("28") => ConnectError::Authentication { host, user, reason },
            "42501" => {
                let name = Ident::new(target.get_database().unwrap_or(&user));
                let grant = format!(
                    "GRANT CONNECT ON DATABASE {} TO {}",
                    Quoted(&name),
                    Quoted(&Ident::new(&*user))
                );
                let reason = format!("{reason}\n  cure: {grant}");
                ConnectError::Refused { host, reason }
            }
            _ => ConnectError::Refused { host, reason },
        }
    })
}

/// Says why a connection cannot be encrypted, and what can be done.
fn encryption(reason: &str) -> String {
    let cure = if reason.contains("does not support") {
        "let the server have TLS, or take sslmode=require out of the URL where the network is safe"
    } else {
        "name the authority's file, sslrootcert=FILE; sslmode=require checks no certificate"
    };
    format!("{reason}\n  cure: {cure}")
}

/// The server's own names first, then those that the session has by itself.
fn path(own: &str) -> String {
    let own = own.trim();
    let comma = if own.is_empty() { "" } else { ", " };
    format!("pg_catalog{comma}{own}")
}

/// Creates the database from beside: from `postgres`, or from `template1` where there is none.
async fn create_database(
    target: &PgConnectOptions,
    patience: Duration,
) -> Result<(), ConnectError> {
    let database = target
        .get_database()
        .unwrap_or(target.get_username())
        .to_owned();
    let mut connection = connect_beside(target, patience).await?;
    let name = Ident::new(&*database);
    let sql = format!("CREATE DATABASE {}", Quoted(&name));
    let outcome = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
    outcome.map(drop).map_err(|error| {
        let error = db_error(error);
        let mut reason = error.message;
        if error.code == "42501" {
            let user = Ident::new(target.get_username());
            reason.push_str(&format!(
                "\n  cure: let a superuser do so, CREATE DATABASE {} OWNER {}; or ALTER ROLE {} CREATEDB",
                Quoted(&name),
                Quoted(&user),
                Quoted(&user)
            ));
        }
        ConnectError::CreateDatabase {
            host: place(target),
            database,
            reason,
        }
    })
}

/// Connects to a database that is there on every server.
async fn connect_beside(
    target: &PgConnectOptions,
    patience: Duration,
) -> Result<PgConnection, ConnectError> {
    match connect(&target.clone().database("postgres"), patience).await {
        Err(ConnectError::NoDatabase { .. }) => {
            connect(&target.clone().database("template1"), patience).await
        }
        other => other,
    }
}

/// Settings of a database or a role by which the server would read SQL otherwise than it is written:
/// a backslash in a literal, NULL in an array, `= NULL`.
const READS_AS_WRITTEN: &str = "SET standard_conforming_strings = on; SET array_nulls = on; \
    SET transform_null_equals = off";

/// What somebody has made in a database.
const OWN_OBJECTS: &str = "SELECT (SELECT count(*) FROM pg_catalog.pg_class \
    WHERE oid >= 16384 AND relpersistence <> 't') \
    + (SELECT count(*) FROM pg_catalog.pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_') \
    + (SELECT count(*) FROM pg_catalog.pg_proc WHERE oid >= 16384) \
    + (SELECT count(*) FROM pg_catalog.pg_type WHERE oid >= 16384 AND typrelid = 0 AND typelem = 0)";

fn place(target: &PgConnectOptions) -> String {
    match target.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", target.get_host(), target.get_port()),
    }
}

/// Takes a URL's password out of a message.
fn redact(message: &str, url: &str) -> String {
    let secret = url::Url::parse(url)
        .ok()
        .and_then(|url| url.password().map(str::to_owned));
    match secret {
        Some(secret) if !secret.is_empty() => message.replace(&secret, "***"),
        Some(_) | None => message.to_owned(),
    }
}

/// Returns what the server said, with detail and hint.
pub(in crate::dialect::postgres) fn db_error(error: sqlx::Error) -> DbError {
    let Some(database) = error.as_database_error() else {
        let lost = matches!(error, sqlx::Error::Io(_));
        return DbError {
            message: if lost {
                format!("the connection to the server is lost: {error}")
            } else {
                error.to_string()
            },
            code: if lost { DbError::DISCONNECT } else { "" }.into(),
        };
    };
    let code = database.code().unwrap_or_default().into_owned();
    let mut message = database.message().to_owned();
    if let Some(database) = database.try_downcast_ref::<PgDatabaseError>() {
        for (word, text) in [("detail", database.detail()), ("hint", database.hint())] {
            if let Some(text) = text {
                message.push_str(&format!("\n  {word}: {text}"));
            }
        }
    }
    DbError { message, code }
}
