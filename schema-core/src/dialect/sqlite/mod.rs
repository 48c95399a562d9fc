//! SQLite 3.37 and later.
//!
//! What is odd here: a type is any words, and only their affinity matters; ALTER TABLE can do
//! little, so most changes copy the table (`rebuild`); CHECKs, constraint names and AUTOINCREMENT
//! stand nowhere but in the text of CREATE TABLE, so that text is read with a tokenizer (`sql`).

mod normalize;
mod rebuild;
mod render;
mod spell;
mod sql;
mod types;

#[cfg(feature = "sqlite")]
mod introspect;
#[cfg(feature = "sqlite")]
mod session;

pub use normalize::{normalize, normalize_expr};
pub use render::{needs_foreign_keys_off, render, script};
pub use spell::adopt;
pub use types::{Affinity, affinity};

#[cfg(feature = "sqlite")]
pub use introspect::introspect;
#[cfg(feature = "sqlite")]
pub use session::SqliteSession;
