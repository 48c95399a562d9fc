//! PostgreSQL 13 to 18.

#[cfg(feature = "postgres")]
pub mod introspect;
pub mod normalize;
pub mod types;
