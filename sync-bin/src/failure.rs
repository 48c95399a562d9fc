//! How a run ends: an exit code, or what went wrong.

use std::fmt;
use std::process::ExitCode;

use schema_core::db::ConnectError;

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// In sync, or applied and converged.
    Good,
    /// An error, a usage error included.
    Error,
    /// Differences.
    Differs,
    /// Refused, nothing was changed.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Error => 1,
            Exit::Differs => 2,
            Exit::Refused => 3,
        })
    }
}

/// What went wrong, for the reader.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<schema_core::Error> for Failure {
    fn from(error: schema_core::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&schema_core::Error> for Failure {
    fn from(error: &schema_core::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self(error.to_string())
    }
}
