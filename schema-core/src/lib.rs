//! Rust models as the source of truth for a database schema: model, diff, plan, apply.

// The derives name this crate as a user does, also in its own tests.
extern crate self as schema_core;

pub mod change;
pub mod db;
pub mod dialect;
pub mod diff;
mod error;
pub mod export;
pub mod facts;
pub mod model;
pub mod plan;
pub mod report;
pub mod schema;
pub mod scope;
pub mod step;

pub use error::Error;
pub use schema_derive::{SyncEnum, SyncFields, SyncTable, SyncType};

/// For the code that the derives write.
#[doc(hidden)]
pub mod __private {
    pub use inventory;

    pub use crate::model::*;
    pub use crate::schema::{Action, Literal};
}
