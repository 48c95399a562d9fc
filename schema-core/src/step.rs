//! A step: changes and the statements that carry them out, with lock, cost and hazards.

use std::fmt;
use std::time::Duration;

use crate::change::Change;

/// One or more changes and the statements that carry them out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What is changed.
    pub changes: Vec<Change>,
    /// How, in order.
    pub statements: Vec<Statement>,
    /// What it may cost.
    pub hazards: Vec<Hazard>,
    /// A few words for the reader: `instant`, `built concurrently, ~2.1 GB to read`.
    pub note: String,
    /// SQL conditions that hold once the changes are made, for a script that runs twice: a
    /// transaction whose conditions all hold is left out. Empty where it may run again.
    pub done: Vec<String>,
    /// More of them, which hold once the last of its transactions has been committed.
    pub over: Vec<String>,
    /// It must not be carried out again.
    pub once: bool,
}

/// One piece of SQL, sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The SQL, without a semicolon at the end. It uses `IF [NOT] EXISTS` where the server has it.
    pub sql: String,
    /// An SQL condition that tells whether it is still to be done, for a script that runs twice;
    /// `None` where running it again does no harm.
    pub guard: Option<String>,
    /// The name of its form in the dialect's table of forms; empty where there is no table.
    pub form: &'static str,
    /// Its transaction.
    pub txn: Txn,
    /// The strongest lock that it takes on a table that others use.
    pub lock: Lock,
    /// What it reads or writes while it holds the lock.
    pub work: Work,
    /// How it is carried out piece by piece; `None` where it is sent as it is.
    pub batch: Option<Box<Batch>>,
}

/// An UPDATE that is carried out piece by piece, each piece in a transaction of its own. All of its
/// texts are SQL. Carried out again, it does what is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The table.
    pub table: String,
    /// `column = value`.
    pub set: String,
    /// The rows that are still to be done: `column IS NULL`.
    pub only: String,
    /// The columns of a key without NULLs and their types; without one, pieces go by place.
    pub key: Vec<(String, String)>,
    /// How many rows the table has, by the server's estimate.
    pub rows: u64,
}

impl Statement {
    /// Makes a statement that may share its transaction, takes no lock and does no work.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            guard: None,
            form: "",
            txn: Txn::Shared,
            lock: Lock::None,
            work: Work::Brief,
            batch: None,
        }
    }

    /// Tells whether it waits for its lock as long as it takes. VALIDATE waits for nobody who reads
    /// or writes, and autovacuum gives way only after a second; readers and writers would queue
    /// behind any other.
    pub fn is_patient(&self) -> bool {
        self.lock <= Lock::ShareUpdateExclusive && self.work > Work::Brief
    }

    /// Makes the statement be carried out piece by piece.
    #[must_use]
    pub fn batch(self, batch: Batch) -> Self {
        Self {
            batch: Some(Box::new(batch)),
            ..self
        }
    }

    /// Sets the lock.
    #[must_use]
    pub fn lock(self, lock: Lock) -> Self {
        Self { lock, ..self }
    }

    /// Sets the guard.
    #[must_use]
    pub fn guard(self, guard: impl Into<String>) -> Self {
        Self {
            guard: Some(guard.into()),
            ..self
        }
    }

    /// Sets the transaction.
    #[must_use]
    pub fn txn(self, txn: Txn) -> Self {
        Self { txn, ..self }
    }

    /// Sets the work.
    #[must_use]
    pub fn work(self, work: Work) -> Self {
        Self { work, ..self }
    }
}

/// How long a statement waits and runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// How long a lock is waited for that others queue behind.
    pub lock: Duration,
    /// How long a statement within a transaction runs; `None` for no limit.
    pub statement: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            lock: Duration::from_secs(2),
            statement: None,
        }
    }
}

/// Which transaction a statement may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Txn {
    /// With others.
    Shared,
    /// In one of its own, with nothing before or after it: `ALTER TYPE .. ADD VALUE`, and what reads
    /// a table in full, which keeps no lock and no old rows for what follows.
    Own,
    /// In none: CONCURRENTLY.
    None,
}

/// A lock on a table, by what it stops. The names are PostgreSQL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// None that anybody waits for.
    None,
    /// Stops only DDL and vacuum.
    ShareUpdateExclusive,
    /// Stops writers.
    Share,
    /// Stops writers.
    ShareRowExclusive,
    /// Stops readers and writers.
    AccessExclusive,
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}

/// What a statement does while it holds its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// It changes the catalogue alone.
    Brief,
    /// It reads the table in full.
    Scan,
    /// It builds an index.
    Index,
    /// It writes the table anew.
    Rewrite,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Brief => "brief",
            Self::Scan => "scan",
            Self::Index => "index build",
            Self::Rewrite => "rewrite",
        })
    }
}

/// What a step may cost: a kind for `--allow`, a sentence for the reader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hazard {
    /// The kind.
    pub kind: HazardKind,
    /// The sentence, object first.
    pub message: String,
}

/// The kinds of hazards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HazardKind {
    /// A table, column, enum value or sequence is dropped.
    DataLoss,
    /// A type change can lose or refuse values.
    Narrowing,
    /// A table is rewritten under a lock that stops readers.
    Rewrite,
    /// A table is read in full under a lock that stops readers or writers.
    BlockingScan,
    /// An index is built or dropped while writers wait.
    BlockingIndex,
    /// The release that is still running would fail.
    BreaksRunningApp,
    /// Something that others depend on is dropped and made again.
    Recreates,
}

impl HazardKind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::DataLoss,
        Self::Narrowing,
        Self::Rewrite,
        Self::BlockingScan,
        Self::BlockingIndex,
        Self::BreaksRunningApp,
        Self::Recreates,
    ];

    /// Returns the word for `--allow`.
    pub fn word(self) -> &'static str {
        match self {
            Self::DataLoss => "data_loss",
            Self::Narrowing => "narrowing",
            Self::Rewrite => "rewrite",
            Self::BlockingScan => "blocking_scan",
            Self::BlockingIndex => "blocking_index",
            Self::BreaksRunningApp => "breaks_running_app",
            Self::Recreates => "recreates",
        }
    }
}

impl fmt::Display for HazardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
