//! SQLite 3.37 and later.
//!
//! What is odd here: a type is any words, and only their affinity matters; ALTER TABLE can do
//! little, so most changes copy the table (`rebuild`); CHECKs, constraint names and AUTOINCREMENT
//! stand nowhere but in the text of CREATE TABLE, so that text is read with a tokenizer (`sql`).
//! What stands in the way of a plan is found before: in the rows (`questions`), and by trying it on
//! an empty copy in memory (`scratch`).

mod collation;
mod conflict;
mod names;
mod normalize;
mod rebuild;
mod render;
mod spell;
mod sql;
mod types;

#[cfg(feature = "sqlite")]
mod introspect;
#[cfg(feature = "live")]
mod questions;
#[cfg(feature = "sqlite")]
mod scratch;
#[cfg(feature = "sqlite")]
mod session;
#[cfg(feature = "live")]
mod stored;

pub(crate) use collation::{own_collations, without_collations};
pub use names::clashes;
pub use normalize::{normalize, normalize_expr};
pub use render::{needs_foreign_keys_off, render, script};
pub use spell::adopt;
pub use types::{Affinity, affinity};

#[cfg(feature = "sqlite")]
pub use introspect::introspect;
#[cfg(feature = "live")]
pub(crate) use questions::questions;
#[cfg(feature = "sqlite")]
pub use scratch::rehearse;
#[cfg(feature = "sqlite")]
pub use session::SqliteSession;
