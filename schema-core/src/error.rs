//! Everything that can go wrong, on top of the errors of the stages.

use crate::db::{ConnectError, DbError};
use crate::schema::Family;
#[cfg(feature = "live")]
use crate::wording::some_lines;

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
    /// An application's database cannot be made what its models say, for these reasons.
    #[cfg(feature = "live")]
    #[error("database: cannot be made what the models say; nothing was changed{}", reasons(.0))]
    Refused(Vec<crate::plan::Refusal>),
    /// Everything was done, and these differences are still there.
    #[cfg(feature = "live")]
    #[error("database: still differs from the models{}; report a bug with `sync dump`", differences(.0))]
    Drifted(Vec<crate::change::Change>),
    /// An application's database is not what its models say.
    #[cfg(feature = "live")]
    #[error("database: differs from the models{}; run `sync --apply` before the application starts", differences(.0))]
    Differs(Vec<crate::change::Change>),
    /// A pattern that matches no table.
    #[error("pattern `{0}` matches no table; check --only and --ignore")]
    Glob(String),
}

#[cfg(feature = "live")]
fn reasons(refusals: &[crate::plan::Refusal]) -> String {
    let line = |refusal: &crate::plan::Refusal| {
        let cures: String = refusal
            .cures
            .iter()
            .map(|cure| format!("; {cure}"))
            .collect();
        format!("\n  {}: {}{cures}", refusal.object, refusal.message)
    };
    refusals.iter().map(line).collect()
}

#[cfg(feature = "live")]
fn differences(changes: &[crate::change::Change]) -> String {
    some_lines(changes.iter().map(ToString::to_string))
}
