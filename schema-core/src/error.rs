//! Everything that can go wrong, on top of the errors of the stages.

use crate::db::{ConnectError, DbError};
use crate::schema::Family;

/// Why a job could not be done. What is refused with a reason is no error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The models contradict themselves or each other.
    #[error("{0}")]
    Registry(crate::model::RegistryErrors),
    /// The database could not be read.
    #[error("{0}")]
    Introspect(DbError),
    /// Another run did not end in time.
    #[error("{0}")]
    Lock(DbError),
    /// This database cannot have what is desired.
    #[error("{}", .0.join("\n"))]
    Unsupported(Vec<String>),
    /// A plan could not be finished.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Apply(Box<crate::db::ApplyError>),
    /// Two kinds of database.
    #[error("a {live} database cannot be made like a {desired} one; compare the same kind")]
    Families {
        /// The kind of the database.
        live: Family,
        /// The kind of what it should look like.
        desired: Family,
    },
    /// A pattern that matches no table.
    #[error("pattern `{0}` matches no table; check --only and --ignore")]
    Glob(String),
}
