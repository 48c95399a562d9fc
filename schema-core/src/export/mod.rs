//! A schema as something else.

pub mod docs;
pub mod rust;
pub mod snapshot;
