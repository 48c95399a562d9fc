//! PostgreSQL 13 to 18.

pub(crate) mod bound;
#[cfg(feature = "postgres")]
pub mod checkup;
pub mod expression;
#[cfg(feature = "live")]
pub mod fit;
pub mod form;
#[cfg(feature = "postgres")]
pub mod introspect;
pub mod normalize;
mod numbered;
pub mod render;
#[cfg(feature = "postgres")]
pub mod scratch;
#[cfg(feature = "postgres")]
pub mod session;
pub mod types;
pub mod versions;
