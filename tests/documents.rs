//! The Rust blocks of the documents: this compiles, or a document is wrong. It is a library, so that its
//! models are in the registry of no test.

#![allow(warnings, clippy::all)]

/// What a block may take for granted.
pub mod prelude {
    pub use app_models::*;
    pub use chrono::{DateTime, Utc};
    pub use rust_decimal::Decimal;
    pub use schema_core::{self, SyncEnum, SyncTable, SyncType};
    pub use sqlx::{PgPool, SqlitePool};
    pub use uuid::Uuid;

    pub struct Line;
    pub type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
}

include!(concat!(env!("OUT_DIR"), "/documents.rs"));
