//! A second connection beside a long statement: who blocks it, how far it is, and its cancellation.

use std::pin::pin;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use super::run::Failed;
use super::{PgSession, db_error};
use crate::db::{DbError, Stop, Tick};

/// What is looked at while a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watch {
    /// Who holds what it waits for.
    Locks,
    /// How far an index build is.
    Build,
}

impl PgSession {
    /// Runs statements; a request to stop cancels them.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn execute(&mut self, sql: &str) -> Result<u64, DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let work = self.connection.execute(sql);
        let done = until_stopped(work, &self.target, self.pid, &self.options.stop).await?;
        Ok(done.rows_affected())
    }

    /// Runs what must be done also when somebody asked to stop.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub(super) async fn execute_through(&mut self, sql: &str) -> Result<(), DbError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = self.connection.execute(sql).await;
        done.map(drop).map_err(db_error)
    }

    /// As [`PgSession::execute`], and tells what it waits for and how far it is.
    pub(super) async fn execute_watched(
        &mut self,
        sql: &str,
        watch: Watch,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), Failed> {
        let every = match watch {
            Watch::Build => Duration::from_millis(500),
            // Once before a lock is given up.
            Watch::Locks => (self.options.lock_timeout.min(self.deadlock_timeout) / 2)
                .clamp(Duration::from_millis(50), Duration::from_secs(1)),
        };
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let work = self.connection.execute(sql);
        let mut work = pin!(until_stopped(
            work,
            &self.target,
            self.pid,
            &self.options.stop
        ));
        let mut blockers: Vec<String> = Vec::new();
        let error = loop {
            tokio::select! {
                biased;
                done = &mut work => match done {
                    Ok(_) => return Ok(()),
                    Err(error) => break error,
                },
                () = tokio::time::sleep(every) => {}
            }
            let seen = look(&mut self.beside, &self.target, self.pid, watch).await;
            let told = blockers.clone();
            match seen {
                Some(Seen::Blocked(now)) => blockers = now,
                Some(Seen::Work { done, total, unit }) => on(Tick::Work { done, total, unit }),
                None => {}
            }
            if let (Some(first), true) = (blockers.first(), blockers != told) {
                on(Tick::Waiting(format!("waits for {first}")));
            }
        };
        // Those that it waited for in the end, and not those of a wait that was over.
        let blockers = if error.code == "55P03" {
            blockers
        } else {
            Vec::new()
        };
        Err(Failed { error, blockers })
    }

    /// Tells whether a pool gives each transaction of ours another process of the server.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn is_pooled(&mut self) -> Result<bool, DbError> {
        let before = self.fetch_i64(PID).await?;
        // Between our transactions such a pool gives our process to whoever comes. Without room for
        // a second connection it cannot be found.
        let Some(other) = open_beside(&mut self.beside, &self.target).await else {
            return Ok(false);
        };
        let asked = sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {PID}"))).fetch_one(&mut *other);
        // A pool by sessions may have no second one to give.
        let Ok(asked) = tokio::time::timeout(PATIENCE, asked).await else {
            self.beside = None;
            return Ok(false);
        };
        let theirs = asked.ok().and_then(|row| row.try_get::<i64, _>(0).ok());
        // With a pool of one, asking again would wait for the transaction.
        let pooled = theirs == Some(before) || self.fetch_i64(PID).await? != before;
        if let Some(other) = &mut self.beside
            && other.execute("ROLLBACK").await.is_err()
        {
            self.beside = None;
        }
        Ok(pooled)
    }

    /// Refuses such a pool: locks and settings of our session would be somebody else's.
    ///
    /// # Errors
    ///
    /// It is one.
    pub(super) async fn refuse_pool(&mut self) -> Result<(), DbError> {
        if !self.is_pooled().await? {
            return Ok(());
        }
        Err(DbError {
            message: "the connection goes through a pool that gives each transaction another \
                      process of the server (such as PgBouncer with pool_mode = transaction): the \
                      lock that keeps other runs out would not hold; connect to the server itself, \
                      or through a pool with pool_mode = session"
                .into(),
            code: "0A000".into(),
        })
    }
}

/// How long a second connection is waited for: it is a help, and not needed.
const PATIENCE: Duration = Duration::from_secs(2);

const PID: &str = "SELECT pg_catalog.pg_backend_pid()::int8";

/// What was seen from beside.
enum Seen {
    Blocked(Vec<String>),
    Work {
        done: u64,
        total: u64,
        unit: &'static str,
    },
}

/// Looks at another session. It is no failure when nothing can be seen.
async fn look(
    beside: &mut Option<PgConnection>,
    target: &PgConnectOptions,
    pid: i32,
    watch: Watch,
) -> Option<Seen> {
    let sql = match watch {
        Watch::Locks => blockers_of(&format!("pg_catalog.pg_blocking_pids({pid})")),
        Watch::Build => format!(
            "SELECT phase, blocks_done, blocks_total, tuples_done, tuples_total, \
             current_locker_pid::int8 FROM pg_catalog.pg_stat_progress_create_index WHERE pid = {pid}"
        ),
    };
    let rows = ask(beside, target, &sql).await?;
    match watch {
        Watch::Locks => Some(Seen::Blocked(
            rows.iter().filter_map(|row| row.try_get(0).ok()).collect(),
        )),
        Watch::Build => {
            let row = rows.first()?;
            let phase: String = row.try_get(0).ok()?;
            let figure = |at: usize| {
                let figure = row.try_get::<i64, _>(at).unwrap_or_default();
                u64::try_from(figure).unwrap_or_default()
            };
            if phase.starts_with("waiting") {
                let locker = figure(5);
                let sql = blockers_of(&format!("ARRAY[{locker}]::int[]"));
                let rows = ask(beside, target, &sql).await?;
                let names = rows.iter().filter_map(|row| row.try_get(0).ok());
                return Some(Seen::Blocked(names.collect()));
            }
            // Blocks where the table is read, rows where the index is written.
            let (done, total, unit) = if figure(2) > 0 {
                (figure(1), figure(2), "blocks")
            } else {
                (figure(3), figure(4), "rows")
            };
            (total > 0).then_some(Seen::Work { done, total, unit })
        }
    }
}

/// Names sessions: pid, user, application, how long, what.
fn blockers_of(pids: &str) -> String {
    format!(
        "SELECT 'pid ' || a.pid || coalesce(', user ' || a.usename::text, '') \
         || coalesce(', application ' || nullif(a.application_name, ''), '') \
         || coalesce(', ' || a.state, '') \
         || coalesce(', in a transaction for ' || extract(epoch FROM clock_timestamp() - a.xact_start)::int8 || ' s', '') \
         || coalesce(': ' || left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120), '') \
         FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY ({pids}) \
         ORDER BY a.xact_start LIMIT 5"
    )
}

async fn ask(
    beside: &mut Option<PgConnection>,
    target: &PgConnectOptions,
    sql: &str,
) -> Option<Vec<sqlx::postgres::PgRow>> {
    let connection = open_beside(beside, target).await?;
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    let asked = tokio::time::timeout(PATIENCE, sql.fetch_all(connection)).await;
    if let Ok(Ok(rows)) = asked {
        return Some(rows);
    }
    *beside = None;
    None
}

async fn open_beside<'a>(
    beside: &'a mut Option<PgConnection>,
    target: &PgConnectOptions,
) -> Option<&'a mut PgConnection> {
    if beside.is_none() {
        let opened = PgConnection::connect_with(target);
        let opened = tokio::time::timeout(PATIENCE, opened).await;
        *beside = opened.ok()?.ok();
    }
    beside.as_mut()
}

/// Waits for the work. When somebody asks to stop, the server is told to cancel it, and its answer
/// is still heard: no session is left behind that goes on.
pub(super) async fn until_stopped<T>(
    work: impl Future<Output = Result<T, sqlx::Error>>,
    target: &PgConnectOptions,
    pid: i32,
    stop: &Stop,
) -> Result<T, DbError> {
    if stop.is_requested() {
        return Err(DbError::interrupted());
    }
    let mut work = pin!(work);
    let done = tokio::select! {
        biased;
        done = &mut work => done,
        () = stop.requested() => tokio::select! {
            done = &mut work => done,
            () = cancel(target, pid) => work.await,
        },
    };
    done.map_err(|error| {
        let error = db_error(error);
        if error.code == "57014" && stop.is_requested() {
            DbError::interrupted()
        } else {
            error
        }
    })
}

/// Tells the server to cancel what a session does, again and again: a request that comes between
/// two statements is lost.
async fn cancel(target: &PgConnectOptions, pid: i32) {
    let Ok(mut connection) = PgConnection::connect_with(target).await else {
        return;
    };
    let sql = format!("SELECT pg_catalog.pg_cancel_backend({pid})");
    loop {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.clone()));
        if connection.execute(sql).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
