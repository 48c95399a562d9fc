//! What stands in the way of a run before it begins: rights, a standby, a pooler, the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::plan::Refusal;
use crate::schema::{Ident, Name};

/// What a database says of itself and of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// The user may create schemas in the database.
    pub creates_schemas: bool,
    /// The schemas, and whether the user may create tables there; empty where there are none.
    pub schemas: BTreeMap<Ident, bool>,
    /// Tables of other owners, which the user cannot alter, and their owners.
    pub others_tables: BTreeMap<Name, Ident>,
    /// Types of other owners, and their owners.
    pub others_types: BTreeMap<Name, Ident>,
    /// Tables to which the user may make no foreign key.
    pub unreferable: BTreeSet<Name>,
    /// Tables whose policies hide rows from the user, its owner or not.
    pub hidden: BTreeSet<Name>,
    /// Extensions that the server has, and whether the user may create them.
    pub extensions: BTreeMap<Ident, bool>,
    /// Why nothing can be written: a standby, a setting, the rights on a file.
    pub read_only: Option<Refusal>,
    /// Statements of one session are run by several of the server's: a pooler by transactions.
    pub pooled: bool,
    /// How far the server's clock is from the one here.
    pub clock: Duration,
}
