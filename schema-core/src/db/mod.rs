//! An open door to one database, and what may go wrong at it.

#[cfg(feature = "live")]
mod checkup;
#[cfg(feature = "live")]
mod extensions;
#[cfg(feature = "live")]
mod narrow;
#[cfg(feature = "live")]
mod probe;
#[cfg(feature = "live")]
mod rights;
#[cfg(feature = "live")]
mod session;
#[cfg(feature = "live")]
mod sizes;
#[cfg(feature = "live")]
pub(crate) mod startup;
mod stop;
#[cfg(feature = "live")]
mod sync;

use std::time::Duration;

use crate::change::Change;
use crate::plan::Refusal;

pub use stop::Stop;

#[cfg(feature = "live")]
pub use checkup::{Checkup, Owned};
#[cfg(feature = "live")]
pub use narrow::{all_match, narrow_both, narrowed};
#[cfg(feature = "live")]
pub(crate) use probe::Question;
#[cfg(feature = "live")]
pub use rights::{lacking, lacks};
#[cfg(feature = "live")]
pub use session::{Database, GroupError, Session, unheard};
#[cfg(feature = "live")]
pub use sync::{
    Done, Event, Options, Report, Source, dump, plan_for, script, sync, sync_expecting,
};

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// How long a brief exclusive lock is waited for.
    pub lock_timeout: Duration,
    /// How long one statement may run; `None` for no limit.
    pub statement_timeout: Option<Duration>,
    /// How often a lock is tried again.
    pub retries: u32,
    /// How long another run is waited for.
    pub wait: Duration,
    /// Create the database when it is missing.
    pub create_database: bool,
    /// Open it to read only: a SQLite file is not made.
    pub read_only: bool,
    /// A request to stop.
    pub stop: Stop,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to do.
    InSync,
    /// All was done, and the database is what was desired.
    Applied,
    /// Nothing was done, for these reasons.
    Refused(Vec<Refusal>),
    /// All was done, and these differences are still there.
    Drifted(Vec<Change>),
}

/// What is told while a group of statements runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tick {
    /// A statement is done: its place in the group, from 0.
    Done(usize),
    /// A long statement goes on.
    Work {
        /// How much is done.
        done: u64,
        /// Of how much, by an estimate.
        total: u64,
        /// Of what: `rows` or `blocks`.
        unit: &'static str,
    },
    /// Somebody is in the way: who, and what happens next.
    Waiting(String),
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(2),
            statement_timeout: None,
            retries: 10,
            wait: Duration::from_secs(300),
            create_database: false,
            read_only: false,
            stop: Stop::default(),
        }
    }
}

/// Which server this is, for the first line of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerInfo {
    /// `PostgreSQL` or `SQLite`.
    pub product: String,
    /// `16.4`.
    pub version: String,
    /// The database, or the file's path.
    pub database: String,
    /// The host; `None` for a file.
    pub host: Option<String>,
    /// The user; `None` for a file.
    pub user: Option<String>,
}

/// Why a database could not be opened. No message has a password in it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is not one.
    #[error("database URL: {0}")]
    Url(String),
    /// No dialect for the scheme.
    #[error(
        "database URL: scheme `{0}` is not supported; use postgres://, postgresql://, or sqlite: before the path of a file"
    )]
    Scheme(String),
    /// Nobody answers.
    #[error("{host}: cannot connect: {reason}; is the server running, and is the host right?")]
    Unreachable { host: String, reason: String },
    /// The server answers, and lets nobody in, or not this user.
    #[error("{host}: the server refuses the connection: {reason}")]
    Refused { host: String, reason: String },
    /// The database is missing, and cannot be created.
    #[error("database `{database}` cannot be created on {host}: {reason}")]
    CreateDatabase {
        host: String,
        database: String,
        reason: String,
    },
    /// Wrong user or password.
    #[error("{host}: the server refuses user `{user}`: {reason}; check user and password")]
    Authentication {
        host: String,
        user: String,
        reason: String,
    },
    /// The database is not there.
    #[error(
        "database `{database}` does not exist on {host}; sync --apply --create-database creates it"
    )]
    NoDatabase { host: String, database: String },
    /// Too old.
    #[error("{product} {version} is not supported; {oldest} or later is needed")]
    TooOld {
        product: String,
        version: String,
        oldest: String,
    },
    /// A SQLite file cannot be used.
    #[error("`{path}`: {reason}")]
    File { path: String, reason: String },
}

/// What the server said to a statement.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct DbError {
    /// The server's message, with detail and hint on lines of their own.
    pub message: String,
    /// SQLSTATE, or SQLite's result code; empty when there is none.
    pub code: String,
}

impl DbError {
    /// The code of a connection that is gone: the server said nothing.
    pub const DISCONNECT: &str = "08006";

    /// What was stopped by [`Stop`].
    #[cfg(feature = "live")]
    pub(crate) fn interrupted() -> Self {
        Self {
            message: "interrupted".into(),
            code: "57014".into(),
        }
    }

    /// Tells whether [`Stop`] stopped it.
    #[cfg(feature = "live")]
    pub(crate) fn is_interruption(&self) -> bool {
        self.code == "57014" && self.message == "interrupted"
    }

    /// Tells whether the connection is gone, so that nobody knows what the server did last.
    pub fn is_disconnect(&self) -> bool {
        // 57P01 to 57P03: the server shuts down, or somebody ended the session.
        self.code == Self::DISCONNECT || self.code.starts_with("57P0")
    }
}

/// A plan that could not be finished: what failed, and what stands.
#[cfg(feature = "live")]
#[derive(Debug, thiserror::Error)]
#[error(
    "{error}\n  statement: {sql}{}\n  {}{}",
    blocked(blockers),
    stands(self),
    unblock(blockers)
)]
pub struct ApplyError {
    /// The statement that failed; `COMMIT` for the end of a transaction.
    pub sql: String,
    /// What the server said.
    pub error: DbError,
    /// Sessions that held the lock.
    pub blockers: Vec<String>,
    /// Statements that are committed.
    pub done: Vec<Done>,
    /// The statement that failed is done piece by piece, and pieces of it are committed.
    pub pieces: bool,
    /// It stands outside of a transaction: what it began may be left.
    pub alone: bool,
}

#[cfg(feature = "live")]
fn blocked(blockers: &[String]) -> String {
    blockers
        .iter()
        .map(|blocker| format!("\n  blocked by {blocker}"))
        .collect()
}

#[cfg(feature = "live")]
fn unblock(blockers: &[String]) -> &'static str {
    if blockers.is_empty() {
        return "";
    }
    "\n  cure: wait for its end, or end it with pg_terminate_backend(pid); then run this again, or \
     let it try more often: --retries"
}

#[cfg(feature = "live")]
fn stands(stopped: &ApplyError) -> String {
    let (done, pieces) = (stopped.done.len(), stopped.pieces);
    let count = crate::wording::plural(done, "statement", "statements");
    let before = match (done, pieces) {
        (0, false) => "nothing before it was changed".into(),
        (0, true) => "the rows that it has filled stand".into(),
        (1, false) => format!("{count} before it stands"),
        (_, false) => format!("{count} before it stand"),
        (_, true) => format!("{count} before it and the rows that it has filled stand"),
    };
    if stopped.error.is_disconnect() {
        // The answer to a COMMIT may be what was lost.
        return format!(
            "the server was not heard again: {before}, and whether the last transaction stands is \
             not known; the next run looks, and goes on from there"
        );
    }
    if stopped.alone && !pieces {
        return format!(
            "it was no part of a transaction, and may have left something behind, which the next run \
             puts right; {before}, and the next run goes on from there"
        );
    }
    let own = match (done, pieces) {
        (0, false) => return "rolled back: nothing was changed".into(),
        (_, false) => "its transaction",
        (_, true) => "its last piece",
    };
    format!("{own} is rolled back; {before}, and the next run goes on from there")
}
