//! The database families.

pub mod postgres;
pub mod sqlite;
