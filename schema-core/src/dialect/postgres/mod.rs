//! PostgreSQL 13 to 18.

pub mod expression;
#[cfg(feature = "postgres")]
pub mod introspect;
pub mod normalize;
pub mod types;
