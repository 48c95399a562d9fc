//! Rust models as the source of truth for a database schema: model, diff, plan, apply.

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
