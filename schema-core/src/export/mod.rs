//! A schema as something else.

pub mod snapshot;
