//! A connection to PostgreSQL: opening it, keeping other runs out, running groups of statements.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};
use tracing::Instrument;

use super::render::{concurrent_index, drop_leftover, is_leftover};
use crate::db::{ConnectError, DbError, ServerInfo, SessionOptions};
use crate::schema::{Ident, Quoted};
use crate::step::{Lock, Statement, Txn, Work};

/// The oldest version that is supported.
const OLDEST: u32 = 130_000;

/// The advisory lock of a run: the same key for every database, since a lock is a database's own.
const LOCK_KEY: i64 = 0x73_63_68_65_6d_61;

/// A connection to PostgreSQL.
pub struct PgSession {
    connection: PgConnection,
    info: ServerInfo,
    version: u32,
    options: SessionOptions,
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
        let parsed = url::Url::parse(url).map_err(|error| ConnectError::Url(error.to_string()))?;
        drop(parsed);
        let target = PgConnectOptions::from_str(url)
            .map_err(|error| ConnectError::Url(redact(&error.to_string(), url)))?;
        Self::open_with(target, options).await
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
        let target = target
            .application_name("schema-sync")
            .disable_statement_logging();
        let mut connection = match connect(&target).await {
            Err(ConnectError::NoDatabase { .. }) if options.create_database => {
                create_database(&target).await?;
                connect(&target).await?
            }
            other => other?,
        };
        let host = place(&target);
        let unreachable = |error: sqlx::Error| ConnectError::Unreachable {
            host: host.clone(),
            reason: error.to_string(),
        };
        let row = sqlx::raw_sql(
            "SELECT current_setting('server_version_num')::int4, \
             split_part(current_setting('server_version'), ' ', 1), \
             current_database()::text, current_user::text",
        )
        .fetch_one(&mut connection)
        .await
        .map_err(unreachable)?;
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
            info,
            version,
            options: options.clone(),
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

    /// Returns the server's version as a number: 160004.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Returns the connection itself.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Runs statements outside a transaction of ours.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn execute(&mut self, sql: &str) -> Result<(), DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        self.connection
            .execute(sql)
            .await
            .map(drop)
            .map_err(db_error)
    }

    /// Asks for one number.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn fetch_i64(&mut self, sql: &str) -> Result<i64, DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let row = sql
            .fetch_one(&mut self.connection)
            .await
            .map_err(db_error)?;
        row.try_get::<i64, _>(0).map_err(db_error)
    }

    /// Asks for texts: the first column of each row; NULL is left out.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn fetch_texts(&mut self, sql: &str) -> Result<Vec<String>, DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let rows = sql
            .fetch_all(&mut self.connection)
            .await
            .map_err(db_error)?;
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
        on_wait: &mut dyn FnMut(&str),
    ) -> Result<(), DbError> {
        let begun = Instant::now();
        let mut told = false;
        loop {
            let got = self
                .fetch_i64(&format!(
                    "SELECT pg_catalog.pg_try_advisory_lock({LOCK_KEY})::int::int8"
                ))
                .await?;
            if got == 1 {
                return Ok(());
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
            tokio::time::sleep(Duration::from_millis(200)).await;
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
        self.execute(&format!("SELECT pg_catalog.pg_advisory_unlock({LOCK_KEY})"))
            .await
    }

    /// Runs statements that commit together, or one that can be in no transaction. A lock that
    /// cannot be had in time is tried again, with everything rolled back in between.
    ///
    /// # Errors
    ///
    /// The statement that failed; nothing of the group stands.
    pub async fn run_group(
        &mut self,
        statements: &[Statement],
        on_done: &mut dyn FnMut(usize),
    ) -> Result<(), GroupError> {
        if statements
            .iter()
            .any(|statement| statement.txn == Txn::None)
        {
            return self.run_alone(statements, on_done).await;
        }
        let mut attempt = 0;
        loop {
            let failed = match self.run_once(statements, on_done).await {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            // Rolled back by the server or by us: the session goes on either way.
            let _ = self.execute("ROLLBACK").await;
            let again = matches!(failed.error.code.as_str(), "55P03" | "40P01" | "40001");
            if !again || attempt >= self.options.retries {
                return Err(failed);
            }
            attempt += 1;
            tokio::time::sleep(pause(attempt)).await;
        }
    }

    async fn run_once(
        &mut self,
        statements: &[Statement],
        on_done: &mut dyn FnMut(usize),
    ) -> Result<(), GroupError> {
        let plain = |error| GroupError {
            index: 0,
            error,
            blockers: Vec::new(),
        };
        let statement_timeout = self
            .options
            .statement_timeout
            .unwrap_or_default()
            .as_millis();
        let lock_timeout = self.options.lock_timeout.as_millis();
        self.execute(&format!(
            "BEGIN; SET LOCAL search_path = pg_catalog; SET LOCAL timezone = 'UTC'; \
             SET LOCAL client_min_messages = warning; SET LOCAL statement_timeout = {statement_timeout}; \
             SET LOCAL lock_timeout = {lock_timeout}"
        ))
        .await
        .map_err(plain)?;
        let mut patient = false;
        for (index, statement) in statements.iter().enumerate() {
            // VALIDATE waits for nobody who reads or writes, and autovacuum gives way only after a
            // second. What follows must not wait for ever: readers would queue behind it.
            let scans =
                statement.lock <= Lock::ShareUpdateExclusive && statement.work > Work::Brief;
            if scans != patient {
                patient = scans;
                let timeout = if scans { 0 } else { lock_timeout };
                self.execute(&format!("SET LOCAL lock_timeout = {timeout}"))
                    .await
                    .map_err(|error| GroupError {
                        index,
                        error,
                        blockers: Vec::new(),
                    })?;
            }
            let span = tracing::info_span!("statement", sql = %statement.sql);
            if let Err(error) = self.execute(&statement.sql).instrument(span).await {
                let blockers = if error.code == "55P03" {
                    let _ = self.execute("ROLLBACK").await;
                    self.blockers().await
                } else {
                    Vec::new()
                };
                return Err(GroupError {
                    index,
                    error,
                    blockers,
                });
            }
            on_done(index);
        }
        self.execute("COMMIT").await.map_err(|error| GroupError {
            index: statements.len(),
            error,
            blockers: Vec::new(),
        })
    }

    async fn run_alone(
        &mut self,
        statements: &[Statement],
        on_done: &mut dyn FnMut(usize),
    ) -> Result<(), GroupError> {
        for (index, statement) in statements.iter().enumerate() {
            let failed = |error| GroupError {
                index,
                error,
                blockers: Vec::new(),
            };
            // A lock timeout would count the wait for old snapshots and leave an invalid index.
            self.execute(
                "SET lock_timeout = 0; SET statement_timeout = 0; SET search_path = pg_catalog",
            )
            .await
            .map_err(failed)?;
            let index_name = concurrent_index(&statement.sql);
            // What a build that was cut off left behind would make IF NOT EXISTS do nothing.
            if let Some(name) = &index_name {
                self.drop_leftover(name).await.map_err(failed)?;
            }
            let span = tracing::info_span!("statement", sql = %statement.sql);
            let outcome = self.execute(&statement.sql).instrument(span).await;
            if let (Err(_), Some(name)) = (&outcome, &index_name) {
                // The reason for the failure is what the reader needs; the next run drops as well.
                let _ = self.drop_leftover(name).await;
            }
            self.execute("RESET lock_timeout; RESET statement_timeout; RESET search_path")
                .await
                .map_err(failed)?;
            outcome.map_err(failed)?;
            on_done(index);
        }
        Ok(())
    }

    /// Drops an index of this name if it is invalid.
    async fn drop_leftover(&mut self, name: &str) -> Result<(), DbError> {
        let left = self
            .fetch_i64(&format!("SELECT ({})::int::int8", is_leftover(name)))
            .await?;
        if left == 1 {
            self.execute(&drop_leftover(name)).await?;
        }
        Ok(())
    }

    /// Sessions with a lock on a user's table or an open transaction, oldest first.
    async fn blockers(&mut self) -> Vec<String> {
        self.fetch_texts(
            "SELECT 'pid ' || a.pid || coalesce(', user ' || a.usename::text, '') \
             || coalesce(', application ' || nullif(a.application_name, ''), '') \
             || ', in a transaction for ' || extract(epoch FROM now() - a.xact_start)::int8 || ' s: ' \
             || left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) \
             FROM pg_catalog.pg_stat_activity a \
             WHERE a.pid <> pg_backend_pid() AND a.datname = current_database() \
             AND a.xact_start IS NOT NULL AND EXISTS (SELECT 1 FROM pg_catalog.pg_locks l \
             WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.granted \
             AND l.relation >= 16384) \
             ORDER BY a.xact_start LIMIT 5",
        )
        .await
        .unwrap_or_default()
    }
}

/// Returns how long to wait before a try: it doubles up to 5 s, with half of it by chance, so that
/// two runs do not keep step.
fn pause(attempt: u32) -> Duration {
    let full = 100_u64.saturating_mul(1 << attempt.min(6)).min(5_000);
    let chance = RandomState::new().build_hasher().finish() % (full / 2 + 1);
    Duration::from_millis(full / 2 + chance)
}

async fn connect(target: &PgConnectOptions) -> Result<PgConnection, ConnectError> {
    let host = place(target);
    let attempt = PgConnection::connect_with(target);
    let outcome = match tokio::time::timeout(Duration::from_secs(10), attempt).await {
        Ok(outcome) => outcome,
        Err(_) => {
            return Err(ConnectError::Unreachable {
                host,
                reason: "no answer within 10 s".into(),
            });
        }
    };
    outcome.map_err(|error| {
        let Some(database) = error.as_database_error() else {
            return ConnectError::Unreachable {
                host,
                reason: error.to_string(),
            };
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
            _ => ConnectError::Unreachable { host, reason },
        }
    })
}

async fn create_database(target: &PgConnectOptions) -> Result<(), ConnectError> {
    let name = target
        .get_database()
        .unwrap_or(target.get_username())
        .to_owned();
    let mut connection = connect(&target.clone().database("postgres")).await?;
    let sql = format!("CREATE DATABASE {}", Quoted(&Ident::new(name)));
    let outcome = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
    outcome
        .map(drop)
        .map_err(|error| ConnectError::Unreachable {
            host: place(target),
            reason: db_error(error).message,
        })
}

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
pub(super) fn db_error(error: sqlx::Error) -> DbError {
    let Some(database) = error.as_database_error() else {
        return match error {
            sqlx::Error::Io(error) => DbError {
                message: format!("the connection to the server is lost: {error}"),
                code: DbError::DISCONNECT.into(),
            },
            other => DbError {
                message: other.to_string(),
                code: String::new(),
            },
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
