//! A schema as something else.
